//! A content delivery network: caches near the users that answer for the servers.

use crate::range::Range;
use crate::scenario::{Origin, Sourced};
use crate::units::Ratio;

/// `cdn: on`, `cdn: 90%` (hits), `cdn: 90% of 80%` (hits, of what can be cached).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cdn {
    /// Whether there is one; `cdn: off` says that there is none.
    pub is_used: bool,
    /// The share of what can be cached that the network answers by itself; `None`: not said.
    pub hits: Option<Sourced<Range<Ratio>>>,
    /// The share of all bytes out that can be cached; `None`: derived from the actions.
    pub cacheable: Option<Sourced<Range<Ratio>>>,
    /// Where it was said.
    pub origin: Origin,
}
