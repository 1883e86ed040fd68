//! Visits in the open model: they arrive by the schedule, and their later steps follow at intended times.
//!
//! The due time of a later step is the due time of the step before it, plus the response that could be expected, plus
//! the pause. What could be expected is a slow average of what the server took for such requests so far: were it the
//! actual response, a stall would move the rest of the visit away from itself and go unseen (coordinated omission).
//!
//! Visits that would be under way already when the load begins are in `visits/midway.rs`.

mod midway;

use std::iter::Peekable;
use std::sync::Arc;
use std::time::Duration;
use std::vec;

use scenarios::report::StartedMidway;

use crate::codec::Answer;
use crate::engine::{Nanos, Operation, Outcome, Sample, Verdict, Workload};
use crate::journey::Plan;
use crate::schedule::{Arrivals, Fingerprint};
use crate::session::Session;

pub use midway::Beginning;
use midway::{Midway, UnderWay};

/// How much one answer moves the expectation: a stall of a second is forgotten among hundreds of answers.
const WEIGHT_OF_ONE: f64 = 1.0 / 128.0;
/// One answer counts at most as so many times the expectation, for the same reason.
const MOST_OF_ONE: f64 = 4.0;

/// The visits of a run.
#[derive(Debug)]
pub struct Visits {
    plan: Arc<Plan>,
    arrivals: Peekable<Arrivals>,
    /// Those that are under way when the load begins and have not entered yet.
    midway: Peekable<vec::IntoIter<Midway>>,
    started: Option<StartedMidway>,
    seed: u64,
    next: u64,
    /// Visits under way; a slot is used again when its visit has ended.
    sessions: Vec<Visitor>,
    free: Vec<u32>,
    /// What the server takes, by action and request, at first and after a redirect, in seconds; 0 while unknown.
    expected: Vec<Vec<[f64; 2]>>,
    /// What it took for the answer that ended last.
    took: Option<f64>,
    fingerprint: Fingerprint,
    /// What is due later is not in the fingerprint.
    identified: Duration,
}

/// A visit under way.
#[derive(Debug)]
struct Visitor {
    session: Session,
    /// What it does before it goes on in the middle.
    catching_up: Option<CatchingUp>,
}

/// A visit that gets what it would have by now.
#[derive(Debug)]
struct CatchingUp {
    midway: Midway,
    /// Which of the first steps it does.
    nth: usize,
}

impl Visits {
    /// Visits that arrive as `arrivals` says.
    #[must_use]
    pub fn new(plan: Arc<Plan>, arrivals: Arrivals, seed: u64) -> Visits {
        let expected = plan.actions.iter().map(|action| vec![[0.0; 2]; action.requests_each()]).collect();
        Visits {
            plan,
            arrivals: arrivals.peekable(),
            midway: Vec::new().into_iter().peekable(),
            started: None,
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

    /// Begins with the visits that would be under way if the load had been like this all the time.
    #[must_use]
    pub fn begun(self, beginning: &Beginning) -> Visits {
        let UnderWay { visits, expected, left_out } = UnderWay::draw(&self.plan, beginning);
        let started = (expected > 0.0).then(|| StartedMidway {
            expected,
            started: visits.len() as u64,
            caught_up: visits.iter().filter(|midway| !midway.first.is_empty()).count() as u64,
            left_out,
        });
        Visits { midway: visits.into_iter().peekable(), started, ..self }
    }

    /// How many visits began in the middle; `None` where none would be under way.
    #[must_use]
    pub fn started_midway(&self) -> Option<StartedMidway> {
        self.started
    }

    /// Takes the fingerprint of what is due until then alone: how long a run goes on may depend on the machine.
    #[must_use]
    pub fn identified_until(self, identified: Duration) -> Visits {
        Visits { identified, ..self }
    }

    /// Visits that follow others of the same seed: their numbers, from which everything about them is drawn, begin here.
    #[must_use]
    pub fn numbered_from(self, next: u64) -> Visits {
        Visits { next, ..self }
    }

    /// The number of the visit that would come next.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        self.next
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
        self.sessions.push(Visitor { session: Session::new(&self.plan, self.seed), catching_up: None });
        // One for each visit under way, which the limit on connections and follow-ups bounds far below.
        u32::try_from(self.sessions.len() - 1).unwrap_or(u32::MAX)
    }

    /// Begins another visit, the one that is given or one at its first step, and says when its first request is due.
    fn enter(&mut self, slot: u32, due: Duration, midway: Option<Midway>) -> Option<Nanos> {
        let Visitor { session, catching_up } = &mut self.sessions[slot as usize];
        *catching_up = None;
        if !session.begin(&self.plan, self.next) {
            return None;
        }
        self.next += 1;
        if let Some(midway) = midway {
            let step = midway.first.first().copied().unwrap_or(midway.step);
            session.go_to(midway.visit, step);
            if due < self.identified {
                self.fingerprint.due(midway.resumes);
            }
            *catching_up = (!midway.first.is_empty()).then_some(CatchingUp { midway, nth: 0 });
        }
        Some(Nanos::after_start(due))
    }

    /// Renders what the visit is to do now.
    fn operation(&mut self, slot: u32, after: Nanos, request: &mut Vec<u8>) -> Option<Operation> {
        let mut pause = Duration::ZERO;
        let session = &mut self.sessions[slot as usize].session;
        let Some(operation) = session.operation(&self.plan, slot, &mut pause, request) else {
            self.free.push(slot);
            return None;
        };
        Some(Operation { due: after.plus(pause), ..operation })
    }
}

impl Visitor {
    /// Goes on to what comes next, `after` the answer to the last request; says after what time that is due.
    fn advance(&mut self, plan: &Plan, after: Nanos) -> Nanos {
        self.session.advance(plan);
        let Some(CatchingUp { midway, nth }) = &mut self.catching_up else { return after };
        if midway.first.get(*nth) == Some(&self.session.step()) {
            return after;
        }
        // That step is done: what else is needed comes at once, and then the place in the middle at its time.
        *nth += 1;
        if let Some(step) = midway.first.get(*nth) {
            self.session.go_to(midway.visit, *step);
            return after;
        }
        self.session.go_to(midway.visit, midway.step);
        let resumes = Nanos::after_start(midway.resumes);
        self.catching_up = None;
        resumes
    }
}

impl Workload for Visits {
    fn arrive(&mut self, request: &mut Vec<u8>) -> Option<Operation> {
        let arrives = self.arrivals.peek().copied();
        let midway = self.midway.next_if(|midway| arrives.is_none_or(|arrives| midway.enters <= arrives));
        let due = match &midway {
            Some(midway) => midway.enters,
            None => self.arrivals.next()?,
        };
        let slot = self.slot();
        let after = self.enter(slot, due, midway)?;
        let operation = self.operation(slot, after, request)?;
        if due < self.identified {
            self.fingerprint.due(due);
            self.fingerprint.bytes(request);
        }
        Some(operation)
    }

    fn judge(&mut self, operation: &Operation, answer: &Answer<'_>) -> Verdict {
        self.sessions[operation.visit as usize].session.verdict(&self.plan, answer)
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
        let visitor = &mut self.sessions[operation.visit as usize];
        let expected = &mut self.expected[usize::from(operation.action)][visitor.session.request_index()]
            [usize::from(operation.detour)];
        if let Some(took) = self.took.take() {
            learn(expected, took);
        }
        let mut after = operation.due.plus(Duration::from_secs_f64(*expected));
        if outcome == Outcome::Good {
            after = visitor.advance(&self.plan, after);
        } else {
            // What comes next would build on an answer that there is not: the visitor leaves.
            visitor.session.lose();
        }
        self.operation(operation.visit, after, request)
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
