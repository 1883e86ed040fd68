//! The few laws of chance that a report needs: exact binomial intervals, and intervals of quantiles that allow for
//! answers that resemble their neighbours.

/// Two-sided 95 %: standard deviations of the normal law.
pub(crate) const Z_95: f64 = 1.959_964;

/// The exact (Clopper-Pearson) 95 % interval of a share, from `hits` out of `of`.
///
/// The ends are quantiles of beta distributions: the lower end is the share at which so many hits or more happen
/// 2.5 % of the time, the upper end the one at which so many or fewer do.
pub(crate) fn clopper_pearson(hits: u64, of: u64) -> (f64, f64) {
    share_interval(hits, of, 1.0)
}

/// The same when so many events are worth one independent one: hits and total are divided by `inflation`, and need not
/// be whole for the beta distribution.
pub(crate) fn share_interval(hits: u64, of: u64, inflation: f64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (none, all) = (hits == 0, hits >= of);
    let (hits, of) = (hits as f64 / inflation.max(1.0), of as f64 / inflation.max(1.0));
    let low = if none { 0.0 } else { beta_quantile(hits, of - hits + 1.0, 0.025) };
    let high = if all { 1.0 } else { beta_quantile(hits + 1.0, of - hits, 0.975) };
    (low, high)
}

/// The x at which the regularised incomplete beta function reaches `p`, by bisection.
fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // 60 halvings are finer than a double near one half; the function is monotone.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if incomplete_beta(a, b, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The regularised incomplete beta function `I_x(a, b)`, by its continued fraction (Abramowitz and Stegun, 26.5.8),
/// evaluated with the modified Lentz method.
pub(crate) fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    // The fraction converges fast only on this side; the other follows by symmetry.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    }
}

#[expect(clippy::many_single_char_names, reason = "the letters of the formula's source")]
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for m in 1..500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        result *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let change = d * c;
        result *= change;
        if (change - 1.0).abs() < 1e-14 {
            break;
        }
    }
    result
}

/// Natural logarithm of the gamma function for x >= 1: Stirling's series after shifting the argument above 10, where
/// five terms are exact to twelve digits.
fn ln_gamma(x: f64) -> f64 {
    let mut shift = 0.0;
    let mut x = x;
    while x < 10.0 {
        shift += x.ln();
        x += 1.0;
    }
    let square = x * x;
    let series = (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1_260.0 - (1.0 / 1_680.0 - 1.0 / 1_188.0 / square) / square) / square)
            / square)
        / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift
}

/// Which order statistics bound the quantile `q` of `n` samples at 95 %, as quantiles, when answers resemble their
/// neighbours so that `n` of them are worth only `n / inflation`. `None` when the samples are too few for an interval.
pub(crate) fn quantile_bounds(q: f64, n: u64, inflation: f64) -> Option<(f64, f64)> {
    let worth = n as f64 / inflation.max(1.0);
    // Distribution-free: with fewer, not even the largest sample bounds the quantile (q^n <= 2.5 %).
    if worth * -q.ln() < -(0.025f64.ln()) || worth * -(1.0 - q).ln() < -(0.025f64.ln()) {
        return None;
    }
    let spread = Z_95 * (q * (1.0 - q) / worth).sqrt();
    Some(((q - spread).max(0.0), (q + spread).min(1.0)))
}

/// The middle value; 0 for none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[length / 2],
        length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_intervals_agree_with_published_ones() {
        // All of n: the lower end is 0.025^(1/n). 0 of n: the upper end is its mirror image.
        let (low, high) = clopper_pearson(368, 368);
        assert!((low - 0.025f64.powf(1.0 / 368.0)).abs() < 1e-9 && high == 1.0, "{low}");
        let (low, high) = clopper_pearson(0, 10);
        assert!(low == 0.0 && (high - (1.0 - 0.025f64.powf(0.1))).abs() < 1e-9, "{high}");
        // Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 5 (Clopper-Pearson).
        for (hits, of, expected) in [
            (81, 263, (0.2527, 0.3676)),
            (15, 148, (0.0578, 0.1617)),
            (0, 20, (0.0, 0.1684)),
            (1, 29, (0.0009, 0.1776)),
        ] {
            let (low, high) = clopper_pearson(hits, of);
            assert!(
                (low - expected.0).abs() < 6e-5 && (high - expected.1).abs() < 6e-5,
                "{hits}/{of}: {low} {high}"
            );
        }
    }

    #[test]
    fn too_few_samples_have_no_interval() {
        // 0.99^368 <= 2.5 % < 0.99^367; 0.999^3688 likewise.
        assert!(quantile_bounds(0.99, 367, 1.0).is_none());
        assert!(quantile_bounds(0.99, 368, 1.0).is_some());
        assert!(quantile_bounds(0.999, 3_687, 1.0).is_none());
        assert!(quantile_bounds(0.999, 3_688, 1.0).is_some());
        assert!(quantile_bounds(0.99, 368, 2.0).is_none(), "samples that resemble each other are worth less");
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0, 10.0]), 2.5);
        assert_eq!((median(&[3.0]), median(&[])), (3.0, 0.0));
    }
}
