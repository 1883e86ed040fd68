//! How much one node holds, as it was measured. Travels as JSON from the search that found it to the plan that uses it.
//!
//! Rates are HTTP requests per second, times seconds, sizes bytes. A capacity belongs to one scenario, one promise and one
//! machine; a reader that plans with it has to look at all three.

use serde::{Deserialize, Serialize};

use crate::estimate::{Spread, UnitName};
use crate::report::{Honesty, Prediction, Provenance, TargetFacts};
use crate::verdict::Attained;

/// The version of the JSON form of [`Capacity`]; grows when a reader of the old form would be misled.
pub const CAPACITY_SCHEMA: u32 = 1;

/// What a search for the capacity found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// [`CAPACITY_SCHEMA`] of the writer.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The promises that had to hold, as the scenario states them; the capacity is that of the first to break.
    pub promises: Vec<String>,
    /// What the search came to.
    pub outcome: Outcome,
    /// The capacity; `None` where there is none to state.
    pub rate: Option<CapacityRate>,
    /// Requests that one action of the scenario's mix makes, on average.
    pub requests_per_action: f64,
    /// Who answered.
    pub target: TargetFacts,
    /// The server's share of its machine.
    pub node: NodeFacts,
    /// Where and with what it was measured.
    pub provenance: Provenance,
    /// Seconds of load that the search cost, warm-up included.
    pub load_s: f64,
    /// Every level, in the order of trial.
    pub levels: Vec<Level>,
    /// What the limit is, and by which figures; `None` where nothing points to it.
    pub limit: Option<Limit>,
    /// Throughput over concurrency as a law; `None` where the levels carry none.
    pub law: Option<Law>,
    /// What the law said of levels before they were tried, against what they showed.
    pub predicted: Vec<Foreseen>,
    /// Numbers of the estimate that the levels measured, under the estimate's names.
    pub measured: Vec<MeasuredQuantity>,
    /// Predicted numbers and the file's claims, held against what was found.
    pub predictions: Vec<Prediction>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Both sides of the boundary were seen, and the interval is as narrow as was asked.
    Found,
    /// Both sides were seen, but the budget ended before the interval was as narrow as was asked.
    Coarse,
    /// The promise still held at the highest rate that the generator or its machine could offer: `at least`.
    AtLeast,
    /// The promise failed at the lowest rate that was tried.
    Never,
    /// The levels contradict each other, or the server changed while it was measured.
    CannotTell,
}

/// The highest rate at which the promises hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CapacityRate {
    /// The estimate, in requests per second; the highest rate that held where the outcome is `at_least`.
    pub per_s: f64,
    /// Its interval; `None` where only a bound from below is known.
    pub interval: Option<(f64, f64)>,
    /// The share of intervals like this one that cover the truth: 0.95.
    pub confidence: f64,
}

/// The machine that served, as far as the capacity depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeFacts {
    /// Processors that the server could use; `None` for a target that cannot be seen into.
    pub cores: Option<f64>,
    /// Memory of the machine in bytes, where known.
    pub memory_bytes: Option<u64>,
    /// Whether the generator ran on the same machine.
    pub shared_with_generator: bool,
}

/// One level: a stretch of load at one rate, or on one number of connections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// What it was for.
    pub purpose: Purpose,
    /// Requests per second that were offered; `None` where connections asked back to back.
    pub offered_per_s: Option<f64>,
    /// Connections that asked back to back; `None` where requests came by a schedule.
    pub connections: Option<u32>,
    /// Seconds that counted.
    pub measured_s: f64,
    /// Requests that were due.
    pub scheduled: u64,
    /// Requests answered well, per second.
    pub done_per_s: f64,
    /// Whether the promises held.
    pub verdict: Attained,
    /// The share within the promise that was nearest to breaking, and its 95 % interval; `None` on connections.
    pub attained: Option<AttainedShare>,
    /// Mean and quantiles of the response time.
    pub mean_s: f64,
    /// Median.
    pub p50_s: f64,
    /// 99th percentile.
    pub p99_s: f64,
    /// Mean number of requests under way (Little's law: rate × mean response).
    pub concurrency: f64,
    /// Cores that the server used, where it can be seen into.
    pub server_cores: Option<f64>,
    /// Share of one core that the generator used.
    pub generator_share: Option<f64>,
    /// The generator's verdict on itself at this level.
    pub honesty: Honesty,
    /// Requests that were not answered well, as a share.
    pub failed_share: f64,
}

/// Why a level was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To find the bracket.
    Bracket,
    /// To narrow it.
    Narrow,
    /// To try one side of the boundary again.
    Confirm,
    /// To try what the law had said.
    Predict,
}

/// The share of requests that kept a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttainedShare {
    /// `read question p99 < 100 ms`.
    pub promise: String,
    /// The share that has to.
    pub promised: f64,
    /// The share that did.
    pub share: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
}

/// What the limit is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// What ran out.
    pub resource: Resource,
    /// The figures behind that, the strongest first.
    pub evidence: Vec<String>,
}

/// What may run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// The server's processors.
    ServerCpu,
    /// The database's one writer, or its commits.
    DatabaseWriter,
    /// A pool of connections to the database, or of threads.
    Pool,
    /// A lock, or something else that lets one through at a time.
    Lock,
    /// A rate limiter, or shedding, that refuses on purpose.
    RateLimiter,
    /// A queue that fills.
    Queue,
    /// Memory, disk or network of the server's machine.
    Machine,
    /// The generator, or the machine it shares.
    Generator,
    /// None of these by the figures at hand.
    Unknown,
}

impl Resource {
    /// As printed.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Resource::ServerCpu => "the server's processors",
            Resource::DatabaseWriter => "the database's writer",
            Resource::Pool => "a pool",
            Resource::Lock => "a lock",
            Resource::RateLimiter => "a rate limiter",
            Resource::Queue => "a queue",
            Resource::Machine => "memory, disk or network of the machine",
            Resource::Generator => "the generator",
            Resource::Unknown => "nothing that can be named",
        }
    }
}

/// The Universal Scalability Law as fitted: `X(N) = λ N ÷ (1 + σ (N − 1) + κ N (N − 1))` (Gunther 1993).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Law {
    /// Throughput at a concurrency of one, per second.
    pub lambda: Fitted,
    /// Contention.
    pub sigma: Fitted,
    /// Coherency.
    pub kappa: Fitted,
    /// Largest concurrency that was measured; the law is not to be used beyond twice that.
    pub largest_n: f64,
    /// Levels behind it.
    pub levels: u32,
}

/// A fitted number with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// The estimate.
    pub value: f64,
    /// `None` where the levels leave no degree of freedom.
    pub interval: Option<(f64, f64)>,
}

/// Something said before it was tried, against what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Foreseen {
    /// `capacity`, `throughput at 16 connections`, `mean response at 120/s`.
    pub what: String,
    /// Unit of both.
    pub unit: UnitName,
    /// What was said.
    pub predicted: Spread,
    /// What came; `None` where it was not tried.
    pub measured: Option<Spread>,
    /// From which levels it was said: `levels at or below half of the capacity`.
    pub from: String,
}

/// A number of the estimate that was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredQuantity {
    /// Its name in the estimate: `server CPU per request`.
    pub quantity: String,
    /// The interval (p10 and p90 are its ends).
    pub value: Spread,
    /// The unit.
    pub unit: UnitName,
    /// How it was measured.
    pub how: String,
}
