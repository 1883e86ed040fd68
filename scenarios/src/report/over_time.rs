//! How a run went over time, besides its quantiles: how requests spread, what the processes used, what failed.
//!
//! However long a run is, there are at most some hundred entries of each kind: neighbours are merged.

use serde::{Deserialize, Serialize};

/// A run over time. Times count from the end of the warm-up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OverTime {
    /// Response times of all actions.
    #[serde(default, skip_serializing_if = "HeatMap::is_empty")]
    pub heat: HeatMap,
    /// Processor time and memory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub processes: Vec<ProcessMoment>,
    /// Failures by kind, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failures>,
}

impl OverTime {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == OverTime::default()
    }
}

/// How many requests took how long, by time: time across, response time upwards on a logarithmic scale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    /// Length of a column.
    pub column_s: u32,
    /// From the first on; a column without requests is empty.
    pub columns: Vec<HeatColumn>,
}

impl HeatMap {
    /// Steps for each doubling of the response time; step 0 begins at [`HeatMap::FROM_S`].
    pub const STEPS_PER_OCTAVE: u32 = 4;
    /// Where the lowest step begins.
    pub const FROM_S: f64 = 1e-6;

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.iter().all(|column| column.counts.is_empty())
    }

    /// The response time at which a step begins.
    #[must_use]
    pub fn begins_s(step: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "some hundred steps at most")]
        let octaves = step as f64 / f64::from(HeatMap::STEPS_PER_OCTAVE);
        HeatMap::FROM_S * octaves.exp2()
    }
}

/// The requests that were due within one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatColumn {
    /// The lowest step that has some.
    pub first: usize,
    /// Requests by step, from there on.
    pub counts: Vec<u64>,
}

/// What the processes used within some seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProcessMoment {
    /// When it begins.
    pub at_s: f64,
    /// How long it is.
    pub length_s: f64,
    /// Cores in use by the server, on average; `None` for a target that cannot be seen into.
    pub server_cores: Option<f64>,
    /// Resident memory of the server at its end.
    pub server_memory_bytes: Option<u64>,
    /// Cores in use by the generator.
    pub generator_cores: Option<f64>,
    /// Resident memory of the generator at its end.
    pub generator_memory_bytes: Option<u64>,
}

/// One kind of failure over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// `status 503`, `timed out`; `others` beyond those that are kept apart.
    pub kind: String,
    /// Seconds in an interval.
    pub interval_s: u32,
    /// Intervals that had some, by number, with how many.
    pub counts: Vec<(u32, u64)>,
}
