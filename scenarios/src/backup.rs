//! How a system is backed up: full copies, and the log of changes between them.
//!
//! What that takes is for the estimator to compute; which data it is about is its business too.

use std::time::Duration;

use crate::range::Range;
use crate::scenario::{Origin, Sourced};
use crate::units::{Count, Ratio};

/// `backup: 7 daily + 4 weekly`, or as a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backup {
    /// How many full copies are kept.
    pub full: Sourced<Range<Count>>,
    /// For how long the log of changes is kept; `None`: not said.
    pub log: Option<Sourced<Duration>>,
    /// Compressed size over size; `None`: not said.
    pub ratio: Option<Sourced<Range<Ratio>>>,
    /// Where it was asked for.
    pub origin: Origin,
}
