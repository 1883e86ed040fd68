//! Where the time of answered requests went: a sum and a distribution for each part.
//!
//! Sums are exact, so that the means of the parts add up to the mean of the whole. Distributions have two significant
//! digits: they are for a glance, and there is one for each part and action.

use scenarios::report::Part;

use super::{Times, add, clear, nanos, record, times_of};
use crate::engine::Sample;

/// Significant digits of these distributions.
const DIGITS: u8 = 2;

/// The parts of one action's response times.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    /// Requests that were answered.
    pub(crate) answered: u64,
    /// Their response times together, in nanoseconds.
    pub(crate) response: u64,
    pub(crate) each: [Measured; Part::ALL.len()],
}

/// One part.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// In nanoseconds, of all requests together.
    pub(crate) sum: u64,
    /// Of those that had it, in nanoseconds.
    pub(crate) times: Times,
}

impl Parts {
    pub(crate) fn new() -> Parts {
        let measured = || Measured { sum: 0, times: times_of(DIGITS) };
        Parts { answered: 0, response: 0, each: Part::ALL.map(|_| measured()) }
    }

    /// Takes an answered request.
    pub(super) fn add(&mut self, sample: &Sample) {
        self.answered += 1;
        self.response = self.response.saturating_add(nanos(sample.last_byte, sample.due));
        for (part, measured) in Part::ALL.into_iter().zip(&mut self.each) {
            let Some(took) = took(sample, part) else { continue };
            measured.sum = measured.sum.saturating_add(took);
            record(&mut measured.times, took);
        }
    }

    /// Adds those of another action, or of another run.
    pub(crate) fn absorb(&mut self, other: &Parts) {
        self.answered += other.answered;
        self.response = self.response.saturating_add(other.response);
        for (measured, other) in self.each.iter_mut().zip(&other.each) {
            measured.sum = measured.sum.saturating_add(other.sum);
            add(&mut measured.times, &other.times);
        }
    }

    /// Forgets everything but the memory it holds.
    pub(super) fn clear(&mut self) {
        (self.answered, self.response) = (0, 0);
        for measured in &mut self.each {
            measured.sum = 0;
            clear(&mut measured.times);
        }
    }
}

/// What a request spent in a part, in nanoseconds; `None` when it did not pass it.
fn took(sample: &Sample, part: Part) -> Option<u64> {
    let part = match part {
        Part::Turn => nanos(sample.possible, sample.due),
        Part::Lag => return Some(nanos(sample.sent, sample.possible)),
        Part::Connect => nanos(sample.reached, sample.sent),
        Part::Tls => nanos(sample.connected, sample.reached),
        Part::Server => return Some(nanos(sample.first_byte, sample.connected)),
        Part::Transfer => return Some(nanos(sample.last_byte, sample.first_byte)),
    };
    (part > 0).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Nanos, Outcome};
    use proptest::prelude::*;

    fn sample([turn, lag, connect, tls, server, transfer]: [u64; 6]) -> Sample {
        let due = 1_000;
        let possible = due + turn;
        let sent = possible + lag;
        let reached = sent + connect;
        let connected = reached + tls;
        let first_byte = connected + server;
        Sample {
            action: 0,
            outcome: Outcome::Good,
            status: 200,
            due: Nanos(due),
            possible: Nanos(possible),
            sent: Nanos(sent),
            reached: Nanos(reached),
            connected: Nanos(connected),
            first_byte: Nanos(first_byte),
            last_byte: Nanos(first_byte + transfer),
            bytes_received: 1,
            bytes_sent: 1,
            reused: connect == 0,
        }
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_whole(
            rows in proptest::collection::vec(proptest::array::uniform6(0_u64..5_000_000_000), 1..50)
        ) {
            let mut parts = Parts::new();
            for row in &rows {
                parts.add(&sample(*row));
            }
            let sum: u64 = parts.each.iter().map(|measured| measured.sum).sum();
            prop_assert_eq!(sum, parts.response);
            prop_assert_eq!(sum, rows.iter().flatten().sum::<u64>());
        }

        #[test]
        fn shares_of_a_run_add_up_to_the_run(
            rows in proptest::collection::vec(proptest::array::uniform6(0_u64..5_000_000_000), 1..50)
        ) {
            let (mut whole, mut merged) = (Parts::new(), Parts::new());
            for chunk in rows.chunks(7) {
                let mut share = Parts::new();
                for row in chunk {
                    share.add(&sample(*row));
                    whole.add(&sample(*row));
                }
                merged.absorb(&share);
            }
            prop_assert_eq!((merged.answered, merged.response), (whole.answered, whole.response));
            for (merged, whole) in merged.each.iter().zip(&whole.each) {
                prop_assert!(merged.sum == whole.sum && merged.times == whole.times);
            }
        }
    }

    #[test]
    fn a_connection_that_is_used_again_was_not_opened() {
        let mut parts = Parts::new();
        parts.add(&sample([0, 10, 0, 0, 100, 5]));
        parts.add(&sample([0, 10, 300_000, 0, 100, 5]));
        parts.add(&sample([0, 10, 300_000, 700_000, 100, 5]));
        // Turn, lag, connect, TLS, server, transfer.
        let counts = parts.each.each_ref().map(|measured| measured.times.len());
        assert_eq!(counts, [0, 3, 2, 1, 3, 3]);
    }
}
