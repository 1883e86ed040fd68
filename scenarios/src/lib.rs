//! The nouns that travel between Headroom's programs as files, the units they are written in, and the scenario
//! files that ship with them.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`units`], [`range`], [`conventions`] | numbers with a unit, numbers known only as a range, what a day is |
//! | `raw`, `quantity`, `read` (private) | from the text of a file to its meaning |
//! | [`scenario`], [`slo`], [`requests`], [`answers`], [`pause`], [`target`] | the system: users, data, actions, promises, how it is asked, what a good answer is, how long people think, where it is |
//! | [`data`], [`cdn`], [`availability`], [`backup`] | what it stores, what answers for it, how often its parts are there, how its data is backed up |
//! | [`choices`], [`calls`] | decisions that have numbers of their own; what one action sets off beyond its request |
//! | [`prices`], [`tiers`] | what things cost; what a request passes on its way |
//! | [`shape`] | what a run offers over time |
//! | [`experiment`] | the comparison that a scenario brings along, and what is predicted of it |
//! | [`estimate`], [`report`], [`comparison`], [`capacity`], [`verdict`] | what the arithmetic says, what a run measured, what became of a comparison, how much one node holds, and the words for all |
//! | [`outlook`] | what an estimate's pictures are made of |
//! | [`calibration`], [`plan`], [`calendar`] | what a measurement changes about later estimates; what it takes until when; days |
//! | [`show`] | how numbers are written for people |
//! | [`schema`] | the keys of a scenario file, for editors |
//! | [`shipped`] | the scenario files themselves |
//!
//! This crate does no I/O and knows nothing of clocks, sockets or threads.

#![cfg_attr(test, expect(clippy::float_cmp, reason = "exact values are what these tests are about"))]

pub mod answers;
pub mod availability;
pub mod backup;
pub mod calendar;
pub mod calibration;
pub mod calls;
pub mod capacity;
pub mod cdn;
pub mod choices;
pub mod comparison;
pub mod conventions;
pub mod data;
pub mod error;
pub mod estimate;
pub mod experiment;
pub mod formula;
pub mod load;
pub mod outlook;
pub mod pause;
pub mod plan;
pub mod prices;
mod quantity;
pub mod range;
mod raw;
mod read;
pub mod report;
pub mod requests;
pub mod scenario;
pub mod schema;
pub mod shape;
pub mod shipped;
pub mod show;
pub mod slo;
pub mod target;
pub mod tiers;
pub mod units;
pub mod verdict;

pub use error::ScenarioError;
pub use quantity::{Quantity, read_quantity};
pub use read::{parse_abort, parse_duration, parse_pause, parse_range, parse_shape};
pub use scenario::Scenario;
