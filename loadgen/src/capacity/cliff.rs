//! Where a promise breaks from one rate to the next: a cliff, on which no level lies.
//!
//! A queue lengthens gradually, and some level near the boundary has a few misses: the curve of `boundary` goes through it. A server
//! that refuses what is too much, or that collapses, has none below a rate and many above. Then a curve would say more than anybody
//! has seen, by how steep it is believed to be. So where every level either kept the promise without a doubt or missed it beyond one,
//!
//! ```text
//! misses / requests < (1 - s) / e³   or   misses / requests > (1 - s) e³   (odds)
//! ```
//!
//! the boundary is anywhere between the highest rate that held and the lowest that did not. Where it held all the same at a higher
//! rate, for a short while, the boundary may lie beyond that one, until three levels below it have failed. Where a queue is so quick
//! that its slope lies between two levels, a level is on neither side of it by a little.

use super::boundary::{Boundary, NEAR_IN_ODDS, logit};
use super::trial::{Goal, Tried};
use scenarios::verdict::Attained;

/// Where so many requests come within the limit, no level can lie on the slope: in M/M/c, ln q = -(μ - λ) t, misses go from all that
/// may to e^3 times as many by 1 % more load, which is as near as levels lie to each other. A level that missed a little there has a
/// queue that grows, and has not gone on for long.
const TOO_STEEP: f64 = 300.0;
/// So many levels that failed at no higher rate speak against one that held.
const OUTVOTED: usize = 3;

/// The boundary of a promise that breaks from one rate to the next; `None` where some level lies on the slope, or one side was not
/// tried.
#[must_use]
pub fn cliff(levels: &[Tried], promise: usize, goal: &Goal) -> Option<Boundary> {
    let may_miss = (1.0 - goal.share).clamp(1e-9, 0.999_999);
    let tried: Vec<(f64, f64, &Tried)> = (levels.iter().filter(|level| level.is_sound()))
        .filter_map(|level| Some((level.order.pace.rate()?, odds_over(level, promise, may_miss), level)))
        .collect();
    let failed = tried.iter().filter(|(_, over, _)| *over > 0.0).map(|(rate, ..)| *rate);
    let failed = failed.fold(f64::INFINITY, f64::min);
    let held = tried.iter().filter(|(rate, over, _)| *over <= 0.0 && *rate < failed).map(|(rate, ..)| *rate);
    let held = held.fold(0.0, f64::max);
    if !(failed.is_finite() && held > 0.0) {
        return None;
    }
    let between = held..=failed;
    let is_too_steep = goal.limit_s.is_some_and(|limit_s| held * limit_s >= TOO_STEEP);
    let is_on_the_slope = |over: f64| over.abs() < NEAR_IN_ODDS && !(is_too_steep && over > 0.0);
    if tried.iter().any(|(rate, over, _)| between.contains(rate) && is_on_the_slope(*over)) {
        return None;
    }
    let failed_up_to =
        |most: f64| tried.iter().filter(|(rate, over, _)| *over > 0.0 && *rate <= most).count();
    let still_held = tried.iter().filter(|(.., level)| level.kept(promise, goal).verdict == Attained::Met);
    let still_held = still_held.map(|(rate, ..)| *rate).filter(|rate| failed_up_to(*rate) < OUTVOTED);
    let still_held = still_held.fold(0.0, f64::max);
    let above =
        tried.iter().filter(|(rate, over, _)| *over > 0.0 && *rate > still_held).map(|(rate, ..)| *rate);
    let above = above.fold(f64::INFINITY, f64::min);
    let high = if above.is_finite() { above } else { still_held };
    let good = tried.iter().filter(|(rate, over, _)| *over <= 0.0 && *rate <= held);
    let low = good.map(|(rate, _, level)| proven(*rate, level, goal)).fold(0.0, f64::max);
    let per_s = (low * high).sqrt();
    let half = (high - low) / 2.0 / per_s;
    Some(Boundary { per_s, interval: (low, high), slope: NEAR_IN_ODDS / half, bunching: 1.0, is_cliff: true })
}

/// What a level that kept a promise about time proves of the capacity. A queue that grows because a share ε too much comes holds
/// everybody up by ε T after T seconds, so that nobody misses a limit t before T = t / ε: it may be up to t / T too much.
fn proven(rate: f64, level: &Tried, goal: &Goal) -> f64 {
    let lasted_s = level.order.skip_s + level.measured_s();
    rate / (1.0 + goal.limit_s.unwrap_or(0.0) / lasted_s.max(f64::MIN_POSITIVE))
}

/// By how much the log odds of a miss are over what is allowed; half a miss more or less keeps them finite.
fn odds_over(level: &Tried, promise: usize, may_miss: f64) -> f64 {
    let tally = level.tally(promise);
    let (missed, all) = (tally.missed as f64, tally.scheduled as f64);
    if missed == 0.0 {
        return f64::NEG_INFINITY;
    }
    logit(((missed - 0.5) / all).clamp(1e-9, 1.0 - 1e-9)) - logit(may_miss)
}

#[cfg(test)]
mod tests {
    use scenarios::capacity::Purpose;

    use super::super::trial::{Order, Pace, Seen, Tally};
    use super::*;

    const GOAL: Goal = Goal { share: 0.999, limit_s: None };

    /// Four seconds at a rate, of which a share of requests missed.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
    fn level(rate: u64, missed: f64) -> Tried {
        let each = Tally { scheduled: rate, missed: (rate as f64 * missed).round() as u64 };
        let pace = Pace::Rate(rate as f64);
        let order = Order { pace, purpose: Purpose::Narrow, skip_s: 1.0, block_s: 4.0, most_blocks: 1 };
        let seen = Seen { seconds: 4.0, promises: vec![vec![each; 4]], ..Seen::default() };
        Tried { order, at_s: 0.0, blocks: vec![seen], set_aside: None }
    }

    #[test]
    fn between_all_and_nothing_anything_is_possible() {
        // As it was seen on a server that sheds: nothing was refused at 2,980/s, and 5 % were at 3,430/s.
        let levels = [level(2_980, 0.0), level(3_430, 0.0508), level(3_980, 0.21)];
        let found = cliff(&levels, 0, &GOAL).unwrap();
        assert_eq!(found.interval, (2_980.0, 3_430.0));
        // The root of 2,980 x 3,430.
        assert!((found.per_s - 3_197.1).abs() < 0.1, "{found:?}");
        // At 3,490/s it had held before, for a while: the next that failed is 3,980/s.
        let mut more = vec![level(3_490, 0.0), level(3_980, 0.21), level(2_980, 0.0), level(3_430, 0.0508)];
        assert_eq!(cliff(&more, 0, &GOAL).unwrap().interval, (2_980.0, 3_980.0));
        more.remove(1);
        assert_eq!(cliff(&more, 0, &GOAL).unwrap().interval, (2_980.0, 3_490.0), "nothing failed beyond");
        more.extend([level(3_300, 0.04), level(3_200, 0.03)]);
        assert_eq!(cliff(&more, 0, &GOAL).unwrap().interval, (2_980.0, 3_200.0), "three say otherwise");
    }

    #[test]
    fn a_level_on_the_slope_speaks_for_the_curve() {
        // 1 in 1,000 may miss; 0.5 in 100 did, and e^3 times the odds are 2 in 100.
        assert_eq!(cliff(&[level(2_980, 0.0), level(3_430, 0.005)], 0, &GOAL), None);
        assert_eq!(cliff(&[level(3_000, 0.000_5), level(3_430, 0.05)], 0, &GOAL), None);
        assert_eq!(cliff(&[level(2_980, 0.0)], 0, &GOAL), None, "it never failed");
        assert_eq!(cliff(&[level(2_980, 0.5)], 0, &GOAL), None, "it never held");
    }

    #[test]
    fn where_the_slope_is_too_steep_to_be_seen_a_queue_that_grew_is_beyond_it() {
        // 4,000 requests a second come 1,000 to the limit of 250 ms. At 4,840/s 3 % missed, where 1 in 100 may: not e^3 times as many.
        let goal = Goal { share: 0.99, limit_s: Some(0.25) };
        let found = cliff(&[level(4_000, 0.0), level(4_840, 0.03)], 0, &goal).unwrap();
        // Nobody misses 250 ms within 5 s before 5 % too much come: 4,000 / 1.05 = 3,809.5.
        assert!((found.interval.0 - 3_809.5).abs() < 0.1 && found.interval.1 == 4_840.0, "{found:?}");
        // A lower level that held for as long proves less.
        let more = [level(3_000, 0.0), level(4_000, 0.0), level(4_840, 0.03)];
        assert_eq!(cliff(&more, 0, &goal), Some(found));
        // Below, misses are there: by pauses, say. And 1,000/s come 250 to the limit.
        assert_eq!(cliff(&[level(4_000, 0.005), level(4_840, 0.03)], 0, &goal), None);
        assert_eq!(cliff(&[level(1_000, 0.0), level(1_210, 0.03)], 0, &goal), None);
    }
}
