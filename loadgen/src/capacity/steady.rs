//! Whether all levels speak of the same server: they may contradict each other, and a server may change while it is measured.
//!
//! **Drift.** Around the fitted curve, misses are as often too many early as late. If a server gets slower, late blocks have more
//! than the curve says, and early ones fewer:
//!
//! ```text
//! z = Σ (m - n q) (t - t̄) / sqrt(φ Σ n q (1 - q) (t - t̄)²)      over the blocks near the boundary
//! ```
//!
//! One bad moment of the machine is no drift: without any one level, half of the limit on z has to be left.
//!
//! **Repetition.** The low rate of the beginning is tried once more at the end, far from the boundary. Where its mean response is
//! not the same by a factor of 1.6 (four standard deviations of a block of M/M/1 at half of its capacity), a smaller drift in the
//! same direction is enough.
//!
//! **Contradiction.** A level that clearly missed the promise at a lower rate than one that clearly kept it.

use scenarios::verdict::Attained;

use super::boundary::{Boundary, NEAR_IN_ODDS, logit, share_of};
use super::trial::{Goal, Tried};

/// Beyond so many standard deviations it is not chance: one search in 500 of a steady server, were the sum normal.
const DRIFT: f64 = 3.1;
/// What is enough where the low rate has changed too, and by what factor.
const DRIFT_TOO: f64 = 1.0;
const CHANGED: f64 = 1.6;
/// What of it has to be left without any one level.
const LEFT: f64 = 0.5;
/// Rates that lie closer together are the same.
const SAME_RATE: f64 = 1.03;
/// Seconds of a level from which on its verdict is worth something against another's.
const LEAST_S: f64 = 4.0;
/// Levels count here up to this far from the boundary.
const NEAR: f64 = 0.25;

/// What speaks against one server for all levels.
#[derive(Clone, Debug, PartialEq)]
pub enum Unsteady {
    /// It got slower (above 0) or faster while it was measured, by so many standard deviations.
    Drifted(f64),
    /// The promise failed at a rate and held at a higher one.
    Contradicts {
        /// Where it failed.
        failed: f64,
        /// Where it held.
        held: f64,
        /// Whether it failed after it had held.
        got_slower: bool,
    },
}

impl Unsteady {
    /// Whether it got slower.
    #[must_use]
    pub fn is_slower(&self) -> bool {
        match self {
            Unsteady::Drifted(z) => *z > 0.0,
            Unsteady::Contradicts { got_slower, .. } => *got_slower,
        }
    }

    /// As printed.
    #[must_use]
    pub fn words(&self) -> String {
        let digits = scenarios::show::digits;
        match self {
            Unsteady::Drifted(z) if *z > 0.0 => format!(
                "the server got slower from level to level: the same rate missed the promise more often later than earlier ({} standard deviations)",
                digits(*z)
            ),
            Unsteady::Drifted(z) => format!(
                "the server got faster from level to level: the same rate missed the promise less often later than earlier ({} standard deviations)",
                digits(-*z)
            ),
            Unsteady::Contradicts { failed, held, got_slower: true } => format!(
                "the levels contradict each other: the promise held at {}/s and failed later at {}/s, so that the server got slower from level to level",
                digits(*held),
                digits(*failed)
            ),
            Unsteady::Contradicts { failed, held, got_slower: false } => format!(
                "the levels contradict each other: the promise failed at {}/s and held later at {}/s",
                digits(*failed),
                digits(*held)
            ),
        }
    }
}

/// What speaks against one server for all levels, as far as this promise tells.
#[must_use]
pub fn unsteady(levels: &[Tried], promise: usize, goal: &Goal, boundary: &Boundary) -> Option<Unsteady> {
    drift(levels, promise, goal, boundary).or_else(|| contradiction(levels, promise, goal))
}

fn drift(levels: &[Tried], promise: usize, goal: &Goal, boundary: &Boundary) -> Option<Unsteady> {
    if boundary.is_cliff {
        // There is no curve around which misses could be too many early or late.
        return None;
    }
    let blocks = deviations(levels, promise, goal, boundary);
    let z = trend(&blocks, boundary.bunching, None);
    let has_changed = changed(levels).is_some_and(|by| by.abs() > CHANGED.ln() && by * z > 0.0);
    let enough = if has_changed { DRIFT_TOO } else { DRIFT };
    // One bad moment of the machine is no drift: without any one level, most of it has to be left.
    let left = (0..levels.len()).map(|level| trend(&blocks, boundary.bunching, Some(level)) * z.signum());
    let left = left.fold(f64::INFINITY, f64::min);
    (z.is_finite() && z.abs() > enough && left > LEFT * enough).then_some(Unsteady::Drifted(z))
}

/// A block near the boundary: its level, when it was, by how much it missed more than the curve says, and the variance of that.
struct Deviation {
    level: usize,
    at_s: f64,
    more: f64,
    variance: f64,
}

fn deviations(levels: &[Tried], promise: usize, goal: &Goal, boundary: &Boundary) -> Vec<Deviation> {
    let mut blocks = Vec::new();
    for (number, level) in levels.iter().enumerate().filter(|(_, level)| level.is_sound()) {
        let Some(rate) = level.order.pace.rate() else { continue };
        if (rate / boundary.per_s - 1.0).abs() > NEAR {
            continue;
        }
        let most = share_of(logit(1.0 - goal.share) + NEAR_IN_ODDS);
        let q = boundary.misses_at(rate, 1.0 - goal.share).min(most);
        for (at, block) in level.blocks.iter().enumerate() {
            let tally = block.tally(promise);
            // Far beyond the promise nobody follows the curve.
            let n = tally.scheduled as f64;
            let m = (tally.missed as f64).min(n * most);
            blocks.push(Deviation {
                level: number,
                at_s: level.at_s + level.order.skip_s + level.order.block_s * (at as f64 + 0.5),
                more: m - n * q,
                variance: n * q * (1.0 - q) * (q / (1.0 - goal.share)).sqrt(),
            });
        }
    }
    blocks
}

/// z over all blocks, but for those of one level.
fn trend(blocks: &[Deviation], bunching: f64, without: Option<usize>) -> f64 {
    let blocks: Vec<&Deviation> = blocks.iter().filter(|block| Some(block.level) != without).collect();
    let whole: f64 = blocks.iter().map(|block| block.variance).sum();
    let middle = blocks.iter().map(|block| block.at_s * block.variance).sum::<f64>() / whole;
    let sum: f64 = blocks.iter().map(|block| block.more * (block.at_s - middle)).sum();
    let spread: f64 = blocks.iter().map(|block| block.variance * (block.at_s - middle).powi(2)).sum();
    sum / (bunching * spread).sqrt()
}

/// By how much the mean response of the low rate has grown until it was tried again, as a logarithm.
fn changed(levels: &[Tried]) -> Option<f64> {
    let rated = |level: &&Tried| level.order.pace.rate().is_some() && level.is_sound();
    let last = levels.iter().rev().find(rated)?;
    let rate = last.order.pace.rate()?;
    let is_same =
        |level: &&Tried| level.order.pace.rate().is_some_and(|other| (other / rate - 1.0).abs() < 0.001);
    let first = levels.iter().filter(rated).find(is_same).filter(|first| first.at_s < last.at_s)?;
    (first.mean_s() > 0.0 && last.mean_s() > 0.0).then(|| (last.mean_s() / first.mean_s()).ln())
}

fn contradiction(levels: &[Tried], promise: usize, goal: &Goal) -> Option<Unsteady> {
    let sound = levels.iter().filter(|level| level.is_sound() && level.measured_s() >= LEAST_S);
    let told: Vec<(f64, f64, Attained)> = sound
        .filter_map(|level| Some((level.order.pace.rate()?, level.at_s, level.kept(promise, goal).verdict)))
        .collect();
    let with = |verdict| told.iter().filter(move |(.., known)| *known == verdict);
    let (failed, failed_at, _) =
        with(Attained::Missed).min_by(|one, other| one.0.total_cmp(&other.0)).copied()?;
    let (held, held_at, _) = with(Attained::Met).max_by(|one, other| one.0.total_cmp(&other.0)).copied()?;
    let got_slower = failed_at > held_at;
    (held > failed * SAME_RATE).then_some(Unsteady::Contradicts { failed, held, got_slower })
}
