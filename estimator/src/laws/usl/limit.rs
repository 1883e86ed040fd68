//! The most that a system does: at a peak, at a ceiling that it approaches, or without end.

use super::law::Usl;
use super::predict::State;

/// The most that a system does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// With coherency: beyond N* = √((1 − σ) / κ) more concurrency does less.
    Peak(Peak),
    /// With contention alone there is no peak; the throughput approaches λ / σ.
    Asymptote {
        /// λ / σ.
        throughput: f64,
    },
    /// With neither, N do N times the work of one.
    None,
}

/// Where the throughput is highest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// At N* itself, which need not be a whole number.
    pub exact: State,
    /// At N* rounded down, at least 1: the field's way to state it.
    pub whole: State,
}

impl Usl {
    /// Where more concurrency stops to help, and how much is done there.
    #[must_use]
    pub fn limit(&self) -> Limit {
        let best = ((1.0 - self.sigma()) / self.kappa()).sqrt();
        // A system that only one can use at a time (σ = 1) is at its best with one.
        let states =
            (self.at_concurrency(best.max(f64::MIN_POSITIVE)), self.at_concurrency(best.floor().max(1.0)));
        if self.sigma() >= 1.0 {
            return Limit::Asymptote { throughput: self.lambda() };
        }
        match states {
            (Ok(exact), Ok(whole)) => Limit::Peak(Peak { exact, whole }),
            _ if self.sigma() > 0.0 => Limit::Asymptote { throughput: self.lambda() / self.sigma() },
            _ => Limit::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::usl::published::cisco_law;

    #[test]
    fn the_cisco_peak_is_the_published_one_both_ways() {
        let Limit::Peak(Peak { exact, whole }) = cisco_law().limit() else { panic!("it has a peak") };
        // √((1 − 0.02671591) / 0.0007690945) = 35.574; X there, and at 35.
        assert!((exact.concurrency - 35.574).abs() < 0.001, "{exact:?}");
        assert!((exact.throughput - 12_342.85).abs() < 0.01, "{exact:?}");
        assert!((whole.concurrency - 35.0).abs() < 1e-12, "{whole:?}");
        assert!((whole.throughput - 12_341.75).abs() < 0.01, "{whole:?}");
    }

    #[test]
    fn without_coherency_there_is_no_peak() {
        let limit = |sigma, kappa| Usl::new(10.0, sigma, kappa).unwrap().limit();
        assert_eq!(limit(0.5, 0.0), Limit::Asymptote { throughput: 20.0 });
        assert_eq!(limit(0.0, 0.0), Limit::None);
        assert_eq!(limit(1.0, 0.1), Limit::Asymptote { throughput: 10.0 });
        // N* = √(0.1 / 0.9) is a third: the whole number is 1.
        let Limit::Peak(Peak { exact, whole }) = limit(0.9, 0.9) else { panic!("it has a peak") };
        assert!((exact.concurrency - 1.0 / 3.0).abs() < 1e-12 && (whole.throughput - 10.0).abs() < 1e-12);
    }
}
