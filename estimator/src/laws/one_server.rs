//! Queues before one server: M/M/1, and M/G/1 by the formula of Pollaczek and Khinchine.
//!
//! λ arrivals and μ completions per unit of time; utilisation ρ = λ / μ. With exponential service the response time is
//! exponential with the rate μ − λ. With any service time of mean s and coefficient of variation v the mean wait is
//! ρ / (1 − ρ) × (1 + v²) / 2 × s: half of it when every request takes the same time, and ten times as much when a few
//! take very long. Source: L. Kleinrock, "Queueing Systems", volume 1, 1975, chapters 3 and 5.

use super::LawError;
use super::error::{finite, not_negative, positive, quantile};

/// The share of time in which the server is busy: ρ = λ / μ.
///
/// # Errors
/// When a rate makes no sense, or more arrives than is served.
pub fn utilisation(arrivals: f64, service_rate: f64) -> Result<f64, LawError> {
    let (offered, capacity) = (not_negative("arrivals", arrivals)?, positive("service rate", service_rate)?);
    if offered >= capacity {
        return Err(LawError::Saturated { offered, capacity });
    }
    Ok(offered / capacity)
}

/// The mean wait before service begins, M/M/1: ρ / (μ − λ).
///
/// # Errors
/// As for [`utilisation`].
pub fn mean_wait(arrivals: f64, service_rate: f64) -> Result<f64, LawError> {
    let busy = utilisation(arrivals, service_rate)?;
    finite("wait", busy / (service_rate - arrivals))
}

/// The mean time from arrival to completion, M/M/1: 1 / (μ − λ).
///
/// # Errors
/// As for [`utilisation`].
pub fn mean_response(arrivals: f64, service_rate: f64) -> Result<f64, LawError> {
    utilisation(arrivals, service_rate)?;
    finite("response time", 1.0 / (service_rate - arrivals))
}

/// The time within which the share `p` of requests is answered, M/M/1: ln(1 / (1 − p)) / (μ − λ).
///
/// # Errors
/// As for [`utilisation`], and when `p` is not from 0 to below 1.
pub fn response_quantile(arrivals: f64, service_rate: f64, p: f64) -> Result<f64, LawError> {
    quantile("quantile", p)?;
    Ok(-(-p).ln_1p() * mean_response(arrivals, service_rate)?)
}

/// The mean wait of M/G/1: ρ / (1 − ρ) × (1 + v²) / 2 × s, where `variation` v is the standard deviation of the service
/// time over its mean s = `service_time` (0: always the same; 1: exponential).
///
/// # Errors
/// When an argument makes no sense, or more arrives than is served.
pub fn mean_wait_general(arrivals: f64, service_time: f64, variation: f64) -> Result<f64, LawError> {
    let time = positive("service time", service_time)?;
    let variation = not_negative("coefficient of variation", variation)?;
    let busy = utilisation(arrivals, 1.0 / time)?;
    finite("wait", busy / (1.0 - busy) * f64::midpoint(1.0, variation * variation) * time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn textbook_values_come_out() {
        // λ = 0.8, μ = 1: wait 0.8/0.2 = 4, response 5, median 5 ln 2, p99 5 ln 100; constant service halves the wait;
        // v = 3 multiplies it by (1 + 9) / 2 = 5.
        for (found, expected) in [
            (mean_wait(0.8, 1.0), 4.0),
            (mean_response(0.8, 1.0), 5.0),
            (response_quantile(0.8, 1.0, 0.5), 3.465_735_902_799_727),
            (response_quantile(0.8, 1.0, 0.99), 23.025_850_929_940_457),
            (mean_wait_general(0.8, 1.0, 1.0), 4.0),
            (mean_wait_general(0.8, 1.0, 0.0), 2.0),
            (mean_wait_general(0.8, 1.0, 3.0), 20.0),
            (mean_wait(0.0, 1.0), 0.0),
        ] {
            assert!((found.clone().unwrap() - expected).abs() < 1e-12, "{found:?} {expected}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for refused in [
            mean_wait(1.0, 1.0),
            mean_wait(2.0, 1.0),
            mean_wait(0.0, 0.0),
            mean_response(-1.0, 1.0),
            response_quantile(0.5, 1.0, 1.0),
            mean_wait_general(0.5, 1.0, 1e200),
            mean_wait_general(0.5, f64::NAN, 1.0),
        ] {
            assert!(refused.is_err(), "{refused:?}");
        }
    }
}
