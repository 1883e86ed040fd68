//! A number that may be known only as a range, carried through arithmetic as samples.
//!
//! A range `low..high` becomes a log-normal whose 5th and 95th percentiles are its ends, drawn a few thousand times;
//! where the lower end is zero no log-normal exists and the draw is even between the ends (uniform). Arithmetic is done
//! sample by sample, so what depends on the same draw stays correlated: a peak over its own mean is exactly the
//! peak factor again. Adding the ends of intervals instead would make every range far too wide.
//!
//! Which formulas are computed is for the other modules to say; where a draw belongs, for `ledger`.

use std::sync::Arc;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use scenarios::estimate::Spread;

/// The 95th percentile of the standard normal distribution.
const NORMAL_95: f64 = 1.644_853_626_951_472_7;

/// A number: exactly known, or as samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Uncertain {
    /// Exactly known.
    Point(f64),
    /// As many equally likely values as the estimate has samples.
    Samples(Arc<[f64]>),
}

/// What is drawn: the ends of a range, the limits no draw may pass, and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// What the quantity can be at all: a share is never above 1, a peak never below the mean.
    pub(crate) limits: (f64, f64),
    pub(crate) samples: usize,
}

impl Uncertain {
    /// Draws from a stream of its own, so that a range added to a file does not change the draws of the others.
    pub(crate) fn draw(draw: Draw, seed: u64, name: &str) -> Uncertain {
        let Draw { low, high, limits, samples } = draw;
        if low >= high {
            return Uncertain::Point(low);
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(name_hash(name));
        // Every draw is followed by its mirror image (antithetic variates), so that the median of a range is its
        // middle and not that give or take a per cent.
        let mut values = Vec::with_capacity(samples + 1);
        while values.len() < samples {
            if low > 0.0 {
                let normal: f64 = StandardNormal.sample(&mut random);
                let (low, high) = (low.ln(), high.ln());
                let offset = normal * (high - low) / (2.0 * NORMAL_95);
                values.extend([offset, -offset].map(|offset| (f64::midpoint(low, high) + offset).exp()));
            } else {
                let share = random.random::<f64>();
                values.extend([share, 1.0 - share].map(|share| low + (high - low) * share));
            }
        }
        values.truncate(samples);
        Uncertain::Samples(values.into_iter().map(|value| value.clamp(limits.0, limits.1)).collect())
    }

    /// Sample by sample.
    pub(crate) fn map(&self, function: impl Fn(f64) -> f64) -> Uncertain {
        match self {
            Uncertain::Point(value) => Uncertain::Point(function(*value)),
            Uncertain::Samples(values) => {
                Uncertain::Samples(values.iter().map(|value| function(*value)).collect())
            }
        }
    }

    /// Sample by sample with another; samples of one belong to the same samples of the other.
    pub(crate) fn with(&self, other: &Uncertain, function: impl Fn(f64, f64) -> f64) -> Uncertain {
        match (self, other) {
            (Uncertain::Point(left), right) => right.map(|right| function(*left, right)),
            (left, Uncertain::Point(right)) => left.map(|left| function(left, *right)),
            (Uncertain::Samples(left), Uncertain::Samples(right)) => Uncertain::Samples(
                left.iter().zip(right.iter()).map(|(left, right)| function(*left, *right)).collect(),
            ),
        }
    }

    /// Whether every value is an ordinary number.
    pub(crate) fn is_finite(&self) -> bool {
        match self {
            Uncertain::Point(value) => value.is_finite(),
            Uncertain::Samples(values) => values.iter().all(|value| value.is_finite()),
        }
    }

    /// The tenth, fiftieth and ninetieth percentile.
    pub(crate) fn spread(&self) -> Spread {
        match self {
            Uncertain::Point(value) => Spread::point(*value),
            Uncertain::Samples(values) => {
                let mut sorted = values.to_vec();
                sorted.sort_by(f64::total_cmp);
                Spread {
                    p10: quantile(&sorted, 0.1),
                    p50: quantile(&sorted, 0.5),
                    p90: quantile(&sorted, 0.9),
                }
            }
        }
    }
}

/// Between the two neighbours in proportion (type 7 of Hyndman and Fan); zero of nothing.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "an index below a hundred thousand")]
    let position = share * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and `last`")]
    let below = position.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    low + (high - low) * position.fract()
}

/// FNV-1a, 64 bits: stable across versions and machines, unlike the standard library's hash.
fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(low: f64, high: f64, name: &str) -> Uncertain {
        let limits = (0.0, f64::INFINITY);
        Uncertain::draw(Draw { low, high, limits, samples: 20_000 }, 7, name)
    }

    #[test]
    fn a_range_is_drawn_so_that_its_ends_are_the_outer_twentieths() {
        let Uncertain::Samples(values) = drawn(1.0, 100.0, "a") else { panic!("a range has samples") };
        let below = values.iter().filter(|value| **value < 1.0).count();
        let above = values.iter().filter(|value| **value > 100.0).count();
        // 5 % of 20,000 is 1,000; its standard deviation is about 31, so five of them are 155.
        assert!((845..=1_155).contains(&below), "{below} below the lower end");
        assert!((845..=1_155).contains(&above), "{above} above the upper end");
        // The median of the log-normal is the geometric mean, 10; p10 is 10^(1 - 1.2816/1.6449) = 1.663.
        let spread = drawn(1.0, 100.0, "a").spread();
        assert!((spread.p50 / 10.0 - 1.0).abs() < 0.001, "{spread:?}");
        assert!((spread.p10 / 1.663 - 1.0).abs() < 0.08, "{spread:?}");
    }

    #[test]
    fn a_range_from_zero_is_drawn_evenly() {
        let spread = drawn(0.0, 10.0, "a").spread();
        for (found, expected) in [(spread.p10, 1.0), (spread.p50, 5.0), (spread.p90, 9.0)] {
            assert!((found - expected).abs() < 0.15, "{spread:?}");
        }
    }

    #[test]
    fn the_same_name_gives_the_same_draws_and_another_name_others() {
        assert_eq!(drawn(1.0, 9.0, "song size"), drawn(1.0, 9.0, "song size"));
        assert_ne!(drawn(1.0, 9.0, "song size"), drawn(1.0, 9.0, "user size"));
    }

    #[test]
    fn what_depends_on_the_same_draw_stays_correlated() {
        let rate = drawn(100.0, 300.0, "rate");
        let peak = rate.map(|rate| 2.0 * rate);
        assert_eq!(peak.with(&rate, |peak, rate| peak / rate).spread(), Spread::point(2.0));
    }

    #[test]
    fn no_draw_passes_its_limits() {
        let draw = Draw { low: 0.5, high: 1.0, limits: (0.0, 1.0), samples: 1_000 };
        let Uncertain::Samples(values) = Uncertain::draw(draw, 1, "share") else { panic!("samples") };
        assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        for (sorted, share, expected) in [
            (&[1.0, 2.0, 3.0, 4.0, 5.0][..], 0.5, 3.0),
            (&[1.0, 2.0, 3.0, 4.0, 5.0][..], 0.1, 1.4),
            (&[1.0, 2.0][..], 0.9, 1.9),
            (&[7.0][..], 0.9, 7.0),
            (&[][..], 0.5, 0.0),
        ] {
            assert!((quantile(sorted, share) - expected).abs() < 1e-12, "{sorted:?} {share}");
        }
    }
}
