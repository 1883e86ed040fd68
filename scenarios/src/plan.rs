//! What a system takes until its horizon, by a capacity that was measured. Travels as JSON; the text, the page and the
//! table are functions of the same value.
//!
//! Rates are HTTP requests per second, times seconds, sizes bytes, money US dollars per month. A spread is that of the
//! estimate: it carries the ranges of the file, of the growth and of the measurement.

use serde::{Deserialize, Serialize};

use crate::capacity::{CapacityRate, Foreseen, Law, Level, Limit, Outcome};
use crate::conventions::Conventions;
use crate::estimate::{ClaimCheck, Kind, Quantity, Spread, UnitName};

/// The version of the JSON form of [`Plan`]; grows when a reader of the old form would be misled.
pub const PLAN_SCHEMA: u32 = 1;

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_SCHEMA`] of the writer.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The conventions that every number follows.
    pub conventions: Conventions,
    /// One line about the size of the system today.
    pub about: String,
    /// The first day: `2026-12-01`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The measurement that it rests on.
    pub basis: Basis,
    /// What is needed when, from the first day to the last.
    pub moments: Vec<Moment>,
    /// When what there is today runs out, the earliest first.
    pub runs_out: Vec<RunsOut>,
    /// What a month costs by line, on the first day and on the last.
    pub bill: Vec<BillLine>,
    /// Numbers of the estimate whose place a measured one took.
    pub replaced: Vec<Replaced>,
    /// The claims of the file, held against the estimate by measured numbers.
    pub claims: Vec<ClaimCheck>,
    /// How the numbers of the last day are computed, down to the inputs that matter.
    pub working: Vec<Quantity>,
    /// What a reader should know before spending money.
    pub notes: Vec<String>,
    /// Of the Monte Carlo; the same seed gives the same ranges.
    pub seed: u64,
    /// Monte Carlo samples behind each range.
    pub samples: u32,
}

/// The measurement that a plan rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// When, seconds since 1970.
    pub measured_unix_s: u64,
    /// The same day: `2026-11-23`.
    pub day: String,
    /// On what.
    pub machine: String,
    /// Who answered.
    pub target: String,
    /// What had to hold.
    pub promises: Vec<String>,
    /// What the search came to.
    pub outcome: Outcome,
    /// Requests per second that one node held.
    pub capacity: CapacityRate,
    /// Of these, what a plan puts on one node.
    pub planned: Spread,
    /// How that is computed: `measured capacity × capacity limit`.
    pub formula: String,
    /// The same in numbers.
    pub working: String,
    /// What ran out first, where the measurement says.
    pub limit: Option<Limit>,
    /// Throughput over concurrency as a law, where there is one.
    pub law: Option<Law>,
    /// The levels that were tried, for the curve.
    pub levels: Vec<Level>,
    /// What had been said before it was tried.
    pub predicted: Vec<Foreseen>,
}

/// What is needed on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// The day.
    pub day: String,
    /// Seconds from the first day.
    pub after_s: f64,
    /// By what the load has grown since the first day.
    pub growth: Spread,
    /// Requests per second in the busiest hour.
    pub peak_requests: Spread,
    /// Servers, spares included.
    pub servers: Spread,
    /// Of these, spares.
    pub spares: Spread,
    /// What decides about the number of servers: `capacity`, `memory`, `network`.
    pub decides: String,
    /// Bytes of all rows, one copy; `None` where no rows are kept.
    pub database_bytes: Option<Spread>,
    /// Bytes of everything that is kept, copies included; `None` where nothing is.
    pub kept_bytes: Option<Spread>,
    /// Machines of the database beside the servers, replicas included; 0 while it lives on the one server.
    pub database_nodes: Spread,
    /// Replicas of each part of the database.
    pub replicas: Spread,
    /// What a month costs.
    pub cost: Spread,
}

/// When a resource runs out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunsOut {
    /// Which: `capacity of the servers of today`, `disk of one node`.
    pub resource: String,
    /// How much there is.
    pub has: String,
    /// Seconds from the first day: p10 is the early end.
    pub after_s: Spread,
    /// The day of p10, p50 and p90; `None` beyond a hundred years.
    pub days: [Option<String>; 3],
    /// The early end lies within the plan.
    pub is_within: bool,
}

/// A line of the bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillLine {
    /// `server cost`.
    pub name: String,
    /// A month on the first day.
    pub now: Spread,
    /// A month on the last day.
    pub then: Spread,
}

/// A number whose place a measured one took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replaced {
    /// Its name in the estimate.
    pub quantity: String,
    /// Unit of both.
    pub unit: UnitName,
    /// What the estimate says without the measurement.
    pub was: Spread,
    /// Whether that was a default, the file's word or derived.
    pub kind: Kind,
    /// Who said so.
    pub source: String,
    /// What was measured.
    pub measured: Spread,
    /// `was ÷ measured`, of the medians: above 1 where the measured number is lower.
    pub ratio: f64,
}
