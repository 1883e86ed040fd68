//! What is left of a pause that is under way when one looks.
//!
//! Whoever looks at a random moment finds long pauses more often than short ones, in proportion to their length, and each
//! of them at a place that is anywhere in it (length-biased sampling; Cox, "Renewal Theory", 1962, chapter 5):
//!
//! ```text
//! the pause P that is found    density x f(x) / E[P]
//! what is left of it           uniform on 0..P, which has the density (1 - F(x)) / E[P]
//! ```
//!
//! Pauses end at [`MAX_PAUSE`] at the latest, and so do these: `P` is the smaller of the two.

use std::time::Duration;

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use scenarios::pause::{MAX_PAUSE, Pause};

use crate::compare::normal_probability;

/// How often a log-normal pause is drawn anew at most: one in some thirty is taken where it is worst, a sigma of 3.5.
const MOST_DRAWS: u32 = 10_000;

/// The mean of a pause, its limit taken into account.
pub(crate) fn mean(pause: &Pause) -> Duration {
    let longest = MAX_PAUSE.as_secs_f64();
    match pause {
        Pause::Even(_) => pause.mean(),
        Pause::Exponential(mean) if mean.is_zero() => Duration::ZERO,
        Pause::Exponential(mean) => mean.mul_f64(1.0 - (-longest / mean.as_secs_f64()).exp()),
        Pause::LogNormal { median, sigma } if median.is_zero() || *sigma == 0.0 => (*median).min(MAX_PAUSE),
        Pause::LogNormal { median, sigma } => {
            // E[min(X, c)] = E[X] Phi(z - sigma) + c (1 - Phi(z)), with z = ln(c / median) / sigma.
            let z = (longest / median.as_secs_f64()).ln() / sigma;
            let below = median.as_secs_f64() * (sigma * sigma / 2.0).exp() * normal_probability(z - sigma);
            Duration::from_secs_f64(below + longest * normal_probability(-z))
        }
    }
}

/// Draws what is left of one.
pub(crate) fn draw(pause: &Pause, random: &mut impl Rng) -> Duration {
    let longest = MAX_PAUSE.as_secs_f64();
    let place = random.random::<f64>();
    let found = match pause {
        Pause::Even(range) => {
            // The integral of x from a to b is (b^2 - a^2) / 2.
            let (low, high) = (range.low().as_secs_f64(), range.high().as_secs_f64());
            let share = if range.is_point() { 1.0 } else { random.random::<f64>() };
            (low * low + share * (high * high - low * low)).sqrt()
        }
        // What is left of an exponential pause is exponential, as far as its limit.
        Pause::Exponential(mean) => {
            let mean = mean.as_secs_f64();
            let reached = if mean > 0.0 { 1.0 - (-longest / mean).exp() } else { 0.0 };
            return Duration::from_secs_f64((-mean * (1.0 - place * reached).ln()).clamp(0.0, longest));
        }
        Pause::LogNormal { median, sigma } => found_log_normal(median.as_secs_f64(), *sigma, longest, random),
    };
    Duration::from_secs_f64(place * found)
}

/// A log-normal pause as it is found. The length-biased log-normal is one whose median is larger by exp(sigma^2).
fn found_log_normal(median: f64, sigma: f64, longest: f64, random: &mut impl Rng) -> f64 {
    let is_short = median * (sigma * sigma / 2.0).exp() < longest;
    let factor = if is_short { (sigma * sigma).exp() } else { 1.0 };
    for _ in 0..MOST_DRAWS {
        let drawn = median * factor * (random.sample::<f64, _>(StandardNormal) * sigma).exp();
        // Of the biased ones that are too long, as many are taken as the limit is short of them; of unbiased ones, as many
        // as they are long.
        let share = if is_short { longest / drawn } else { drawn.min(longest) / longest };
        if share >= 1.0 || random.random::<f64>() < share {
            return drawn.min(longest);
        }
    }
    median.min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::ChaCha8Rng};
    use scenarios::range::Range;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn what_is_left_has_the_equilibrium_distribution() {
        let even = |low, high| Pause::Even(Range::new(seconds(low), seconds(high)).expect("in order"));
        let long = |sigma| Pause::LogNormal { median: seconds(8.0), sigma };
        // The mean of what is left is E[P^2] / 2 E[P]: 5 s / 2; (8^2 + 8 x 20 + 20^2) / 3 / (2 x 14); the exponential's own
        // mean; 8 exp(1.5 sigma^2) / 2.
        for (pause, mean_s, left_s) in [
            (Pause::Even(Range::point(seconds(5.0))), 5.0, 2.5),
            (even(8.0, 20.0), 14.0, 208.0 / 28.0),
            (even(0.0, 6.0), 3.0, 2.0),
            (Pause::Exponential(seconds(7.0)), 7.0, 7.0),
            (long(0.5), 8.0 * 0.125_f64.exp(), 4.0 * 0.375_f64.exp()),
            (long(0.0), 8.0, 4.0),
        ] {
            assert!((mean(&pause).as_secs_f64() - mean_s).abs() < 1e-6, "{pause:?}");
            let mut random = ChaCha8Rng::seed_from_u64(9);
            let sum: f64 = (0..100_000).map(|_| draw(&pause, &mut random).as_secs_f64()).sum();
            // Four standard errors of the widest of them, whose deviation is about its mean.
            assert!((sum / 100_000.0 / left_s - 1.0).abs() < 0.013, "{pause:?}: {}", sum / 100_000.0);
        }
    }

    #[test]
    fn the_limit_of_pauses_is_taken_into_account() {
        // Against pauses as they are drawn: E[P], and E[P^2] / 2 E[P] of what is left.
        for pause in [
            Pause::Exponential(seconds(3_000.0)),
            Pause::LogNormal { median: seconds(900.0), sigma: 2.0 },
            Pause::LogNormal { median: seconds(8.0), sigma: 5.0 },
        ] {
            let mut random = ChaCha8Rng::seed_from_u64(1);
            let drawn: Vec<f64> =
                (0..400_000).map(|_| crate::journey::draw_pause(&pause, &mut random).as_secs_f64()).collect();
            let (sum, squares): (f64, f64) =
                (drawn.iter().sum(), drawn.iter().map(|seconds| seconds * seconds).sum());
            assert!((mean(&pause).as_secs_f64() / (sum / 400_000.0) - 1.0).abs() < 0.02, "{pause:?}");
            let left: f64 = (0..20_000).map(|_| draw(&pause, &mut random).as_secs_f64()).sum();
            let expected = squares / sum / 2.0;
            assert!((left / 20_000.0 / expected - 1.0).abs() < 0.03, "{pause:?}: {}", left / 20_000.0);
        }
    }
}
