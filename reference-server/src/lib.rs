//! A question-and-answer forum to measure: real enough that its figures mean something, small enough to be
//! understood.
//!
//! The map, from outside to inside:
//!
//! - [`cli`] reads the command line and is the only place that prints; [`config`] is what it means;
//! - [`serve`] owns the socket; [`app`] is the whole service without one; [`limits`] says how much of
//!   everything;
//! - `http` is the interface for programs, `web` the pages for people, `account` what both do about members;
//!   [`error`] is every answer to what can go wrong;
//! - [`rate`] says how much one client may ask for, [`retry`] which request was made before;
//! - [`session`] and [`password`] know secrets; [`pictures`] makes members' pictures harmless; [`observe`] watches every
//!   request, with `context` going along with it; [`telemetry`] counts; [`log`] writes; [`clock`] is the one that reads
//!   the time;
//! - [`extra_work`] burns a known amount of processor time for each request, for tests of regression checks;
//! - [`markdown`] turns what members write into HTML that is safe by construction;
//! - [`store`] keeps everything, in SQLite or PostgreSQL, and is the only place with SQL;
//! - [`domain`] has the nouns, as types that cannot be wrong;
//! - [`seed`] fills an empty forum with the same made-up content each time.

pub mod account;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
mod context;
pub mod domain;
pub mod error;
pub mod extra_work;
mod http;
pub mod limits;
pub mod log;
pub mod markdown;
pub mod observe;
pub mod password;
pub mod pictures;
pub mod rate;
pub mod retry;
pub mod seed;
pub mod serve;
pub mod session;
mod stall;
pub mod store;
pub mod telemetry;
mod web;
