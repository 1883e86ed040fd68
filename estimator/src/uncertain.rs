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
        let clamped = |value: f64| value.clamp(limits.0, limits.1);
        let (ln_low, ln_high) = (low.ln(), high.ln());
        let middle = f64::midpoint(ln_low, ln_high);
        while values.len() < samples {
            if low > 0.0 {
                let normal: f64 = StandardNormal.sample(&mut random);
                let offset = normal * (ln_high - ln_low) / (2.0 * NORMAL_95);
                values.extend([offset, -offset].map(|offset| clamped((middle + offset).exp())));
            } else {
                let share = random.random::<f64>();
                values.extend([share, 1.0 - share].map(|share| clamped(low + (high - low) * share)));
            }
        }
        values.truncate(samples);
        Uncertain::Samples(values.into())
    }

    /// Sample by sample; in place where nobody else holds the samples, as on the way through a long sum.
    pub(crate) fn map(self, function: impl Fn(f64) -> f64) -> Uncertain {
        match self {
            Uncertain::Point(value) => Uncertain::Point(function(value)),
            Uncertain::Samples(mut values) => {
                if let Some(own) = Arc::get_mut(&mut values) {
                    for value in own {
                        *value = function(*value);
                    }
                    return Uncertain::Samples(values);
                }
                Uncertain::Samples(values.iter().map(|value| function(*value)).collect())
            }
        }
    }

    /// Sample by sample with another; samples of one belong to the same samples of the other.
    pub(crate) fn with(self, other: &Uncertain, function: impl Fn(f64, f64) -> f64) -> Uncertain {
        match (self, other) {
            (left, Uncertain::Point(right)) => left.map(|left| function(left, *right)),
            (Uncertain::Point(left), right) => right.clone().map(|right| function(left, right)),
            (Uncertain::Samples(mut left), Uncertain::Samples(right)) => {
                if let Some(own) = Arc::get_mut(&mut left) {
                    for (left, right) in own.iter_mut().zip(right.iter()) {
                        *left = function(*left, *right);
                    }
                    return Uncertain::Samples(left);
                }
                let pairs = left.iter().zip(right.iter());
                Uncertain::Samples(pairs.map(|(left, right)| function(*left, *right)).collect())
            }
        }
    }

    /// The value, where it is known exactly.
    pub(crate) fn point(&self) -> Option<f64> {
        match self {
            Uncertain::Point(value) => Some(*value),
            Uncertain::Samples(_) => None,
        }
    }

    /// Whether every value is an ordinary number.
    pub(crate) fn is_finite(&self) -> bool {
        self.is_all(f64::is_finite)
    }

    /// Whether something holds of every value.
    pub(crate) fn is_all(&self, holds: impl Fn(f64) -> bool) -> bool {
        match self {
            Uncertain::Point(value) => holds(*value),
            Uncertain::Samples(values) => values.iter().all(|value| holds(*value)),
        }
    }

    /// The tenth, fiftieth and ninetieth percentile.
    pub(crate) fn spread(&self) -> Spread {
        match self {
            Uncertain::Point(value) => Spread::point(*value),
            Uncertain::Samples(values) => {
                let mut values = values.to_vec();
                let last = values.len().saturating_sub(1);
                let mut slice = &mut values[..];
                // What is below the ninetieth percentile is all that the others need to be looked for in.
                let [p90, p50, p10] = [0.9, 0.5, 0.1].map(|share| {
                    let (value, below) = split_at(std::mem::take(&mut slice), share * last as f64);
                    slice = below;
                    value
                });
                Spread { p10, p50, p90 }
            }
        }
    }
}

/// The value at a place among the sorted values, counted from zero, without sorting them: between two neighbours in
/// proportion (type 7 of Hyndman and Fan); zero of nothing. Hands back the values up to there, in some order.
pub(crate) fn split_at(values: &mut [f64], position: f64) -> (f64, &mut [f64]) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "never negative; bounded below"
    )]
    let below = position.floor() as usize;
    if below >= values.len() {
        return (values.last().copied().unwrap_or(0.0), values);
    }
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let next = above.iter().enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(index, _)| index);
    let Some(next) = next else { return (low, values) };
    // Both neighbours stay in what is handed back.
    above.swap(0, next);
    let high = above[0];
    (low + (high - low) * position.fract(), &mut values[..below + 2])
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
        let peak = rate.clone().map(|rate| 2.0 * rate);
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
        for (values, position, expected) in [
            (&[4.0, 2.0, 3.0, 5.0, 1.0][..], 2.0, 3.0),
            (&[4.0, 2.0, 3.0, 5.0, 1.0][..], 0.4, 1.4),
            (&[2.0, 1.0][..], 0.9, 1.9),
            (&[2.0, 1.0][..], 1.0, 2.0),
            (&[7.0][..], 0.0, 7.0),
            (&[][..], 0.0, 0.0),
        ] {
            assert!((split_at(&mut values.to_vec(), position).0 - expected).abs() < 1e-12, "{values:?}");
        }
    }

    #[test]
    fn the_spread_of_few_or_equal_or_many_values_is_that_of_the_sorted_ones() {
        for numbers in [1_u32, 2, 3, 4, 10, 11, 101, 1_000] {
            for modulus in [1, 3, 97] {
                // Neither rising nor falling, and with repetitions.
                let values: Vec<f64> = (0..numbers).map(|k| f64::from(k * 37 % modulus)).collect();
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                let at = |tenths: usize| {
                    let place = tenths * (sorted.len() - 1);
                    let (low, high) = (sorted[place / 10], sorted[place.div_ceil(10)]);
                    low + (high - low) * f64::from(u32::try_from(place % 10).unwrap()) / 10.0
                };
                let found = Uncertain::Samples(values.into()).spread();
                for (found, expected) in [(found.p10, at(1)), (found.p50, at(5)), (found.p90, at(9))] {
                    assert!(
                        (found - expected).abs() < 1e-9,
                        "{found} for {expected}: {numbers} mod {modulus}"
                    );
                }
            }
        }
    }
}
