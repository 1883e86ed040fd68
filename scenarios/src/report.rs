//! What a run measured. Travels as JSON; the text, the page and the table are functions of the same value.
//!
//! Times are seconds, rates per second, sizes bytes; a field's name ends in its unit where the type does not say it.

mod both;
mod merged;
mod offered;
mod over_time;
mod phases;
mod time_parts;

use serde::{Deserialize, Serialize};

use crate::estimate::{Kind, Spread, UnitName};
use crate::verdict::{Attained, Finding};
pub use both::{BothWorlds, Gap, Hides};
pub use phases::{PhaseKind, PhaseReport};

pub use merged::{Merged, MergedFolder};
pub use offered::{Aborted, Offered, StartedMidway};
pub use over_time::{Failures, HeatColumn, HeatMap, OverTime, ProcessMoment};
pub use time_parts::{Part, ServerTiming, TimePart, TimeParts};

mod target;

pub use target::{Seeded, StoredEntity, TargetFacts, TlsFacts};

/// The version of the JSON form of [`Report`]; grows when a reader of the old form would be misled.
pub const REPORT_SCHEMA: u32 = 1;

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT_SCHEMA`] of the writer.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// What was offered, and how.
    pub offered: Offered,
    /// Who answered.
    pub target: TargetFacts,
    /// Where and with what it was measured.
    pub provenance: Provenance,
    /// Each action, in the order of the scenario.
    pub actions: Vec<ActionReport>,
    /// All actions together.
    pub all: ActionReport,
    /// The generator's verdict on itself.
    pub generator: Generator,
    /// What the server spent; `None` for a target that cannot be seen into.
    pub server: Option<ServerCost>,
    /// What became of each promise.
    pub slo: Vec<SloOutcome>,
    /// What became of each predicted number.
    pub predictions: Vec<Prediction>,
    /// The run second by second, warm-up and what was set aside left out.
    pub seconds: Vec<Second>,
    /// The response time of all actions by quantile, for the percentile spectrum.
    pub spectrum: Vec<SpectrumPoint>,
    /// What a reader should know: what was trimmed, cut short or scaled.
    pub notes: Vec<String>,
    /// Seconds that count for nothing, because the host of the machine took its processors away; `None` when every
    /// second counts, and in reports of before there was such a thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<SetAside>,
    /// The same throughput through users who wait for each answer, held against the above; `None` when one model ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub both: Option<BothWorlds>,
    /// How requests spread, what the processes used and what failed, over time; empty in reports of before there was
    /// such a thing.
    #[serde(default, skip_serializing_if = "OverTime::is_empty")]
    pub over_time: OverTime,
    /// What it was merged from; `None` for one run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merged>,
    /// The phases of a shaped load one by one; empty where the load had no shape.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<PhaseReport>,
}

/// Seconds after the warm-up that count for nothing, and what the figures would be if they counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetAside {
    /// How many seconds.
    pub seconds: f64,
    /// Seconds of load after the warm-up, these among them.
    pub of_s: f64,
    /// Seconds that were to be measured.
    pub asked_s: f64,
    /// Which, counted from the end of the warm-up.
    pub at_s: Vec<u32>,
    /// The share of the processors' time that the host took away in them.
    pub stolen_share: f64,
    /// Requests that were due in them.
    pub requests: u64,
    /// p99 of the response with every second counted.
    pub response_p99_s: f64,
    /// p99 of the lag with every second counted; `None` in the closed model.
    pub lag_p99_s: Option<f64>,
}

/// Where and with what it was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Start of the run, seconds since 1970.
    pub started_unix_s: u64,
    /// `loadgen 0.1.0 (release)`.
    pub version: String,
    /// Fingerprint of the scenario's text.
    pub scenario_hash: String,
    /// The command, as typed.
    pub command: String,
    /// Processor, cores, memory, kernel.
    pub machine: String,
}

/// One action, or all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionReport {
    /// Its name; `all`.
    pub name: String,
    /// Requests that were due within the measured time.
    pub scheduled: u64,
    /// Requests that were answered well.
    pub good: u64,
    /// What went wrong, by kind: `status 503`, `timed out`, `shed`.
    pub errors: Vec<ErrorCount>,
    /// Scheduled, per second.
    pub asked_per_s: f64,
    /// Answered well, per second.
    pub done_per_s: f64,
    /// From the due time to the last byte: what a user would have seen. Failures are in it, as waits of at least
    /// so long.
    pub response: Latency,
    /// From the first byte sent to the last received: what the server took. Never called latency.
    pub service: Latency,
    /// From the first byte sent to the first received.
    pub first_byte: Latency,
    /// Mean bytes of an answer, headers included.
    pub bytes_per_response: f64,
    /// Where the time of answered requests went; `None` when none was answered, and in reports of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<TimeParts>,
}

impl ActionReport {
    /// Requests that were not answered well.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.errors.iter().map(|error| error.count).sum()
    }
}

/// How often something went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorCount {
    /// What.
    pub kind: String,
    /// How often.
    pub count: u64,
}

/// A distribution of times.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Of how many samples.
    pub count: u64,
    /// Mean.
    pub mean_s: f64,
    /// Longest.
    pub max_s: f64,
    /// p50, p90, p95, p99, p99.9; no p95 in older reports.
    pub quantiles: Vec<Quantile>,
}

impl Latency {
    /// The quantile `q`, if it was computed.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<&Quantile> {
        self.quantiles.iter().find(|quantile| (quantile.q - q).abs() < 1e-9)
    }
}

/// One quantile with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// 0.99 for p99.
    pub q: f64,
    /// The value.
    pub value_s: f64,
    /// A 95 % confidence interval; `None` when the samples are too few for one.
    pub interval_s: Option<(f64, f64)>,
    /// At least so long: some of the samples beyond it are requests that never ended.
    pub censored: bool,
}

/// The generator's verdict on itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Whether its numbers can be believed.
    pub verdict: Honesty,
    /// The figures behind the verdict, worst first.
    pub evidence: Vec<String>,
    /// How late requests left: sent − due.
    pub lag: Latency,
    /// Processor time of the generator per request.
    pub cpu_per_request_s: Option<f64>,
    /// Share of one core that the generator used.
    pub cpu_share: Option<f64>,
    /// Arrivals that found no free connection.
    pub shed: u64,
    /// Connections that were opened.
    pub connections: u64,
    /// Most requests in flight at once.
    pub in_flight_max: u64,
    /// Share of the time in which the generator was ready to run and waited for a processor of its own machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_share: Option<f64>,
}

/// Whether a run's numbers can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Honesty {
    /// They can.
    Valid,
    /// The generator was the limit: no verdict on the server can be had.
    GeneratorLimited,
    /// Too few samples for the quantiles that matter.
    TooFewSamples,
    /// The server got slower or faster while it was measured.
    NotStationary,
    /// The server did not keep up with what was offered.
    ServerLimited,
}

impl Honesty {
    /// As printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Honesty::Valid => "valid",
            Honesty::GeneratorLimited => "generator limited",
            Honesty::TooFewSamples => "too few samples",
            Honesty::NotStationary => "not stationary",
            Honesty::ServerLimited => "server limited",
        }
    }
}

/// What the server spent while it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerCost {
    /// Processor time per request.
    pub cpu_per_request_s: f64,
    /// Cores in use on average.
    pub cores: f64,
    /// Resident memory at the end.
    pub memory_bytes: u64,
    /// SQL statements per request, where the target counts them.
    pub sql_per_request: Option<f64>,
}

/// What became of one promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SloOutcome {
    /// `read question p99 < 200 ms`.
    pub promise: String,
    /// The outcome.
    pub verdict: Attained,
    /// The share that was promised.
    pub promised_share: f64,
    /// The share of scheduled requests that kept the promise; `None` when a run cannot measure it.
    pub attained_share: Option<f64>,
    /// Its 95 % interval: exact (Clopper-Pearson), of as many requests as `worth` says where misses come in bunches. The
    /// verdict rests on it.
    pub interval: Option<(f64, f64)>,
    /// The exact interval if each request missed or kept the promise by itself; `None` where it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub independent: Option<(f64, f64)>,
    /// How many independent requests the scheduled ones are worth, where misses came in bunches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<f64>,
    /// Of how many.
    pub scheduled: u64,
    /// Whether a run can tell at all; an availability over a month it cannot.
    pub measurable: bool,
    /// Line of the promise in the scenario.
    pub line: usize,
}

/// A predicted number against the measured one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Which number.
    pub quantity: String,
    /// What the estimate said.
    pub predicted: Spread,
    /// Whether the file, a formula or a default said so.
    pub kind: Kind,
    /// Unit of both.
    pub unit: UnitName,
    /// What the run found; `None` when it could not.
    pub measured: Option<Spread>,
    /// The outcome.
    pub finding: Finding,
    /// Whether the user claimed it (`expect:`); only then does a refutation make the answer no.
    pub claimed: bool,
    /// What follows: `the default is 4.7 times too high here`.
    pub note: String,
}

/// One second of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// From the start of the measured time.
    pub at_s: u32,
    /// Requests that were due in it.
    pub scheduled: u64,
    /// Of these, answered well.
    pub good: u64,
    /// Median response time.
    pub p50_s: f64,
    /// 99th percentile of the response time.
    pub p99_s: f64,
    /// Longest response time.
    pub max_s: f64,
}

/// One point of the percentile spectrum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpectrumPoint {
    /// The quantile, from 0 to below 1.
    pub q: f64,
    /// Response time there.
    pub response_s: f64,
    /// Service time there.
    pub service_s: f64,
}
