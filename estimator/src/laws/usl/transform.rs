//! Gunther's own way to the coefficients: a parabola through the transformed measurements.
//!
//! With C = X / X(1), x = N − 1 and y = N / C − 1 the law is y = κ x² + (σ + κ) x, which a linear regression through the
//! origin finds. It asks for the throughput of one, which must be measured or given, and weighs the points in its own
//! way: what matters is the deviation of N / X, so that the largest concurrency decides and not the largest throughput.
//! Its coefficients differ from those of least squares; a report names the method. Source: N. J. Gunther, "Guerrilla
//! Capacity Planning", 2007, section 5.2.3; it was the method of the R package usl before version 2.0.

use super::least_squares::Coefficients;
use super::measurement::Measurement;

/// A parabola y = a x² + b x with the covariance of its coefficients for residuals of variance 1.
struct Parabola {
    square: f64,
    linear: f64,
    /// Var a, Cov a b, Var b.
    covariance: [f64; 3],
    squares: f64,
}

/// Coefficients and their covariances: Var σ and Var κ, `None` without a degree of freedom.
pub(super) struct Transformed {
    pub(super) coefficients: Coefficients,
    pub(super) variances: Option<(f64, f64)>,
    /// Measurements other than at N = 1, where the parabola is 0 whatever they say, less the two coefficients.
    pub(super) degrees: usize,
}

/// The mean throughput measured at N = 1.
pub(super) fn of_one(points: &[Measurement]) -> Option<f64> {
    let ones = || points.iter().filter(|point| is_one(point));
    let weight: f64 = ones().map(|point| point.weight).sum();
    let mean = ones().map(|point| point.weight * point.throughput).sum::<f64>() / weight;
    (weight > 0.0).then_some(mean)
}

fn is_one(point: &Measurement) -> bool {
    (point.concurrency - 1.0).abs() < 1e-9
}

/// The coefficients by the parabola, with the throughput `lambda` of one. Where σ or κ would be negative it is 0 and the
/// other is found anew. `None` when fewer than two concurrencies other than 1 were measured.
pub(super) fn coefficients(points: &[Measurement], lambda: f64) -> Option<Transformed> {
    let rows: Vec<(f64, f64, f64)> = points
        .iter()
        .filter(|point| !is_one(point))
        .map(|point| {
            (point.concurrency - 1.0, point.concurrency * lambda / point.throughput - 1.0, point.weight)
        })
        .collect();
    let Parabola { square, linear, covariance: [var_a, cov, var_b], squares } = parabola(&rows)?;
    let degrees = rows.len().checked_sub(2)?;
    let (kappa, sigma) = (square, linear - square);
    let (sigma, kappa) = if kappa < 0.0 {
        (line(&rows, |x| x), 0.0)
    } else if sigma < 0.0 {
        (0.0, line(&rows, |x| x * (x + 1.0)))
    } else {
        (sigma, kappa)
    };
    let error = squares / degrees as f64;
    let variances = (degrees > 0).then_some((error * (var_a + var_b - 2.0 * cov), error * var_a));
    Some(Transformed {
        coefficients: [lambda, sigma.clamp(0.0, 1.0), kappa.clamp(0.0, 1.0)],
        variances,
        degrees,
    })
}

fn parabola(rows: &[(f64, f64, f64)]) -> Option<Parabola> {
    let sum =
        |of: &dyn Fn(f64, f64) -> f64| rows.iter().map(|(x, y, weight)| weight * of(*x, *y)).sum::<f64>();
    let (x2, x3, x4) = (sum(&|x, _| x * x), sum(&|x, _| x.powi(3)), sum(&|x, _| x.powi(4)));
    let (xy, x2y) = (sum(&|x, y| x * y), sum(&|x, y| x * x * y));
    let determinant = x2 * x4 - x3 * x3;
    if determinant.partial_cmp(&(1e-12 * x2 * x4)) != Some(std::cmp::Ordering::Greater) {
        return None;
    }
    let square = (x2 * x2y - x3 * xy) / determinant;
    let linear = (x4 * xy - x3 * x2y) / determinant;
    let squares = sum(&|x, y| (y - square * x * x - linear * x).powi(2));
    let covariance = [x2 / determinant, -x3 / determinant, x4 / determinant];
    Some(Parabola { square, linear, covariance, squares })
}

/// The slope of y over `by` of x, through the origin.
fn line(rows: &[(f64, f64, f64)], by: impl Fn(f64) -> f64) -> f64 {
    let (mut product, mut square) = (0.0, 0.0);
    for (x, y, weight) in rows {
        product += weight * by(*x) * y;
        square += weight * by(*x) * by(*x);
    }
    product / square
}

#[cfg(test)]
mod tests {
    use super::super::published::{SPEC, measurements};
    use super::*;

    #[test]
    fn the_published_coefficients_of_the_method_come_out() {
        // The R package usl 1.x on its SPEC SDM91 data: σ .017047, κ 7.8925e-5.
        let points = measurements(&SPEC);
        let found = coefficients(&points, of_one(&points).unwrap()).unwrap();
        let [lambda, sigma, kappa] = found.coefficients;
        assert!((lambda - 64.9).abs() < 1e-12 && found.degrees == 4);
        assert!(
            (sigma / 0.017_047 - 1.0).abs() < 5e-4 && (kappa / 7.892_5e-5 - 1.0).abs() < 5e-5,
            "{sigma} {kappa}"
        );
    }

    #[test]
    fn a_parabola_that_opens_downwards_is_a_line() {
        // y over x is ⅓, 2/9 and 1/9: it bends down. Through the origin Σ x y / Σ x² = (⅓ + 2 + 49/9) / 59.
        let points = measurements(&[(1.0, 10.0), (2.0, 15.0), (4.0, 24.0), (8.0, 45.0)]);
        let [_, sigma, kappa] = coefficients(&points, 10.0).unwrap().coefficients;
        assert!(kappa == 0.0 && (sigma - 70.0 / 9.0 / 59.0).abs() < 1e-12, "{sigma} {kappa}");
    }

    #[test]
    fn one_and_one_other_are_not_enough() {
        let points = measurements(&[(1.0, 10.0), (1.0, 12.0), (4.0, 30.0)]);
        assert_eq!(of_one(&points), Some(11.0));
        assert!(coefficients(&points, 11.0).is_none());
        assert_eq!(of_one(&points[2..]), None);
    }
}
