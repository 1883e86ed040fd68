//! Why a law has no answer, and the checks that arguments have in common.

/// Why a law has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LawError {
    /// An argument for which the law says nothing.
    #[error("{argument} is {found}, expected {expected}")]
    Argument {
        /// Which one.
        argument: &'static str,
        /// Its value.
        found: f64,
        /// What it must be.
        expected: &'static str,
    },
    /// More arrives than can be served, so that the queue grows without end.
    #[error("{offered} arrive while {capacity} can be served: the queue grows without end")]
    Saturated {
        /// Arrivals per unit of time.
        offered: f64,
        /// The most that can be served per unit of time.
        capacity: f64,
    },
    /// No value of what is sought does what was asked.
    #[error("{0}")]
    OutOfReach(&'static str),
}

/// Finite and at least zero.
pub(super) fn not_negative(argument: &'static str, found: f64) -> Result<f64, LawError> {
    let expected = "a finite number of at least 0";
    check(found.is_finite() && found >= 0.0, argument, found, expected)
}

/// Finite and above zero.
pub(super) fn positive(argument: &'static str, found: f64) -> Result<f64, LawError> {
    check(found.is_finite() && found > 0.0, argument, found, "a finite number above 0")
}

/// From 0 to 1, both included.
pub(super) fn share(argument: &'static str, found: f64) -> Result<f64, LawError> {
    check((0.0..=1.0).contains(&found), argument, found, "a share from 0 to 1")
}

/// From 0 to below 1: a quantile that is reached.
pub(super) fn quantile(argument: &'static str, found: f64) -> Result<f64, LawError> {
    check((0.0..1.0).contains(&found), argument, found, "a share from 0 to below 1")
}

/// The argument itself when `holds`.
pub(super) fn check(
    holds: bool,
    argument: &'static str,
    found: f64,
    expected: &'static str,
) -> Result<f64, LawError> {
    if holds { Ok(found) } else { Err(LawError::Argument { argument, found, expected }) }
}

/// The result when it is a number; overflow is an argument that is too large.
pub(super) fn finite(argument: &'static str, result: f64) -> Result<f64, LawError> {
    check(result.is_finite(), argument, result, "a finite number")
}
