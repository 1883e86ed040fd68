//! The law that describes measurements best, how sure that is, and how far it may be believed.
//!
//! Standard errors are those of nonlinear least squares: s² (Jᵀ W J)⁻¹ with s² = Σ w (X − X(N))² / (n − p) for n
//! measurements and p coefficients. A coefficient at its bound keeps its error, so that an interval from 0 says how large
//! it may be. A fit says nothing far from what was measured: beyond twice the largest concurrency a prediction is refused
//! unless it is asked for with [`Reach::Anywhere`].

use super::ceiling::{Ceiling, ceiling};
use super::law::Usl;
use super::least_squares::{self, gradient};
use super::limit::{Limit, Peak};
use super::measurement::Measurement;
use super::normal::{Matrix, dot, inverse, matrix, times};
use super::predict::State;
use super::transform;
use crate::laws::{LawError, student};

/// The share of repetitions in which an interval covers the true value.
pub const CONFIDENCE: f64 = 0.95;
/// Predictions reach this many times the largest measured concurrency.
pub const REACH: f64 = 2.0;

/// How the coefficients are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Least squared residuals of the throughput.
    #[default]
    LeastSquares,
    /// Gunther's parabola through the transformed measurements.
    Transform,
}

impl Method {
    /// As a report names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::LeastSquares => "least squares",
            Method::Transform => "quadratic transform",
        }
    }
}

/// Which of the measurements count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ceilings {
    /// Those up to a hard ceiling, where there is one.
    #[default]
    Below,
    /// All.
    Through,
}

/// What may be asked of a fit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// How the coefficients are found.
    pub method: Method,
    /// λ where it is known; found with the others where it is not.
    pub lambda: Option<f64>,
    /// Which of the measurements count.
    pub ceilings: Ceilings,
}

/// How far a prediction may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To twice the largest measured concurrency.
    Measured,
    /// To any concurrency, at the caller's risk.
    Anywhere,
}

/// Why there is no fit, or no prediction.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Not as many different concurrencies as coefficients.
    #[error("{found} different concurrencies are too few for {needed} coefficients")]
    TooFew {
        /// Different concurrencies that were measured.
        found: usize,
        /// As many as there are coefficients.
        needed: usize,
    },
    /// The transform starts from the throughput of one.
    #[error(
        "the quadratic transform starts from the throughput at a concurrency of 1, which was not measured"
    )]
    NoSingle,
    /// The measurements follow no such law.
    #[error("no coefficients describe these measurements")]
    NoLaw,
    /// The prediction would be a guess.
    #[error("a concurrency of {asked} is beyond what measurements up to {largest} can tell")]
    Beyond {
        /// The concurrency that was asked for.
        asked: f64,
        /// The largest that was measured.
        largest: f64,
    },
    /// A value that makes no sense.
    #[error(transparent)]
    Law(#[from] LawError),
}

/// A coefficient with what is known about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// The best value.
    pub value: f64,
    /// `None` without a degree of freedom, and where the value was given.
    pub error: Option<StandardError>,
    /// The best value without bounds would be outside of what makes sense.
    pub is_at_bound: bool,
}

/// How far a coefficient may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StandardError {
    /// The standard error.
    pub value: f64,
    /// Value over standard error.
    pub t: f64,
    /// The 95 % interval, within the bounds of the coefficient.
    pub interval: (f64, f64),
}

/// The peak with the 95 % intervals of its place and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FittedPeak {
    /// The peak of the best coefficients.
    pub peak: Peak,
    /// Of N*; the upper end is `None` when the measurements allow for no coherency, and with it for no peak.
    pub concurrency: Option<(f64, Option<f64>)>,
    /// Of X at N*.
    pub throughput: Option<(f64, f64)>,
    /// It lies no more than [`REACH`] times beyond the measurements.
    pub is_in_reach: bool,
}

/// A point of the fitted law with the 95 % interval in which a measurement there would lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The point of the law.
    pub state: State,
    /// Of the throughput.
    pub interval: Option<(f64, f64)>,
    /// Beyond [`REACH`] times what was measured.
    pub is_beyond: bool,
}

/// The law that describes measurements best.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The best coefficients.
    pub law: Usl,
    /// How they were found.
    pub method: Method,
    /// Throughput of one.
    pub lambda: Coefficient,
    /// Contention.
    pub sigma: Coefficient,
    /// Coherency.
    pub kappa: Coefficient,
    /// The measurements that count, as they came.
    pub used: Vec<Measurement>,
    /// Those above a hard ceiling, which do not.
    pub left_out: Vec<Measurement>,
    /// The hard ceiling, where there is one.
    pub ceiling: Option<Ceiling>,
    /// Measurements less coefficients.
    pub degrees_of_freedom: usize,
    /// The standard deviation of the residuals. `None` without a degree of freedom.
    pub residual_error: Option<f64>,
    /// The share of the variance of the throughput that the law explains; `None` when there is none.
    pub r_squared: Option<f64>,
    /// Of the coefficients, by least squares.
    covariance: Option<Matrix>,
}

/// The law that describes `points` best.
///
/// # Errors
/// When there are fewer different concurrencies than coefficients, λ makes no sense, or nothing fits.
pub fn fit(points: &[Measurement], options: &Options) -> Result<Fit, FitError> {
    let ceiling = match options.ceilings {
        Ceilings::Below => ceiling(points),
        Ceilings::Through => None,
    };
    let is_used = |point: &Measurement| ceiling.is_none_or(|ceiling| point.concurrency <= ceiling.from);
    let (used, left_out): (Vec<Measurement>, Vec<Measurement>) = points.iter().copied().partition(is_used);
    let found = different(&used);
    let needed = if options.lambda.is_some() { 2 } else { 3 };
    if found < needed {
        return Err(FitError::TooFew { found, needed });
    }
    let mut fit = match options.method {
        Method::LeastSquares => by_least_squares(used, options.lambda, needed)?,
        Method::Transform => by_transform(used, options.lambda)?,
    };
    (fit.ceiling, fit.left_out) = (ceiling, left_out);
    Ok(fit)
}

/// How many different concurrencies were measured.
fn different(points: &[Measurement]) -> usize {
    let mut all: Vec<f64> = points.iter().map(|point| point.concurrency).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all.len()
}

fn by_least_squares(used: Vec<Measurement>, lambda: Option<f64>, needed: usize) -> Result<Fit, FitError> {
    if let Some(lambda) = lambda {
        Usl::new(lambda, 0.0, 0.0)?;
    }
    let best = least_squares::coefficients(&used, lambda).ok_or(FitError::NoLaw)?;
    let law = Usl::new(best[0], best[1], best[2])?;
    let degrees = used.len() - needed;
    let free = [lambda.is_none(), true, true];
    let rows = used.iter().map(|point| (point.weight, gradient(best, point.concurrency)));
    let unit = inverse(&matrix(rows, free)).map(|inverse| {
        [0, 1, 2].map(|i| [0, 1, 2].map(|j| if free[i] && free[j] { inverse[i][j] } else { 0.0 }))
    });
    let mut fit = bare(law, Method::LeastSquares, used, degrees);
    fit.covariance = unit
        .zip(fit.residual_error)
        .map(|(unit, error)| unit.map(|row| row.map(|value| value * error * error)));
    let variance = |i: usize| fit.covariance.filter(|_| free[i]).map(|covariance| covariance[i][i]);
    fit.lambda = coefficient(best[0], variance(0), degrees, f64::INFINITY);
    fit.sigma = coefficient(best[1], variance(1), degrees, 1.0);
    fit.kappa = coefficient(best[2], variance(2), degrees, 1.0);
    Ok(fit)
}

fn by_transform(used: Vec<Measurement>, lambda: Option<f64>) -> Result<Fit, FitError> {
    let lambda = lambda.or(transform::of_one(&used)).ok_or(FitError::NoSingle)?;
    Usl::new(lambda, 0.0, 0.0)?;
    let too_few = FitError::TooFew { found: different(&used), needed: 3 };
    let found = transform::coefficients(&used, lambda).ok_or(too_few)?;
    let [lambda, sigma, kappa] = found.coefficients;
    let mut fit = bare(Usl::new(lambda, sigma, kappa)?, Method::Transform, used, found.degrees);
    fit.sigma = coefficient(sigma, found.variances.map(|(sigma, _)| sigma), found.degrees, 1.0);
    fit.kappa = coefficient(kappa, found.variances.map(|(_, kappa)| kappa), found.degrees, 1.0);
    Ok(fit)
}

/// A fit whose coefficients have no errors yet.
fn bare(law: Usl, method: Method, used: Vec<Measurement>, degrees: usize) -> Fit {
    let weight: f64 = used.iter().map(|point| point.weight).sum();
    let mean = used.iter().map(|point| point.weight * point.throughput).sum::<f64>() / weight;
    let (mut squares, mut all) = (0.0, 0.0);
    for point in &used {
        let fitted = law.throughput(point.concurrency).unwrap_or(f64::NAN);
        squares += point.weight * (point.throughput - fitted).powi(2);
        all += point.weight * (point.throughput - mean).powi(2);
    }
    let known = |value| Coefficient { value, error: None, is_at_bound: false };
    Fit {
        law,
        method,
        lambda: known(law.lambda()),
        sigma: known(law.sigma()),
        kappa: known(law.kappa()),
        used,
        left_out: Vec::new(),
        ceiling: None,
        degrees_of_freedom: degrees,
        residual_error: (degrees > 0).then(|| (squares / degrees as f64).sqrt()),
        r_squared: Some(1.0 - squares / all).filter(|share| share.is_finite()),
        covariance: None,
    }
}

fn coefficient(value: f64, variance: Option<f64>, degrees: usize, most: f64) -> Coefficient {
    let error = variance.zip(student::two_sided(CONFIDENCE, degrees)).map(|(variance, t)| {
        let error = variance.max(0.0).sqrt();
        let interval = ((value - t * error).max(0.0), (value + t * error).min(most));
        StandardError { value: error, t: value / error, interval }
    });
    Coefficient { value, error, is_at_bound: value <= 0.0 || value >= most }
}

impl Fit {
    /// The largest concurrency that counts.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.used.iter().map(|point| point.concurrency).fold(0.0, f64::max)
    }

    /// The peak, where the law has one.
    #[must_use]
    pub fn peak(&self) -> Option<FittedPeak> {
        let Limit::Peak(peak) = self.law.limit() else { return None };
        let (n, x) = (peak.exact.concurrency, peak.exact.throughput);
        // N* = √((1 − σ) / κ) by σ and κ; at the peak X does not depend on N.
        let by_place = [0.0, -0.5 / (self.law.kappa() * n), -0.5 * n / self.law.kappa()];
        let by_height = gradient(self.coefficients(), n);
        // Both are positive, so their logarithms have the symmetric interval.
        let around = |value: f64, error: f64| (value * (-error / value).exp(), value * (error / value).exp());
        let may_have_none = self.kappa.error.is_none_or(|error| error.interval.0 <= 0.0);
        let place = self.half_width(by_place).map(|error| around(n, error));
        Some(FittedPeak {
            peak,
            concurrency: place.map(|(low, high)| (low, (!may_have_none).then_some(high))),
            throughput: self.half_width(by_height).map(|error| around(x, error)),
            is_in_reach: n <= REACH * self.largest(),
        })
    }

    /// The point of the law at this concurrency.
    ///
    /// # Errors
    /// When the concurrency is not above 0, or beyond `reach`.
    pub fn predict(&self, concurrency: f64, reach: Reach) -> Result<Prediction, FitError> {
        let state = self.law.at_concurrency(concurrency)?;
        let largest = self.largest();
        let is_beyond = concurrency > REACH * largest;
        if is_beyond && reach == Reach::Measured {
            return Err(FitError::Beyond { asked: concurrency, largest });
        }
        let of_law = self.half_width(gradient(self.coefficients(), concurrency));
        let of_one = student::two_sided(CONFIDENCE, self.degrees_of_freedom).zip(self.residual_error);
        let interval = of_law.zip(of_one).map(|(law, (t, error))| {
            let width = law.hypot(t * error);
            ((state.throughput - width).max(0.0), state.throughput + width)
        });
        Ok(Prediction { state, interval, is_beyond })
    }

    fn coefficients(&self) -> [f64; 3] {
        [self.law.lambda(), self.law.sigma(), self.law.kappa()]
    }

    /// Half of the 95 % interval of what changes with the coefficients by this gradient.
    fn half_width(&self, gradient: [f64; 3]) -> Option<f64> {
        let variance = dot(gradient, times(&self.covariance?, gradient));
        Some(student::two_sided(CONFIDENCE, self.degrees_of_freedom)? * variance.max(0.0).sqrt())
    }
}

#[cfg(test)]
mod tests;
