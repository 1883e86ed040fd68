//! What each phase of a shaped load measured.

use serde::{Deserialize, Serialize};

use super::{ActionReport, SloOutcome};

/// One phase, or one step of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhaseReport {
    /// As written: `ramp 10/s..300/s for 30 s`.
    pub name: String,
    /// What it does.
    pub kind: PhaseKind,
    /// Its beginning, in seconds from the start of the measured time.
    pub from_s: f64,
    /// Its end.
    pub until_s: f64,
    /// Requests per second (users, in the closed model) that its beginning asks for.
    pub level_from: f64,
    /// The same of its end.
    pub level_to: f64,
    /// Seconds of it that count.
    pub counted_s: f64,
    /// Its requests, by their due time.
    pub all: ActionReport,
    /// What became of each promise in it; empty where it is no level.
    pub slo: Vec<SloOutcome>,
}

/// What a phase does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseKind {
    /// The same level all the time.
    Constant,
    /// From one level to another.
    Ramp,
    /// One of several levels.
    Step,
    /// A multiple of the base level.
    Spike,
    /// The base level again.
    AfterSpike,
    /// Nothing.
    Pause,
    /// The wave of a day.
    Daily,
}

impl PhaseKind {
    /// Whether promises are judged in it: a ramp is never judged as a level, and a day is judged as a whole.
    #[must_use]
    pub fn is_judged(self) -> bool {
        !matches!(self, PhaseKind::Ramp | PhaseKind::Pause)
    }

    /// Whether the server should be the same from its beginning to its end.
    #[must_use]
    pub fn is_level(self) -> bool {
        self.is_judged() && self != PhaseKind::Daily
    }
}
