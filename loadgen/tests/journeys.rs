//! What visitors send and know, without a socket: the same compiled plan that every model of load carries out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod visitor;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use loadgen::codec::{Answer, Keep};
use loadgen::engine::{Nanos, Operation, Outcome, Sample, Verdict, Workload};
use loadgen::journey::{Material, Plan, Table, compile};
use scenarios::Scenario;
use visitor::{follow, next, plan, visits};

/// An answer that took so long from its due time.
fn ended(operation: &Operation, took: Duration) -> Sample {
    let last = operation.due.plus(took);
    Sample {
        action: operation.action,
        outcome: Outcome::Good,
        status: 200,
        due: operation.due,
        possible: operation.due,
        sent: operation.due,
        reached: operation.due,
        connected: operation.due,
        first_byte: last,
        last_byte: last,
        bytes_received: 1,
        bytes_sent: 1,
        reused: true,
    }
}

const SHOP: &str = "name: shop
target: http://localhost:1
actions:
  buy: { total: 1/s }
requests:
  buy:
    - { GET: \"/items/{item}?again={item}\", headers: { authorization: \"Bearer {token}\" } }
    - POST: /orders
      json: { item: \"{item}\", note: 'say \"hi\" to {name}', lines: [1, \"{words 3..3}\"] }
      keep: { order: json $.order.id }
    - DELETE: \"/orders/{order}\"
visitors:
  item: zipf 1.0 of 1000
  token: csv people.csv token
  name: csv people.csv name
";

fn shop() -> Arc<Plan> {
    let row = |name: &str, token: &str| vec![name.to_owned(), token.to_owned()];
    let people = Table {
        columns: vec!["name".to_owned(), "token".to_owned()],
        rows: vec![row("Ann \"A\" O'Neil", "t-ann"), row("Bob\\", "t-bob")],
    };
    plan(SHOP, &Material { files: HashMap::from([("people.csv".to_owned(), people)]), ..Material::default() })
}

fn body(request: &str) -> serde_json::Value {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
    assert_eq!(length.parse::<usize>().unwrap(), body.len());
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

#[test]
fn one_visitor_keeps_his_row_his_item_and_what_he_was_told() {
    let plan = shop();
    let mut visits = visits(&plan, 3);
    for _ in 0..20 {
        let (look, request) = next(&mut visits);
        let path = request.split(' ').nth(1).unwrap().to_owned();
        let item = path.strip_prefix("/items/").unwrap().split_once('?').unwrap().0.to_owned();
        assert!(path.ends_with(&format!("again={item}")), "{path}");
        let token = request.split("Bearer ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();

        let (order, request) =
            follow(&mut visits, &look, Outcome::Good).expect("the action has three requests");
        assert!(order.keep == Keep::Body && !order.idempotent);
        let sent = body(&request);
        assert_eq!(sent["item"], item.as_str());
        let name = if token == "t-ann" { "Ann \"A\" O'Neil" } else { "Bob\\" };
        assert_eq!(sent["note"], format!("say \"hi\" to {name}"));
        assert_eq!(sent["lines"][1].as_str().unwrap().split(' ').count(), 3);

        let answer = br#"{"order":{"id":"o/7 x"}}"#;
        assert_eq!(visits.judge(&order, &Answer::new(201, b"", answer)), Verdict::Good);
        let (delete, request) = follow(&mut visits, &order, Outcome::Good).expect("the third request");
        assert!(request.starts_with("DELETE /orders/o%2F7%20x HTTP/1.1\r\n"), "{request}");
        assert!(follow(&mut visits, &delete, Outcome::Good).is_none(), "the visit has ended");
    }
}

#[test]
fn a_visitor_who_is_not_answered_leaves() {
    let plan = shop();
    let mut visits = visits(&plan, 3);
    for outcome in [Outcome::TimedOut, Outcome::CheckFailed, Outcome::Reset, Outcome::Shed] {
        let (look, _) = next(&mut visits);
        assert!(follow(&mut visits, &look, outcome).is_none(), "{outcome:?}");
    }
    let (look, _) = next(&mut visits);
    let (order, _) = follow(&mut visits, &look, Outcome::Good).unwrap();
    let judged = visits.judge(&order, &Answer::new(201, b"", b"{}"));
    assert_eq!(judged, Verdict::Bad, "what was to be kept is not there");
}

#[test]
fn the_same_seed_sends_the_same_bytes_and_another_seed_others() {
    let plan = shop();
    let sent = |seed| {
        let mut visits = visits(&plan, seed);
        let all: String = (0..50).map(|_| next(&mut visits).1).collect();
        (all, visits.fingerprint())
    };
    assert_eq!(sent(1), sent(1));
    assert_ne!(sent(1), sent(2));
}

const PAUSES: &str = "name: pauses
target: http://localhost:1
actions: { look: { total: 1/s } }
requests: { look: { GET: /x } }
journeys: { visit: [look, think 2..2 s, look] }
";

#[test]
fn a_slow_answer_does_not_move_the_steps_that_follow_it() {
    let plan = plan(PAUSES, &Material::default());
    let mut visits = visits(&plan, 1);
    // The server takes 10 ms as a rule; that is what can be expected.
    for _ in 0..50 {
        let (look, _) = next(&mut visits);
        visits.ended(&ended(&look, Duration::from_millis(10)));
        let (second, _) = follow(&mut visits, &look, Outcome::Good).unwrap();
        assert_eq!(second.due, look.due.plus(Duration::from_millis(2_010)));
    }
    // A stall of five seconds: the next step stays due when it would have been, give or take what one answer may
    // move the expectation (a 128th of three times 10 ms).
    let (look, _) = next(&mut visits);
    visits.ended(&ended(&look, Duration::from_secs(5)));
    let (second, _) = follow(&mut visits, &look, Outcome::Good).unwrap();
    let moved = second.due.since(look.due.plus(Duration::from_millis(2_010)));
    assert!(moved < Duration::from_millis(1), "{moved:?}");
    assert_eq!(Nanos::ZERO, Nanos(0));
}

#[test]
fn the_mix_of_actions_follows_their_rates() {
    let text = "name: mix\ntarget: http://h:1\nactions:\n  a: { total: 3/s }\n  b: { total: 1/s }\nrequests:\n  a: { GET: /a }\n  b: [ { GET: /b }, { GET: /c } ]\n";
    let scenario = Scenario::from_yaml(text).unwrap();
    let plan = compile(&scenario, &[3.0, 1.0], &Material::default(), "h").unwrap();
    // A visit is one action: 3/4 of one request and 1/4 of two.
    assert!((plan.requests_per_visit() - 1.25).abs() < 1e-12);
    assert!((plan.actions_per_visit() - 1.0).abs() < 1e-12);
    assert_eq!(
        plan.request_shares().iter().map(|share| (share * 100.0).round()).collect::<Vec<_>>(),
        [60.0, 40.0]
    );
    let plan = Arc::new(plan);
    let mut visits = visits(&plan, 9);
    let b = (0..100).filter(|_| next(&mut visits).1.starts_with("GET /b")).count();
    // 25 of 100, give or take three standard deviations of 4.3.
    assert!((12..=38).contains(&b), "{b}");
}

#[test]
fn a_journey_is_as_frequent_as_its_rarest_action() {
    let text = "name: j\ntarget: http://h:1\nactions:\n  read: { total: 20/s }\n  write: { total: 1/s }\nrequests:\n  read: { GET: /r }\n  write: { POST: /w }\njourneys:\n  reader: [read, think 1..3 s, read]\n  writer: [read, write]\n";
    let scenario = Scenario::from_yaml(text).unwrap();
    let plan = compile(&scenario, &[20.0, 1.0], &Material::default(), "h").unwrap();
    // The reader reads twice: 20/2 = 10; the writer writes once: 1. Pauses: 2 s for ten in eleven visits.
    assert_eq!(plan.visits.iter().map(|visit| visit.weight).collect::<Vec<_>>(), [10.0, 1.0]);
    assert!((plan.think_per_visit().as_secs_f64() - 20.0 / 11.0).abs() < 1e-9);
}
