//! Offers load, measures honestly, and holds what it measured against what was estimated.
//!
//! ```text
//! scenario ──► journey (compiled once) ──► drive ──► engine (open model)  ──┐
//!     │                                      └─────► closed (users, goose) ─┤ samples
//!     │                                                                     ▼
//!     └──► estimate ──► hold ◄── summarise ◄── record ◄── watch ◄──────── inbox
//!                        │           │
//!                        └──► report (text, JSON, HTML, HDR log) ◄── honesty
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`schedule`] | when each visit is due; pure |
//! | [`course`] | what a shape asks for at each moment; pure |
//! | [`journey`], [`session`], `prose` | what visitors do and know; pure |
//! | [`codec`] | HTTP/1.1 to and from bytes; no I/O |
//! | [`engine`] | the OS thread with schedule, clock and sockets |
//! | [`visits`], [`standing`] | visits in the open model, and on a fixed number of connections, for the engine |
//! | `closed` | users with think time; the only module that names goose |
//! | `server_timing` | what servers say of their own time |
//! | `inbox`, `record`, `summarise`, `statistics`, `bunches` | from samples to distributions with intervals |
//! | `both` | what users who wait see of the same throughput, beside what arrivals at a rate see |
//! | `phases` | what each phase of a shaped load measured |
//! | `measured_time` | which seconds count, and how long a run goes on |
//! | `settled` | whether the server was the same all the time |
//! | `honesty` | the generator's verdict on itself |
//! | `hold` | predicted against measured |
//! | [`compare`] | the statistics of a comparison of two builds; pure |
//! | [`capacity`] | the highest rate at which the promises hold, with an interval |
//! | [`duet`] | two or more variants of a server, side by side in one job |
//! | `subject`, `launch`, `command`, [`target`], `ask`, `scrape`, `process` | the server: ours as a child, one that a command starts, or another; its counters and processor time |
//! | `checkout`, `history` | another revision, built in a folder of its own; what checks leave over time |
//! | `child`, `keeper` | child processes that do not outlive this one |
//! | `care`, `abort` | consent to heavy load elsewhere; when a run ends by itself |
//! | `tls`, `wire`, `troubles` | TLS towards a target; a connection of the closed model; the first failures of each kind |
//! | `material` | what the world provides to the journeys: environment and tables |
//! | `errands` | what is done once before and after the load |
//! | `redact` | secrets stay out of everything that is written |
//! | `punctuality` | how late this machine wakes a thread, and whether the engine may sleep |
//! | `watch`, `vitals`, `drive`, [`run`], `write_up`, `results` | a run from beginning to end |
//! | [`selftest`] | stalls whose effect is known, to test the generator itself |
//! | `recording`, `merge` | what a run leaves for others, and several runs as one |
//! | `show`, `live`, [`cli`] | what people see |

#![cfg_attr(test, expect(clippy::float_cmp, reason = "exact values are what these tests are about"))]

mod abort;
pub mod answer;
mod ask;
mod both;
mod bunches;
pub mod capacity;
mod care;
mod checkout;
mod child;
pub mod cli;
mod closed;
pub mod codec;
mod command;
pub mod compare;
pub mod config;
pub mod course;
mod drive;
pub mod duet;
pub mod engine;
mod errands;
mod history;
mod hold;
mod honesty;
mod inbox;
pub mod journey;
mod keeper;
#[cfg(feature = "reference-server")]
mod launch;
mod live;
mod material;
mod measured_time;
mod merge;
pub mod offered;
mod phases;
mod process;
mod prose;
mod punctuality;
mod record;
mod recording;
mod redact;
mod results;
pub mod run;
pub mod schedule;
mod scrape;
pub mod selftest;
mod server_timing;
pub mod session;
mod settled;
mod show;
pub mod standing;
mod statistics;
mod subject;
mod summarise;
mod table;
pub mod target;
mod tls;
mod troubles;
pub mod visits;
mod vitals;
mod watch;
mod wire;
mod write_up;
