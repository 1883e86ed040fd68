//! A comparison that a scenario brings along (`compare:`): who is compared, why one of them should differ, and by how much.
//!
//! The sides are words of the load generator's `--a` and `--b`, which are passed through: what a server can be told is not
//! known here. An effect is what b does to a metric of a, as a range that a measurement can leave.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::comparison::Metric;
use crate::units::{Rate, Ratio};

/// What is compared, how it is loaded, and what is predicted of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// The baseline.
    pub a: Side,
    /// The variant.
    pub b: Side,
    /// Why b should differ, in a sentence.
    pub because: Option<String>,
    /// What b should change, in the order of the file.
    pub predict: Vec<Effect>,
    /// What each block offers; a share of what the baseline carries when absent.
    pub pace: Option<Pace>,
    /// Length of a block.
    pub block: Option<Duration>,
    /// How long everything may take.
    pub time: Option<Duration>,
    /// The share of a block's requests that may fail in a block that counts.
    pub failing: Option<Ratio>,
    /// Series of the servers' own counters that are shown as well, as their `/metrics` has them.
    pub show: Vec<String>,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// As `--a` and `--b` take it.
    pub words: String,
    /// Where it stands.
    pub line: usize,
}

/// What each block offers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many actions, whatever the server does.
    Rate(Rate),
    /// So many connections, each of which asks again as soon as it is answered.
    Connections(u32),
}

/// A prediction: what b changes about one thing that is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// What of.
    pub about: About,
    /// In what the ends are.
    pub scale: Scale,
    /// The lower end: a share (−0.7: 70 % less), or seconds.
    pub low: f64,
    /// The upper end, likewise.
    pub high: f64,
    /// As written.
    pub text: String,
    /// Where.
    pub line: usize,
}

/// In what a change is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// As a share of the baseline's.
    Share,
    /// What b has more of, in seconds.
    Seconds,
    /// What b has more of, where the thing is itself a share: of the requests that fail.
    Points,
}

/// What an effect is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A metric of all requests.
    Metric(Metric),
    /// The median response time of the action of this name.
    Action(String),
    /// Bytes of an answer.
    Bytes,
    /// Statements to the database for each request.
    Statements,
    /// The share of requests that fail.
    Errors,
    /// A series under `show`.
    Series(String),
}

/// What is counted exactly, by the names that a comparison prints.
pub const BYTES: &str = "bytes of an answer";
/// Likewise.
pub const STATEMENTS: &str = "SQL statements of a request";
/// Likewise.
pub const ERRORS: &str = "errors";

impl About {
    /// As a comparison prints it.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            About::Metric(metric) => metric.title().to_owned(),
            About::Action(action) => format!("{action} p50"),
            About::Bytes => BYTES.to_owned(),
            About::Statements => STATEMENTS.to_owned(),
            About::Errors => ERRORS.to_owned(),
            About::Series(series) => series.clone(),
        }
    }

    /// Whether it is a time, of which b may have so many seconds more.
    #[must_use]
    pub fn is_time(&self) -> bool {
        match self {
            About::Metric(metric) => *metric != Metric::Throughput,
            About::Action(_) => true,
            About::Bytes | About::Statements | About::Errors | About::Series(_) => false,
        }
    }
}
