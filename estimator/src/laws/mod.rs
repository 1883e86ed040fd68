//! The laws of the field as functions of plain numbers, for the estimate, for the plan and for whoever uses the library.
//!
//! Rates and times are in any unit of time, as long as it is the same one throughout: 49 per hour against 55 per hour
//! gives a wait in hours. An argument that makes no sense is a [`LawError`]; no function here returns a number that is
//! not one, and none panics. Where the numbers come from, and how they are shown, is for others.
//!
//! | module | law |
//! | --- | --- |
//! | [`little`] | Little's law: in flight = rate × time, in all three directions |
//! | [`erlang`] | Erlang's B and C: the share that is refused, the share that waits |
//! | [`queue`] | M/M/c: waits, their tails and quantiles; the servers that a promise takes |
//! | [`one_server`] | M/M/1 and M/G/1 (Pollaczek-Khinchine) |
//! | [`staffing`] | servers after growth; one pool against separate queues |
//! | [`popularity`] | Zipf's law over any number of objects |
//! | [`che`] | hit ratio of an LRU cache, and the cache for a wanted hit ratio (Che's approximation) |
//! | [`ttl`] | hit ratio of a cache whose entries expire or are invalidated by writes |
//! | [`reliability`] | availability in series, in parallel and k of n; error budget; tail of a fan-out |
//! | [`student`] | Student's t: intervals from few measurements |
//! | [`usl`] | the Universal Scalability Law: predictors, peak, and the fit from measurements |
//! | [`stale`] | how many reads a replica answers with what is no longer true |
//! | [`retry`] | how many calls retries make of one, and what they do to a service that is overloaded |

pub mod che;
pub mod erlang;
mod error;
pub mod little;
pub mod one_server;
pub mod popularity;
pub mod queue;
pub mod reliability;
pub mod retry;
pub mod staffing;
pub mod stale;
pub mod student;
pub mod ttl;
pub mod usl;

pub use error::LawError;
