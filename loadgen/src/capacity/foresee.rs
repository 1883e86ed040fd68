//! Throughput over concurrency as a law, and what it says of rates before they are tried.

use scenarios::capacity::{CapacityRate, Foreseen, Law};

use super::search::Search;

/// The law of all levels, and what was said by some of them of others.
#[must_use]
pub fn foresee(_search: &Search, _rate: Option<&CapacityRate>) -> (Option<Law>, Vec<Foreseen>) {
    (None, Vec::new())
}
