//! What a stall must look like, in closed form.
//!
//! Requests are due evenly over time. Once in every `every` (T) the target answers nothing for `length` (D), and at the end
//! everything that came meanwhile. A request that is due t after the beginning of the stall waits D - t; so the share
//! (D - x) / T of all requests waits for longer than x, and the quantile p of the response is
//!
//! ```text
//! x(p) = D - (1 - p) T    for p > 1 - D / T, and nothing below
//! D       length of the stall
//! T       from one stall to the next, or the whole time where there is one stall
//! 1 - p   the share of requests that wait for longer
//! ```
//!
//! D = 2 s in T = 10 s gives p90 = 1.0 s, p99 = 1.9 s, p99.9 = 1.99 s. A tool that waits for an answer before it sends the
//! next request leaves out the requests that would have waited, and shows a p99 near nothing.

use std::time::Duration;

/// Below it a wait is none.
const EDGE_S: f64 = 1e-9;

/// A stall that comes again and again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stall {
    /// For how long nothing is answered.
    pub(super) length: Duration,
    /// From the beginning of one to the beginning of the next.
    pub(super) every: Duration,
}

impl Stall {
    /// The response that the share `q` of all requests does not exceed, in seconds; at 1 the longest.
    pub(super) fn quantile(&self, q: f64) -> f64 {
        let waits = self.length.as_secs_f64() - (1.0 - q) * self.every.as_secs_f64();
        // On the edge, rounding leaves a little of nothing.
        if waits < EDGE_S { 0.0 } else { waits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_cases_are_reproduced() {
        let stall = |length, every| Stall {
            length: Duration::from_secs_f64(length),
            every: Duration::from_secs_f64(every),
        };
        // D - (1 - p) T, by hand: 2 - 0.1 x 10 = 1; 2 - 0.01 x 10 = 1.9; 1 - 0.05 x 10 = 0.5 and so on.
        for (length, every, q, expected) in [
            (2.0, 10.0, 0.5, 0.0),
            (2.0, 10.0, 0.8, 0.0),
            (2.0, 10.0, 0.9, 1.0),
            (2.0, 10.0, 0.99, 1.9),
            (2.0, 10.0, 0.999, 1.99),
            (2.0, 10.0, 1.0, 2.0),
            (1.0, 10.0, 0.9, 0.0),
            (1.0, 10.0, 0.95, 0.5),
            (1.0, 10.0, 0.99, 0.9),
            (1.0, 10.0, 0.999, 0.99),
        ] {
            let found = stall(length, every).quantile(q);
            assert!((found - expected).abs() < 1e-9, "{length} in {every} at {q}: {found}");
        }
    }
}
