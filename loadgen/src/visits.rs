//! Visits in the open model: they arrive by the schedule, and their later steps follow at intended times.
//!
//! The due time of a later step is the due time of the step before it, plus the response that could be expected, plus
//! the pause. What could be expected is a slow average of what the server took for such requests so far: were it the
//! actual response, a stall would move the rest of the visit away from itself and go unseen (coordinated omission).

use std::sync::Arc;
use std::time::Duration;

use crate::codec::Answer;
use crate::engine::{Nanos, Operation, Outcome, Sample, Verdict, Workload};
use crate::journey::Plan;
use crate::schedule::{Arrivals, Fingerprint};
use crate::session::Session;

/// How much one answer moves the expectation: a stall of a second is forgotten among hundreds of answers.
const WEIGHT_OF_ONE: f64 = 1.0 / 128.0;
/// One answer counts at most as so many times the expectation, for the same reason.
const MOST_OF_ONE: f64 = 4.0;

/// The visits of a run.
#[derive(Debug)]
pub struct Visits {
    plan: Arc<Plan>,
    arrivals: Arrivals,
    seed: u64,
    next: u64,
    /// Sessions of visits under way; a slot is used again when its visit has ended.
    sessions: Vec<Session>,
    free: Vec<u32>,
    /// What the server takes, by action and request, at first and after a redirect, in seconds; 0 while unknown.
    expected: Vec<Vec<[f64; 2]>>,
    /// What it took for the answer that ended last.
    took: Option<f64>,
    fingerprint: Fingerprint,
    /// What is due later is not in the fingerprint.
    identified: Duration,
}

impl Visits {
    /// Visits that arrive as `arrivals` says.
    #[must_use]
    pub fn new(plan: Arc<Plan>, arrivals: Arrivals, seed: u64) -> Visits {
        let expected = plan.actions.iter().map(|action| vec![[0.0; 2]; action.requests_each()]).collect();
        Visits {
            plan,
            arrivals,
            seed,
            next: 0,
            sessions: Vec::new(),
            free: Vec::new(),
            expected,
            took: None,
            fingerprint: Fingerprint::new(),
            identified: Duration::MAX,
        }
    }

    /// Takes the fingerprint of what is due until then alone: how long a run goes on may depend on the machine.
    #[must_use]
    pub fn identified_until(self, identified: Duration) -> Visits {
        Visits { identified, ..self }
    }

    /// The fingerprint of the due times and first requests so far: equal for equal seed and scenario.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint.get()
    }

    fn slot(&mut self) -> u32 {
        if let Some(slot) = self.free.pop() {
            return slot;
        }
        self.sessions.push(Session::new(&self.plan, self.seed));
        // One for each visit under way, which the limit on connections and follow-ups bounds far below.
        u32::try_from(self.sessions.len() - 1).unwrap_or(u32::MAX)
    }

    /// Renders what the session is to do now.
    fn operation(&mut self, slot: u32, after: Nanos, request: &mut Vec<u8>) -> Option<Operation> {
        let mut pause = Duration::ZERO;
        let session = &mut self.sessions[slot as usize];
        let Some(operation) = session.operation(&self.plan, slot, &mut pause, request) else {
            self.free.push(slot);
            return None;
        };
        Some(Operation { due: after.plus(pause), ..operation })
    }
}

impl Workload for Visits {
    fn arrive(&mut self, request: &mut Vec<u8>) -> Option<Operation> {
        let due = self.arrivals.next()?;
        let slot = self.slot();
        if !self.sessions[slot as usize].begin(&self.plan, self.next) {
            return None;
        }
        self.next += 1;
        let operation = self.operation(slot, Nanos::after_start(due), request)?;
        if due < self.identified {
            self.fingerprint.due(due);
            self.fingerprint.bytes(request);
        }
        Some(operation)
    }

    fn judge(&mut self, operation: &Operation, answer: &Answer<'_>) -> Verdict {
        self.sessions[operation.visit as usize].verdict(&self.plan, answer)
    }

    fn ended(&mut self, sample: &Sample) {
        let answered = sample.outcome.is_answered();
        self.took = answered.then(|| sample.last_byte.since(sample.sent).as_secs_f64());
    }

    fn follow(
        &mut self,
        operation: &Operation,
        outcome: Outcome,
        request: &mut Vec<u8>,
    ) -> Option<Operation> {
        let session = &mut self.sessions[operation.visit as usize];
        let expected = &mut self.expected[usize::from(operation.action)][session.request_index()]
            [usize::from(operation.detour)];
        if let Some(took) = self.took.take() {
            learn(expected, took);
        }
        let expected = Duration::from_secs_f64(*expected);
        if outcome == Outcome::Good {
            session.advance(&self.plan);
        } else {
            // What comes next would build on an answer that there is not: the visitor leaves.
            session.lose();
        }
        self.operation(operation.visit, operation.due.plus(expected), request)
    }
}

/// Moves an expectation towards what was seen, a little.
fn learn(expected: &mut f64, took: f64) {
    if *expected == 0.0 {
        *expected = took;
    } else {
        *expected += (took.min(*expected * MOST_OF_ONE) - *expected) * WEIGHT_OF_ONE;
    }
}
