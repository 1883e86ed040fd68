//! The totals of a run, and what they say about the engine itself.

use std::{io, time::Duration};

use super::{Nanos, Outcome, Scarce};
use crate::codec::Malformed;

/// What a run offered, and what became of it. Every operation that was due is counted under exactly one outcome.
#[derive(Debug, Default)]
pub struct Offered {
    /// Operations that were due.
    pub due: u64,
    /// Operations whose request was sent in full, counted once also when it was sent again.
    pub sent: u64,
    /// Requests that were sent again, because a reused connection turned out to have been closed.
    pub retried: u64,
    /// Connections that were opened or tried.
    pub opened: u64,
    /// Connections that could not even be tried: no descriptors or no ports left on this side. The generator was
    /// the limit.
    pub exhausted: u64,
    /// What had run out for the first of these.
    pub scarce: Option<Scarce>,
    /// Idle connections that the server closed, or sent bytes on that nobody had asked for.
    pub idle_closed: u64,
    /// Operations under way at a time, at most.
    pub peak_in_flight: usize,
    /// Connections open at a time, at most.
    pub peak_open: usize,
    /// How often the thread waited for sockets or for time to pass.
    pub waits: u64,
    /// Time spent looking at the clock on purpose, just before something was due; nearly all of it CPU time.
    pub spun: Duration,
    /// CPU time of the thread, `spun` included.
    pub cpu: Duration,
    /// When the run was over, the wait for the last answers included.
    pub ended: Nanos,
    /// Why the first connection failed, of those that did.
    pub first_connect_error: Option<io::Error>,
    /// Why the first malformed answer was refused.
    pub first_malformed: Option<Malformed>,
    outcomes: [u64; Outcome::ALL.len()],
}

impl Offered {
    /// How many operations ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize]
    }

    /// Counts one more.
    pub(super) fn add(&mut self, outcome: Outcome) {
        self.outcomes[outcome as usize] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_place_of_its_own() {
        let mut offered = Offered::default();
        for outcome in Outcome::ALL {
            offered.add(outcome);
        }
        assert_eq!(offered.outcomes, [1; 8]);
    }
}
