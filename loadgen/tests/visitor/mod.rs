//! Visitors without a socket: what they send, and what they make of an answer.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::time::Duration;

use loadgen::codec::Answer;
use loadgen::engine::{Operation, Outcome, Verdict, Workload};
use loadgen::journey::{Material, Plan, compile};
use loadgen::schedule::{Arrivals, PerSecond, Process, Segment};
use loadgen::visits::Visits;
use scenarios::Scenario;

pub(crate) fn plan(text: &str, material: &Material) -> Arc<Plan> {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("test.yaml", text)));
    let rates: Vec<f64> = scenario.actions.iter().map(|_| 1.0).collect();
    Arc::new(compile(&scenario, &rates, material, "localhost").unwrap_or_else(|error| panic!("{error}")))
}

pub(crate) fn visits(plan: &Arc<Plan>, seed: u64) -> Visits {
    let rate = PerSecond::new(10.0).unwrap();
    let arrivals =
        Arrivals::new(Process::Constant, vec![Segment::constant(Duration::from_secs(10), rate)], seed);
    Visits::new(plan.clone(), arrivals, seed)
}

pub(crate) fn next(visits: &mut Visits) -> (Operation, String) {
    let mut request = Vec::new();
    let operation = visits.arrive(&mut request).expect("the schedule goes on");
    (operation, String::from_utf8(request).unwrap())
}

pub(crate) fn follow(
    visits: &mut Visits,
    operation: &Operation,
    outcome: Outcome,
) -> Option<(Operation, String)> {
    let mut request = Vec::new();
    let next = visits.follow(operation, outcome, &mut request)?;
    Some((next, String::from_utf8(request).unwrap()))
}

/// A whole visit: the answer to each request in turn, until one is bad or the visit ends. What was sent, and whether the
/// last answer was a good one.
pub(crate) fn visit(plan: &Arc<Plan>, mut answer: impl FnMut(&str) -> Told) -> (Vec<String>, bool) {
    let mut visits = visits(plan, 5);
    let (mut operation, mut request) = next(&mut visits);
    let mut sent = Vec::new();
    loop {
        let Told { status, fields, body } = answer(&request);
        sent.push(request);
        let judged = visits.judge(&operation, &Answer::new(status, fields.as_bytes(), body.as_bytes()));
        let outcome = if judged == Verdict::Good { Outcome::Good } else { Outcome::CheckFailed };
        match follow(&mut visits, &operation, outcome) {
            Some((next, text)) => (operation, request) = (next, text),
            None => return (sent, judged == Verdict::Good),
        }
    }
}

/// What a made-up server answers: header fields one a line.
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) fields: &'static str,
    pub(crate) body: &'static str,
}

pub(crate) fn told(status: u16, fields: &'static str, body: &'static str) -> Told {
    Told { status, fields, body }
}
