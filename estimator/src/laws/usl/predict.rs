//! N, X and R from each other, for any system that follows the law.
//!
//! R = (1 + σ (N − 1) + κ N (N − 1)) / λ and X = N / R. Turned around, both are parabolas in N:
//!
//! - κ N² + (σ − κ) N = λ R − (1 − σ); the larger root, since beyond N = ½ more concurrency never shortens a response
//! - X κ N² − (λ − X (σ − κ)) N + X (1 − σ) = 0; two roots, one on each side of the peak
//!
//! Roots are computed in the form that does not lose digits as κ tends to 0. N = X R holds for whatever is returned, since
//! the three are always made from N.

use super::law::{Usl, slowdown};
use crate::laws::LawError;
use crate::laws::error::{finite, positive};

/// A point of the curve: three numbers of which two give the third.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// N: how many are at work or waiting.
    pub concurrency: f64,
    /// X: completions per unit of time.
    pub throughput: f64,
    /// R = N / X: the mean time of each, in the unit of time of X.
    pub latency: f64,
}

/// The two points of the curve with the same throughput.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Branches {
    /// Before the peak: the one to run at.
    pub below_peak: State,
    /// After the peak: the same throughput at a longer latency. `None` where there is no peak.
    pub beyond_peak: Option<State>,
}

impl Usl {
    /// The point with this concurrency.
    ///
    /// # Errors
    /// When the concurrency is not above 0.
    pub fn at_concurrency(&self, concurrency: f64) -> Result<State, LawError> {
        let throughput = self.throughput(concurrency)?;
        let latency = slowdown(concurrency, self.sigma(), self.kappa()) / self.lambda();
        Ok(State { concurrency, throughput, latency: finite("latency", latency)? })
    }

    /// The points with this throughput; the first is the one below the peak.
    ///
    /// # Errors
    /// When the throughput is not above 0, is more than the system ever does, or does not depend on the concurrency.
    pub fn at_throughput(&self, throughput: f64) -> Result<Branches, LawError> {
        const NEVER: LawError =
            LawError::OutOfReach("no concurrency has this throughput: it is above the limit");
        let x = positive("throughput", throughput)?;
        let (sigma, kappa) = (self.sigma(), self.kappa());
        if sigma >= 1.0 {
            return Err(LawError::OutOfReach(
                "the throughput does not grow with the concurrency (sigma is 1)",
            ));
        }
        // Divided by λ, so that the size of X does not matter.
        let x = x / self.lambda();
        let b = 1.0 - x * (sigma - kappa);
        let under_root = b * b - 4.0 * x * x * kappa * (1.0 - sigma);
        // At the peak itself rounding may leave a little less than nothing under the root.
        if b <= 0.0 || under_root < -1e-12 * b * b {
            return Err(NEVER);
        }
        let sum = b + under_root.max(0.0).sqrt();
        let below_peak = self.at_concurrency(2.0 * x * (1.0 - sigma) / sum)?;
        let beyond = sum / (2.0 * x * kappa);
        let beyond_peak = if beyond.is_finite() { Some(self.at_concurrency(beyond)?) } else { None };
        Ok(Branches { below_peak, beyond_peak })
    }

    /// The point with this latency, in the unit of time of the throughput.
    ///
    /// # Errors
    /// When the latency is shorter than any that the system has, or does not depend on the concurrency.
    pub fn at_latency(&self, latency: f64) -> Result<State, LawError> {
        let (sigma, kappa) = (self.sigma(), self.kappa());
        let c = self.lambda() * positive("latency", latency)? - (1.0 - sigma);
        let b = sigma - kappa;
        let under_root = b * b + 4.0 * kappa * c;
        if sigma <= 0.0 && kappa <= 0.0 {
            return Err(LawError::OutOfReach(
                "the latency does not grow with the concurrency (sigma and kappa are 0)",
            ));
        }
        let root = under_root.max(0.0).sqrt();
        let n = if b >= 0.0 { 2.0 * c / (b + root) } else { (root - b) / (2.0 * kappa) };
        if under_root < 0.0 || n <= 0.0 || !n.is_finite() {
            return Err(LawError::OutOfReach("no concurrency has so short a latency"));
        }
        self.at_concurrency(n)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::laws::usl::published::cisco_law;

    #[test]
    fn the_cisco_law_is_inverted_where_packages_of_the_field_are_wrong() {
        // 11,048 req/s are reached at 19.92 and again at 63.5 (measured: 10,799 at 20), not at 15.35.
        let law = cisco_law();
        let Branches { below_peak, beyond_peak } = law.at_throughput(11_048.0).unwrap();
        assert!((below_peak.concurrency - 19.92).abs() < 0.005, "{below_peak:?}");
        assert!((beyond_peak.unwrap().concurrency - 63.5).abs() < 0.05, "{beyond_peak:?}");
        // At σ = 0.06, κ = 0.06, λ = 40 the most is 84.2, so that 400 has no latency.
        let small = Usl::new(40.0, 0.06, 0.06).unwrap();
        assert_eq!(
            small.at_throughput(400.0).unwrap_err().to_string(),
            "no concurrency has this throughput: it is above the limit"
        );
    }

    #[test]
    fn the_throughput_at_a_latency_has_the_right_sign() {
        // At 30 ms it is 5,923 req/s, not 7,048: κ N² + (σ − κ) N = 29.8694 − 0.97328, so that
        // N = (−0.025947 + √(0.00067324 + 4 × 0.00076909 × 28.8961)) / 0.00153819 = 177.70.
        let state = cisco_law().at_latency(0.030).unwrap();
        assert!((state.concurrency - 177.70).abs() < 0.02, "{state:?}");
        assert!((state.throughput - 5_923.0).abs() < 1.0, "{state:?}");
    }

    #[test]
    fn laws_without_a_coefficient_are_inverted_too() {
        let amdahl = Usl::new(10.0, 0.5, 0.0).unwrap();
        // X = 10 N / (0.5 + 0.5 N): 15 at N = 3, never 20; R = (1 + N) / 20: 0.2 at N = 3.
        let branches = amdahl.at_throughput(15.0).unwrap();
        assert!((branches.below_peak.concurrency - 3.0).abs() < 1e-12 && branches.beyond_peak.is_none());
        assert!(amdahl.at_throughput(20.0).is_err());
        assert!((amdahl.at_latency(0.2).unwrap().concurrency - 3.0).abs() < 1e-12);
        let linear = Usl::new(10.0, 0.0, 0.0).unwrap();
        assert!((linear.at_throughput(70.0).unwrap().below_peak.concurrency - 7.0).abs() < 1e-12);
        assert!(linear.at_latency(0.1).is_err());
        assert!(Usl::new(10.0, 1.0, 0.1).unwrap().at_throughput(5.0).is_err());
    }

    proptest! {
        #[test]
        fn every_pair_of_predictors_agrees_and_n_is_x_times_r(
            lambda in -3.0_f64..9.0, sigma in 0.0_f64..0.99, kappa in prop_oneof![Just(0.0), 1e-9_f64..1.0], n in -1.0_f64..5.0,
        ) {
            let law = Usl::new(10_f64.powf(lambda), sigma, kappa).unwrap();
            let state = law.at_concurrency(10_f64.powf(n)).unwrap();
            let same = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-6;
            let holds = |state: &State| same(state.concurrency, state.throughput * state.latency);
            prop_assert!(holds(&state), "{state:?}");
            // From X: this point is on one of the two branches. Just below the limit, where both meet, a digit of X is
            // half as many digits of N, so the points are compared by their throughput.
            if let Ok(Branches { below_peak, beyond_peak }) = law.at_throughput(state.throughput) {
                prop_assert!(holds(&below_peak) && same(below_peak.throughput, state.throughput), "{below_peak:?} {state:?}");
                if let Some(beyond) = beyond_peak {
                    prop_assert!(holds(&beyond) && below_peak.concurrency <= beyond.concurrency * (1.0 + 1e-9));
                    prop_assert!(same(beyond.throughput, state.throughput), "{beyond:?} {state:?}");
                }
                let peak = ((1.0 - sigma) / kappa).sqrt();
                if state.concurrency < 0.9 * peak && state.throughput < 0.999 * law.lambda() / sigma {
                    prop_assert!(same(below_peak.concurrency, state.concurrency), "{below_peak:?} {state:?}");
                }
            } else {
                prop_assert!(kappa == 0.0 || sigma > 0.0, "only an asymptote is out of reach by rounding");
            }
            // From R: beyond N = ½ the latency only grows.
            if state.concurrency > 0.5 && sigma + kappa > 1e-6 {
                let found = law.at_latency(state.latency);
                if let Ok(found) = found {
                    prop_assert!(holds(&found) && same(found.latency, state.latency), "{found:?} {state:?}");
                }
            }
        }
    }
}
