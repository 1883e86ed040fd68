//! The curve itself, and what contention and coherency take from it.

use crate::laws::LawError;
use crate::laws::error::{check, finite, positive, share};

/// The law with its coefficients: λ above 0, σ and κ from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    lambda: f64,
    sigma: f64,
    kappa: f64,
}

/// What becomes of the work that N could do, as shares that add up to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Losses {
    /// X / (λ N): what is done, of what N independent ones would do.
    pub efficiency: f64,
    /// Lost to waiting for what only one can do at a time.
    pub contention: f64,
    /// Lost to agreeing with each of the others.
    pub coherency: f64,
}

impl Usl {
    /// The law with the throughput `lambda` of one, the contention `sigma` and the coherency `kappa`.
    ///
    /// # Errors
    /// When λ is not above 0, or σ or κ is not from 0 to 1: a system with a negative coefficient would do more than N
    /// times the work of one.
    pub fn new(lambda: f64, sigma: f64, kappa: f64) -> Result<Usl, LawError> {
        let lambda = positive("lambda", lambda)?;
        Ok(Usl { lambda, sigma: share("sigma", sigma)?, kappa: share("kappa", kappa)? })
    }

    /// λ: the throughput of one.
    #[must_use]
    pub fn lambda(&self) -> f64 {
        self.lambda
    }

    /// σ: contention.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// κ: coherency.
    #[must_use]
    pub fn kappa(&self) -> f64 {
        self.kappa
    }

    /// X(N) for any N above 0; means over time need not be whole and may be below 1.
    ///
    /// # Errors
    /// When N is not above 0.
    pub fn throughput(&self, concurrency: f64) -> Result<f64, LawError> {
        let n = positive("concurrency", concurrency)?;
        finite("throughput", self.lambda * n / slowdown(n, self.sigma, self.kappa))
    }

    /// Where the work that N could do goes.
    ///
    /// # Errors
    /// When N is below 1: nobody is in anybody's way.
    pub fn losses(&self, concurrency: f64) -> Result<Losses, LawError> {
        let n =
            check(concurrency >= 1.0 && concurrency.is_finite(), "concurrency", concurrency, "at least 1")?;
        let all = slowdown(n, self.sigma, self.kappa);
        let (contention, coherency) = (self.sigma * (n - 1.0), self.kappa * n * (n - 1.0));
        Ok(Losses { efficiency: 1.0 / all, contention: contention / all, coherency: coherency / all })
    }
}

/// 1 + σ (N − 1) + κ N (N − 1): how many times longer each takes than alone.
pub(super) fn slowdown(n: f64, sigma: f64, kappa: f64) -> f64 {
    1.0 + (sigma + kappa * n) * (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand_come_out() {
        // σ = 0.1, κ = 0.01, N = 10: 1 + 0.9 + 0.9 = 2.8; X = 1000 / 2.8. N = ½: 1 − 0.05 − 0.0025 = 0.9475.
        let law = Usl::new(100.0, 0.1, 0.01).unwrap();
        for (n, expected) in [(10.0, 1_000.0 / 2.8), (1.0, 100.0), (0.5, 50.0 / 0.9475)] {
            assert!((law.throughput(n).unwrap() - expected).abs() < 1e-9, "{n}");
        }
        let Losses { efficiency, contention, coherency } = law.losses(10.0).unwrap();
        for (found, expected) in [
            (efficiency, 1.0 / 2.8),
            (contention, 0.9 / 2.8),
            (coherency, 0.9 / 2.8),
            (efficiency + contention + coherency, 1.0),
        ] {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (lambda, sigma, kappa) in [
            (0.0, 0.1, 0.1),
            (-1.0, 0.1, 0.1),
            (1.0, -0.1, 0.1),
            (1.0, 1.1, 0.1),
            (1.0, 0.1, -1e-9),
            (1.0, 0.1, f64::NAN),
        ] {
            assert!(Usl::new(lambda, sigma, kappa).is_err(), "{lambda} {sigma} {kappa}");
        }
        let law = Usl::new(100.0, 0.1, 0.01).unwrap();
        assert!(law.throughput(0.0).is_err() && law.throughput(f64::INFINITY).is_err());
        assert!(law.losses(0.5).is_err());
    }
}
