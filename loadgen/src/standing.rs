//! Visits on a fixed number of connections: each begins its next request when the answer to the last one is there.
//!
//! No rate, no pauses: what such a run shows is how much a server can do with so many requests under way. It is the model of
//! wrk, and the most that it can say about latency is what one answer takes: a server that stalls is asked nothing more, so
//! the waits that others would have had are not there (coordinated omission).
//!
//! A request is due when the one before it on its connection has ended. Connection `c` of `n` makes the visits c, c + n,
//! c + 2n and so on, so that the same seed sends the same bytes, whatever the server's speed.

use std::sync::Arc;
use std::time::Duration;

use crate::codec::Answer;
use crate::engine::{Nanos, Operation, Outcome, Sample, Verdict, Workload};
use crate::journey::Plan;
use crate::session::Session;

/// Where no connection came about, the next try comes this much later: a server that is not there is not asked a
/// hundred thousand times a second.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

/// The visits of a run on so many connections.
#[derive(Debug)]
pub struct Standing {
    plan: Arc<Plan>,
    connections: u32,
    seed: u64,
    /// One for each connection that has begun, with the visit it makes.
    visitors: Vec<Visitor>,
    /// When the operation that is asked about ended.
    ended: Nanos,
    /// When the first requests are due.
    begins: Nanos,
}

#[derive(Debug)]
struct Visitor {
    session: Session,
    visit: u64,
}

impl Standing {
    /// Visits on so many connections, at least one.
    #[must_use]
    pub fn new(plan: Arc<Plan>, connections: u32, seed: u64) -> Standing {
        Standing {
            plan,
            connections: connections.max(1),
            seed,
            visitors: Vec::new(),
            ended: Nanos::ZERO,
            begins: Nanos::ZERO,
        }
    }

    /// Begins later than the time does.
    #[must_use]
    pub fn beginning_at(self, begins: Nanos) -> Standing {
        Standing { begins, ..self }
    }

    /// Renders what a visitor does now, which is the first request of another visit where the last one has ended.
    fn operation(&mut self, number: u32, due: Nanos, request: &mut Vec<u8>) -> Option<Operation> {
        let Visitor { session, visit } = &mut self.visitors[number as usize];
        // Pauses are left out.
        let mut left_out = Duration::ZERO;
        if session.current(&self.plan, &mut left_out).is_none() {
            *visit += u64::from(self.connections);
            // Where there is no row left for another visit, the connection has nothing more to do.
            if !session.begin(&self.plan, *visit) {
                return None;
            }
        }
        // A visit without any request cannot be written; if it could, its connection would have nothing to do.
        let operation = session.operation(&self.plan, number, &mut left_out, request)?;
        Some(Operation { due, ..operation })
    }
}

impl Workload for Standing {
    fn arrive(&mut self, request: &mut Vec<u8>) -> Option<Operation> {
        let number = u32::try_from(self.visitors.len()).ok().filter(|number| *number < self.connections)?;
        let mut session = Session::new(&self.plan, self.seed);
        if !session.begin(&self.plan, u64::from(number)) {
            return None;
        }
        self.visitors.push(Visitor { session, visit: u64::from(number) });
        self.operation(number, self.begins, request)
    }

    fn judge(&mut self, operation: &Operation, answer: &Answer<'_>) -> Verdict {
        self.visitors[operation.visit as usize].session.verdict(&self.plan, answer)
    }

    fn ended(&mut self, sample: &Sample) {
        self.ended = sample.last_byte;
    }

    fn follow(
        &mut self,
        operation: &Operation,
        outcome: Outcome,
        request: &mut Vec<u8>,
    ) -> Option<Operation> {
        let session = &mut self.visitors[operation.visit as usize].session;
        if outcome == Outcome::Good {
            session.advance(&self.plan);
        } else {
            // What comes next would build on an answer that there is not: another visit begins.
            session.lose();
        }
        let pause = match outcome {
            Outcome::ConnectFailed | Outcome::Shed => PAUSE_AFTER_FAILURE,
            _ => Duration::ZERO,
        };
        self.operation(operation.visit, self.ended.plus(pause), request)
    }
}
