//! An operation on its way: dispatched, sent, read, ended.

use std::{io, mem};

use scenarios::target::Policy;

use super::{
    Nanos, OpenError, Operation, Outcome, Ready, Sample, Scarce, Sink, Verdict, Workload, World,
    agenda::Followed, connection::State, offer::Engine,
};
use crate::codec::{Malformed, Progress};

/// Reads from one connection before others get their turn: a megabyte.
const RECEIVES_PER_TURN: usize = 16;

/// What one read brought.
enum Read {
    /// So many bytes.
    Bytes(usize),
    /// Nothing more for now.
    Nothing,
    /// The peer has closed.
    End,
    /// The connection is broken.
    Broken,
}

impl<W: World, L: Workload, S: Sink> Engine<'_, W, L, S> {
    /// Takes the next operation that is due and sets it on its way.
    pub(super) fn dispatch(&mut self) {
        let Some(due) = self.agenda.take(&mut self.request) else { return };
        self.totals.due += 1;
        self.now = self.world.now();
        // A visitor's patience begins when he wants something, but not before he could have asked for it.
        let possible = due.operation.due.max(due.possible);
        let deadline = possible.plus(self.settings.timeout);
        if deadline <= self.now {
            self.end_unsent(&due.operation, Outcome::TimedOut);
        } else if let Some(slot) = self.pool.pick(due.operation.visit) {
            let connection = self.pool.get(slot);
            mem::swap(&mut connection.request, &mut self.request);
            connection.load(due.operation, deadline, self.now);
            connection.possible = possible;
            let is_new = !connection.reused;
            self.pool.started(slot);
            self.totals.peak_in_flight = self.totals.peak_in_flight.max(self.pool.in_flight());
            self.totals.peak_open = self.totals.peak_open.max(self.pool.open());
            if is_new {
                self.open(slot);
            } else {
                self.transmit(slot);
            }
        } else {
            self.end_unsent(&due.operation, Outcome::Shed);
        }
        self.agenda.refill(self.workload);
    }

    /// Handles what has changed on a connection, unless that has been closed since.
    pub(super) fn handle(&mut self, event: &Ready) {
        let slot = event.token.slot;
        if self.pool.get(slot).token != event.token {
            return;
        }
        let reads = event.readable || event.hung_up;
        match self.pool.get(slot).state {
            State::Connecting | State::Sending => {
                self.now = self.world.now();
                self.transmit(slot);
                let connection = self.pool.get(slot);
                if reads && connection.token == event.token && connection.state != State::Connecting {
                    self.read(slot, event.hung_up);
                }
            }
            State::Waiting if reads => self.read(slot, event.hung_up),
            State::Idle if reads => self.look_at_idle(slot),
            _ => {}
        }
    }

    /// An idle connection has ended, or there are bytes that nobody asked for; unless it is news of what has been read.
    fn look_at_idle(&mut self, slot: u32) {
        if !matches!(self.receive(slot), Read::Nothing) {
            self.totals.idle_closed += 1;
            self.close(slot);
        }
    }

    fn open(&mut self, slot: u32) {
        self.totals.opened += 1;
        let token = self.pool.get(slot).token;
        match self.world.open(token) {
            // Often the connection is there at once, or fails at once.
            Ok(()) => self.transmit(slot),
            Err(error) => {
                let error = match error {
                    OpenError::Exhausted(error) => {
                        self.totals.exhausted += 1;
                        self.totals.scarce = self.totals.scarce.or_else(|| Scarce::of(&error));
                        error
                    }
                    OpenError::Failed(error) => error,
                };
                self.connect_failed(slot, error);
            }
        }
    }

    /// Sends as much of the request as there is room for.
    fn transmit(&mut self, slot: u32) {
        loop {
            let connection = self.pool.get(slot);
            if connection.state == State::Waiting {
                return;
            }
            match self.world.send(connection.token, &connection.request[connection.request_sent..]) {
                Ok(count) => {
                    if connection.state == State::Connecting {
                        // A handshake of TLS may have come before, which is part of connecting.
                        self.now = self.world.now();
                        connection.state = State::Sending;
                        connection.connected = self.now;
                        connection.reached = self.world.reached(connection.token).unwrap_or(self.now);
                    }
                    connection.request_sent += count;
                    if connection.request_sent >= connection.request.len() {
                        connection.state = State::Waiting;
                        self.totals.sent += u64::from(!connection.retried);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if connection.state == State::Connecting => {
                    self.now = self.world.now();
                    return self.connect_failed(slot, error);
                }
                Err(_) => {
                    self.now = self.world.now();
                    return self.lost(slot);
                }
            }
        }
    }

    fn connect_failed(&mut self, slot: u32, error: io::Error) {
        self.totals.first_connect_error.get_or_insert(error);
        self.end(slot, Outcome::ConnectFailed);
    }

    /// Reads the answer as far as it is there.
    fn read(&mut self, slot: u32, hung_up: bool) {
        let mut answered = None;
        for _ in 0..RECEIVES_PER_TURN {
            let count = match self.receive(slot) {
                Read::Bytes(count) => count,
                // The buffer was filled to the brim by the last bytes of the answer, and nothing follows them.
                _ if answered.is_some() => return self.complete(slot, answered, hung_up),
                Read::Nothing => return,
                Read::End => return self.closed_by_peer(slot),
                Read::Broken => return self.lost(slot),
            };
            let was_full = count == self.buffer.len();
            match self.feed(slot, count) {
                Ok(Progress::Done) if !was_full => return self.complete(slot, None, hung_up),
                Ok(Progress::Done) => answered = Some(self.now),
                // With edges, a read that does not fill the buffer has read all there is, unless the end follows.
                Ok(Progress::NeedMore) if !was_full && !hung_up => return,
                Ok(Progress::NeedMore) => {
                    if self.now >= self.agenda.next_due() {
                        self.send_due();
                    }
                }
                Err(malformed) => {
                    self.totals.first_malformed.get_or_insert(malformed);
                    return self.end(slot, Outcome::Malformed);
                }
            }
        }
        if answered.is_some() {
            return self.complete(slot, answered, true);
        }
        let token = self.pool.get(slot).token;
        self.unfinished.push(Ready { token, readable: true, writable: false, hung_up });
    }

    /// One read, stamped when bytes came.
    fn receive(&mut self, slot: u32) -> Read {
        let token = self.pool.get(slot).token;
        loop {
            return match self.world.receive(token, &mut self.buffer) {
                Ok(count) => {
                    self.now = self.world.now();
                    if count == 0 { Read::End } else { Read::Bytes(count) }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Read::Nothing,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => {
                    self.now = self.world.now();
                    Read::Broken
                }
            };
        }
    }

    fn feed(&mut self, slot: u32, count: usize) -> Result<Progress, Malformed> {
        let connection = self.pool.get(slot);
        if connection.parser.received() == 0 {
            connection.first_byte = self.now;
        }
        connection.parser.feed(&self.buffer[..count])
    }

    /// The peer has closed: the end of an answer that lasts until then, or too early.
    fn closed_by_peer(&mut self, slot: u32) {
        let parser = &mut self.pool.get(slot).parser;
        if parser.received() > 0 && parser.finish_eof().is_ok() {
            self.complete(slot, None, true);
        } else {
            self.lost(slot);
        }
    }

    /// The connection broke before the answer was complete.
    fn lost(&mut self, slot: u32) {
        let connection = self.pool.get(slot);
        if !connection.may_try_again() {
            return self.end(slot, Outcome::Reset);
        }
        let token = connection.token;
        connection.load_again();
        connection.token.generation = token.generation.wrapping_add(1);
        self.world.close(token);
        self.totals.retried += 1;
        self.open(slot);
    }

    /// Judges a complete answer and lets the connection rest, if it can. `answered` is when the last byte was read,
    /// where that was not the last read.
    fn complete(&mut self, slot: u32, answered: Option<Nanos>, hung_up: bool) {
        let connection = self.pool.get(slot);
        let operation = connection.operation;
        let outcome = match self.workload.judge(&operation, &connection.parser.answer()) {
            Verdict::Good => Outcome::Good,
            Verdict::Bad => Outcome::CheckFailed,
        };
        let sample = connection.sample(outcome, answered.unwrap_or(self.now));
        let timing = connection.parser.server_timing();
        if !timing.is_empty() {
            self.sink.server_timing(&sample, timing);
        }
        // An answer that came before the request was sent in full leaves the rest of it in the way of the next.
        let is_whole = connection.state == State::Waiting && connection.parser.keep_alive() && !hung_up;
        let can_rest = is_whole && self.settings.keep != Policy::New;
        if can_rest {
            self.pool.rest(slot);
        } else {
            self.close(slot);
        }
        self.conclude(&operation, &sample);
    }

    /// Ends an operation without a complete answer; its connection is of no more use.
    pub(super) fn end(&mut self, slot: u32, outcome: Outcome) {
        let connection = self.pool.get(slot);
        let operation = connection.operation;
        let sample = connection.sample(outcome, self.now);
        self.close(slot);
        self.conclude(&operation, &sample);
    }

    /// Ends an operation that never had a connection.
    fn end_unsent(&mut self, operation: &Operation, outcome: Outcome) {
        self.conclude(operation, &unsent(operation, outcome, self.now));
    }

    /// Counts and records what became of an operation, and asks what follows.
    fn conclude(&mut self, operation: &Operation, sample: &Sample) {
        self.record(sample);
        match self.agenda.follow(self.workload, operation, sample.outcome, self.now) {
            Followed::Waits => return,
            Followed::Ended => {}
            Followed::Surplus(surplus) => {
                self.totals.due += 1;
                self.record(&unsent(&surplus, Outcome::Shed, self.now));
            }
        }
        // The visit is over, and with it the connection that belongs to it.
        if let Some(slot) = self.pool.home(operation.visit) {
            self.close(slot);
        }
    }

    fn record(&mut self, sample: &Sample) {
        self.totals.add(sample.outcome);
        self.sink.record(sample);
        self.workload.ended(sample);
    }

    pub(super) fn close(&mut self, slot: u32) {
        let token = self.pool.get(slot).token;
        self.world.close(token);
        self.pool.vacate(slot);
    }

    /// Ends an operation because the run is over. Its visit is told, but does not go on.
    pub(super) fn cut(&mut self, slot: u32) {
        let connection = self.pool.get(slot);
        let operation = connection.operation;
        let sample = connection.sample(Outcome::CutShort, self.now);
        self.close(slot);
        self.cut_visit(&operation, &sample);
    }

    /// Ends an operation that was due but not sent before the run was over.
    pub(super) fn cut_unsent(&mut self) {
        if let Some(due) = self.agenda.take(&mut self.request) {
            self.totals.due += 1;
            self.cut_visit(&due.operation, &unsent(&due.operation, Outcome::CutShort, self.now));
        }
        self.agenda.refill(self.workload);
    }

    fn cut_visit(&mut self, operation: &Operation, sample: &Sample) {
        self.record(sample);
        self.request.clear();
        self.workload.follow(operation, Outcome::CutShort, &mut self.request);
    }
}

fn unsent(operation: &Operation, outcome: Outcome, now: Nanos) -> Sample {
    Sample {
        action: operation.action,
        outcome,
        status: 0,
        due: operation.due,
        possible: operation.due,
        sent: now,
        reached: now,
        connected: now,
        first_byte: now,
        last_byte: now,
        bytes_received: 0,
        bytes_sent: 0,
        reused: false,
    }
}
