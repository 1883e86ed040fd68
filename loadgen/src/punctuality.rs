//! How late this machine wakes a thread that sleeps, and what to do about it.
//!
//! On a quiet machine a sleeping thread is woken some microseconds late. On a virtual machine whose processors are taken
//! away as soon as they idle it can be milliseconds, and every request would leave late by as much. So it is tried, beside
//! the load in the warm-up so that nothing waits for it, or before the load where there is none: where waking is slow, the engine looks at the clock all the time instead of sleeping. That takes
//! most of a core from whatever else runs here, and the report says so.
//!
//! The question is whether a run that sleeps would keep the limits on lag: a median of at most [`MEDIAN`], and at most one
//! request in a hundred later than [`LATE`], beyond which the verdict on the generator is that it was the limit. It is
//! answered by counting, in two steps, so that a quiet machine is not kept waiting:
//!
//! ```text
//! 350 sleeps    none late: it may sleep. More than 4: it may not.
//! 1,000 sleeps  at most 4 late: it may sleep, else not.
//! ```
//!
//! A machine on which one sleep in a hundred is late passes the first step with 0.99^350 = 3.0 % and the second with 2.9 %
//! (binomial, 4 or fewer of 1,000): it is taken for a quick one at most once in seventeen times, and then the lag of the
//! run shows it. One on which one in a thousand is late, as on a quiet machine, is taken for a slow one in 0.4 %.

use std::time::{Duration, Instant};

use crate::process;
use crate::statistics::median;

/// Sleeps that are tried at first, and at most.
const TRIES: usize = 350;
const MOST_TRIES: usize = 1_000;
/// How long each is: the gap between requests at a thousand a second.
const SLEEP: Duration = Duration::from_millis(1);
/// Lag that is allowed at p99, as in the verdict on the generator.
const LATE: Duration = Duration::from_millis(1);
/// Of the most tries, those that may be later than that.
const MOST_LATE: usize = 4;
/// Lag that is allowed at the median, for rates up to 5,000 a second on an idle machine.
const MEDIAN: Duration = Duration::from_micros(200);
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

/// A warm-up that is long enough to try it meanwhile: the first step takes 0.4 s on a quick machine.
pub(crate) const LEAST_WARMUP: Duration = Duration::from_millis(500);

/// Tries how late this machine wakes a thread; takes less than half a second on a quick one, and about one on others.
/// With an `end`, it ends by then, and what was seen is judged by the same share.
pub(crate) fn try_out(end: Option<Instant>) -> Waiting {
    let own = Some(rustix::thread::gettid());
    let waited = || process::waited(own).unwrap_or_default();
    let mut before = waited();
    let sleep = || {
        let due = Instant::now() + SLEEP;
        std::thread::sleep(SLEEP);
        let late = due.elapsed();
        // What it waited for others to leave the processor is not the machine's being slow to wake it: while a load runs, a
        // thread that stays awake would make that worse.
        let now = waited();
        let kept_waiting = now.saturating_sub(before);
        before = now;
        late.saturating_sub(kept_waiting)
    };
    wait_by(sleep, || end.is_some_and(|end| Instant::now() >= end))
}

/// How to wait when a sleep ends as late as `sleep` says, until it is told that the time is over.
fn wait_by(mut sleep: impl FnMut() -> Duration, is_over: impl Fn() -> bool) -> Waiting {
    let too_late = |late: &[Duration]| late.iter().filter(|late| **late > LATE).count();
    let mut late: Vec<Duration> = Vec::with_capacity(MOST_TRIES);
    while late.len() < MOST_TRIES && !is_over() {
        let is_decided = !(1..=MOST_LATE).contains(&too_late(&late));
        if late.len() >= TRIES && is_decided {
            break;
        }
        late.push(sleep());
    }
    let seconds: Vec<f64> = late.iter().map(Duration::as_secs_f64).collect();
    // Of fewer than the first step takes, one may always be late.
    let allowed = (MOST_LATE * late.len()).div_ceil(MOST_TRIES);
    let allowed = if late.len() < TRIES { allowed } else { MOST_LATE };
    let is_slow = too_late(&late) > allowed || (!late.is_empty() && median(&seconds) > MEDIAN.as_secs_f64());
    late.sort_unstable();
    let late_p99 = late.get(late.len() * 99 / 100).copied().unwrap_or_default();
    Waiting { spin: if is_slow { AWAKE } else { Duration::ZERO }, late_p99 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

    /// Waiting where every sleep is late by some µs, and those of these numbers by 5 ms; and how many were tried.
    fn waiting(late_us: u64, slow: impl Fn(usize) -> bool) -> (Waiting, usize) {
        let mut tried = 0;
        let waiting = wait_by(
            || {
                tried += 1;
                if slow(tried) { Duration::from_millis(5) } else { Duration::from_micros(late_us) }
            },
            || false,
        );
        (waiting, tried)
    }

    #[test]
    fn the_engine_sleeps_where_waking_is_quick_and_stays_awake_where_it_is_slow() {
        type Slow = fn(usize) -> bool;
        let cases: [(u64, Slow, Duration, usize); 7] = [
            (60, |_| false, Duration::ZERO, 350),
            (199, |_| false, Duration::ZERO, 350),
            (250, |_| false, AWAKE, 350),
            // One that is late asks for more, and four of a thousand are allowed.
            (60, |number| number == 7, Duration::ZERO, 1_000),
            (60, |number| number % 250 == 7, Duration::ZERO, 1_000),
            // The fifth ends it.
            (60, |number| number % 100 == 7, AWAKE, 407),
            (60, |_| true, AWAKE, 350),
        ];
        for (late_us, slow, spin, tries) in cases {
            let (waiting, tried) = waiting(late_us, slow);
            assert_eq!((waiting.spin, tried), (spin, tries), "{late_us} µs");
        }
        // The 990th of a thousand.
        assert_eq!(waiting(60, |number| number == 7).0.late_p99, Duration::from_micros(60));
    }

    #[test]
    fn slow_and_quick_machines_are_told_apart_as_often_as_the_header_says() {
        let mut random = ChaCha8Rng::seed_from_u64(44);
        for (late_in, range) in [(100, 0..=134), (1_000, 1_980..=2_000)] {
            let mut sleeping = 0;
            for _ in 0..2_000 {
                let found = wait_by(
                    || {
                        let is_late = random.random_ratio(1, late_in);
                        if is_late { Duration::from_millis(2) } else { Duration::from_micros(60) }
                    },
                    || false,
                );
                sleeping += u32::from(found.spin.is_zero());
            }
            assert!(range.contains(&sleeping), "one in {late_in}: {sleeping} of 2,000 sleep");
        }
    }
    #[test]
    fn where_the_time_is_over_what_was_seen_decides() {
        // Of 200, one may be late (4 of 1,000, rounded up); without any, nothing is known against the machine.
        for (late, tries, spin) in [(0, 200, 0), (1, 200, 0), (2, 200, 20), (0, 0, 0)] {
            let tried = std::cell::Cell::new(0);
            let sleep = || {
                tried.set(tried.get() + 1);
                if tried.get() <= late { Duration::from_millis(5) } else { Duration::from_micros(60) }
            };
            let waiting = wait_by(sleep, || tried.get() >= tries);
            assert_eq!(waiting.spin, Duration::from_millis(spin), "{late} of {tries}");
        }
    }
}
