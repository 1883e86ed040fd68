//! What one action sets off beyond its own request: copies to followers, work in the background, tries again.

use std::time::Duration;

use crate::range::Range;
use crate::scenario::Sourced;
use crate::units::{Count, Factor, Ratio};

/// To how many others a write goes: `fan-out: 200`, or as a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FanOut {
    /// On average: followers, members of a group, subscribers.
    pub mean: Sourced<Range<Factor>>,
    /// Of the one with the most; `None`: not said.
    pub most: Option<Sourced<Range<Count>>>,
    /// How soon they are to see it; `None`: not said.
    pub within: Option<Sourced<Range<Duration>>>,
}

/// What clients do when a request fails: `retries: 2`, or as a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retries {
    /// How often it is tried again.
    pub most: Sourced<u32>,
    /// The share of tries that fails; `None`: not said.
    pub failing: Option<Sourced<Range<Ratio>>>,
    /// Tries again for each request, over all requests of a client; `None`: no budget.
    pub budget: Option<Sourced<Range<Ratio>>>,
}
