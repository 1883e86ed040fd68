//! What a request passes on its way, how long it takes there on average, and what travels to services of one's own.

use std::time::Duration;

use crate::range::Range;
use crate::scenario::{Origin, Sourced};
use crate::units::{Bytes, Factor};

/// `web: 8 ms`, or `database: { time: 1.2 ms, calls: 2.4, hold: 4 ms }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    /// What it is called.
    pub name: String,
    /// The mean time of one call.
    pub time: Sourced<Range<Duration>>,
    /// Calls of one request, one after the other; one when absent.
    pub calls: Option<Sourced<Range<Factor>>>,
    /// Calls of one request at once, all of which it waits for; one when absent.
    pub fan_out: Option<Sourced<Range<Factor>>>,
    /// How long a request keeps a connection to it, for the size of the pool.
    pub hold: Option<Sourced<Range<Duration>>>,
    /// What one call carries as JSON, question and answer together. With it the tier is a service of one's own, so
    /// that both ends write and read it; without it, a database, a cache or the work of the server itself.
    pub payload: Option<Sourced<Range<Bytes>>>,
    /// Where it was declared.
    pub origin: Origin,
}
