//! Whether the server was the same from the first measured second to the last: settled, and not drifting.
//!
//! Both checks look at each second's median response (at its logarithm, but for one), and both have to tell a change from the ups and
//! downs of a queue, whose seconds resemble each other. Their error rates are known from simulation (the tests
//! below): of stationary runs, queues up to 80 % busy and noise up to an autocorrelation of 0.8, at most one in a hundred
//! is called drifting, and at most one in twenty-five has its beginning named.
//!
//! ```text
//! drift     either half against the other, each in HALF_GROUPS groups of seconds; or the trend over TREND_GROUPS groups,
//!           of the logarithms and of the times themselves, since a backlog grows in a straight line. Called when
//!           even the near end of the interval of the change (Student's t, 99.5 %) is more than NOTABLE.
//! start     MSER (White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69,
//!           1997): leaving out the first d seconds, at most half, for which the squared standard error of the rest
//!           is smallest: argmin sum (y - mean)² / (n - d)². Named when these d seconds differ from groups of the
//!           rest, at 99 %, by more than STARTED.
//! ```
//!
//! **What MSER finds is said and never trimmed.** Warm-up is skipped by a time that was fixed before the run. MSER alone
//! leaves out something in three to six of ten stationary runs, since it looks for whatever makes the rest look
//! steady, and what it leaves out is the slow beginning: a rule that improves a result because of that result. The report
//! says what the figure would be without the seconds, and whoever agrees gives a longer warm-up.

use estimator::laws::student;

use crate::statistics::median;

/// Groups of seconds in each half of a run.
const HALF_GROUPS: usize = 3;
/// Groups over which a trend is fitted.
const TREND_GROUPS: usize = 6;
/// Two seconds in each group: with fewer, strongly correlated seconds pass for a drift in one run of fifty.
const LEAST_SECONDS: usize = 2 * TREND_GROUPS;
/// How sure a change is before it is called one.
const DRIFT_SURE: f64 = 0.995;
/// A median that changed by less is that of the same server. A doubling is then still found in eight of ten runs of a
/// minute of a queue that is half busy.
const NOTABLE: f64 = 1.25;
/// The beginning is worth a word from here on: what a prediction of a single number is held to.
const STARTED: f64 = 1.1;
/// Groups that the rest of a run is compared in with its beginning.
const REST_GROUPS: usize = 5;
/// How sure a beginning is before it is named.
const START_SURE: f64 = 0.99;

/// A server that was not the same all the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Drift {
    /// Median response at the beginning and at the end: of either half, or by the line through all of it.
    pub(crate) before_s: f64,
    pub(crate) after_s: f64,
    /// By how much the median grew in each second; negative where it fell.
    pub(crate) per_second: f64,
}

/// A beginning that differs from the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Start {
    pub(crate) seconds: usize,
    /// Typical median of these seconds, and of the others.
    pub(crate) at_first_s: f64,
    pub(crate) later_s: f64,
    /// MSER wanted to leave out half, the most that it may: the run had not settled.
    pub(crate) is_half: bool,
}

/// Whether the server slowed down or sped up; from the median of each second, in seconds.
pub(crate) fn drift(medians: &[f64]) -> Option<Drift> {
    if medians.len() < LEAST_SECONDS {
        return None;
    }
    let logs = logs(medians);
    let times = trend(&groups(medians, TREND_GROUPS));
    // From the middle of the one half to that of the other.
    let apart = medians.len() as f64 / 2.0;
    let drift =
        |before_s: f64, after_s: f64| Drift { before_s, after_s, per_second: (after_s - before_s) / apart };
    [halves(&groups(&logs, 2 * HALF_GROUPS)), trend(&groups(&logs, TREND_GROUPS))]
        .into_iter()
        .find(|change| change.is_certainly_more_than(NOTABLE.ln()))
        .map(|change| drift(change.before.exp(), change.after.exp()))
        .or_else(|| {
            // Half-way between the two levels that are so far apart.
            let notable = mean(medians) * (NOTABLE - 1.0) / f64::midpoint(NOTABLE, 1.0);
            times.is_certainly_more_than(notable).then(|| drift(times.before.max(0.0), times.after.max(0.0)))
        })
}

/// Whether the first seconds were others than the rest.
pub(crate) fn start(medians: &[f64]) -> Option<Start> {
    if medians.len() < LEAST_SECONDS {
        return None;
    }
    let logs = logs(medians);
    let seconds = mser(&logs);
    if seconds == 0 {
        return None;
    }
    let (first, rest) = logs.split_at(seconds);
    let (at_first, later) = (mean(first), mean(rest));
    let groups = groups(rest, REST_GROUPS);
    let of_group = squares(&groups, later) / (REST_GROUPS as f64 - 1.0);
    // A stretch as long as a group varies as groups do, a shorter one more.
    let length = rest.len() as f64 / REST_GROUPS as f64;
    let variance = of_group * (length / seconds as f64).max(1.0) + of_group / REST_GROUPS as f64;
    let t = student::two_sided(START_SURE, REST_GROUPS - 1)?;
    ((at_first - later).abs() - t * variance.sqrt() > STARTED.ln()).then(|| Start {
        seconds,
        at_first_s: median(&medians[..seconds]),
        later_s: median(&medians[seconds..]),
        is_half: seconds >= logs.len() / 2,
    })
}

/// How many of the first values to leave out.
fn mser(values: &[f64]) -> usize {
    let score = |leaving: usize| {
        let rest = &values[leaving..];
        squares(rest, mean(rest)) / (rest.len() as f64).powi(2)
    };
    (0..=values.len() / 2).min_by(|one, other| score(*one).total_cmp(&score(*other))).unwrap_or(0)
}

/// A change from the first half to the second, with its standard error.
#[derive(Clone, Copy, Debug)]
struct Change {
    before: f64,
    after: f64,
    error: f64,
    degrees: usize,
}

impl Change {
    fn is_certainly_more_than(&self, notable: f64) -> bool {
        let t = student::two_sided(DRIFT_SURE, self.degrees).unwrap_or(f64::INFINITY);
        (self.after - self.before).abs() - t * self.error > notable
    }
}

/// The means of either half, each known from groups of its own.
fn halves(groups: &[f64]) -> Change {
    let (first, second) = groups.split_at(groups.len() / 2);
    let (before, after) = (mean(first), mean(second));
    let degrees = groups.len() - 2;
    let variance = (squares(first, before) + squares(second, after)) / degrees as f64;
    let error = (variance * (1.0 / first.len() as f64 + 1.0 / second.len() as f64)).sqrt();
    Change { before, after, error, degrees }
}

/// The two halves' means by the straight line through the groups (least squares).
fn trend(groups: &[f64]) -> Change {
    let count = groups.len() as f64;
    let (middle, level) = ((count - 1.0) / 2.0, mean(groups));
    let at = |index: usize| index as f64 - middle;
    let spread: f64 = (0..groups.len()).map(|index| at(index).powi(2)).sum();
    let slope =
        groups.iter().enumerate().map(|(index, value)| at(index) * (value - level)).sum::<f64>() / spread;
    let left: f64 =
        groups.iter().enumerate().map(|(index, value)| (value - level - slope * at(index)).powi(2)).sum();
    let degrees = groups.len() - 2;
    let error = (left / degrees as f64 / spread).sqrt();
    let half = count / 2.0;
    Change {
        before: level - slope * half / 2.0,
        after: level + slope * half / 2.0,
        error: error * half,
        degrees,
    }
}

/// Means of so many groups of consecutive values, as equal as they can be.
fn groups(values: &[f64], count: usize) -> Vec<f64> {
    let border = |group: usize| group * values.len() / count;
    (0..count).map(|group| mean(&values[border(group)..border(group + 1)])).collect()
}

fn logs(medians: &[f64]) -> Vec<f64> {
    medians.iter().map(|median| median.max(f64::MIN_POSITIVE).ln()).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn squares(values: &[f64], around: f64) -> f64 {
    values.iter().map(|value| (value - around).powi(2)).sum()
}

#[cfg(test)]
mod tests;
