//! How late this machine wakes a thread that sleeps, and what to do about it.
//!
//! On a quiet machine a sleeping thread is woken some microseconds late. On a virtual machine whose processors are taken
//! away as soon as they idle it can be milliseconds, and every request would leave late by as much. So it is tried
//! before a run: where waking is slow, the engine looks at the clock all the time instead of sleeping. That takes
//! most of a core from whatever else runs here, and the report says so.

use std::time::{Duration, Instant};

/// Sleeps that are tried.
const TRIES: usize = 150;
/// How long each is: the gap between requests at a thousand a second.
const SLEEP: Duration = Duration::from_millis(1);
/// Lateness at p99 above which the engine does not sleep: a fifth of what the verdict on the generator allows.
const SLOW: Duration = Duration::from_micros(200);
/// Longer than the gap between requests at any rate that needs punctuality, so that the engine never sleeps.
const AWAKE: Duration = Duration::from_millis(20);

/// How the engine waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// For so long before a due time it looks at the clock instead of sleeping.
    pub(crate) spin: Duration,
    /// How late a thread was woken, at p99.
    pub(crate) late_p99: Duration,
}

/// Tries how late this machine wakes a thread; takes a sixth of a second.
pub(crate) fn try_out() -> Waiting {
    let late: Vec<Duration> = (0..TRIES)
        .map(|_| {
            let due = Instant::now() + SLEEP;
            std::thread::sleep(SLEEP);
            due.elapsed()
        })
        .collect();
    decide(late)
}

fn decide(mut late: Vec<Duration>) -> Waiting {
    late.sort_unstable();
    let late_p99 = late.get(late.len() * 99 / 100).copied().unwrap_or_default();
    Waiting { spin: if late_p99 > SLOW { AWAKE } else { Duration::ZERO }, late_p99 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_sleeps_where_waking_is_quick_and_stays_awake_where_it_is_slow() {
        let mostly = |late: u64, outliers: usize| {
            let late =
                (0..100).map(|index| Duration::from_micros(if index < outliers { 5_000 } else { late }));
            decide(late.collect()).spin
        };
        assert_eq!(mostly(60, 0), Duration::ZERO);
        assert_eq!(mostly(60, 1), AWAKE, "the 99th of a hundred is the slow one");
        assert_eq!(mostly(250, 0), AWAKE);
        assert_eq!(decide(Vec::new()).spin, Duration::ZERO);
    }
}
