//! What a system promises: service level objectives.
//!
//! An objective is judged as attainment, the share of scheduled requests that were answered well within the limit,
//! not as a quantile of the successes: a server that fails fast would otherwise look good.

use std::time::Duration;

use crate::units::Ratio;

/// One promise.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// About which action; `None`: about all.
    pub action: Option<String>,
    /// What is promised.
    pub goal: Goal,
    /// As written.
    pub text: String,
    /// Where.
    pub line: usize,
}

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// This share of requests is answered well within the limit: `p99 < 200 ms`.
    Within {
        /// 0.99 for p99.
        share: Ratio,
        /// The limit on the response time.
        limit: Duration,
    },
    /// At most this share of requests fails: `errors < 0.1%`; `99.9% ok` is 0.1 % errors.
    Errors {
        /// At most.
        share: Ratio,
    },
    /// The system answers for this share of the time: `availability: 99.9% per month`. Not measured by a run.
    Available {
        /// At least.
        share: Ratio,
    },
}

impl Objective {
    /// The promise with what it is about, as reports write it: `read question p99 < 200 ms`, `all errors < 0.1%`.
    #[must_use]
    pub fn promise(&self) -> String {
        let about = match &self.action {
            Some(action) => action,
            None if !self.is_measurable() => "availability",
            None => "all",
        };
        format!("{about} {}", self.text)
    }

    /// Whether a run can tell: an availability over months it cannot.
    #[must_use]
    pub fn is_measurable(&self) -> bool {
        !matches!(self.goal, Goal::Available { .. })
    }
}
