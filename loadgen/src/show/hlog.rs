//! The HDR log of a run: one line a second and action, in the V2 format that every HDR viewer reads and merges.
//!
//! Values are response times in nanoseconds, counted from the due time; `Interval_Max` is in milliseconds, as is the
//! custom of the format. A request stands in the second in which it ended. Warm-up is tagged, not left out.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use crate::engine::{Nanos, Sample};
use crate::record::{Times, times};

const SECOND: u64 = 1_000_000_000;

/// Collects one second at a time and writes it.
#[derive(Debug)]
pub(crate) struct HdrLog<W> {
    out: W,
    tags: Vec<String>,
    from: Nanos,
    second: u64,
    current: Vec<Times>,
}

impl<W: Write> HdrLog<W> {
    /// Begins a log; `actions` name the tags, measuring begins at `from`.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(crate) fn new(
        mut out: W,
        actions: &[&str],
        from: Nanos,
        started: SystemTime,
    ) -> io::Result<HdrLog<W>> {
        let mut serializer = V2DeflateSerializer::new();
        IntervalLogWriterBuilder::new()
            .add_comment(
                "response times in nanoseconds, from the due time to the last byte; tags are actions",
            )
            .with_start_time(started)
            .with_base_time(started)
            .with_max_value_divisor(1e6)
            .begin_log_with(&mut out, &mut serializer)?;
        let tags = actions.iter().map(|action| action.replace([' ', ',', '\n', '\r'], "_")).collect();
        let current = actions.iter().map(|_| times()).collect();
        Ok(HdrLog { out, tags, from, second: 0, current })
    }

    /// Takes a sample; writes the second before, if this one begins another.
    pub(crate) fn add(&mut self, sample: &Sample) -> io::Result<()> {
        let second = sample.last_byte.0 / SECOND;
        if second > self.second {
            self.flush()?;
            self.second = second;
        }
        if let Some(times) = self.current.get_mut(usize::from(sample.action)) {
            times.saturating_record(sample.last_byte.0.saturating_sub(sample.due.0));
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut serializer = V2DeflateSerializer::new();
        let start = Duration::from_secs(self.second);
        let phase = if self.second * SECOND < self.from.0 { "warmup:" } else { "" };
        for (tag, times) in self.tags.iter().zip(&mut self.current) {
            if times.is_empty() {
                continue;
            }
            let tag = format!("{phase}{tag}");
            // Lines are written by a writer that begins a log with nothing; the header stands already.
            let mut log = IntervalLogWriterBuilder::new();
            let mut lines = Vec::new();
            log.with_max_value_divisor(1e6);
            let mut writer = log.begin_log_with(&mut lines, &mut serializer)?;
            writer
                .write_histogram(times, start, Duration::from_secs(1), Tag::new(&tag))
                .map_err(|error| io::Error::other(format!("{error:?}")))?;
            let text = String::from_utf8_lossy(&lines);
            for line in text.lines().filter(|line| line.starts_with("Tag=")) {
                writeln!(self.out, "{line}")?;
            }
            times.reset();
        }
        Ok(())
    }

    /// Writes the last second.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Outcome;
    use base64_decode as decode;
    use hdrhistogram::serialization::Deserializer;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

    fn sample(action: u16, due: u64, last: u64) -> Sample {
        let stamp = Nanos(due);
        Sample {
            action,
            outcome: Outcome::Good,
            status: 200,
            due: stamp,
            possible: stamp,
            sent: stamp,
            connected: stamp,
            first_byte: Nanos(last),
            last_byte: Nanos(last),
            bytes_received: 1,
            bytes_sent: 1,
            reused: true,
        }
    }

    #[test]
    fn the_log_can_be_read_back_by_the_format_s_own_reader() {
        let mut bytes = Vec::new();
        let mut log =
            HdrLog::new(&mut bytes, &["read question", "ask"], Nanos(SECOND), SystemTime::UNIX_EPOCH)
                .unwrap();
        log.add(&sample(0, 0, 5_000_000)).unwrap();
        log.add(&sample(0, SECOND, SECOND + 7_000_000)).unwrap();
        log.add(&sample(1, SECOND, SECOND + 9_000_000)).unwrap();
        log.finish().unwrap();
        let mut found = Vec::new();
        for entry in IntervalLogIterator::new(&bytes) {
            if let LogEntry::Interval(interval) = entry.unwrap() {
                let histogram: Times = Deserializer::new()
                    .deserialize(&mut io::Cursor::new(decode(interval.encoded_histogram())))
                    .unwrap();
                found.push((interval.tag().unwrap().as_str().to_owned(), histogram.len(), histogram.max()));
            }
        }
        let close = |value: u64, expected: u64| value.abs_diff(expected) < expected / 500;
        assert_eq!(
            found.iter().map(|(tag, count, _)| (tag.as_str(), *count)).collect::<Vec<_>>(),
            [("warmup:read_question", 1), ("read_question", 1), ("ask", 1)]
        );
        assert!(close(found[0].2, 5_000_000) && close(found[1].2, 7_000_000) && close(found[2].2, 9_000_000));
    }

    /// Plain base64, so that the test needs no further crate.
    fn base64_decode(text: &str) -> Vec<u8> {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digits = text
            .bytes()
            .filter(|byte| *byte != b'=')
            .map(|byte| u32::try_from(ALPHABET.iter().position(|known| *known == byte).unwrap()).unwrap());
        let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
        for digit in digits {
            bits = bits << 6 | digit;
            held += 6;
            if held >= 8 {
                held -= 8;
                out.push(u8::try_from(bits >> held & 0xff).unwrap());
            }
        }
        out
    }
}
