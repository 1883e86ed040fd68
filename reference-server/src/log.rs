//! The log: one event, one line, as text or as JSON.
//!
//! Moments are in UTC. Whatever an event holds stays on its line: a cause may quote what a client sent, and a line
//! break in it would begin a line that nobody wrote. JSON escapes by itself; for text, control characters are escaped
//! on the way out.

use std::io::{self, IsTerminal as _, Write};

use tracing::{Level, Subscriber};
use tracing_subscriber::fmt::MakeWriter;

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: an object on each line
    Json,
}

/// A log on stderr, for the whole process.
pub(crate) fn start(level: Level, format: Format) {
    let log = subscriber(level, format, io::stderr, io::stderr().is_terminal());
    // A second start in one process keeps the first log.
    drop(tracing::subscriber::set_global_default(log));
}

/// A log that is written to `target`.
pub fn subscriber<W>(
    level: Level,
    format: Format,
    target: W,
    colours: bool,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(OneLine { target, colours });
    match format {
        Format::Text => Box::new(log.with_ansi(colours).finish()),
        Format::Json => {
            Box::new(log.json().flatten_event(true).with_current_span(true).with_span_list(false).finish())
        }
    }
}

/// Keeps each event on its line.
struct OneLine<W> {
    target: W,
    /// Colours are control characters as well; they are for a terminal, where nobody parses lines.
    colours: bool,
}

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for OneLine<W> {
    type Writer = Escaping<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Escaping { target: self.target.make_writer(), colours: self.colours }
    }
}

/// Writes an event, which arrives in one piece and ends with a line break.
struct Escaping<W> {
    target: W,
    colours: bool,
}

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = event.strip_suffix(b"\n").unwrap_or(event);
        let plain = |byte: &u8| !byte.is_ascii_control() || (self.colours && *byte == 0x1b);
        if text.iter().all(plain) {
            self.target.write_all(event)?;
        } else {
            let mut line = Vec::with_capacity(event.len() + 16);
            for byte in text {
                if plain(byte) { line.push(*byte) } else { line.extend(byte.escape_ascii()) }
            }
            line.push(b'\n');
            self.target.write_all(&line)?;
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("the log").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_stays_on_its_line_whatever_it_holds() {
        for format in [Format::Text, Format::Json] {
            let kept = Kept::default();
            let target = kept.clone();
            let log = subscriber(Level::INFO, format, move || target.clone(), false);
            let evil = "a name\n2001-09-09T01:46:40Z ERROR all is lost\r\n\u{1b}[31mred";
            tracing::subscriber::with_default(log, || {
                tracing::error!(cause = %evil, shown = ?evil, "failed: {evil}");
                tracing::info!(evil);
                tracing::debug!("not asked for");
            });
            let text = String::from_utf8(kept.0.lock().expect("the log").clone()).expect("text");
            assert_eq!(text.lines().count(), 2, "{format:?}: {text}");
            assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{format:?}: {text:?}");
            for line in text.lines().filter(|_| format == Format::Json) {
                let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
                assert!(event["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')), "{line}");
            }
        }
    }
}
