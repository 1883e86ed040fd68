//! The HDR log of a run: one line a second and action, in the V2 format that every HDR viewer reads and merges.
//!
//! Values are response times in nanoseconds, counted from the due time; `Interval_Max` is in milliseconds, as is the
//! custom of the format. A request stands in the second in which it was due, or ended when that was after the second
//! had been written. Warm-up and what was set aside are tagged, not left out; both go by the due time, so that the lines
//! without such a tag add up to the report.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use crate::engine::{Nanos, Sample};
use crate::measured_time::Phase;
use crate::record::{Portion, Times, add, record, times};

const SECOND: u64 = 1_000_000_000;

/// Collects one second at a time and writes it.
#[derive(Debug)]
pub(crate) struct HdrLog<W> {
    out: W,
    tags: Vec<String>,
    second: u64,
    /// Of the second, by phase and action; what has nothing in it is not there.
    current: [Vec<Option<Times>>; PHASES.len()],
}

/// What is written, and what comes before the name of the action.
const PHASES: [(Phase, &str); 3] =
    [(Phase::Warmup, "warmup:"), (Phase::Sound, ""), (Phase::SetAside, "set-aside:")];

impl<W: Write> HdrLog<W> {
    /// Begins a log; `actions` name the tags.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(crate) fn new(mut out: W, actions: &[&str], started: SystemTime) -> io::Result<HdrLog<W>> {
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
        let current = PHASES.map(|_| actions.iter().map(|_| None).collect());
        Ok(HdrLog { out, tags, second: 0, current })
    }

    /// Takes a sample, if it is known what it counts for; writes the second before, if this one begins another.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(crate) fn add(&mut self, sample: &Sample, phase: Phase) -> io::Result<()> {
        let Some(place) = place(phase) else { return Ok(()) };
        self.advance(sample.last_byte)?;
        if let Some(kept) = self.current[place].get_mut(usize::from(sample.action)) {
            record(kept.get_or_insert_with(times), sample.last_byte.0.saturating_sub(sample.due.0));
        }
        Ok(())
    }

    /// Takes all that was due in the second of that moment.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(crate) fn add_all(&mut self, phase: Phase, due: Nanos, portion: &Portion) -> io::Result<()> {
        let Some(place) = place(phase) else { return Ok(()) };
        self.advance(due)?;
        for (kept, action) in self.current[place].iter_mut().zip(&portion.actions) {
            if !action.response.is_empty() {
                add(kept.get_or_insert_with(times), &action.response);
            }
        }
        Ok(())
    }

    fn advance(&mut self, to: Nanos) -> io::Result<()> {
        let second = to.0 / SECOND;
        if second > self.second {
            self.flush()?;
            self.second = second;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut serializer = V2DeflateSerializer::new();
        let start = Duration::from_secs(self.second);
        let (tags, phases) = (&self.tags, PHASES.iter().zip(&mut self.current));
        let kept = phases.flat_map(|((phase, prefix), actions)| {
            tags.iter().zip(actions).map(move |(tag, kept)| (*phase, format!("{prefix}{tag}"), kept))
        });
        for (phase, tag, kept) in kept {
            let Some(times) = kept.as_mut().filter(|times| !times.is_empty()) else { continue };
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
            // Most seconds count; memory for the others is given back.
            if phase == Phase::Sound {
                times.reset();
            } else {
                *kept = None;
            }
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

fn place(phase: Phase) -> Option<usize> {
    PHASES.iter().position(|(known, _)| *known == phase)
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
            reached: stamp,
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
        let mut log = HdrLog::new(&mut bytes, &["read question", "ask"], SystemTime::UNIX_EPOCH).unwrap();
        log.add(&sample(0, 0, 5_000_000), Phase::Warmup).unwrap();
        log.add(&sample(0, SECOND, SECOND + 7_000_000), Phase::Sound).unwrap();
        log.add(&sample(1, SECOND, SECOND + 9_000_000), Phase::Sound).unwrap();
        // Due in the warm-up, ended after it: still warm-up.
        log.add(&sample(1, SECOND - 1, SECOND + 3_000_000), Phase::Warmup).unwrap();
        log.add(&sample(0, 2 * SECOND, 2 * SECOND + 4_000_000), Phase::SetAside).unwrap();
        log.add(&sample(0, 3 * SECOND, 3 * SECOND + 4_000_000), Phase::Open).unwrap();
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
            [
                ("warmup:read_question", 1),
                ("warmup:ask", 1),
                ("read_question", 1),
                ("ask", 1),
                ("set-aside:read_question", 1)
            ]
        );
        assert!(close(found[0].2, 5_000_000) && close(found[2].2, 7_000_000) && close(found[3].2, 9_000_000));
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
