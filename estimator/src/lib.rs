//! Back-of-the-envelope arithmetic that shows its working.
//!
//! A [`Scenario`](scenarios::Scenario) goes in, an [`Estimate`](scenarios::estimate::Estimate) comes out: pure, without
//! files, clocks or sockets. Every number passes through one ledger, which knows its formula, its kind (given, derived
//! or default) and its source.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `uncertain`, `term`, `input`, `section`, `ledger` | numbers with a range, formulas under construction, the book of all numbers |
//! | `users`, `traffic`, `peaks`, `bandwidth` | who comes, what they do, when, what travels |
//! | `sizes`, `counts`, `storage`, `growth` | bytes of one, how many, bytes in all, and the plan horizon |
//! | `database`, `shards` | what a database does on its disk; how many nodes it takes |
//! | `backup` | what backups take |
//! | `caching`, `hot_object`, `solved`, `changed` | how many reads a cache answers, and what falls on the hottest object |
//! | `read_latency` | whether reads take longer than is promised |
//! | `deliveries`, `audience` | writes that go to many; who is on line, and how they hear of it |
//! | `backlog`, `replication`, `retries`, `jobs`, `allowance` | what waits, is stale, is tried again, is left for later, is allowed |
//! | `cdn` | what a content delivery network takes off the servers |
//! | `in_flight`, `internal` | what is under way at once, and the latency over all tiers; calls between services of one's own |
//! | `fleet`, `waiting`, `runs_out` | which resource decides, how long requests wait for a core, when resources run out |
//! | `servers`, `holds`, `availability`, `prices`, `cost` | machines and what one holds, parts of a system and its error budget, dollars |
//! | [`calibration`], `measured` | a measured capacity in the place of defaults, and when it is none |
//! | [`plan`], `later` | what it takes until when, by a measured node |
//! | [`scaling`] | measurements of throughput become the law that a system scales by |
//! | [`laws`] | queues, caches, reliability: the laws of the field as functions of plain numbers |
//! | `own` | quantities that the file defines by formula |
//! | `advice` | what the numbers recommend, one file per rule |
//! | `outlook`, `sensitivity`, `distribution` | the key results: what they vary with, how sure they are, how they grow |
//! | `claims`, `explain` | claims held against the numbers; where a number comes from |
//! | [`mod@sketch`] | the tables and REST resources that a scenario implies |
//! | [`compare`], [`sweep`] | estimates side by side; an estimate over the range of an input |
//! | [`mod@reference`] | the table to memorise |
//! | [`show`], [`cli`] | text, Markdown, JSON and HTML of the same value; the command line |
//!
//! All but `cli` is free of I/O.

mod advice;
mod allowance;
mod audience;
mod availability;
mod backlog;
mod backup;
mod bandwidth;
mod caching;
pub mod calibration;
mod cdn;
mod changed;
mod claims;
pub mod cli;
pub mod compare;
mod cost;
mod counts;
mod database;
mod deliveries;
mod distribution;
mod error;
mod estimate;
mod explain;
mod fleet;
mod growth;
mod holds;
mod hot_object;
mod in_flight;
mod input;
mod internal;
mod jobs;
mod later;
pub mod laws;
mod ledger;
mod measured;
mod outlook;
mod own;
mod peaks;
pub mod plan;
mod prices;
mod read_latency;
pub mod reference;
mod replication;
mod retries;
mod runs_out;
pub mod scaling;
mod section;
mod sensitivity;
mod servers;
mod shards;
pub mod show;
mod sizes;
pub mod sketch;
mod solved;
mod storage;
pub mod sweep;
mod term;
mod traffic;
mod uncertain;
mod users;
mod waiting;

pub use error::EstimateError;
pub use estimate::{Options, estimate, estimate_calibrated, explain, explain_calibrated};
pub use explain::Explanation;

/// The section of inputs and steps on the way, which pages leave out.
pub const BACKGROUND: &str = "Background";
