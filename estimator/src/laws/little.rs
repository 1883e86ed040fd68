//! Little's law: N = X R.
//!
//! N is the mean number in the system (requests in flight, connections in use, rows that are kept), X the rate at which
//! they pass through it, and R the mean time that each stays. It holds for any system in which what comes also leaves,
//! whatever the distributions and the order. Source: J. D. C. Little, "A Proof for the Queuing Formula: L = λW",
//! Operations Research 9(3), 1961.

use super::LawError;
use super::error::{finite, not_negative, positive};

/// N = X R: how many are in the system when `rate` enter per unit of time and each stays for `time`.
///
/// # Errors
/// When an argument is negative or not finite, or the product is too large for a number.
pub fn in_system(rate: f64, time: f64) -> Result<f64, LawError> {
    finite("rate × time", not_negative("rate", rate)? * not_negative("time", time)?)
}

/// X = N / R: the rate at which `number` pass through the system when each stays for `time`.
///
/// # Errors
/// When an argument is negative or not finite, or `time` is zero.
pub fn rate(number: f64, time: f64) -> Result<f64, LawError> {
    finite("number ÷ time", not_negative("number", number)? / positive("time", time)?)
}

/// R = N / X: how long each stays when `number` are in the system and `rate` pass through it per unit of time.
///
/// # Errors
/// When an argument is negative or not finite, or `rate` is zero.
pub fn time(number: f64, rate: f64) -> Result<f64, LawError> {
    finite("number ÷ rate", not_negative("number", number)? / positive("rate", rate)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_directions_agree_with_a_published_system() {
        // Stack Overflow 2016: 2,424 requests per second at 7.7 ms keep 18.6 in the application tier (7.67 ms exactly).
        let number = in_system(2_424.0, 0.0077).unwrap();
        assert!((number - 18.66).abs() < 0.01, "{number}");
        assert!((rate(number, 0.0077).unwrap() - 2_424.0).abs() < 1e-9);
        assert!((time(number, 2_424.0).unwrap() - 0.0077).abs() < 1e-15);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for refused in [
            in_system(-1.0, 1.0),
            in_system(f64::NAN, 1.0),
            in_system(1e300, 1e300),
            rate(1.0, 0.0),
            rate(1e300, 1e-300),
            time(1.0, 0.0),
            time(f64::INFINITY, 1.0),
        ] {
            assert!(refused.is_err(), "{refused:?}");
        }
        assert_eq!(rate(1.0, 0.0).unwrap_err().to_string(), "time is 0, expected a finite number above 0");
    }
}
