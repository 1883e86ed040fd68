//! When a run ends by itself: a target that fails nearly every request tells nothing more, and may be in need of rest.

use std::collections::VecDeque;
use std::time::Duration;

use scenarios::report::Aborted;
use scenarios::scenario::Abort;

use crate::engine::Nanos;

/// Failures, of the requests of the last seconds, above which a run ends unless the scenario says otherwise. A server that
/// answers one in ten is in trouble, but measurable; a restart of some seconds is no reason to end.
const MOST_FAILED: f64 = 0.9;
/// The last seconds: longer than a restart or a failover takes, as a rule.
const OVER: Duration = Duration::from_secs(10);
/// Requests without which nothing is said.
const LEAST: u64 = 20;
/// How often the counts are kept.
const STEP: Duration = Duration::from_millis(500);

/// Watches the share of failures.
#[derive(Debug)]
pub(crate) struct Failing {
    limit: Option<f64>,
    /// What had ended, and what of it well, at moments of the last seconds; the first is as old as they are.
    counts: VecDeque<(Nanos, u64, u64)>,
}

impl Failing {
    pub(crate) fn new(abort: Abort) -> Failing {
        let limit = match abort {
            Abort::Default => Some(MOST_FAILED),
            Abort::Above(share) => Some(share.share()),
            Abort::Never => None,
        };
        Failing { limit, counts: VecDeque::from([(Nanos::ZERO, 0, 0)]) }
    }

    /// Looks at how many requests have ended since the start, and how many of them well: is it enough?
    pub(crate) fn look(&mut self, at: Nanos, ended: u64, good: u64) -> Option<Aborted> {
        let limit = self.limit?;
        let (last, ..) = *self.counts.back()?;
        if at.since(last) < STEP {
            return None;
        }
        self.counts.push_back((at, ended, good));
        while self.counts.get(1).is_some_and(|(then, ..)| at.since(*then) >= OVER) {
            self.counts.pop_front();
        }
        let (then, ended_then, good_then) = *self.counts.front()?;
        let (of, good) = (ended - ended_then, good - good_then);
        let failed = of.saturating_sub(good);
        let is_enough = at.since(then) >= OVER && of >= LEAST && failed as f64 > of as f64 * limit;
        is_enough.then(|| Aborted {
            after_s: at.since(Nanos::ZERO).as_secs_f64(),
            over_s: at.since(then).as_secs_f64(),
            failed,
            of,
            limit_share: limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When a run ends in which so many requests end each second, of which from second 20 on only this share is good.
    fn ends(abort: Abort, per_second: u64, good_share: f64, outage: &std::ops::Range<u64>) -> Option<u64> {
        let mut failing = Failing::new(abort);
        let (mut ended, mut good) = (0, 0);
        for second in 1..=60 {
            ended += per_second;
            let share = if outage.contains(&second) { good_share } else { 1.0 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
            let well = (per_second as f64 * share) as u64;
            good += well;
            if failing.look(Nanos::after_start(Duration::from_secs(second)), ended, good).is_some() {
                return Some(second);
            }
        }
        None
    }

    #[test]
    fn a_run_ends_when_the_last_seconds_failed_and_not_for_a_restart() {
        let half = Abort::Above(scenarios::units::Ratio::new(0.5).unwrap());
        for (abort, per_second, good_share, outage, end) in [
            // From second 21 on all fails: nine of the last ten seconds are 90 %, which is not above it; ten are.
            (Abort::Default, 100, 0.0, 21..61, Some(30)),
            // More than half of ten seconds is six of them.
            (half, 100, 0.0, 21..61, Some(26)),
            (half, 100, 0.5, 21..61, None),
            // Of which 0.6 fail: nine of ten seconds are 54 %.
            (half, 100, 0.4, 21..61, Some(29)),
            (Abort::Default, 100, 0.2, 21..61, None),
            // A restart of eight seconds.
            (Abort::Default, 100, 0.0, 21..29, None),
            // From the start: not before ten seconds have passed.
            (Abort::Default, 100, 0.0, 1..61, Some(10)),
            // One a second is too few to tell.
            (Abort::Default, 1, 0.0, 1..61, None),
            (Abort::Never, 100, 0.0, 1..61, None),
        ] {
            assert_eq!(
                ends(abort, per_second, good_share, &outage),
                end,
                "{abort:?} {good_share} {outage:?}"
            );
        }
    }
}
