//! The open-model engine: offers every request at its due time and stamps what becomes of it.
//!
//! One OS thread owns schedule, clock, sockets and epoll. It sleeps to absolute deadlines, sends by itself and reads
//! by itself: an async timer is a millisecond late, and a channel with a wake-up costs more than the request. In steady
//! state a request costs one send and one receive; nothing is allocated, locked or handed to another thread. More load
//! than one thread can carry is a matter of more threads, each with a share of the same schedule.
//!
//! ```text
//!   Workload ──arrive──► agenda ──due──► offer ──send──► World (linux │ simulated)
//!      ▲                   ▲               │                │
//!      │                   └────follow─────┤ ◄───receive────┘
//!      └───────judge, follow───────────────┴──record──► Sink
//! ```
//!
//! | file | what it holds |
//! | --- | --- |
//! | `nanos.rs` | the time since the start of the run |
//! | `workload.rs` | what visitors do: operations, and how one follows another; carried out elsewhere |
//! | `sample.rs` | what became of an operation: outcome and stamps, and who wants to know |
//! | `settings.rs` | the limits of a run |
//! | `stop.rs` | how a run is ended from outside |
//! | `offered.rs` | the totals of a run |
//! | `world.rs` | clock and connections as the engine sees them |
//! | `scarce.rs` | what this machine has run out of when it cannot connect |
//! | `linux.rs` | the real world: non-blocking sockets, edge-triggered epoll, nanosecond time-outs |
//! | `secure.rs` | TLS over the connections of another world |
//! | `simulated.rs` | a made-up world in virtual time, for the tests |
//! | `agenda.rs` | what is due next: the next new visit, and the follow-ups of running visits |
//! | `chain.rs` | slots in an order that is kept without searching |
//! | `connection.rs` | one connection and the operation it carries |
//! | `wake.rs` | how late the machine wakes a thread, so that it can be anticipated |
//! | `pool.rs` | all connections: idle ones last in, first out, and deadlines first in, first out |
//! | `offer.rs` | the loop: look at the clock, send what is due, give up what is overdue, wait, read |
//! | `carry.rs` | an operation on its way: dispatched, sent, read, ended |
//!
//! What the engine never does: skip an arrival silently, wait in a queue of its own without counting it, or move the
//! schedule because it is late.

mod agenda;
mod carry;
mod chain;
mod connection;
mod linux;
mod nanos;
mod offer;
mod offered;
mod pool;
mod sample;
mod scarce;
mod secure;
mod settings;
#[cfg(test)]
mod simulated;
mod stop;
#[cfg(test)]
mod tests;
mod wake;
mod workload;
mod world;

pub use agenda::MAX_WAITING_FOLLOW_UPS;
pub use linux::Linux;
pub use nanos::Nanos;
pub use offer::{Connections, TICK, offer, offer_on};
pub use offered::Offered;
pub use sample::{Outcome, Sample, Sink};
pub use scarce::Scarce;
pub use secure::{Handshakes, Secure};
pub use settings::Settings;
pub use stop::Stop;
pub use workload::{Operation, Verdict, Workload};
pub use world::{OpenError, Ready, Token, World};
