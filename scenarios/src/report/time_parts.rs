//! Where the time of an answered request went, from when it was due to its last byte.

use serde::{Deserialize, Serialize};

/// The parts of the response times of one action, or of all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeParts {
    /// Requests behind the figures: those that were answered, whatever the answer said.
    pub answered: u64,
    /// Mean response of these. The means of the parts add up to it.
    pub response_mean_s: f64,
    /// In the order in which a request passes them; what never took time is not among them.
    pub parts: Vec<TimePart>,
    /// What the server says of its own time (`Server-Timing`), in the order in which it was first said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub server_timing: Vec<ServerTiming>,
}

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimePart {
    /// Which.
    pub part: Part,
    /// Mean over all answered requests; those that did not have it count as none.
    pub mean_s: f64,
    /// Requests that had it: a connection that was used again was not opened.
    pub count: u64,
    /// Median of these.
    pub p50_s: f64,
    /// 99th percentile of these.
    pub p99_s: f64,
}

impl TimePart {
    /// Mean over those that had it, of `answered` requests in all.
    #[must_use]
    pub fn mean_of_those_s(&self, answered: u64) -> f64 {
        self.mean_s * answered as f64 / self.count.max(1) as f64
    }
}

/// What a request passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Waiting for the request before it in the same visit.
    Turn,
    /// Waiting for the generator.
    Lag,
    /// Opening a connection of TCP.
    Connect,
    /// Agreeing on keys over it. Reports of before have this under `connect`.
    Tls,
    /// From the request on its way to the first byte of the answer: network and server.
    Server,
    /// From the first byte of the answer to its last.
    Transfer,
}

impl Part {
    /// All, in the order in which a request passes them.
    pub const ALL: [Part; 6] =
        [Part::Turn, Part::Lag, Part::Connect, Part::Tls, Part::Server, Part::Transfer];

    /// Whether only some requests pass it: those that open a connection.
    #[must_use]
    pub fn is_of_some(self) -> bool {
        matches!(self, Part::Connect | Part::Tls)
    }

    /// As printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Part::Turn => "turn",
            Part::Lag => "lag",
            Part::Connect => "connect",
            Part::Tls => "TLS",
            Part::Server => "server",
            Part::Transfer => "transfer",
        }
    }
}

/// One metric of the server's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerTiming {
    /// Its name: `db`.
    pub name: String,
    /// Answers that had it with a duration.
    pub count: u64,
    /// Mean of these.
    pub mean_s: f64,
    /// Longest of these.
    pub max_s: f64,
}
