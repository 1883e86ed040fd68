//! How long it takes until what was written is seen on a replica.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::domain::Position;
use crate::telemetry::{Histogram, Reading};

/// Writes that are waited for at a time; more are not measured, and seen all the same.
const AWAITED: usize = 1_024;
/// Bounds of the times in microseconds: from the pause between two questions to a replica that was away for a minute.
const TIMES: [u64; 13] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000, 10_000_000,
    60_000_000,
];

/// The writes that a replica has not carried out yet, and how long the others took.
pub(super) struct Visible {
    awaited: Mutex<VecDeque<(Position, Stopwatch)>>,
    times: Histogram<{ TIMES.len() }>,
}

impl Default for Visible {
    fn default() -> Self {
        Self { awaited: Mutex::default(), times: Histogram::new(TIMES) }
    }
}

impl Visible {
    /// A write was committed at this position, at the time when the stopwatch was started.
    pub(super) fn expect(&self, position: Position, since: Stopwatch) {
        let mut awaited = self.awaited();
        if awaited.len() < AWAITED {
            awaited.push_back((position, since));
        }
    }

    /// The replica is at this position now.
    pub(super) fn reached(&self, position: Position) {
        let mut awaited = self.awaited();
        while awaited.front().is_some_and(|(written, _)| *written <= position) {
            if let Some((_, since)) = awaited.pop_front() {
                self.times.add(u64::try_from(since.so_far().as_micros()).unwrap_or(u64::MAX));
            }
        }
    }

    /// Whether a write is waited for.
    pub(super) fn is_awaited(&self) -> bool {
        !self.awaited().is_empty()
    }

    /// For how long the oldest write has been waited for.
    pub(super) fn longest(&self) -> Duration {
        self.awaited().front().map_or(Duration::ZERO, |(_, since)| since.so_far())
    }

    /// The times so far.
    pub(super) fn times(&self) -> Reading {
        self.times.read()
    }

    fn awaited(&self) -> MutexGuard<'_, VecDeque<(Position, Stopwatch)>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_write_is_measured_when_it_is_reached_and_no_more_are_kept_than_may_be() {
        let visible = Visible::default();
        visible.expect(Position::new(10), Stopwatch::start());
        tokio::time::advance(Duration::from_millis(3)).await;
        visible.expect(Position::new(20), Stopwatch::start());
        visible.reached(Position::new(9));
        assert_eq!((visible.times().count, visible.longest()), (0, Duration::from_millis(3)));
        visible.reached(Position::new(10));
        // 3 ms: not within 2.5 ms, but within 5 ms.
        assert_eq!(visible.times().up_to[1..3], [(2_500, 0), (5_000, 1)]);
        tokio::time::advance(Duration::from_secs(7)).await;
        visible.reached(Position::new(30));
        assert_eq!((visible.times().count, visible.times().sum), (2, 7_003_000));
        assert!(!visible.is_awaited() && visible.longest().is_zero());
        for _ in 0..2 * AWAITED {
            visible.expect(Position::new(40), Stopwatch::start());
        }
        visible.reached(Position::new(40));
        assert_eq!(visible.times().count, 2 + AWAITED as u64);
    }
}
