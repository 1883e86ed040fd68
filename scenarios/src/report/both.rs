//! Both worlds: what users who wait for each answer see of the same throughput, beside what arrivals at a rate see.
//!
//! A user who waits asks for less while the server is slow, and so leaves out the worst. How much that hides is the gap
//! between the two. Promises are judged on the open part alone; this part is there to be looked at.

use serde::{Deserialize, Serialize};

use super::{ActionReport, Honesty};

/// The closed part of a run of both models, held against its open part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BothWorlds {
    /// Users who waited for each answer.
    pub users: u32,
    /// Mean pause between a user's visits.
    pub think_s: f64,
    /// Why so many users.
    pub rule: String,
    /// Seconds measured, without those set aside.
    pub measured_s: f64,
    /// Seconds before that, not counted: the users come, and warm up.
    pub warmup_s: f64,
    /// Whether it was ended before its time.
    pub cut_short: bool,
    /// What the users saw: all their requests.
    pub all: ActionReport,
    /// Whether the figures of this part can be believed.
    pub verdict: Honesty,
    /// The figures behind that.
    pub evidence: Vec<String>,
    /// Each quantile beside that of the open part.
    pub gaps: Vec<Gap>,
    /// Whether the closed model hides something.
    pub hides: Hides,
    /// The finding in a sentence.
    pub finding: String,
}

/// A quantile of the response in both worlds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// 0.99 for p99.
    pub q: f64,
    /// Of arrivals at a rate.
    pub open_s: f64,
    /// Of users who wait.
    pub closed_s: f64,
    /// Whether the two lie further apart than their intervals, and by enough to matter; `None` when one of them has no
    /// interval.
    pub is_real: Option<bool>,
}

/// Whether the closed model hides something that the open one shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Hides {
    /// Its figures are better than those at the same rate by more than the intervals.
    Yes,
    /// The figures agree.
    No,
    /// One of the parts cannot be believed, or has too few samples.
    CannotTell,
}
