//! Steps by energy distance, as other tools find them.
//!
//! Matteson and James, "A nonparametric approach for multiple change point analysis of multivariate data", Journal of
//! the American Statistical Association 109 (2014), with exponent 1: a stretch is divided where the mean distance
//! between the two parts most exceeds that within them, weighted by their sizes, and chance is tried by changing the
//! order of single values. That takes what resembles its neighbours for steps.

use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};

use super::{Step, logarithms};

/// Runs on each side of a step at least.
const LEAST_RUNS: usize = 3;
/// Runs of which each distance to each other is kept: 2,000 take 32 MB.
const MOST_RUNS: usize = 2_000;

/// The steps of a history, oldest first. `None` when a value is not above zero, or there are more than 2,000.
#[must_use]
pub fn e_divisive(values: &[f64], level: f64, permutations: u32, seed: u64) -> Option<Vec<Step>> {
    let values = logarithms(values).filter(|values| values.len() <= MOST_RUNS)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut found = Vec::new();
    let mut stretches = vec![(0, values.len())];
    while let Some((first, last)) = stretches.pop() {
        let stretch = &values[first..last];
        let Some((at, energy)) = best(stretch) else { continue };
        let mut order = stretch.to_vec();
        let mut as_well = 1_u32;
        for _ in 0..permutations {
            order.shuffle(&mut random);
            as_well += u32::from(best(&order).is_some_and(|(_, by_chance)| by_chance >= energy));
        }
        let p = f64::from(as_well) / f64::from(permutations + 1);
        if p <= level {
            let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
            let ratio = (mean(&stretch[at..]) - mean(&stretch[..at])).exp();
            found.push(Step { at: first + at, ratio, p });
            stretches.extend([(first, first + at), (first + at, last)]);
        }
    }
    found.sort_by_key(|step| step.at);
    Some(found)
}

/// The division with the largest energy: `m n / (m + n) (2 between - within first - within second)`, the means being
/// over pairs of different values.
///
/// Moving one value from the second part to the first changes each sum by the value's distances to both parts, so all
/// divisions together cost one look at each pair.
fn best(values: &[f64]) -> Option<(usize, f64)> {
    let n = values.len();
    let distance = |a: usize, b: usize| (values[a] - values[b]).abs();
    let (mut first, mut between) = (0.0, 0.0);
    let mut second: f64 = (0..n).map(|a| (a + 1..n).map(|b| distance(a, b)).sum::<f64>()).sum();
    let mut best = None;
    for at in 1..n {
        let moved = at - 1;
        let to_first: f64 = (0..moved).map(|other| distance(moved, other)).sum();
        let to_second: f64 = (at..n).map(|other| distance(moved, other)).sum();
        first += to_first;
        second -= to_second;
        between += to_second - to_first;
        let (m, rest) = (at as f64, (n - at) as f64);
        if at < LEAST_RUNS || n - at < LEAST_RUNS {
            continue;
        }
        let pairs = |count: f64| count * (count - 1.0) / 2.0;
        let energy =
            m * rest / (m + rest) * (2.0 * between / (m * rest) - first / pairs(m) - second / pairs(rest));
        if energy > best.map_or(0.0, |(_, most)| most) {
            best = Some((at, energy));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_energy_is_that_of_the_formula() {
        // 0, 0, 0 and 1, 1, 1: 3 x 3 / 6 x (2 x 1 - 0 - 0) = 3.
        let (at, energy) = best(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]).unwrap();
        assert!(at == 3 && (energy - 3.0).abs() < 1e-12, "{at} {energy}");
        assert_eq!(best(&[0.0; 10]), None);
        assert_eq!(best(&[0.0, 1.0, 2.0]), None);
    }
}
