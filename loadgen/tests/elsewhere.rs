//! Comparisons at the edge of what can be known: servers on other machines, and a rate that cannot be offered.

mod helpers;

use std::net::{IpAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use helpers::server::{Asked, serve, serve_at};
use helpers::{Done, Run};
use serde_json::Value;

const HELLO: &str = "name: hello
actions: { hello: { total: 100/s } }
requests: { hello: { GET: /, check: status 200 } }
";

/// One at a time: they take each other's processors.
static ALONE: Mutex<()> = Mutex::new(());

fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn check(scenario: &str, a: &str, b: &str, rest: &[&str]) -> (Done, Value) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let run = Run::command("check", scenario).args(["--a", a, "--b", b, "--format", "json", "--no-confirm"]);
    let done = run.args(rest.iter().copied()).start().finish();
    let job = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
    (done, job)
}

/// An address of this machine that is not its loopback, if it has one; nothing is sent.
fn outer_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_loopback())
}

/// Says hello, and under `/metrics` that each hello took so many microseconds of processor time; `None`: it does not say.
fn elsewhere(ip: IpAddr, micros: Option<u64>) -> String {
    let hellos = Arc::new(AtomicU64::new(0));
    serve_at(ip, move |asked: &Asked| match (asked.path.as_str(), micros) {
        ("/metrics", Some(micros)) => {
            let used = (hellos.load(Ordering::Relaxed) * micros) as f64 / 1e6;
            answer(&format!("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total {used}\n"))
        }
        ("/metrics", None) => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        _ => {
            hellos.fetch_add(1, Ordering::Relaxed);
            // Slow enough that what a busy machine delays the generator by is little beside it.
            std::thread::sleep(Duration::from_millis(20));
            answer("hello")
        }
    })
}

#[test]
fn a_server_elsewhere_says_its_processor_time_itself_or_it_is_not_known() {
    let Some(ip) = outer_address() else {
        println!("skipped: this machine has no address but its loopback");
        return;
    };
    let (a, b, silent) = (elsewhere(ip, Some(2_000)), elsewhere(ip, Some(3_000)), elsewhere(ip, None));
    let short = ["--primary", "cpu", "--max-time", "22s", "--rate", "60", "--block", "300ms"];
    let (done, job) = check(HELLO, &a, &b, &[&short[..], &["--yes"]].concat());
    assert_eq!((done.code, &job["word"]), (1, &Value::from("regressed")), "{done:?}");
    let cpu = &job["parts"][0]["comparison"]["against"][0]["metrics"][0];
    let close = |value: &Value, expected: f64| (value.as_f64().unwrap() / expected - 1.0).abs() < 1e-3;
    assert!(
        close(&cpu["baseline"], 2e-3) && close(&cpu["candidate"], 3e-3) && close(&cpu["change"], 0.5),
        "{cpu}"
    );

    let (done, job) = check(HELLO, &a, &silent, &[&short[..], &["--yes"]].concat());
    assert_eq!((done.code, &job["word"]), (3, &Value::from("cannot_tell")), "{done:?}");
    let why = job["parts"][0]["comparison"]["against"][0]["why"].to_string();
    assert!(why.contains("has no process_cpu_seconds_total under /metrics"), "{why}");

    let (done, _) = check(HELLO, &a, &b, &short);
    assert!(done.code == 2 && done.stdout.contains("--yes"), "heavy load elsewhere wants a word: {done:?}");
}

#[test]
fn a_rate_that_cannot_be_offered_is_never_a_pass() {
    let [a, b] = [0, 1].map(|_| serve(|_| answer("hello")));
    // More than a debug build can write, and more than two threads can answer.
    let absurd = ["--rate", "80000", "--max-time", "30s", "--block", "300ms"];
    // With few connections, so that what is late is not another thousand threads of the servers.
    let few = format!("{HELLO}target: {{ url: \"http://127.0.0.1:1\", connections: {{ most: 16 }} }}\n");
    let (done, job) = check(&few, &a, &b, &absurd);
    assert_eq!((done.code, &job["word"]), (3, &Value::from("cannot_tell")), "{done:?}");
    let why = job["parts"][0]["comparison"]["against"][0]["why"].to_string();
    assert!(why.contains("do not count"), "{why}");
}
