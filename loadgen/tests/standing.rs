//! Visits on a fixed number of connections: who asks what, and when.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::time::Duration;

use loadgen::engine::{Nanos, Operation, Outcome, Sample, Workload};
use loadgen::journey::{Material, Plan, compile};
use loadgen::standing::Standing;
use scenarios::Scenario;

fn plan(text: &str) -> Arc<Plan> {
    let scenario = Scenario::from_yaml(text).unwrap();
    let rates: Vec<f64> = scenario.actions.iter().map(|_| 1.0).collect();
    Arc::new(compile(&scenario, &rates, &Material::default(), "localhost").unwrap())
}

/// Visits of two requests with a pause in between, each with the number of the visit.
const TWO_STEPS: &str = "name: x\nactions: { open: { total: 1/day }, close: { total: 1/day } }\nusers: 10 daily\nrequests:\n  open: { GET: \"/open/{n}\" }\n  close: { GET: \"/close/{n}\" }\njourneys:\n  both: [ open, think 5 s, close ]\n";

fn path(request: &[u8]) -> String {
    String::from_utf8_lossy(request).split(' ').nth(1).unwrap().to_owned()
}

/// Ends an operation at a time; what follows, and its path.
fn end(standing: &mut Standing, operation: &Operation, outcome: Outcome, at_ms: u64) -> (Operation, String) {
    let at = Nanos::after_start(Duration::from_millis(at_ms));
    standing.ended(&Sample {
        action: operation.action,
        outcome,
        status: 200,
        due: operation.due,
        possible: operation.due,
        sent: operation.due,
        reached: operation.due,
        connected: operation.due,
        first_byte: at,
        last_byte: at,
        bytes_received: 1,
        bytes_sent: 1,
        reused: true,
    });
    let mut request = Vec::new();
    let next = standing.follow(operation, outcome, &mut request).expect("it goes on");
    (next, path(&request))
}

fn due_ms(operation: &Operation) -> u128 {
    operation.due.since(Nanos::ZERO).as_millis()
}

#[test]
fn each_connection_goes_on_as_soon_as_it_is_answered_and_makes_every_nth_visit() {
    let mut standing = Standing::new(plan(TWO_STEPS), 3, 7);
    let mut begun = Vec::new();
    let mut request = Vec::new();
    while let Some(operation) = standing.arrive(&mut request) {
        begun.push((operation, path(&request)));
        request.clear();
    }
    assert_eq!(
        begun.iter().map(|(_, path)| path.as_str()).collect::<Vec<_>>(),
        ["/open/0", "/open/1", "/open/2"]
    );
    assert!(begun.iter().all(|(operation, _)| operation.due == Nanos::ZERO));
    // The second one is answered at 4 ms: its next step is due then, without the pause.
    let (close, asked) = end(&mut standing, &begun[1].0, Outcome::Good, 4);
    assert_eq!((due_ms(&close), asked.as_str()), (4, "/close/1"));
    // Its visit ends at 9 ms, and the next one is the fourth after it.
    let (open, asked) = end(&mut standing, &close, Outcome::Good, 9);
    assert_eq!((due_ms(&open), asked.as_str()), (9, "/open/4"));
    // A failure ends the visit.
    let (open, asked) = end(&mut standing, &open, Outcome::TimedOut, 20);
    assert_eq!((due_ms(&open), asked.as_str()), (20, "/open/7"));
}

#[test]
fn a_server_that_is_not_there_is_asked_again_after_a_while() {
    let mut standing = Standing::new(plan(TWO_STEPS), 1, 7);
    let mut request = Vec::new();
    let first = standing.arrive(&mut request).unwrap();
    assert!(standing.arrive(&mut Vec::new()).is_none());
    let (again, asked) = end(&mut standing, &first, Outcome::ConnectFailed, 3);
    assert_eq!((due_ms(&again), asked.as_str()), (103, "/open/1"));
}
