//! What was offered, and when a run ended by itself.

use serde::{Deserialize, Serialize};

/// What was offered, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offered {
    /// `open`, `users` or `connections`.
    pub model: String,
    /// `poisson`, `constant`; `think time exponential 7 s` in the closed model (`think time` in older reports), `back to back` on a number of connections.
    pub arrivals: String,
    /// Actions per second that were asked for; `None` in the closed model.
    pub actions_per_s: Option<f64>,
    /// HTTP requests per second that these make.
    pub requests_per_s: Option<f64>,
    /// Users, in the closed model.
    pub users: Option<u32>,
    /// Connections that ask again as soon as they are answered, in the model of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// Mean pause between a user's visits, in the closed model.
    pub think_s: Option<f64>,
    /// Why this much: `the peak of the action table`, `--rate`.
    pub rule: String,
    /// Seconds measured, without those set aside.
    pub measured_s: f64,
    /// Seconds of load before that, not counted.
    pub warmup_s: f64,
    /// The longest wait for one answer.
    pub timeout_s: f64,
    /// Of every random draw.
    pub seed: u64,
    /// Fingerprint of due times and payloads: equal for equal seed and scenario. Empty in the closed model.
    pub schedule: String,
    /// Visits that began in the middle, as those that last would be found there; `None` where none would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_midway: Option<StartedMidway>,
    /// Whether the run was ended before its time.
    pub cut_short: bool,
    /// Why the run ended by itself before its time, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aborted: Option<Aborted>,
}

impl Offered {
    /// Who asked, each waiting for the answer before asking again: so many users or connections. `None`: requests came by
    /// a schedule.
    #[must_use]
    pub fn askers(&self) -> Option<(u32, &'static str)> {
        self.users.map(|users| (users, "users")).or(self.connections.map(|count| (count, "connections")))
    }
}

/// Visits that would be under way if the load had been there all the time: they begin in the middle, so that the mix of
/// steps is the same from the first second on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartedMidway {
    /// How many are under way on average: visits per second x the mean of a visit's pauses.
    pub expected: f64,
    /// How many were.
    pub started: u64,
    /// Those of them that made earlier requests first, during the warm-up, for what they need (a log-in, say).
    pub caught_up: u64,
    /// Those that could not, because the warm-up is too short, and that did not begin.
    pub left_out: u64,
}

/// A run that ended by itself, because too much failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aborted {
    /// Seconds after its start.
    pub after_s: f64,
    /// The last seconds, by which it was judged.
    pub over_s: f64,
    /// Requests that failed in them,
    pub failed: u64,
    /// of so many.
    pub of: u64,
    /// The share above which it ends.
    pub limit_share: f64,
}
