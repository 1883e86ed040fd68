//! An interval of any figure by drawing the data again.
//!
//! Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82 (1987): the
//! figure is computed from data drawn with putting back, many times, and the interval runs between quantiles of what
//! came out, shifted for bias (how many lie below the figure itself) and acceleration (how its spread changes with it,
//! by leaving out one block at a time).
//!
//! What resembles its neighbours must be drawn with them (Künsch, "The jackknife and the bootstrap for general
//! stationary observations", Annals of Statistics 17 (1989)): runs of `block` consecutive pieces are drawn, from a
//! circle so that each piece is drawn as often as any other.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::Interval;
use super::normal::{normal_probability, normal_quantile};

/// How the data is drawn again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resampling {
    /// How often; 9,999 make the ends of a 99 % interval steady to a few per cent of its width.
    pub repetitions: u32,
    /// Pieces that are drawn together; 1 where they are independent.
    pub block: usize,
    /// Of the draws.
    pub seed: u64,
}

/// The figure that `of` computes from the pieces, and its interval. `None` with fewer than three pieces or fewer
/// repetitions than the interval's tails need, and where the figure is not a number, for all of the data or a part.
pub fn block_bootstrap<T>(
    pieces: &[T],
    of: impl Fn(&[&T]) -> f64,
    confidence: f64,
    resampling: Resampling,
) -> Option<(f64, Interval)> {
    let tail = (1.0 - confidence) / 2.0;
    let all: Vec<&T> = pieces.iter().collect();
    let figure = of(&all);
    if pieces.len() < 3 || !(tail > 0.0 && f64::from(resampling.repetitions) * tail >= 1.0) || figure.is_nan()
    {
        return None;
    }
    let drawn = drawn_again(&all, &of, resampling)?;
    let acceleration = acceleration(&all, &of)?;
    // Half of what equals the figure counts as below it.
    let below = drawn.partition_point(|value| *value < figure) as f64;
    let not_above = drawn.partition_point(|value| *value <= figure) as f64;
    let share = (f64::midpoint(below, not_above) / drawn.len() as f64).clamp(1e-6, 1.0 - 1e-6);
    let bias = normal_quantile(share);
    let end = |z: f64| {
        let shifted = bias + (bias + z) / (1.0 - acceleration * (bias + z));
        at_share(&drawn, normal_probability(shifted))
    };
    let z = normal_quantile(1.0 - tail);
    Some((figure, Interval { low: end(-z), high: end(z), confidence }))
}

fn drawn_again<T>(all: &[&T], of: &impl Fn(&[&T]) -> f64, resampling: Resampling) -> Option<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(resampling.seed);
    let length = resampling.block.clamp(1, all.len());
    let mut sample: Vec<&T> = Vec::with_capacity(all.len() + length);
    let mut drawn = Vec::with_capacity(resampling.repetitions as usize);
    for _ in 0..resampling.repetitions {
        sample.clear();
        while sample.len() < all.len() {
            let first = random.random_range(0..all.len());
            sample.extend((0..length).map(|offset| all[(first + offset) % all.len()]));
        }
        sample.truncate(all.len());
        drawn.push(of(&sample));
    }
    if drawn.iter().any(|value| value.is_nan()) {
        return None;
    }
    drawn.sort_by(f64::total_cmp);
    Some(drawn)
}

/// A sixth of the skewness of the figure when one piece is left out at a time.
fn acceleration<T>(all: &[&T], of: &impl Fn(&[&T]) -> f64) -> Option<f64> {
    let without: Vec<f64> = (0..all.len())
        .map(|left_out| {
            let rest: Vec<&T> =
                all.iter().enumerate().filter(|(k, _)| *k != left_out).map(|(_, piece)| *piece).collect();
            of(&rest)
        })
        .collect();
    if without.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mean = without.iter().sum::<f64>() / without.len() as f64;
    let (squares, cubes) = without.iter().fold((0.0, 0.0), |(squares, cubes), value| {
        let off = mean - value;
        (squares + off * off, cubes + off * off * off)
    });
    Some(if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 })
}

/// The value below which this share of the sorted values lies.
fn at_share(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() as f64 + 1.0) - 1.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded by the number of values"
    )]
    let place = place.round().clamp(0.0, sorted.len() as f64 - 1.0) as usize;
    sorted[place]
}

#[cfg(test)]
mod tests {
    use rand_distr::{Distribution, Exp1, StandardNormal};

    use super::*;

    const PLAIN: Resampling = Resampling { repetitions: 2_000, block: 1, seed: 7 };

    fn mean(values: &[&f64]) -> f64 {
        values.iter().copied().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn without_skew_the_interval_is_that_of_the_normal_law() {
        // 0 to 99: mean 49.5, standard deviation 28.87 by n, so 2.887 of the mean, and 1.96 of that on each side.
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let (figure, interval) = block_bootstrap(&values, mean, 0.95, PLAIN).unwrap();
        assert_eq!(figure, 49.5);
        // An end is a quantile of 2,000 draws, whose own deviation is 0.17, shifted by a bias whose deviation moves it by 0.16:
        // three times both together is 0.7.
        assert!(
            (interval.low - (49.5 - 5.658)).abs() < 0.7 && (interval.high - (49.5 + 5.658)).abs() < 0.7,
            "{interval:?}"
        );
        assert_eq!(block_bootstrap(&values, mean, 0.95, PLAIN), Some((figure, interval)), "the seed decides");
    }

    #[test]
    fn what_is_alike_has_no_interval_to_speak_of_and_what_is_too_little_none() {
        let (_, interval) = block_bootstrap(&[3.0; 10], mean, 0.95, PLAIN).unwrap();
        assert_eq!((interval.low, interval.high), (3.0, 3.0));
        assert!(block_bootstrap(&[1.0, 2.0], mean, 0.95, PLAIN).is_none());
        assert!(block_bootstrap(&[1.0, f64::NAN, 2.0], mean, 0.95, PLAIN).is_none());
        assert!(
            block_bootstrap(&[1.0, 2.0, 3.0], mean, 0.9999, Resampling { repetitions: 99, ..PLAIN })
                .is_none()
        );
    }

    const ROUNDS: u64 = 100;

    /// How many of a hundred intervals of the mean cover the truth.
    fn covered(block: usize, truth: f64, mut series: impl FnMut(&mut ChaCha8Rng) -> Vec<f64>) -> usize {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        (0..ROUNDS)
            .filter(|round| {
                let resampling = Resampling { repetitions: 199, block, seed: *round };
                let (_, interval) = block_bootstrap(&series(&mut random), mean, 0.95, resampling).unwrap();
                interval.low <= truth && truth <= interval.high
            })
            .count()
    }

    #[test]
    fn intervals_of_skewed_data_cover_the_truth_as_often_as_they_say() {
        // 95 of 100, give or take three standard deviations of 2.2; small skewed samples lose two or three.
        let hits = covered(1, 1.0, |random| (0..50).map(|_| Exp1.sample(random)).collect());
        assert!((86..=100).contains(&hits), "{hits}");
    }

    #[test]
    fn what_resembles_its_neighbours_must_be_drawn_with_them() {
        // An autoregression of 0.5: the mean varies by (1 + 0.5) / (1 - 0.5) = 3 times what single draws would say.
        let series = |random: &mut ChaCha8Rng| {
            let mut last = 0.0;
            (0..200)
                .map(|_| {
                    let step: f64 = StandardNormal.sample(random);
                    last = 0.5 * last + step;
                    last
                })
                .collect()
        };
        let (single, together) = (covered(1, 0.0, series), covered(10, 0.0, series));
        // Single draws: +- 1.96 / sqrt(3) standard deviations cover 74 %, give or take three deviations of 4.4.
        assert!((60..=87).contains(&single), "{single}");
        assert!(together >= 86, "{together}");
    }
}
