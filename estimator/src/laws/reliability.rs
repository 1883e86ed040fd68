//! Availability of parts and of the whole, what a promise leaves for failing, and the tail of a fan-out.
//!
//! All parts fail independently here; what fails together (a zone, a deployment, a wrong configuration) is worse than
//! these formulas say. In series all must work: Π a. In parallel one is enough: 1 − Π (1 − a). Of n equal parts k must
//! work: Σ (i from k to n) of the binomial. A request that asks n servers at once and waits for all is within a time with
//! the probability p^n, so each must be within it with p = P^(1/n). Sources: the formulas are elementary; the fan-out is
//! J. Dean and L. A. Barroso, "The Tail at Scale", Communications of the ACM 56(2), 2013.

use super::LawError;
use super::error::{check, not_negative, positive, share};

/// The most parts of a k-of-n group: beyond it the parts are a fleet and not a quorum.
pub const MOST_PARTS: u32 = 100_000;

/// All parts must work: Π a. Nothing to fail is always available.
///
/// # Errors
/// When an availability is not a share.
pub fn series(parts: &[f64]) -> Result<f64, LawError> {
    parts.iter().try_fold(1.0, |all, part| Ok(all * share("availability", *part)?))
}

/// One part is enough: 1 − Π (1 − a). Nothing is never available.
///
/// # Errors
/// When an availability is not a share.
pub fn parallel(parts: &[f64]) -> Result<f64, LawError> {
    let down = parts.iter().try_fold(1.0, |all, part| Ok(all * (1.0 - share("availability", *part)?)));
    down.map(|down| 1.0 - down)
}

/// At least `needed` of `parts`, each with this `availability`, must work.
///
/// # Errors
/// When the availability is not a share, more are needed than there are, or there are more than [`MOST_PARTS`].
pub fn k_of_n(needed: u32, parts: u32, availability: f64) -> Result<f64, LawError> {
    let up = share("availability", availability)?;
    check(parts <= MOST_PARTS, "number of parts", parts.into(), "at most 100,000")?;
    check(needed <= parts, "number of parts needed", needed.into(), "at most the number of parts")?;
    if needed == 0 || up >= 1.0 {
        return Ok(1.0);
    }
    if up <= 0.0 {
        return Ok(0.0);
    }
    let sum = |range: std::ops::RangeInclusive<u32>| binomial(range, parts, up);
    // Whichever side is the smaller keeps its digits: nine nines are 1 minus a sum of small numbers.
    let mean = f64::from(parts) * up;
    let result = if f64::from(needed) <= mean { 1.0 - sum(0..=needed - 1) } else { sum(needed..=parts) };
    Ok(result.clamp(0.0, 1.0))
}

/// Σ of C(n, i) a^i (1−a)^(n−i) over a range, by logarithms, so that no binomial coefficient overflows.
fn binomial(range: std::ops::RangeInclusive<u32>, parts: u32, up: f64) -> f64 {
    let odds = up.ln() - (-up).ln_1p();
    let mut log = f64::from(parts) * (-up).ln_1p();
    let mut sum = 0.0;
    for working in 0..=*range.end() {
        if range.contains(&working) {
            sum += log.exp();
        }
        log += f64::from(parts - working).ln() - f64::from(working + 1).ln() + odds;
    }
    sum
}

/// The time in which a service may fail: (1 − promised) × period, in the unit of the period.
///
/// # Errors
/// When the promise is not a share or the period is negative.
pub fn error_budget(promised: f64, period: f64) -> Result<f64, LawError> {
    Ok((1.0 - share("promised availability", promised)?) * not_negative("period", period)?)
}

/// The quantile that each of `calls` must keep so that all of them keep the quantile `whole`: P^(1/n).
///
/// # Errors
/// When `whole` is not a share or `calls` is below one.
pub fn per_call_quantile(whole: f64, calls: f64) -> Result<f64, LawError> {
    let calls = positive("number of calls", calls)?;
    check(calls >= 1.0, "number of calls", calls, "at least one")?;
    Ok(share("quantile", whole)?.powf(1.0 / calls))
}

/// The share of requests whose `calls` are all within the quantile `each` of their own: p^n.
///
/// # Errors
/// When `each` is not a share or `calls` is below one.
pub fn fan_out_quantile(each: f64, calls: f64) -> Result<f64, LawError> {
    let calls = positive("number of calls", calls)?;
    check(calls >= 1.0, "number of calls", calls, "at least one")?;
    Ok(share("quantile", each)?.powf(calls))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn textbook_values_come_out() {
        // System Design Primer: two at 99.9 % are 99.8 % in series and 99.9999 % in parallel. 2 of 3 at 0.9:
        // 3 × 0.81 × 0.1 + 0.729 = 0.972. 99.9 % of a month of 30.44 d leaves 43.8 minutes. Dean and Barroso: 100
        // servers that are slow once in 100 make 63 % of requests slow (1 − 0.99^100 = 0.634).
        for (found, expected) in [
            (series(&[0.999, 0.999]), 0.998_001),
            (series(&[]), 1.0),
            (parallel(&[0.999, 0.999]), 0.999_999),
            (parallel(&[]), 0.0),
            (k_of_n(2, 3, 0.9), 0.972),
            (k_of_n(1, 2, 0.999), 0.999_999),
            (k_of_n(2, 2, 0.999), 0.998_001),
            (k_of_n(0, 3, 0.0), 1.0),
            (k_of_n(3, 3, 1.0), 1.0),
            (error_budget(0.999, 30.44 * 24.0 * 60.0), 43.833_6),
            (per_call_quantile(0.99, 100.0), 0.999_899_5),
            (fan_out_quantile(0.99, 100.0), 0.366_032_3),
        ] {
            assert!((found.clone().unwrap() - expected).abs() < 1e-7, "{found:?} {expected}");
        }
    }

    #[test]
    fn a_large_quorum_neither_overflows_nor_loses_its_nines() {
        // Of 10,000 at 0.99 the 9,900 needed are the mean: about one half, exactly 0.5266 (Poisson of 100 failures at
        // most 100: 0.5266, a little more spread than the binomial).
        let half = k_of_n(9_900, 10_000, 0.99).unwrap();
        assert!((half - 0.5266).abs() < 0.002, "{half}");
        // 3 of 5 at 0.999 fail when three are down: 10 × 1e-9 to first order.
        let five = k_of_n(3, 5, 0.999).unwrap();
        assert!(((1.0 - five) / 1e-8 - 1.0).abs() < 0.01, "{five}");
    }

    #[test]
    fn a_fan_out_and_its_inverse_agree() {
        for (whole, calls) in [(0.99, 100.0), (0.5, 3.0), (0.999, 1.0)] {
            let each = per_call_quantile(whole, calls).unwrap();
            assert!((fan_out_quantile(each, calls).unwrap() - whole).abs() < 1e-12);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for refused in [
            series(&[1.1]),
            parallel(&[f64::NAN]),
            k_of_n(4, 3, 0.9),
            k_of_n(1, MOST_PARTS + 1, 0.9),
            error_budget(99.9, 1.0),
            error_budget(0.9, -1.0),
            per_call_quantile(0.99, 0.0),
            fan_out_quantile(0.99, 0.5),
        ] {
            assert!(refused.is_err(), "{refused:?}");
        }
    }
}
