//! How many calls retries make of one, and what they do to a service that is overloaded.
//!
//! Each try fails with the probability p and is repeated up to m tries in all: (1 − p^m) / (1 − p) calls for each
//! request, which is 1 / (1 − p) without a limit. A budget b allows b retries for each request over all, so that no more
//! than 1 + b calls are made however much fails. Retries of retries multiply: m tries in each of l layers are m^l calls
//! when the last layer fails. Source: "Site Reliability Engineering", 2016, chapters 21 and 22 (three tries, 10 %).

use super::LawError;
use super::error::{check, finite, not_negative, positive, share};

/// The retries for each request that a client may make over all its requests, after "Site Reliability Engineering",
/// 2016, chapter 21.
pub const USUAL_BUDGET: f64 = 0.1;

/// Calls for each request: (1 − p^m) / (1 − p), at most 1 + `budget`.
///
/// # Errors
/// When `failing` is not a share, `tries` is zero or the budget is negative.
pub fn calls_per_request(failing: f64, tries: u32, budget: Option<f64>) -> Result<f64, LawError> {
    let failing = share("share that fails", failing)?;
    check(tries > 0, "number of tries", tries.into(), "at least one")?;
    let all = f64::from(tries);
    // The closed form loses its digits close to p = 1, where it is m.
    let calls = if failing > 1.0 - 1e-9 { all } else { (1.0 - failing.powf(all)) / (1.0 - failing) };
    let most = budget.map(|budget| not_negative("retry budget", budget)).transpose()?;
    Ok(most.map_or(calls, |budget| calls.min(1.0 + budget)))
}

/// The share of requests that succeeds within `tries`: 1 − p^m.
///
/// # Errors
/// When `failing` is not a share or `tries` is zero.
pub fn share_served(failing: f64, tries: u32) -> Result<f64, LawError> {
    check(tries > 0, "number of tries", tries.into(), "at least one")?;
    Ok(1.0 - share("share that fails", failing)?.powf(tries.into()))
}

/// Calls that one request makes at the bottom of `layers` that each try `tries` times, when the bottom fails: m^l.
///
/// # Errors
/// When `tries` is zero, or the result is too large for a number.
pub fn calls_through_layers(tries: u32, layers: u32) -> Result<f64, LawError> {
    check(tries > 0, "number of tries", tries.into(), "at least one")?;
    finite("number of calls", f64::from(tries).powf(layers.into()))
}

/// Calls per unit of time that reach a service of this `capacity` when `requests` are made of it and what is refused is
/// tried again, up to `tries` in all.
///
/// The service does K of the λ' calls, so p = 1 − K/λ'; the clients make λ' = λ (1 − p^m) / (1 − p). Together
/// p = (1 − K/λ)^(1/m) and λ' = K / (1 − p). Below the capacity nothing is refused. A budget bounds λ' by λ (1 + b).
///
/// # Errors
/// When a rate makes no sense, `tries` is zero or the budget is negative.
pub fn calls_in_overload(
    requests: f64,
    capacity: f64,
    tries: u32,
    budget: Option<f64>,
) -> Result<f64, LawError> {
    let (requests, capacity) = (not_negative("requests", requests)?, positive("capacity", capacity)?);
    check(tries > 0, "number of tries", tries.into(), "at least one")?;
    if requests <= capacity {
        return Ok(requests);
    }
    let failing = (1.0 - capacity / requests).powf(1.0 / f64::from(tries));
    Ok(requests * calls_per_request(failing, tries, budget)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand_come_out() {
        for (found, expected) in [
            // 1 + 0.5 + 0.25.
            (calls_per_request(0.5, 3, None), 1.75),
            (calls_per_request(0.0, 3, None), 1.0),
            (calls_per_request(1.0, 3, None), 3.0),
            // 10 % of retries are allowed, three tries want 75 %.
            (calls_per_request(0.5, 3, Some(USUAL_BUDGET)), 1.1),
            (calls_per_request(0.01, 3, Some(USUAL_BUDGET)), 1.0101),
            (share_served(0.1, 3), 0.999),
            // "Site Reliability Engineering", chapter 22: three layers of up to four tries are 64 calls.
            (calls_through_layers(4, 3), 64.0),
            (calls_in_overload(90.0, 100.0, 3, None), 90.0),
            // λ = 200, K = 100, m = 1: all calls come once.
            (calls_in_overload(200.0, 100.0, 1, None), 200.0),
            // m = 2: p = √0.5 = 0.70711, λ' = 100 / 0.29289 = 341.42.
            (calls_in_overload(200.0, 100.0, 2, None), 341.421_356_237_309_5),
            (calls_in_overload(200.0, 100.0, 2, Some(0.1)), 220.0),
        ] {
            assert!((found.clone().unwrap() - expected).abs() < 1e-9, "{found:?} {expected}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for refused in [
            calls_per_request(1.5, 3, None),
            calls_per_request(0.5, 0, None),
            calls_per_request(0.5, 3, Some(-0.1)),
            share_served(0.5, 0),
            calls_through_layers(10, 1_000),
            calls_in_overload(1.0, 0.0, 3, None),
        ] {
            assert!(refused.is_err(), "{refused:?}");
        }
    }
}
