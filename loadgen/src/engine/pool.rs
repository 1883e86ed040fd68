//! All connections of a run.
//!
//! Idle ones are used last in, first out: a few stay warm, and the rest may be closed by the server, as with browsers.
//! Deadlines are first in, first out, since the time-out is the same for all. Where connections belong to visits, an
//! idle one waits for the next request of its own visit and is of no use to others.

use scenarios::target::Policy;

use super::{
    Nanos,
    chain::Chain,
    connection::{Connection, State},
};

/// All connections of a run.
#[derive(Debug)]
pub(super) struct Pool {
    limit: usize,
    keep: Policy,
    connections: Vec<Connection>,
    free: Vec<u32>,
    idle: Chain,
    deadlines: Chain,
    in_flight: usize,
    /// The connection of each visit, where connections belong to visits.
    homes: Vec<Option<u32>>,
}

impl Pool {
    /// A pool of at most `limit` connections, and at least one.
    pub(super) fn new(limit: usize, keep: Policy) -> Pool {
        Pool {
            limit: limit.max(1),
            keep,
            connections: Vec::new(),
            free: Vec::new(),
            idle: Chain::new(),
            deadlines: Chain::new(),
            in_flight: 0,
            homes: Vec::new(),
        }
    }

    pub(super) fn get(&mut self, slot: u32) -> &mut Connection {
        &mut self.connections[slot as usize]
    }

    /// The connections that carry an operation.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// The connections that are open or being opened.
    pub(super) fn open(&self) -> usize {
        self.connections.len() - self.free.len()
    }

    /// Whether another operation can be carried.
    pub(super) fn has_room(&self) -> bool {
        let taken = if self.keep == Policy::PerVisitor { self.open() } else { self.in_flight };
        taken < self.limit
    }

    /// The connection that belongs to a visit.
    pub(super) fn home(&self, visit: u32) -> Option<u32> {
        self.homes.get(visit as usize).copied().flatten()
    }

    /// A connection for an operation of this visit: the one that became idle last or is its own, or else a slot to open
    /// one in. The caller loads it and calls [`started`](Pool::started).
    pub(super) fn pick(&mut self, visit: u32) -> Option<u32> {
        let idle = if self.keep == Policy::PerVisitor { self.home(visit) } else { self.idle.last() };
        if let Some(slot) = idle {
            self.idle.remove(slot);
            return Some(slot);
        }
        if let Some(slot) = self.free.pop() {
            return Some(slot);
        }
        let slot =
            u32::try_from(self.connections.len()).ok().filter(|_| self.connections.len() < self.limit)?;
        self.connections.push(Connection::new(slot));
        Some(slot)
    }

    /// Counts a connection that has been loaded. Its deadline is never before that of an earlier one, so that the
    /// earliest is always the first.
    pub(super) fn started(&mut self, slot: u32) {
        let last = self.deadlines.last().map_or(Nanos::ZERO, |last| self.connections[last as usize].deadline);
        let connection = self.get(slot);
        connection.deadline = connection.deadline.max(last);
        let visit = connection.operation.visit as usize;
        if self.keep == Policy::PerVisitor {
            if visit >= self.homes.len() {
                self.homes.resize(visit + 1, None);
            }
            self.homes[visit] = Some(slot);
        }
        self.deadlines.push(slot);
        self.in_flight += 1;
    }

    /// Takes the operation from a connection that stays open.
    pub(super) fn rest(&mut self, slot: u32) {
        self.deadlines.remove(slot);
        self.in_flight -= 1;
        self.get(slot).state = State::Idle;
        self.idle.push(slot);
    }

    /// Frees the slot of a connection that has been closed.
    pub(super) fn vacate(&mut self, slot: u32) {
        let connection = self.get(slot);
        let busy = connection.is_busy();
        connection.state = State::Closed;
        connection.token.generation = connection.token.generation.wrapping_add(1);
        let visit = connection.operation.visit as usize;
        if let Some(home) = self.homes.get_mut(visit).filter(|home| **home == Some(slot)) {
            *home = None;
        }
        self.in_flight -= usize::from(busy);
        self.deadlines.remove(slot);
        self.idle.remove(slot);
        self.free.push(slot);
    }

    /// The operation whose deadline comes first.
    pub(super) fn first_deadline(&self) -> Option<(u32, Nanos)> {
        let slot = self.deadlines.first()?;
        Some((slot, self.connections[slot as usize].deadline))
    }

    /// The slot of the operation that was started first.
    pub(super) fn oldest_busy(&self) -> Option<u32> {
        self.deadlines.first()
    }

    /// A connection that carries nothing.
    pub(super) fn any_idle(&self) -> Option<u32> {
        self.idle.last()
    }
}
