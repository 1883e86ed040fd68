//! How often each part of a system is there, and how many of it are needed.
//!
//! `app: 2 of 3 x 99.9%` is three of which two suffice, each there for 99.9 % of the time. A request needs all parts;
//! what that makes of the whole is for the estimator to compute.

use crate::range::Range;
use crate::scenario::Origin;
use crate::units::Ratio;

/// One part.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is called.
    pub name: String,
    /// The share of the time for which one of it is there.
    pub each: Range<Ratio>,
    /// How many of it there are.
    pub number: u32,
    /// How many of them are needed.
    pub needed: u32,
    /// Where it was declared.
    pub origin: Origin,
}
