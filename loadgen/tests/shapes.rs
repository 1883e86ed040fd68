//! Loads with a shape: what arrives in each phase, what the report says of it, and shapes that cannot be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use helpers::server::serve;
use helpers::{Done, Run, loadgen, report};
use scenarios::report::PhaseKind;

fn scenario(load: &str) -> String {
    let url = serve(|_| "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".to_owned());
    format!(
        "name: shaped\ntarget: {url}\nactions: {{ home: {{ total: 40/s }} }}\nrequests: {{ home: {{ GET: / }} }}\nslo: p50 < 5 s\nload: {{ arrivals: constant, warmup: 0 s{load} }}\n"
    )
}

fn page(done: &Done) -> String {
    std::fs::read_to_string(done.results().join("report.html")).unwrap()
}

#[test]
fn as_many_arrive_in_each_phase_as_its_rate_adds_up_to_and_ramps_are_not_judged() {
    let shape = ", rate: 40/s, shape: [50% for 2 s, { ramp: 20/s..100/s, for: 3 s }]";
    let done = Run::new(&scenario(shape)).start().finish();
    let report = report(&done);
    // 50 % of 40/s for 2 s are 40; (20 + 100) / 2 for 3 s are 180. One at a border may lie on either side.
    let expected =
        [("50% for 2 s", PhaseKind::Constant, 40), ("ramp 20/s..100/s for 3 s", PhaseKind::Ramp, 180)];
    assert_eq!(report.phases.len(), expected.len(), "{done:?}");
    for (phase, (name, kind, requests)) in report.phases.iter().zip(expected) {
        assert_eq!((phase.name.as_str(), phase.kind), (name, kind));
        assert!(phase.all.scheduled.abs_diff(requests) <= 1, "{name}: {}", phase.all.scheduled);
        assert_eq!(phase.slo.is_empty(), kind == PhaseKind::Ramp, "{name}");
        assert!(
            done.stdout.contains(name) && page(&done).contains(&name.replace('/', "&#x2f;")),
            "{name}: {}",
            done.stdout
        );
    }
    let whole: u64 = report.phases.iter().map(|phase| phase.all.scheduled).sum();
    assert_eq!(whole, report.all.scheduled);
    // The promise of the whole run is judged on what was due at a level alone.
    assert_eq!(report.slo[0].scheduled, report.phases[0].all.scheduled);
    let borders: Vec<(f64, f64)> = report.phases.iter().map(|phase| (phase.from_s, phase.until_s)).collect();
    assert_eq!(borders, [(0.0, 2.0), (2.0, 5.0)]);
    let levels: Vec<(f64, f64)> =
        report.phases.iter().map(|phase| (phase.level_from, phase.level_to)).collect();
    assert_eq!(levels, [(20.0, 20.0), (20.0, 100.0)]);
}

#[test]
fn the_same_seed_offers_the_same_shape() {
    // One server for both: its port is in what is sent.
    let scenario = scenario("").replace("constant", "poisson");
    let schedule = || {
        let shape = ["--shape", "ramp 10/s..60/s for 1 s, pause 1 s, 30/s for 1 s", "--seed", "11"];
        let done = Run::new(&scenario).args(shape).start().finish();
        let report = report(&done);
        assert_eq!(report.phases[1].all.scheduled, 0, "{done:?}");
        report.offered.schedule
    };
    assert_eq!(schedule(), schedule());
}

#[test]
fn a_run_without_a_shape_has_no_phases() {
    let done = Run::new(&scenario("")).args(["--duration", "1 s"]).start().finish();
    assert!(report(&done).phases.is_empty());
    let json = std::fs::read_to_string(done.results().join("report.json")).unwrap();
    assert!(!json.contains("\"phases\"") && !page(&done).contains("Each phase"));
}

#[test]
fn as_many_users_are_at_work_as_the_shape_asks_for() {
    let shape = ["--shape", "pause 1 s, 5 users for 2 s"];
    let done = Run::new(&scenario(", think: 50 ms")).args(shape).start().finish();
    let report = report(&done);
    assert_eq!((report.offered.model.as_str(), report.offered.users), ("users", Some(5)), "{done:?}");
    assert_eq!(report.phases.len(), 2);
    assert_eq!(report.phases[0].all.scheduled, 0);
    assert!(report.phases[1].all.scheduled > 0);
}

#[test]
fn a_shape_that_cannot_be_is_refused_with_a_hint() {
    let level = "30/s for 1 s";
    for (rest, said) in [
        (&["--shape", "rmap 1/s..2/s for 3 s"][..], "did you mean `ramp`?"),
        (&["--shape", "300/s"], "does not say for how long"),
        (&["--shape", ""], "no phase begins with"),
        (&["--shape", "pause 5 s"], "measures nothing"),
        (&["--shape", "0/s for 5 s"], "measures nothing"),
        (&["--shape", "1/s for 1 s, 5 users for 1 s"], "counts both"),
        (&["--shape", level, "--duration", "5 s"], "leave out --duration"),
        (&["--shape", level, "--connections", "5"], "leave out the shape"),
        (&["--shape", level, "--closed"], "rates belong to the open model"),
        (&["--shape", level, "--both"], "offered by one model"),
        (&["--shape", level, "--rate", "5"], "leave out --rate"),
        (&["--shape", "5 users for 1 s", "--open"], "users belong to the closed model"),
        (&["--shape", "5 users for 1 s", "--users", "5"], "leave out --users"),
        (&["--shape", "99999999999/s for 1 s"], "more than any single machine makes"),
        (&["--shape", "30000 users for 1 s"], "more than one process carries"),
    ] {
        let done = loadgen(&[&["run", "forum"], rest].concat());
        assert_eq!(done.code, 2, "{rest:?}: {}", done.stderr);
        assert!(done.stderr.contains(said), "{rest:?} should say {said:?}: {}", done.stderr);
        assert!(done.stderr.contains("hint: "), "{rest:?}: {}", done.stderr);
    }
    for (load, said) in [
        (", shape: 30/s for 1 s, duration: 3 s", "the shape says how long the run is"),
        (", shape: 30/s for 1 s, model: connections", "nothing has a shape"),
        (", shape: 30/s for 1 s, model: both", "offered by one model"),
    ] {
        let done = Run::new(&scenario(load)).start().finish();
        assert_eq!(done.code, 2, "{load}: {}", done.stderr);
        assert!(done.stderr.contains(said) && done.stderr.contains("hint: "), "{load}: {}", done.stderr);
        assert!(!done.has_results(), "{load}");
    }
}
