//! What is done once before and after the load, journeys with weights, and secrets, with a shop of one's own.

mod helpers;

use std::sync::{Arc, Mutex};

use helpers::server::{Asked, serve};
use helpers::{Done, Run, report};

/// The example that ships, with its table.
const EXAMPLE: &str = include_str!("../../scenarios/examples/shop.yaml");
const CUSTOMERS: &str = include_str!("../../scenarios/examples/customers.csv");
const KEY: &str = "admin/k3y \"x\"";

/// What a shop was asked, in order: method and path.
type Log = Arc<Mutex<Vec<String>>>;

fn answer(status: &str, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The shop that the example describes; it takes nothing that is not as the example sends it.
fn shop(log: &Log, asked: &Asked) -> String {
    log.lock().expect("nobody panicked").push(format!("{} {}", asked.method, asked.path));
    let is_admin = asked.header("authorization") == Some(&format!("Bearer {KEY}"));
    let bearer = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer t-"));
    let is_known = asked.header("cookie") == Some("sid=1");
    let json = "Content-Type: application/json\r\n";
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/admin/seasons") if is_admin => answer("201 Created", json, r#"{"id":17}"#),
        ("DELETE", "/admin/seasons/17") if is_admin => answer("204 No Content", "", ""),
        ("GET", "/login") => answer("200 OK", "", "<input name=\"csrf\" value=\"c1\">"),
        ("POST", "/login") if asked.body.ends_with("&csrf=c1") => {
            answer("303 See Other", "Set-Cookie: sid=1; Path=/\r\nLocation: /home\r\n", "")
        }
        ("GET", "/home") if is_known => answer("200 OK", "", "Welcome"),
        ("POST", "/api/tokens") => {
            let name = asked.body.split('"').nth(3).unwrap_or_default();
            answer("201 Created", json, &format!(r#"{{"token":"t-{name}"}}"#))
        }
        ("GET", path) if is_known && path.starts_with("/items/") && path.ends_with("?season=17") => {
            answer("200 OK", "Content-Type: text/html\r\n", "an item")
        }
        ("POST", "/api/orders") if bearer.is_some() && asked.header("idempotency-key").is_some() => {
            let buyer = bearer.unwrap_or_default();
            answer("201 Created", json, &format!(r#"{{"id":5,"total":12.5,"buyer":"{buyer}"}}"#))
        }
        ("GET", "/api/orders/5") if bearer.is_some() => answer("200 OK", json, r#"{"state":"paid"}"#),
        _ => answer("403 Forbidden", "", &format!("no: {:?}", asked.header("authorization"))),
    }
}

fn example(target: &str) -> String {
    EXAMPLE
        .replace("http://127.0.0.1:8080", target)
        .replace("think lognormal 2 s", "think exponential 10 ms")
        .replace("think 1..3 s", "think 10..20 ms")
        .replace("rate: 20/s, duration: 30 s", "duration: 2 s, warmup: 0 s, think: 50 ms")
}

fn run(text: &str) -> Run {
    Run::new(text).with_file("customers.csv", CUSTOMERS).with_environment("SHOP_ADMIN_KEY", KEY)
}

/// Everything that a run has written.
fn written(done: &Done) -> String {
    let mut all = format!("{}\n{}\n", done.stdout, done.stderr);
    if done.has_results() {
        for entry in std::fs::read_dir(done.results()).expect("results").map_while(Result::ok) {
            all += &String::from_utf8_lossy(&std::fs::read(entry.path()).expect("a file"));
        }
    }
    all
}

fn assert_hidden(done: &Done) {
    let all = written(done);
    for part in [KEY, "k3y", "admin%2F"] {
        assert!(!all.contains(part), "{part} is in the output: {done:?}");
    }
}

#[test]
fn the_example_that_ships_runs_in_both_models_with_its_setup_and_teardown() {
    for model in [&["--rate", "60"][..], &["--closed", "--users", "4"]] {
        let log = Log::default();
        let seen = log.clone();
        let target = serve(move |asked| shop(&seen, asked));
        let done = run(&example(&target)).args(model.iter().copied()).start().finish();
        let report = report(&done);
        assert_eq!(report.all.failed(), 0, "{model:?}: {:?}", report.notes);
        let of =
            |name: &str| report.actions.iter().find(|action| action.name == name).map(|action| action.good);
        let (looks, buys) = (of("look at item").unwrap_or(0), of("buy").unwrap_or(0));
        // Of four visits three look twice and one looks and buys: 7 looks, and 2 requests of buying.
        assert!(buys > 0 && looks > buys, "{model:?}: {looks} looks, {buys} buys");
        assert!(of("open season").is_none(), "setup is not measured");
        let log = log.lock().expect("nobody panicked");
        assert_eq!(log.first().map(String::as_str), Some("POST /admin/seasons"), "{model:?}");
        assert_eq!(log.last().map(String::as_str), Some("DELETE /admin/seasons/17"), "{model:?}");
        assert_eq!(log.iter().filter(|line| line.contains("/admin/")).count(), 2, "{model:?}");
        assert_hidden(&done);
    }
}

#[test]
fn a_setup_that_fails_says_what_was_asked_and_answered_and_hides_the_secret() {
    // The shop repeats the key in its answer, which must not bring it into the open.
    let log = Log::default();
    let seen = log.clone();
    let target = serve(move |asked| {
        seen.lock().expect("nobody panicked").push(format!("{} {}", asked.method, asked.path));
        answer("403 Forbidden", "", &format!("key {} is bad", asked.header("authorization").unwrap_or("")))
    });
    let done = run(&example(&target)).args(["--rate", "60"]).start().finish();
    assert_eq!(done.code, 2, "{done:?}");
    for said in ["setup: ", "`open season`", "`status 201`", "POST /admin/seasons", "status 403", "hint: "] {
        assert!(done.stderr.contains(said), "{said}: {}", done.stderr);
    }
    // What setup did not get cannot be removed: a path with a hole is not sent.
    assert!(done.stderr.contains("`close season` was left out"), "{}", done.stderr);
    assert_eq!(*log.lock().expect("nobody panicked"), ["POST /admin/seasons"]);
    assert_hidden(&done);
}

#[test]
fn a_teardown_that_fails_is_a_note_and_one_after_ctrl_c_is_done() {
    let log = Log::default();
    let seen = log.clone();
    let target =
        serve(
            move |asked| {
                if asked.method == "DELETE" { answer("500 Oops", "", "broken") } else { shop(&seen, asked) }
            },
        );
    let text = example(&target).replace("duration: 2 s", "duration: 10 min");
    let run = run(&text).args(["--rate", "60"]).start();
    run.wait_for_load();
    run.interrupt();
    let done = run.finish();
    let report = report(&done);
    assert!(report.offered.cut_short);
    let note = report.notes.iter().find(|note| note.starts_with("teardown: ")).expect("a note");
    assert!(note.contains("`close season`") && note.contains("status 500"), "{note}");
    assert_hidden(&done);
}

#[test]
fn a_password_in_an_address_is_refused_and_not_repeated() {
    let in_file = run(&example("http://ann:hunter22@127.0.0.1:1")).start().finish();
    let typed = run(&example("http://127.0.0.1:1")).args(["--target", "http://ann:hunter22@127.0.0.1:1"]);
    for done in [in_file, typed.start().finish()] {
        assert_eq!(done.code, 2, "{done:?}");
        assert!(!written(&done).contains("hunter22"), "{done:?}");
        assert!(done.stderr.contains("hint: "), "{done:?}");
    }
}
