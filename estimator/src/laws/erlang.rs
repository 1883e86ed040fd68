//! Erlang's formulas: the share of arrivals that finds all servers busy.
//!
//! a = λ / μ is the offered load in erlangs: the mean number of servers that would be busy, were there enough. With c
//! servers and no place to wait, the share B(c, a) is refused; with endless room to wait, the share C(c, a) waits.
//!
//! B(0, a) = 1, B(k, a) = a B(k−1, a) / (k + a B(k−1, a)), and C = B / (1 − (a/c) (1 − B)). Every step adds and divides
//! numbers between 0 and 1 without a factorial, so ten thousand servers are as exact as ten. Source: A. K. Erlang,
//! 1917; the recursion in R. B. Cooper, "Introduction to Queueing Theory", 2nd edition, 1981, chapter 3.

use super::LawError;
use super::error::{check, not_negative};

/// The most servers that are computed: ten million steps are a tenth of a second.
pub const MOST_SERVERS: u32 = 10_000_000;

/// The share of arrivals refused by `servers` without a queue, at an offered load of `load` erlangs.
///
/// # Errors
/// When `load` is negative or not finite, or there are more than [`MOST_SERVERS`].
pub fn blocking(servers: u32, load: f64) -> Result<f64, LawError> {
    not_negative("offered load", load)?;
    check(servers <= MOST_SERVERS, "number of servers", servers.into(), "at most 10 million")?;
    // 1/B = 1 + c/a + c (c−1)/a² + ...: what matters of it ends a few times √c behind its greatest term.
    let (mut term, mut sum, mut left) = (1.0, 1.0, f64::from(servers));
    while left > 0.0 && f64::is_finite(sum) {
        let factor = left / load;
        term *= factor;
        sum += term;
        // All that are left are smaller still.
        if factor < 1.0 && term * left < sum * f64::EPSILON {
            break;
        }
        left -= 1.0;
    }
    Ok(1.0 / sum)
}

/// The share of arrivals that waits for one of `servers`, at an offered load of `load` erlangs.
///
/// # Errors
/// As for [`blocking`], and when the load is not below the number of servers.
pub fn waiting(servers: u32, load: f64) -> Result<f64, LawError> {
    let blocked = blocking(servers, load)?;
    if load >= f64::from(servers) {
        return Err(LawError::Saturated { offered: load, capacity: servers.into() });
    }
    Ok(waiting_from_blocking(blocked, load / f64::from(servers)))
}

/// C from B, with the utilisation a/c of each server below 1.
pub(super) fn waiting_from_blocking(blocked: f64, utilisation: f64) -> f64 {
    blocked / (1.0 - utilisation * (1.0 - blocked))
}

/// B(1, a), B(2, a), ... without end.
pub(super) struct Blocking {
    load: f64,
    servers: f64,
    blocked: f64,
}

impl Blocking {
    pub(super) fn new(load: f64) -> Blocking {
        Blocking { load, servers: 0.0, blocked: 1.0 }
    }
}

impl Iterator for Blocking {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        self.servers += 1.0;
        let refused = self.load * self.blocked;
        self.blocked = refused / (self.servers + refused);
        Some(self.blocked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B by its definition, (a^c / c!) / Σ a^k / k!, summed from the last term down.
    fn by_definition(servers: u32, load: f64) -> f64 {
        let (mut term, mut sum) = (1.0, 1.0);
        for k in (1..=servers).rev() {
            term *= f64::from(k) / load;
            sum += term;
        }
        1.0 / sum
    }

    #[test]
    fn the_sum_that_ends_early_is_the_recursion() {
        for (servers, load) in [
            (0, 3.0),
            (1, 0.0),
            (3, 0.01),
            (200, 180.0),
            (50_000, 49_950.0),
            (50_000, 50_000.0),
            (50_000, 60_000.0),
        ] {
            let recursion = Blocking::new(load).take(servers as usize).last().unwrap_or(1.0);
            let found = blocking(servers, load).unwrap();
            assert!((found - recursion).abs() <= 1e-9 * recursion, "{servers} {load}: {found} {recursion}");
        }
        // A million full servers refuse about √(2 / (π c)): Stirling's formula.
        let found = blocking(1_000_000, 1e6).unwrap();
        let expected = (2.0 / (std::f64::consts::PI * 1e6)).sqrt();
        assert!((found / expected - 1.0).abs() < 1e-3, "{found} {expected}");
    }

    #[test]
    fn the_recursion_is_the_definition() {
        for (servers, load) in [(1, 0.5), (2, 1.7818), (10, 7.0), (50, 60.0), (200, 180.0), (10_000, 9_900.0)]
        {
            let (found, expected) = (blocking(servers, load).unwrap(), by_definition(servers, load));
            assert!((found / expected - 1.0).abs() < 1e-10, "{servers} {load}: {found} {expected}");
        }
    }

    #[test]
    fn textbook_values_come_out() {
        // By hand: B(1, a) = a/(1+a); C(1, a) = a; B(2, 1) = 0.5/2.5; C(2, 1) = 0.2/(1 − 0.5 × 0.8) = 1/3.
        for (found, expected) in [
            (blocking(1, 1.0), 0.5),
            (blocking(2, 1.0), 0.2),
            (blocking(0, 3.0), 1.0),
            (blocking(5, 0.0), 0.0),
            (waiting(1, 0.7), 0.7),
            (waiting(2, 1.0), 1.0 / 3.0),
        ] {
            assert!((found.clone().unwrap() - expected).abs() < 1e-15, "{found:?} {expected}");
        }
    }

    #[test]
    fn ten_thousand_servers_wait_as_halfin_and_whitt_say() {
        // Square-root staffing: with c = a + β √a, C tends to 1 / (1 + β Φ(β) / φ(β)). At β = 1, Φ = 0.841345 and
        // φ = 0.241971, so C tends to 0.22336. Halfin and Whitt, Operations Research 29(3), 1981.
        let load = 9_900.5;
        let found = waiting(10_000, load).unwrap();
        let beta = (10_000.0 - load) / load.sqrt();
        assert!((beta - 1.0).abs() < 1e-4 && (found - 0.2234).abs() < 0.002, "{beta} {found}");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for refused in [
            blocking(1, -1.0),
            blocking(1, f64::INFINITY),
            blocking(MOST_SERVERS + 1, 1.0),
            waiting(2, 2.0),
            waiting(0, 0.0),
        ] {
            assert!(refused.is_err(), "{refused:?}");
        }
    }
}
