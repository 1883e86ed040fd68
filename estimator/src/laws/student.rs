//! Student's t: how far an estimate from few measurements may be off.
//!
//! The share A(t) of the distribution with ν degrees of freedom within ±t has a closed form for whole ν, with
//! θ = arctan(t / √ν): a finite sum of powers of cos θ. Source: Abramowitz and Stegun, 26.7.3 and 26.7.4.

/// Beyond as many degrees of freedom the distribution is the normal one to nine digits; the sum ends there.
const MOST_DEGREES: usize = 1_000_000;
/// Halvings of a right angle: as many as a double has digits.
const HALVINGS: u32 = 60;

/// The t within whose ± lies this `share` of the distribution: 4.303 for 95 % and two degrees of freedom.
///
/// `None` without a degree of freedom, or when the share is not from 0 to below 1.
#[must_use]
pub fn two_sided(share: f64, degrees: usize) -> Option<f64> {
    if degrees == 0 || !(0.0..1.0).contains(&share) {
        return None;
    }
    let degrees = degrees.min(MOST_DEGREES);
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if within(middle, degrees) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low.tan() * (degrees as f64).sqrt())
}

/// The probability of a |t| at least as large by chance alone. `None` without a degree of freedom.
#[must_use]
pub fn chance(t: f64, degrees: usize) -> Option<f64> {
    if degrees == 0 || t.is_nan() {
        return None;
    }
    let degrees = degrees.min(MOST_DEGREES);
    let angle = (t.abs() / (degrees as f64).sqrt()).atan();
    Some((1.0 - within(angle, degrees)).clamp(0.0, 1.0))
}

/// A(t) of the angle θ.
fn within(angle: f64, degrees: usize) -> f64 {
    let (sine, cosine) = angle.sin_cos();
    let is_odd = degrees % 2 == 1;
    // 1, ½ cos², ½ ¾ cos⁴, ... for even ν; cos, ⅔ cos³, ⅔ ⅘ cos⁵, ... for odd.
    let (mut term, first) = if is_odd { (cosine, 2) } else { (1.0, 1) };
    let mut sum = 0.0;
    for k in 0..degrees / 2 {
        sum += term;
        let upper = (first + 2 * k) as f64;
        term *= upper / (upper + 1.0) * cosine * cosine;
        if term < f64::EPSILON * sum {
            break;
        }
    }
    if is_odd { (angle + sine * sum) / std::f64::consts::FRAC_PI_2 } else { sine * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_tables_come_out() {
        // Any table of Student's t, for example NIST/SEMATECH e-Handbook, 1.3.6.7.2.
        for (share, degrees, expected) in [
            (0.95, 1, 12.706),
            (0.95, 2, 4.303),
            (0.95, 3, 3.182),
            (0.95, 4, 2.776),
            (0.95, 10, 2.228),
            (0.95, 29, 2.045),
            (0.99, 4, 4.604),
            (0.99, 30, 2.750),
            (0.90, 5, 2.015),
            (0.95, 10_000_000, 1.960),
            (0.0, 3, 0.0),
        ] {
            let found = two_sided(share, degrees).unwrap();
            assert!((found - expected).abs() < 6e-4, "{share} {degrees}: {found} {expected}");
            assert!((chance(found, degrees).unwrap() - (1.0 - share)).abs() < 1e-9, "{share} {degrees}");
        }
    }

    #[test]
    fn there_is_no_answer_without_a_degree_of_freedom() {
        assert_eq!((two_sided(0.95, 0), two_sided(1.0, 3), two_sided(f64::NAN, 3)), (None, None, None));
        assert_eq!((chance(1.0, 0), chance(f64::NAN, 3), chance(f64::INFINITY, 3)), (None, None, Some(0.0)));
    }
}
