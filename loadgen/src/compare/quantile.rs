//! A quantile of a sample and how sure it is.
//!
//! Two ways. **Order statistics**: the interval runs from one of the sorted values to another, such that the count of
//! values below the true quantile (binomial) lies between them often enough; nothing is assumed but independence.
//! **Harrell and Davis**, "A new distribution-free quantile estimator", Biometrika 69 (1982): all sorted values,
//! weighted by a beta distribution around the quantile; less jumpy than a single value where the sample is small, with
//! a standard error by leaving out one value at a time (their section 3).

use super::Interval;
use super::normal::normal_quantile;
use crate::statistics::incomplete_beta;

/// An interval of the quantile `q` between two of the values, covering it with at least this confidence. `None` when
/// the sample is too small for one, `q` is not within 0 and 1, or a value is not a number.
///
/// As short as it can be: the probability left out is shared between the two sides as evenly as whole values allow.
#[must_use]
pub fn order_statistics(values: &[f64], q: f64, confidence: f64) -> Option<Interval> {
    let sorted = sorted(values, q)?;
    let n = sorted.len();
    let tail = (1.0 - confidence) / 2.0;
    // P(at most k values below the quantile) for k = -1, 0, 1, ..., n.
    let below = |k: usize| binomial_at_most(k, n, q);
    let mut low = None;
    for k in 0..n {
        // Value k (from 0) is above the quantile when at most k values lie below it.
        if below(k) > tail {
            break;
        }
        low = Some(k);
    }
    let mut high = None;
    for k in (0..n).rev() {
        // Value k is below the quantile when more than k values lie below it.
        if 1.0 - below(k) > tail {
            break;
        }
        high = Some(k);
    }
    let (low, high) = (low?, high?);
    Some(Interval { low: sorted[low], high: sorted[high], confidence: below(high) - below(low) })
}

/// The Harrell-Davis estimate of the quantile `q` and its interval by the jackknife and the normal law. `None` for
/// fewer than two values, a `q` that is not within 0 and 1, or a value that is not a number.
#[must_use]
pub fn harrell_davis(values: &[f64], q: f64, confidence: f64) -> Option<(f64, Interval)> {
    let sorted = sorted(values, q)?;
    let n = sorted.len();
    if n < 2 {
        return None;
    }
    let whole = weights(n, q);
    let estimate: f64 = whole.iter().zip(&sorted).map(|(weight, value)| weight * value).sum();
    let fewer = weights(n - 1, q);
    // Leaving out value j, those before it keep their places and those behind it move up by one: two running sums.
    let before = running(&fewer, &sorted[..n - 1]);
    let behind = running(&fewer, &sorted[1..]);
    let without: Vec<f64> = (0..n).map(|j| before[j] + behind[n - 1] - behind[j]).collect();
    let mean = without.iter().sum::<f64>() / n as f64;
    let variance =
        without.iter().map(|each| (each - mean).powi(2)).sum::<f64>() * (n as f64 - 1.0) / n as f64;
    let reach = -normal_quantile((1.0 - confidence) / 2.0) * variance.sqrt();
    Some((estimate, Interval { low: estimate - reach, high: estimate + reach, confidence }))
}

fn sorted(values: &[f64], q: f64) -> Option<Vec<f64>> {
    if values.is_empty() || !(q > 0.0 && q < 1.0) || values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(sorted)
}

/// How much each of `n` sorted values counts: the beta distribution with (n + 1) q and (n + 1) (1 - q).
fn weights(n: usize, q: f64) -> Vec<f64> {
    let (a, b) = ((n as f64 + 1.0) * q, (n as f64 + 1.0) * (1.0 - q));
    let ends: Vec<f64> = (0..=n).map(|k| incomplete_beta(a, b, k as f64 / n as f64)).collect();
    ends.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Sums of the first 0, 1, 2, ... products.
fn running(weights: &[f64], values: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = weights.iter().zip(values).map(|(weight, value)| {
        sum += weight * value;
        sum
    });
    std::iter::once(0.0).chain(sums).collect()
}

/// The probability of at most `k` of `n` independent events of probability `p`, by the beta function (Abramowitz and
/// Stegun, 26.5.24).
fn binomial_at_most(k: usize, n: usize, p: f64) -> f64 {
    if k >= n { 1.0 } else { incomplete_beta((n - k) as f64, k as f64 + 1.0, 1.0 - p) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn intervals_of_the_median_are_those_of_the_tables() {
        // Conover, "Practical Nonparametric Statistics" (3rd ed., 1999), section 3.2, and the sign test's binomial:
        // n, first and last value (from 1), coverage = 1 - 2 P(B <= low - 1).
        for (n, low, high, coverage) in [
            (6, 1.0, 6.0, 1.0 - 2.0 / 64.0),
            (10, 2.0, 9.0, 1.0 - 2.0 * 11.0 / 1024.0),
            // P(B <= 5 | 20) = 21,700 / 2^20.
            (20, 6.0, 15.0, 1.0 - 2.0 * 21_700.0 / 1_048_576.0),
        ] {
            let values: Vec<f64> = (1..=n).map(f64::from).collect();
            let interval = order_statistics(&values, 0.5, 0.95).unwrap();
            assert_eq!((interval.low, interval.high), (low, high), "{n}");
            assert!((interval.confidence - coverage).abs() < 1e-9, "{n} {}", interval.confidence);
        }
        assert!(order_statistics(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.5, 0.95).is_none());
    }

    #[test]
    fn a_high_quantile_needs_many_values() {
        // 0.99^n <= 2.5 % from n = 368 on.
        let values = |n: i32| (0..n).map(f64::from).collect::<Vec<_>>();
        assert!(order_statistics(&values(367), 0.99, 0.95).is_none());
        assert!(order_statistics(&values(368), 0.99, 0.95).is_some());
        assert!(order_statistics(&values(10), 1.0, 0.95).is_none());
        assert!(order_statistics(&[1.0, f64::NAN], 0.5, 0.5).is_none());
    }

    #[test]
    fn harrell_and_davis_weigh_by_the_beta_distribution() {
        // n = 3, median: a = b = 2, I_x(2, 2) = 3x^2 - 2x^3, at 1/3: 9/27 - 2/27 = 7/27. So 7, 13 and 7 of 27.
        let (estimate, _) = harrell_davis(&[27.0, 0.0, 54.0], 0.5, 0.95).unwrap();
        assert!((estimate - (13.0 * 27.0 + 7.0 * 54.0) / 27.0).abs() < 1e-9, "{estimate}");
        // n = 2, median: a = b = 1.5; by symmetry a half each.
        let (estimate, _) = harrell_davis(&[1.0, 4.0], 0.5, 0.95).unwrap();
        assert!((estimate - 2.5).abs() < 1e-12);
        assert!(harrell_davis(&[1.0], 0.5, 0.95).is_none());
    }

    #[test]
    fn the_jackknife_is_that_of_the_definition() {
        let values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6];
        let (estimate, interval) = harrell_davis(&values, 0.9, 0.95).unwrap();
        let without: Vec<f64> = (0..values.len())
            .map(|left_out| {
                let rest: Vec<f64> = values
                    .iter()
                    .enumerate()
                    .filter(|(k, _)| *k != left_out)
                    .map(|(_, value)| *value)
                    .collect();
                harrell_davis(&rest, 0.9, 0.95).unwrap().0
            })
            .collect();
        let mean = without.iter().sum::<f64>() / 6.0;
        let error = (without.iter().map(|each| (each - mean).powi(2)).sum::<f64>() * 5.0 / 6.0).sqrt();
        assert!((interval.high - estimate - 1.959_964 * error).abs() < 1e-5);
    }

    proptest! {
        #[test]
        fn estimates_lie_within_the_sample_and_grow_with_the_quantile(
            values in prop::collection::vec(0.0..1000.0_f64, 2..60),
            q in 0.05..0.90_f64,
        ) {
            let (lower, _) = harrell_davis(&values, q, 0.95).unwrap();
            let (higher, _) = harrell_davis(&values, q + 0.05, 0.95).unwrap();
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(0.0, f64::max);
            prop_assert!(least - 1e-9 <= lower && lower <= higher + 1e-9 && higher <= most + 1e-9);
        }
    }
}
