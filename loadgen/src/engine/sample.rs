//! What became of an operation, and when.

use super::Nanos;

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Answered, and the answer passed its checks.
    Good,
    /// Answered, and the answer did not pass its checks.
    CheckFailed,
    /// Not answered in time.
    TimedOut,
    /// No connection came about.
    ConnectFailed,
    /// The connection was closed or reset before the answer was complete.
    Reset,
    /// The bytes were not an answer.
    Malformed,
    /// Not sent: every connection was in use, and no more are allowed.
    Shed,
    /// The run ended first.
    CutShort,
}

impl Outcome {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Outcome; 8] = [
        Outcome::Good,
        Outcome::CheckFailed,
        Outcome::TimedOut,
        Outcome::ConnectFailed,
        Outcome::Reset,
        Outcome::Malformed,
        Outcome::Shed,
        Outcome::CutShort,
    ];

    /// Whether there was a complete answer, so that the times are whole and not cut off.
    #[must_use]
    pub fn is_answered(self) -> bool {
        matches!(self, Outcome::Good | Outcome::CheckFailed)
    }
}

/// One operation with its stamps. Response is `last_byte - due`, service is `last_byte - sent`, lag is `sent - possible`.
///
/// Without an answer, `last_byte` is when it was given up: the response would have taken at least that long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Which action of the scenario it was.
    pub action: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// The status code; 0 when none came.
    pub status: u16,
    /// When it was to be sent.
    pub due: Nanos,
    /// When it could be sent at the earliest: when it was due, or when its predecessor in the visit had ended, if that
    /// was later. What passed from here until `sent` is the generator's own delay.
    pub possible: Nanos,
    /// When the engine took it in hand, to send it or to open a connection for it. Just before the system call.
    pub sent: Nanos,
    /// When the connection of TCP was there: later than `sent` by the time of connecting when it was a new one.
    pub reached: Nanos,
    /// When the first bytes of the request went onto a connection: later than `reached` by the handshake of TLS
    /// when it was a new one that has TLS.
    pub connected: Nanos,
    /// When the first byte of the answer was read; the same as `last_byte` when none came.
    pub first_byte: Nanos,
    /// When the last byte of the answer was read, or when it was given up.
    pub last_byte: Nanos,
    /// Bytes of the answer, head and framing included.
    pub bytes_received: u32,
    /// Bytes of the request that were sent.
    pub bytes_sent: u32,
    /// Whether the connection had carried another operation before.
    pub reused: bool,
}

/// Who takes the samples. It is called on the engine's thread, between requests, and must be quick.
pub trait Sink {
    /// Takes a sample.
    fn record(&mut self, sample: &Sample);

    /// Takes what the server says of its own time in the answer behind a sample; only called when it says something.
    fn server_timing(&mut self, _sample: &Sample, _value: &[u8]) {}

    /// Called about ten times a second, also when nothing happens.
    fn tick(&mut self, now: Nanos);
}
