//! How much less answers tell that come in bunches.
//!
//! Answers resemble their neighbours: one slow answer has others beside it, in the same queue or the same pause. So n of
//! them are worth fewer independent ones, n / inflation. How many is seen from how much more the share of slow answers
//! varies between blocks of time than it would by chance (the method of batch means; Law, "Simulation Modeling and
//! Analysis", chapter 9):
//!
//! ```text
//! inflation = max over block lengths of  chi² / (k - 1) x (t / z)²
//! chi²      sum over the blocks of (hits - n p)² / (n p (1 - p)), which is k - 1 on average for independent answers
//! k         blocks: those of a second, then of two, four, ... seconds while at least LEAST_BLOCKS are left, since
//!           blocks that are shorter than a bunch resemble each other too
//! t / z     Student's t over the normal law's 1.96 at 95 %: the variance is itself an estimate from k blocks
//! ```
//!
//! Of a quantile the share of answers above it is taken, and above lower quantiles too, the largest inflation of which
//! counts. Above the quantile itself there is often a single bunch or none; and where it happens to be spread out, the
//! interval would be shown, narrow and wrong. The tests below hold intervals against simulated queues: of a queue in
//! which 16 % to 90 % of the plain intervals hold the truth, less than one in ten is wrong this way.
//!
//! What did not happen in a run cannot show how it comes in bunches: of no hits at all, each counts as independent.

use crate::record::Blocks;
use crate::statistics::Z_95;
use estimator::laws::student;

/// With fewer, their variance says nothing: Student's t of two degrees of freedom is twice the normal law's.
const LEAST_BLOCKS: usize = 5;
/// Below which quantiles it is looked for bunches as well.
const LEVELS: [f64; 4] = [0.5, 0.75, 0.9, 0.95];

/// How many answers are worth one independent one, from hits and totals of consecutive blocks; at least 1. `None` when
/// the blocks are too few to see.
pub(crate) fn inflation(blocks: &[(u64, u64)]) -> Option<f64> {
    let seconds: Vec<(f64, f64)> =
        blocks.iter().filter(|(_, of)| *of > 0).map(|(hits, of)| (*hits as f64, *of as f64)).collect();
    let (hits, of) = sum(&seconds);
    if hits == 0.0 || hits >= of {
        return Some(1.0);
    }
    let lengths = std::iter::successors(Some(1), |length| Some(length * 2));
    let mut largest: Option<(f64, usize)> = None;
    for count in lengths.map(|length| seconds.len() / length).take_while(|count| *count >= LEAST_BLOCKS) {
        let groups = (0..count)
            .map(|group| sum(&seconds[group * seconds.len() / count..(group + 1) * seconds.len() / count]));
        let found = dispersion(groups, hits / of, count).max(1.0);
        if largest.is_none_or(|(before, _)| found > before) {
            largest = Some((found, count));
        }
    }
    let (found, count) = largest?;
    let t = student::two_sided(0.95, count - 1)?;
    Some(found * (t / Z_95).powi(2))
}

/// The same for the quantile `q` of a distribution, whose quantiles `value_at` knows.
pub(crate) fn inflation_at(q: f64, blocks: &Blocks, value_at: impl Fn(f64) -> u64) -> Option<f64> {
    LEVELS
        .into_iter()
        .filter(|level| *level < q)
        .chain([q])
        .map(|level| inflation(&blocks.above(value_at(level))))
        .collect::<Option<Vec<f64>>>()
        .map(|found| found.into_iter().fold(1.0, f64::max))
}

fn sum(blocks: &[(f64, f64)]) -> (f64, f64) {
    blocks.iter().fold((0.0, 0.0), |sum, block| (sum.0 + block.0, sum.1 + block.1))
}

fn dispersion(blocks: impl Iterator<Item = (f64, f64)>, p: f64, count: usize) -> f64 {
    let chi_square: f64 = blocks.map(|(hits, of)| (hits - of * p).powi(2) / (of * p * (1.0 - p))).sum();
    chi_square / (count as f64 - 1.0)
}

#[cfg(test)]
mod tests;
