//! Steps by cumulative sums, robust against outliers and drift.
//!
//! 1. Each value is drawn to within three spreads of the median of the five around it, so that a single run that is far
//!    off moves nothing.
//! 2. For each point, the difference of the means before and after it in units of its standard error were the values
//!    independent; the largest is the candidate (the cumulative sum statistic with the weights of the likelihood ratio).
//! 3. The values are cut into blocks of neighbours, whose order is changed at random, again and again: how often is the
//!    largest difference as large? Blocks keep what resembles its neighbours together.
//! 4. A step that is sure and large enough divides the history, and both parts are looked at in turn.

use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};

use super::{Step, logarithms};
use crate::statistics::median;

/// How sure and how large a step must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Chance may bring a step as large as often as this.
    pub level: f64,
    /// How often chance is tried.
    pub permutations: u32,
    /// Runs that stay together when it is.
    pub block: usize,
    /// Runs on each side of a step at least.
    pub least_runs: usize,
    /// A smaller change is not worth a word: 0.02 for 2 %.
    pub least_change: f64,
    /// Of the random order.
    pub seed: u64,
}

impl Default for Settings {
    /// Tuned on made-up histories of a hundred runs (3 % noise, outliers, autoregression of 0.5); a second set of which
    /// is in the tests.
    fn default() -> Settings {
        Settings { level: 0.005, permutations: 399, block: 5, least_runs: 3, least_change: 0.02, seed: 7 }
    }
}

/// Runs on each side of the one whose neighbours' median is taken.
const NEIGHBOURS: usize = 2;
/// How many spreads a value may be off that median; the spread is the median of how far values are off.
const MOST_SPREADS: f64 = 3.0;
/// The spread of the normal law is 1.4826 times that median (its upper quartile is at 0.6745).
const NORMAL_SPREAD: f64 = 1.482_6;

/// The steps of a history, oldest first. `None` when a value is not above zero.
#[must_use]
pub fn steps(values: &[f64], settings: &Settings) -> Option<Vec<Step>> {
    let calm = winsorised(&logarithms(values)?);
    let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
    let mut found = Vec::new();
    divide(&calm, 0, settings, &mut random, &mut found);
    found.sort_by_key(|step: &Step| step.at);
    Some(found)
}

fn divide(
    values: &[f64],
    offset: usize,
    settings: &Settings,
    random: &mut ChaCha8Rng,
    found: &mut Vec<Step>,
) {
    let Some((at, statistic)) = best(values, settings.least_runs) else { return };
    let (before, after) = values.split_at(at);
    let change = mean(after) - mean(before);
    if change.abs() < settings.least_change.ln_1p() {
        return;
    }
    let p = by_chance(values, statistic, settings, random);
    if p > settings.level {
        return;
    }
    found.push(Step { at: offset + at, ratio: change.exp(), p });
    divide(before, offset, settings, random, found);
    divide(after, offset + at, settings, random, found);
}

/// The point that divides the values best, and how well.
fn best(values: &[f64], least: usize) -> Option<(usize, f64)> {
    let n = values.len();
    let total: f64 = values.iter().sum();
    let mut sum = 0.0;
    let mut best = None;
    for (at, value) in (1..n).zip(values) {
        sum += value;
        if at < least || n - at < least {
            continue;
        }
        let (before, after) = (at as f64, (n - at) as f64);
        let difference = ((total - sum) / after - sum / before).abs();
        let statistic = difference * (before * after / n as f64).sqrt();
        if statistic > best.map_or(0.0, |(_, most)| most) {
            best = Some((at, statistic));
        }
    }
    best
}

/// How often the values in a random order of their blocks are divided as well; the order that was seen counted once.
fn by_chance(values: &[f64], statistic: f64, settings: &Settings, random: &mut ChaCha8Rng) -> f64 {
    let blocks: Vec<&[f64]> = values.chunks(settings.block.max(1)).collect();
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    let mut shuffled = Vec::with_capacity(values.len());
    let mut as_well = 1_u32;
    for _ in 0..settings.permutations {
        order.shuffle(random);
        shuffled.clear();
        shuffled.extend(order.iter().flat_map(|block| blocks[*block]));
        as_well += u32::from(
            best(&shuffled, settings.least_runs).is_some_and(|(_, by_chance)| by_chance >= statistic),
        );
    }
    f64::from(as_well) / f64::from(settings.permutations + 1)
}

/// Draws each value to within three spreads of the median of those around it.
fn winsorised(values: &[f64]) -> Vec<f64> {
    let around: Vec<f64> = (0..values.len())
        .map(|k| {
            let (first, last) = (k.saturating_sub(NEIGHBOURS), (k + NEIGHBOURS + 1).min(values.len()));
            median(&values[first..last])
        })
        .collect();
    let off: Vec<f64> = values.iter().zip(&around).map(|(value, middle)| (value - middle).abs()).collect();
    let reach = MOST_SPREADS * NORMAL_SPREAD * median(&off);
    values.iter().zip(&around).map(|(value, middle)| value.clamp(middle - reach, middle + reach)).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_division_is_that_of_the_formula() {
        // 0, 0, 0, 1, 1, 1: difference 1, times the root of 3 x 3 / 6.
        let (at, statistic) = best(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0], 1).unwrap();
        assert!(at == 3 && (statistic - 1.5f64.sqrt()).abs() < 1e-12);
        assert_eq!(best(&[0.0, 1.0, 1.0, 1.0], 2).map(|(at, _)| at), Some(2));
        assert_eq!(best(&[0.0, 1.0], 2), None);
    }

    #[test]
    fn a_single_run_that_is_far_off_is_drawn_back_and_a_step_is_not() {
        let mut values: Vec<f64> = (0..20).map(|k| f64::from(k % 3) * 0.01).collect();
        values[10] = 5.0;
        let calm = winsorised(&values);
        assert!(calm[10] < 0.2, "{}", calm[10]);
        let step: Vec<f64> =
            (0..20).map(|k| f64::from(k % 3) * 0.01 + if k < 10 { 0.0 } else { 1.0 }).collect();
        let calm = winsorised(&step);
        assert!(calm[9] < 0.1 && calm[10] > 0.9, "{calm:?}");
    }
}
