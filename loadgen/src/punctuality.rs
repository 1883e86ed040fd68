//! How late this machine wakes a thread that sleeps, and what to do about it.
//!
//! On a quiet machine a sleeping thread is woken some microseconds late. On a virtual machine whose processors are taken
//! away as soon as they idle it can be milliseconds, and every request would leave late by as much. So it is tried
//! before a run: where waking is slow, the engine looks at the clock all the time instead of sleeping. That takes
//! most of a core from whatever else runs here, and the report says so.

use std::time::{Duration, Instant};

/// Sleeps that are tried: with fewer, a machine that is late now and then would be taken for a quiet one.
const TRIES: usize = 350;
/// How long each is: the gap between requests at a thousand a second.
const SLEEP: Duration = Duration::from_millis(1);
/// Lateness at p99 above which the engine does not sleep. Timers of a quiet machine are some 60 µs late by default
/// (Linux' timer slack of 50 µs); the verdict on the generator allows 1 ms.
const SLOW: Duration = Duration::from_micros(150);
/// A single sleep that ended so late is enough.
const FAR_TOO_LATE: Duration = Duration::from_millis(1);
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

/// Tries how late this machine wakes a thread; takes less than half a second.
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
    let is_slow = late_p99 > SLOW || late.last().is_some_and(|latest| *latest > FAR_TOO_LATE);
    Waiting { spin: if is_slow { AWAKE } else { Duration::ZERO }, late_p99 }
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
        let once = (0..1_000).map(|index| Duration::from_micros(if index == 7 { 2_000 } else { 60 }));
        assert_eq!(decide(once.collect()).spin, AWAKE);
        assert_eq!(decide(Vec::new()).spin, Duration::ZERO);
    }
}
