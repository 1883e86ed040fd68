//! How long connections are kept, and how many there may be: seen from the server, in both models.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use helpers::{Run, report};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// What a server has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
    /// Requests that said that they are alone on their connection.
    closing: AtomicUsize,
}

/// A server that takes this long to answer.
fn serve(takes: Duration) -> (String, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Seen::default());
    let shared = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let seen = shared.clone();
            std::thread::spawn(move || answer(stream, &seen, takes));
        }
    });
    (url, seen)
}

fn answer(mut stream: TcpStream, seen: &Seen, takes: Duration) {
    let open = seen.open.fetch_add(1, Ordering::SeqCst) + 1;
    seen.most_open.fetch_max(open, Ordering::SeqCst);
    let mut buffer = [0u8; 4_096];
    let mut asked = 0;
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        asked += 1;
        seen.closing
            .fetch_add(usize::from(buffer[..read].ends_with(b"Connection: close\r\n\r\n")), Ordering::SeqCst);
        std::thread::sleep(takes);
        if stream.write_all(OK.as_bytes()).is_err() {
            break;
        }
    }
    // The connection that only looks whether there is a server asks nothing.
    seen.connections.fetch_add(usize::from(asked > 0), Ordering::SeqCst);
    seen.requests.fetch_add(asked, Ordering::SeqCst);
    seen.open.fetch_sub(1, Ordering::SeqCst);
}

fn run(url: &str, connections: &str, model: &[&str]) -> scenarios::report::Report {
    let rate = if model.is_empty() { "rate: 60/s, " } else { "" };
    let text = format!(
        "name: mine\ntarget: {{ url: \"{url}\", connections: {connections} }}\nactions:\n  home: {{ total: 40/s }}\nrequests:\n  home: {{ GET: / }}\njourneys: {{ visit: [home, home, home] }}\nload: {{ duration: 2s, warmup: 0s, {rate}think: 100 ms, timeout: 5s }}\n"
    );
    let done = Run::new(&text).args(model.iter().copied()).start().finish();
    report(&done)
}

const MODELS: [&[&str]; 2] = [&[], &["--closed", "--users", "5"]];

#[test]
fn a_connection_is_kept_for_a_run_a_visit_or_a_request() {
    for model in MODELS {
        for (policy, low, high) in
            [("reuse", 3.1, f64::INFINITY), ("per visitor", 2.0, 3.0), ("new", 1.0, 1.0)]
        {
            let (url, seen) = serve(Duration::ZERO);
            let report = run(&url, policy, model);
            assert_eq!(report.all.failed(), 0, "{policy}: {:?}", report.all.errors);
            // The server's threads notice the end of the run in their own time.
            while seen.open.load(Ordering::SeqCst) > 0 {
                std::thread::yield_now();
            }
            let count = |of: &AtomicUsize| of.load(Ordering::SeqCst) as f64;
            let each = count(&seen.requests) / count(&seen.connections);
            assert!((low..=high).contains(&each), "{model:?} {policy}: {each} requests on a connection");
            assert_eq!(policy == "new", seen.closing.load(Ordering::SeqCst) > 0);
            assert_eq!(report.target.connections.is_empty(), policy == "reuse");
        }
    }
}

#[test]
fn a_maximum_is_kept_and_what_finds_no_connection_is_shed() {
    for (model, policy) in MODELS.iter().flat_map(|model| ["reuse", "new"].map(|policy| (*model, policy))) {
        let (url, seen) = serve(Duration::from_millis(60));
        let report = run(&url, &format!("{{ policy: {policy}, most: 2 }}"), model);
        if policy == "reuse" {
            // With the look at the address and the question before the run.
            assert!(seen.most_open.load(Ordering::SeqCst) <= 4, "{model:?}");
        }
        assert!(!model.is_empty() || report.generator.in_flight_max <= 2, "{policy}");
        assert!(report.generator.shed > 0 && report.all.good > 5, "{model:?} {policy}: {:?}", report.all);
        assert_eq!(report.generator.verdict, scenarios::report::Honesty::GeneratorLimited);
    }
}
