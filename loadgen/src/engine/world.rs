//! Clock and connections, as the engine sees them: real in a run, made up in a test.
//!
//! A connection is known by a [`Token`] that the engine chooses. Slots are used again; the generation tells an event of
//! an earlier connection from one of the present one. Readiness is reported once per change (edge-triggered): whoever
//! is told that a connection is readable reads until it would block, or until a read does not fill the buffer and
//! the peer has not hung up.

use std::{io, time::Duration};

use super::Nanos;

/// A connection: its slot, and the how-manieth of that slot it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The slot, from 0 up to the limit of connections.
    pub slot: u32,
    /// Grows with every connection that the slot has held.
    pub generation: u32,
}

/// What has changed on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Which one.
    pub token: Token,
    /// There is something to read.
    pub readable: bool,
    /// There is room to write, or connecting has come to an end.
    pub writable: bool,
    /// The peer will send no more, or the connection is broken.
    pub hung_up: bool,
}

/// Why a connection could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// This side has no descriptors, ports or memory left.
    #[error("{0}\n  hint: let fewer connections be open at a time")]
    Exhausted(io::Error),
    /// The other side refused at once, or cannot be reached.
    #[error("{0}\n  hint: is the target running, and is this its address?")]
    Failed(io::Error),
}

/// Clock and connections.
pub trait World {
    /// The time since the start of the run.
    fn now(&self) -> Nanos;

    /// The CPU time of this thread so far.
    fn cpu(&self) -> Duration;

    /// Begins to connect. Writable is reported when the connection is there; a failure shows in the next `send`.
    ///
    /// # Errors
    /// It could not even be tried.
    fn open(&mut self, token: Token) -> Result<(), OpenError>;

    /// When a connection was there on which more had to be agreed before the first send, such as keys; `None` when
    /// nothing had. Asked once for each connection.
    fn reached(&self, _token: Token) -> Option<Nanos> {
        None
    }

    /// Sends as much as there is room for.
    ///
    /// # Errors
    /// `WouldBlock` when there is no room or the connection is not there yet; else the connection is broken.
    fn send(&mut self, token: Token, bytes: &[u8]) -> io::Result<usize>;

    /// Receives what is there; 0 is the end.
    ///
    /// # Errors
    /// `WouldBlock` when there is nothing; else the connection is broken.
    fn receive(&mut self, token: Token, buffer: &mut [u8]) -> io::Result<usize>;

    /// Closes a connection; nothing is reported of it from then on.
    fn close(&mut self, token: Token);

    /// Waits until a connection is ready or the time has come, and appends what is ready. It may return early, and
    /// does not wait at all when the time has passed.
    ///
    /// # Errors
    /// Waiting is impossible.
    fn wait(&mut self, until: Nanos, ready: &mut Vec<Ready>) -> io::Result<()>;
}
