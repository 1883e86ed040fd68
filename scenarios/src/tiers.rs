//! What a request passes on its way, and how long it takes there on average.

use std::time::Duration;

use crate::range::Range;
use crate::scenario::{Origin, Sourced};
use crate::units::Factor;

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
    /// Where it was declared.
    pub origin: Origin,
}
