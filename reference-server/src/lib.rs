//! A question-and-answer forum to measure: real enough that its figures mean something, small enough to be
//! understood.
//!
//! The map, from outside to inside:
//!
//! - [`cli`] reads the command line and is the only place that prints; [`config`] is what it means;
//! - [`serve`] owns the socket; [`app`] is the whole service without one; [`limits`] says how much of
//!   everything; [`gate`] and `admission` let requests in, or not; `shared` makes layers cheap;
//! - `http` is the interface for programs, `web` the pages for people, `account` what both do about members;
//!   [`error`] is every answer to what can go wrong;
//! - [`cache`] keeps copies of answers, [`outage`] knows whether the database is there;
//! - [`link`] is a connection to Redis that may be away: for copies and rates that several forums share;
//! - [`rate`] says how much one client may ask for, [`retry`] which request was made before;
//! - [`derived`] does what writes have left for later;
//! - `reading_after` lets clients carry along what a replica must have read to answer them;
//! - [`session`] and [`password`] know secrets; [`pictures`] makes members' pictures harmless, [`blobs`] keeps them; [`observe`] watches every
//!   request, with `context` going along with it; [`telemetry`] counts; `traces`, behind a feature, sends spans; [`log`] writes;
//!   [`clock`] is the one that reads the time;
//! - [`configuration`] is what is switched, as it is shown; [`http_cache`] says what caches may do with answers;
//! - [`extra_work`] burns a known amount of processor time for each request, for tests of regression checks;
//! - [`markdown`] turns what members write into HTML that is safe by construction;
//! - [`store`] keeps everything, in SQLite or PostgreSQL, and is the only place with SQL;
//! - [`domain`] has the nouns, as types that cannot be wrong;
//! - [`seed`] fills an empty forum with the same made-up content each time.

pub mod account;
mod admission;
pub mod app;
pub mod blobs;
pub mod cache;
pub mod cli;
pub mod clock;
pub mod config;
pub mod configuration;
mod context;
pub mod derived;
pub mod domain;
pub mod error;
pub mod extra_work;
pub mod gate;
mod http;
pub mod http_cache;
pub mod limits;
pub mod link;
pub mod log;
pub mod markdown;
pub mod observe;
pub mod outage;
pub mod password;
pub mod pictures;
pub mod rate;
mod reading_after;
pub mod retry;
pub mod seed;
pub mod serve;
pub mod session;
mod shared;
mod span;
mod stall;
pub mod store;
pub mod telemetry;
#[cfg(feature = "opentelemetry")]
pub mod traces;
mod web;
