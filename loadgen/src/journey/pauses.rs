//! How long a visitor pauses: drawn from what the scenario says of it.

use std::time::Duration;

use rand::{Rng, RngExt};
use rand_distr::{Exp1, StandardNormal};
use scenarios::pause::{MAX_PAUSE, Pause};

/// Draws one pause.
pub(crate) fn draw(pause: &Pause, random: &mut impl Rng) -> Duration {
    let drawn = match pause {
        Pause::Even(range) if range.is_point() => range.low(),
        Pause::Even(range) => random.random_range(range.low()..=range.high()),
        Pause::Exponential(mean) => mean.mul_f64(random.sample::<f64, _>(Exp1)),
        Pause::LogNormal { median, sigma } => {
            let times = (random.sample::<f64, _>(StandardNormal) * sigma).exp();
            Duration::try_from_secs_f64(median.as_secs_f64() * times).unwrap_or(MAX_PAUSE)
        }
    };
    drawn.min(MAX_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::ChaCha8Rng};
    use scenarios::range::Range;

    /// Share of pauses that are shorter than the limit.
    fn share_below(pause: &Pause, limit: Duration) -> f64 {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let below = (0..100_000).filter(|_| draw(pause, &mut random) < limit).count();
        below as f64 / 100_000.0
    }

    #[test]
    fn pauses_have_the_distribution_that_they_are_named_after() {
        let s = Duration::from_secs;
        let range = Pause::Even(Range::new(s(8), s(20)).expect("in order"));
        // Exponential: 1 - 1/e below the mean. Log-normal: half below the median, Phi(1) = 0.8413 below e^sigma of it.
        for (pause, limit, expected) in [
            (range, s(11), 0.25),
            (range, s(8), 0.0),
            (Pause::Exponential(s(7)), s(7), 0.632),
            (Pause::LogNormal { median: s(8), sigma: 1.0 }, s(8), 0.5),
            (Pause::LogNormal { median: s(8), sigma: 0.5 }, s(8).mul_f64(0.5f64.exp()), 0.841),
            (Pause::LogNormal { median: s(3_600), sigma: 5.0 }, MAX_PAUSE + s(1), 1.0),
        ] {
            let share = share_below(&pause, limit);
            assert!((share - expected).abs() < 0.006, "{pause:?}: {share} below {limit:?}");
        }
        let always = Pause::Even(Range::point(s(5)));
        assert_eq!(draw(&always, &mut ChaCha8Rng::seed_from_u64(1)), s(5));
        // The mean of a log-normal is exp(sigma^2 / 2) medians: 8 s x 1.6487.
        let mean = Pause::LogNormal { median: s(8), sigma: 1.0 }.mean().as_secs_f64();
        assert!((mean - 13.190).abs() < 0.001, "{mean}");
    }
}
