//! One connection and the operation it carries, at most one at a time.

use super::{Nanos, Operation, Outcome, Sample, Token};
use crate::codec::{Expect, Parser};

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The slot is free.
    Closed,
    /// Not there yet, with an operation that waits for it.
    Connecting,
    /// A part of the request is sent.
    Sending,
    /// The request is sent; the answer is awaited.
    Waiting,
    /// There, without an operation.
    Idle,
}

/// A slot for connections, one after the other. Its buffers are kept from one to the next.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) token: Token,
    pub(super) state: State,
    pub(super) operation: Operation,
    pub(super) request: Vec<u8>,
    pub(super) request_sent: usize,
    pub(super) parser: Parser,
    pub(super) reused: bool,
    pub(super) retried: bool,
    pub(super) deadline: Nanos,
    pub(super) possible: Nanos,
    pub(super) sent: Nanos,
    pub(super) reached: Nanos,
    pub(super) connected: Nanos,
    pub(super) first_byte: Nanos,
}

impl Connection {
    pub(super) fn new(slot: u32) -> Connection {
        Connection {
            token: Token { slot, generation: 0 },
            state: State::Closed,
            operation: Operation::default(),
            request: Vec::new(),
            request_sent: 0,
            parser: Parser::new(),
            reused: false,
            retried: false,
            deadline: Nanos::MAX,
            possible: Nanos::ZERO,
            sent: Nanos::ZERO,
            reached: Nanos::ZERO,
            connected: Nanos::ZERO,
            first_byte: Nanos::ZERO,
        }
    }

    /// Takes on an operation, whose request is already in its place. An idle connection goes on as it is; a closed
    /// one has to be opened.
    pub(super) fn load(&mut self, operation: Operation, deadline: Nanos, now: Nanos) {
        self.reused = self.state == State::Idle;
        self.state = if self.reused { State::Sending } else { State::Connecting };
        self.operation = operation;
        self.request_sent = 0;
        self.retried = false;
        self.deadline = deadline;
        self.possible = operation.due;
        self.sent = now;
        self.reached = now;
        self.connected = now;
        self.expect_answer();
    }

    /// Begins again on a fresh connection, as of now.
    pub(super) fn load_again(&mut self) {
        self.state = State::Connecting;
        self.request_sent = 0;
        self.reused = false;
        self.retried = true;
        self.expect_answer();
    }

    fn expect_answer(&mut self) {
        self.parser.reset(Expect { head: self.operation.head, keep: self.operation.keep });
    }

    pub(super) fn is_busy(&self) -> bool {
        matches!(self.state, State::Connecting | State::Sending | State::Waiting)
    }

    /// Whether it is all but certain that the server never saw the request: the connection had been idle, and not a
    /// byte came back.
    pub(super) fn may_try_again(&self) -> bool {
        self.reused && !self.retried && self.operation.idempotent && self.parser.received() == 0
    }

    /// What became of the operation, when it ended now.
    pub(super) fn sample(&self, outcome: Outcome, now: Nanos) -> Sample {
        let received = self.parser.received();
        Sample {
            action: self.operation.action,
            outcome,
            status: self.parser.status(),
            due: self.operation.due,
            possible: self.possible,
            sent: self.sent,
            reached: if self.state == State::Connecting { now } else { self.reached },
            connected: if self.state == State::Connecting { now } else { self.connected },
            first_byte: if received == 0 { now } else { self.first_byte },
            last_byte: now,
            bytes_received: u32::try_from(received).unwrap_or(u32::MAX),
            bytes_sent: u32::try_from(self.request_sent).unwrap_or(u32::MAX),
            reused: self.reused,
        }
    }
}
