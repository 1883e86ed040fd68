//! Several runs, or several machines' shares of one, as one report.

use serde::{Deserialize, Serialize};

use super::{Honesty, Quantile};

/// What a report was merged from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Merged {
    /// Runs that went on at the same time count as one: their rates add up. How many of these there are, one after the
    /// other.
    pub stretches: usize,
    /// Whether folders of different scenarios were merged because it was asked for.
    pub forced: bool,
    /// Each folder.
    pub folders: Vec<MergedFolder>,
}

/// One folder and what it measured on its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergedFolder {
    /// As it was named.
    pub name: String,
    /// Where it was measured.
    pub machine: String,
    /// Start of its run, seconds since 1970.
    pub started_unix_s: u64,
    /// Seconds measured.
    pub measured_s: f64,
    /// Requests that were due.
    pub scheduled: u64,
    /// Of these, not answered well.
    pub failed: u64,
    /// Scheduled, per second.
    pub asked_per_s: f64,
    /// Answered well, per second.
    pub done_per_s: f64,
    /// p99 of the response.
    pub p99: Option<Quantile>,
    /// p99 of the lag; `None` in the closed model.
    pub lag_p99_s: Option<f64>,
    /// The generator's verdict on itself.
    pub verdict: Honesty,
}
