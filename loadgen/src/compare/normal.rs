//! The normal law: how much of it lies below a point, and where a share of it ends.

use std::f64::consts::SQRT_2;

/// The share of the standard normal distribution at or below `z`.
#[must_use]
pub fn normal_probability(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The point below which the share `p` of the standard normal distribution lies; infinite for 0 and 1.
///
/// By bisection, whose error is that of the probability itself; no polynomial to get wrong.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    /// Beyond this, the tail is smaller than the smallest double.
    const FAR: f64 = 39.0;
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    // In the upper half 1 - p is exact and the tail is not rounded to 1.
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let (mut low, mut high) = (-FAR, 0.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if normal_probability(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The density of the standard normal distribution.
pub(super) fn normal_density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_law_is_the_one_of_the_tables() {
        // Abramowitz and Stegun, table 26.1 (probability) and table 26.5 (quantiles).
        for (z, p) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_543),
            (2.0, 0.977_249_868_051_821),
            (-3.0, 0.001_349_898_031_630),
        ] {
            assert!((normal_probability(z) - p).abs() < 1e-14, "{z}");
            assert!((normal_quantile(p) - z).abs() < 1e-9, "{p}");
        }
        for (p, z) in [(0.975, 1.959_963_984_540_054), (0.995, 2.575_829_303_548_901)] {
            assert!((normal_quantile(p) - z).abs() < 1e-12, "{p}");
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert!((normal_density(0.0) - 0.398_942_280_401_433).abs() < 1e-14);
    }
}
