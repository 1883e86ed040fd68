//! Loading a server that is not ours, and servers that cannot be loaded.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use helpers::{Run, report};

/// Serves each connection with `serve` on a thread of its own, for as long as the test runs.
fn server(serve: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream));
        }
    });
    url
}

/// Answers every request on a connection with these bytes.
fn answering(answer: &'static str) -> String {
    server(move |mut stream| {
        let mut buffer = [0u8; 4_096];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            let requests = buffer[..read].windows(4).filter(|window| *window == b"\r\n\r\n").count();
            if stream.write_all(answer.repeat(requests).as_bytes()).is_err() {
                return;
            }
        }
    })
}

fn scenario(target: &str, check: &str) -> String {
    format!(
        "name: mine\ntarget: {target}\nactions:\n  home: {{ total: 40/s }}\nrequests:\n  home: {{ GET: \"/items/{{item}}\"{check} }}\nvisitors:\n  item: zipf 0.8 of 100\nload: {{ duration: 1s, warmup: 0s, rate: 40/s, timeout: 1s }}\n"
    )
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

#[test]
fn a_server_of_one_s_own_is_measured_as_the_file_says() {
    let done = Run::new(&scenario(&answering(OK), ", check: [status 200, contains hello]")).start().finish();
    let report = report(&done);
    assert_eq!(done.code, helpers::unless_limited(&report, 0), "{done:?}");
    assert!(report.all.good > 10 && report.all.failed() == 0);
    assert!(report.target.seeded.is_none() && report.server.is_none());
    assert!((report.all.bytes_per_response - OK.len() as f64).abs() < 1e-9);
}

#[test]
fn the_command_line_s_target_wins_and_closed_works_too() {
    let text = scenario("http://127.0.0.1:1", "");
    let target = answering(OK);
    let run =
        Run::new(&text.replace("timeout: 1s", "timeout: 1s, think: 100 ms").replace("rate: 40/s, ", ""));
    let done = run.args(["--target", &target, "--closed", "--users", "5"]).start().finish();
    let report = report(&done);
    assert_eq!(done.code, helpers::unless_limited(&report, 0), "{done:?}");
    assert!(report.all.good > 5);
}

#[test]
fn connections_ask_as_soon_as_they_are_answered_and_the_report_says_what_that_hides() {
    let text = scenario(&answering(OK), "").replace("rate: 40/s, ", "model: connections, connections: 9, ");
    let done = Run::new(&text).args(["--connections", "3"]).start().finish();
    let report = report(&done);
    assert!(matches!(done.code, 0 | 3), "{done:?}");
    assert_eq!((report.offered.model.as_str(), report.offered.connections), ("connections", Some(3)));
    assert_eq!((report.generator.connections, report.generator.in_flight_max), (3, 3));
    assert!(report.all.good > 0 && report.all.failed() == 0, "{:?}", report.all);
    assert!(report.offered.actions_per_s.is_none(), "nobody asks for a rate");
    assert!(report.notes.iter().any(|note| note.contains("coordinated omission")));
    assert!(done.stdout.contains("connections model, 3 of them"), "{}", done.stdout);
}

#[test]
fn a_failed_check_is_counted_and_misses_the_promise() {
    let text = scenario(&answering(OK), ", check: contains goodbye") + "slo: errors < 1%\n";
    let done = Run::new(&text).start().finish();
    let report = report(&done);
    assert_eq!(done.code, helpers::unless_limited(&report, 1), "{done:?}");
    assert_eq!(report.all.good, 0);
    assert_eq!(report.all.errors[0].kind, "check failed (status 200)");
    assert_eq!(report.slo[0].verdict, scenarios::verdict::Attained::Missed);
}

#[test]
fn a_target_that_cannot_be_loaded_is_told_before_the_run() {
    let closed_port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let resetting = server(|mut stream| {
        let mut buffer = [0u8; 64];
        drop(stream.read(&mut buffer));
    });
    let garbage = answering("220 mail.example ESMTP ready\r\n");
    let refusing = answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    for (target, said, hint) in [
        (closed_port, "does not take connections", "is the server running"),
        (resetting, "closed the connection before it had answered", "HTTPS"),
        (garbage, "did not answer in HTTP/1.1", "is this an HTTP server"),
        (refusing, "answered with status 404", "check its path"),
        ("http://no-such-name.invalid:80".to_owned(), "the name is not known", "spelling"),
    ] {
        let done = Run::new(&scenario(&target, "")).start().finish();
        assert_eq!(done.code, 2, "{done:?}");
        assert!(done.stderr.contains(said) && done.stderr.contains(hint), "{said}: {}", done.stderr);
        assert!(!done.has_results(), "no folder is left of a run that never was");
    }
}

#[test]
fn a_target_that_hangs_in_the_middle_is_reported_as_waits_of_at_least_the_time_out() {
    // The first answer comes, so that the run begins; then silence.
    let answered = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let target = server(move |mut stream| {
        let mut buffer = [0u8; 4_096];
        while let Ok(1..) = stream.read(&mut buffer) {
            if !answered.swap(true, std::sync::atomic::Ordering::SeqCst)
                && stream.write_all(OK.as_bytes()).is_err()
            {
                return;
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    });
    let done = Run::new(&(scenario(&target, "") + "slo: p99 < 500 ms\n")).start().finish();
    let report = report(&done);
    assert_eq!(done.code, helpers::unless_limited(&report, 1), "{done:?}");
    assert_eq!(report.all.good, 0);
    assert_eq!(report.all.errors[0].kind, "timed out");
    let p99 = report.all.response.quantile(0.99).unwrap();
    assert!(p99.censored && p99.value_s >= 0.99, "{p99:?}");
    assert!(done.stdout.contains('≥'));
}

#[test]
fn a_server_that_stalls_shows_in_the_response_and_not_in_the_service_alone() {
    // Every request waits until half a second has passed since the first one of the run.
    let first = std::sync::Arc::new(std::sync::OnceLock::new());
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let target = server(move |mut stream| {
        let mut buffer = [0u8; 4_096];
        while let Ok(1..) = stream.read(&mut buffer) {
            if asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0 {
                let begun: std::time::Instant = *first.get_or_init(std::time::Instant::now);
                std::thread::sleep(Duration::from_millis(500).saturating_sub(begun.elapsed()));
            }
            if stream.write_all(OK.as_bytes()).is_err() {
                return;
            }
        }
    });
    let done = Run::new(&scenario(&target, "")).start().finish();
    let report = report(&done);
    // Some 40/s over 1 s with a stall of 0.5 s at the start: the longest wait is the stall, nearly.
    let longest = report.all.response.max_s;
    assert!((0.3..0.9).contains(&longest), "{longest}");
    assert_eq!(report.all.failed(), 0);
}

#[test]
fn ctrl_c_does_not_wait_for_a_server_that_hangs() {
    for model in [&["--rate", "40"][..], &["--closed", "--users", "5"]] {
        let answered = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let target = server(move |mut stream| {
            let mut buffer = [0u8; 4_096];
            while let Ok(1..) = stream.read(&mut buffer) {
                if !answered.swap(true, std::sync::atomic::Ordering::SeqCst)
                    && stream.write_all(OK.as_bytes()).is_err()
                {
                    return;
                }
            }
        });
        let text = scenario(&target, "")
            .replace("duration: 1s, warmup: 0s, rate: 40/s, timeout: 1s", "think: 100 ms, timeout: 60 s");
        let run = Run::new(&text)
            .args(["--duration", "10 min", "--warmup", "0s"])
            .args(model.iter().copied())
            .start();
        run.wait_for_load();
        let asked = std::time::Instant::now();
        run.interrupt();
        let done = run.finish();
        assert!(asked.elapsed() < Duration::from_secs(5), "{model:?} took {:?}", asked.elapsed());
        let report = report(&done);
        assert!(report.offered.cut_short && report.all.good == 0, "{model:?}");
        // The few users hang from before the measured time on; arrivals keep coming.
        let cut = report.all.errors.iter().any(|error| error.kind == "cut short");
        assert_eq!(cut, report.offered.model == "open", "{:?}", report.all.errors);
    }
}

#[test]
fn users_whose_connections_were_closed_meanwhile_go_on_with_fresh_ones() {
    // One answer on each connection, and then it is closed without a word, as servers do with idle ones.
    let target = server(|mut stream| {
        let mut buffer = [0u8; 4_096];
        if let Ok(1..) = stream.read(&mut buffer) {
            drop(stream.write_all(OK.as_bytes()));
        }
    });
    let text = scenario(&target, "").replace("rate: 40/s, ", "think: 50 ms, ");
    let done = Run::new(&text).args(["--closed", "--users", "5"]).start().finish();
    let report = report(&done);
    assert_eq!(report.all.failed(), 0, "{:?}", report.all.errors);
    assert!(report.all.good > 10, "{}", report.all.good);
}

#[test]
fn a_slow_answer_in_a_visit_is_not_the_generator_s_fault() {
    // The first step answers after 1 to 60 ms, so that the second often cannot leave when it was to.
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let target = server(move |mut stream| {
        let mut buffer = [0u8; 4_096];
        while let Ok(1..) = stream.read(&mut buffer) {
            let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(1 + number * 37 % 60));
            if stream.write_all(OK.as_bytes()).is_err() {
                return;
            }
        }
    });
    let text = scenario(&target, "") + "journeys: { twice: [home, home, home] }\n";
    let report = report(&Run::new(&text).start().finish());
    let lag = report.generator.lag.quantile(0.5).expect("requests were sent").value_s;
    // Half of the later steps wait for an answer that is slower than the average; the generator's own delay is small.
    assert!(lag < 0.005, "median lag {lag} s");
    assert!(report.all.response.quantile(0.9).expect("answers").value_s > 0.03);
}

#[test]
fn a_request_that_needs_an_earlier_answer_is_not_asked_before_the_run() {
    let target = server(|mut stream| {
        let mut buffer = [0u8; 4_096];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
            let answer = if request.starts_with("POST /things") {
                "HTTP/1.1 201 Created\r\nContent-Length: 8\r\n\r\n{\"id\":7}"
            } else if request.starts_with("GET /things/7 ") {
                OK
            } else {
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            };
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    });
    let text = format!(
        "name: things\ntarget: {target}\nactions: {{ make: {{ total: 10/s }}, see: {{ total: 10/s }} }}\nrequests:\n  make: {{ POST: /things, json: {{ a: 1 }}, keep: {{ thing: json $.id }} }}\n  see: {{ GET: \"/things/{{thing}}\" }}\njourneys: {{ one: [make, see] }}\nload: {{ duration: 1s, warmup: 0s, rate: 40/s }}\n"
    );
    let report = report(&Run::new(&text).start().finish());
    assert_eq!(report.all.failed(), 0, "{:?}", report.all.errors);
    assert!(report.actions[1].good > 3);
}
