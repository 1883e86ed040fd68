//! Why there is no plan.

use crate::EstimateError;
use crate::calibration::{CapacityRefusal, Untold};

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// The measured capacity is not one to plan with.
    #[error(transparent)]
    Capacity(#[from] CapacityRefusal),
    /// The scenario has no estimate.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
    /// Nothing grows, so there is nothing to plan.
    #[error(
        "{file}: does not say how the users grow, so every day of the plan would be the same\n  \
         hint: add `growth: 20%..40%/year` under `users:`, or `growth: 0%/year` if they do not"
    )]
    NoGrowth {
        /// The scenario file.
        file: String,
    },
    /// Nobody does anything.
    #[error(
        "nobody does anything, so no servers are needed\n  hint: add `actions:`, what users do and how often"
    )]
    NoActions,
    /// The calendar ends.
    #[error("the plan ends after the year 9999\n  hint: a nearer `for:`, or an earlier --from")]
    TooFar,
}

impl PlanError {
    /// Why the measurement does not tell, where that is the reason.
    #[must_use]
    pub fn untold(&self) -> Option<&Untold> {
        match self {
            PlanError::Capacity(CapacityRefusal::Untold(untold)) => Some(untold),
            _ => None,
        }
    }
}
