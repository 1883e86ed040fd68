//! What is known of one action, or of all of them: counts by outcome, and times.

use super::{Blocks, Parts, Times, add, clear, nanos, record, times};
use crate::engine::{Outcome, Sample};

/// What is known of one action.
#[derive(Debug)]
pub(crate) struct ActionRecord {
    /// Due within the measured time.
    pub(crate) scheduled: u64,
    /// Answered well.
    pub(crate) good: u64,
    /// By outcome and status.
    pub(crate) errors: Vec<((Outcome, u16), u64)>,
    /// From due to last byte; failures as waits of at least so long.
    pub(crate) response: Times,
    /// Shortest wait of a request that never ended; quantiles above it are lower bounds.
    pub(crate) censored_from: Option<u64>,
    /// From sent to last byte, of answers.
    pub(crate) service: Times,
    /// From sent to first byte, of answers.
    pub(crate) first_byte: Times,
    /// Response times by blocks of time, coarsely; only of what counts.
    pub(crate) blocks: Blocks,
    /// Of answers, heads included.
    pub(crate) bytes_received: u64,
    /// Answers behind `bytes_received`.
    pub(crate) answers: u64,
    /// Where the time of answers went.
    pub(crate) parts: Parts,
}

impl ActionRecord {
    pub(crate) fn new() -> ActionRecord {
        ActionRecord {
            scheduled: 0,
            good: 0,
            errors: Vec::new(),
            response: times(),
            censored_from: None,
            service: times(),
            first_byte: times(),
            blocks: Blocks::new(),
            bytes_received: 0,
            answers: 0,
            parts: Parts::new(),
        }
    }

    /// Takes one sample; in which block it belongs is for others to say.
    pub(super) fn add(&mut self, sample: &Sample) {
        self.scheduled += 1;
        let response = nanos(sample.last_byte, sample.due);
        record(&mut self.response, response);
        if sample.outcome.is_answered() {
            record(&mut self.service, nanos(sample.last_byte, sample.sent));
            record(&mut self.first_byte, nanos(sample.first_byte, sample.sent));
            self.bytes_received += u64::from(sample.bytes_received);
            self.answers += 1;
            self.parts.add(sample);
        }
        if sample.outcome == Outcome::Good {
            self.good += 1;
        } else {
            // A refusal that came quickly is no quick answer: who needs one would have had to go on waiting.
            self.censor(Some(response));
            self.fail((sample.outcome, sample.status), 1);
        }
    }

    /// Takes all of another record but its blocks.
    pub(super) fn absorb(&mut self, other: &ActionRecord) {
        self.scheduled += other.scheduled;
        self.good += other.good;
        other.errors.iter().for_each(|(kind, count)| self.fail(*kind, *count));
        self.censor(other.censored_from);
        self.bytes_received += other.bytes_received;
        self.answers += other.answers;
        add(&mut self.response, &other.response);
        add(&mut self.service, &other.service);
        add(&mut self.first_byte, &other.first_byte);
        self.parts.absorb(&other.parts);
    }

    /// Takes all of another run's record, whose seconds begin at `offset` of this one's.
    pub(crate) fn append(&mut self, other: &ActionRecord, offset: usize) {
        self.absorb(other);
        self.blocks.append(&other.blocks, offset);
    }

    /// Forgets everything but the memory it holds.
    pub(super) fn clear(&mut self) {
        if self.scheduled == 0 {
            return;
        }
        (self.scheduled, self.good, self.bytes_received, self.answers) = (0, 0, 0, 0);
        self.errors.clear();
        self.censored_from = None;
        clear(&mut self.response);
        clear(&mut self.service);
        clear(&mut self.first_byte);
        self.parts.clear();
    }

    fn censor(&mut self, from: Option<u64>) {
        self.censored_from = self.censored_from.into_iter().chain(from).min();
    }

    fn fail(&mut self, kind: (Outcome, u16), more: u64) {
        match self.errors.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += more,
            None => self.errors.push((kind, more)),
        }
    }
}
