//! A faulty server: whatever it does, a run ends in bounded time and memory, with a report that says what happened, in both
//! models of load.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use helpers::{Run, report};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Starts a server that is as faulty as the path asks for; `/ok` is answered well.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicU64::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let asked = asked.clone();
            std::thread::spawn(move || drop(converse(stream, &asked)));
        }
    });
    url
}

/// Answers requests until one is answered badly.
fn converse(mut stream: TcpStream, asked: &AtomicU64) -> std::io::Result<()> {
    let mut buffer = [0u8; 4_096];
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
        let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
        if path == "/ok" {
            stream.write_all(OK)?;
        } else {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            misbehave(&mut stream, &path, number)?;
        }
    }
}

/// Closes with a reset: what has come is not read, and the kernel says so.
fn reset(stream: &TcpStream) -> std::io::Result<()> {
    rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO))?;
    Err(std::io::ErrorKind::ConnectionReset.into())
}

/// More and more of it, at a pace that leaves the processors to others.
fn forever(stream: &mut TcpStream, piece: &[u8]) -> std::io::Result<()> {
    let block = piece.repeat(8_192 / piece.len());
    loop {
        stream.write_all(&block)?;
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn misbehave(stream: &mut TcpStream, path: &str, number: u64) -> std::io::Result<()> {
    let closed = || Err(std::io::ErrorKind::ConnectionAborted.into());
    match path {
        "/reset-before" => reset(stream),
        "/reset-within" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhal")?;
            reset(stream)
        }
        // Until the other side has had enough.
        "/hang" => stream.read(&mut [0u8; 16]).map(drop),
        "/trickle" => OK.iter().cycle().try_for_each(|byte| {
            stream.write_all(&[*byte])?;
            // So slowly that the answer takes longer than anybody waits.
            std::thread::sleep(Duration::from_millis(50));
            Ok(())
        }),
        "/endless-body" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            forever(stream, &[b'x'; 4_096])
        }
        "/endless-chunks" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            forever(stream, b"5\r\nhello\r\n")
        }
        "/too-short" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello")?;
            closed()
        }
        "/too-long" => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more"),
        "/garbage" => stream.write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n"),
        "/endless-headers" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            forever(stream, b"X-More: of the same\r\n")
        }
        "/endless-extension" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;")?;
            forever(stream, b"extension")
        }
        "/interims" => forever(stream, b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        "/redirect" => {
            stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: /redirect\r\nContent-Length: 0\r\n\r\n")
        }
        "/random" => {
            let end = ChaCha8Rng::seed_from_u64(number).random_range(0..OK.len() * 2);
            stream.write_all(&OK[..end.min(OK.len())])?;
            if end < OK.len() { closed() } else { Ok(()) }
        }
        // An answer, and then the end without a word, as servers treat idle connections.
        "/idle-close" => {
            stream.write_all(OK)?;
            stream.shutdown(Shutdown::Both)?;
            closed()
        }
        _ => closed(),
    }
}

/// What it is asked for, and the failures that may be told; none: all is well.
const FAULTS: &[(&str, &[&str])] = &[
    ("/reset-before", &["connection closed"]),
    ("/reset-within", &["connection closed"]),
    ("/hang", &["timed out"]),
    ("/trickle", &["timed out"]),
    ("/endless-body", &["timed out"]),
    ("/endless-chunks", &["timed out"]),
    ("/too-short", &["connection closed"]),
    ("/too-long", &["not HTTP"]),
    ("/garbage", &["not HTTP"]),
    ("/endless-headers", &["not HTTP"]),
    ("/endless-extension", &["not HTTP"]),
    ("/interims", &["not HTTP"]),
    ("/redirect", &[]),
    ("/random", &["connection closed"]),
    ("/idle-close", &[]),
];

/// More memory than this for a handful of connections is a leak: a debug build needs some 40 MiB.
const MOST_MEMORY: u64 = 200 << 20;

fn scenario(url: &str, path: &str) -> String {
    format!(
        "name: faulty\ntarget: {url}\nactions: {{ fine: {{ total: 10/s }}, odd: {{ total: 10/s }} }}\nrequests: {{ fine: {{ GET: /ok }}, odd: {{ GET: {path} }} }}\nslo: errors < 1%\nload: {{ duration: 3s, warmup: 0s, rate: 20/s, timeout: 700 ms, think: 100 ms, abort: never }}\n"
    )
}

/// Some faults at a time, so that the machine is not the limit.
const AT_ONCE: usize = 3;

fn suffers(model: &[&str]) {
    let url = serve();
    for some in FAULTS.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            for (path, kinds) in some {
                let url = &url;
                scope.spawn(move || suffer(url, path, kinds, model));
            }
        });
    }
}

fn suffer(url: &str, path: &str, kinds: &[&str], model: &[&str]) {
    let text = scenario(url, path);
    let text = if model.is_empty() { text } else { text.replace("rate: 20/s, ", "") };
    let run = Run::new(&text).args(model.iter().copied()).start();
    run.wait_for_load();
    let memory = run.peak_memory();
    assert!(memory > 0 && memory < MOST_MEMORY, "{path}: {memory} bytes");
    let done = run.finish();
    let report = report(&done);
    let [fine, odd] = &report.actions[..] else { panic!("{path}: two actions") };
    assert!(fine.good > 0, "{path}: {:?}", fine.errors);
    let told: Vec<&str> = odd.errors.iter().map(|error| error.kind.as_str()).collect();
    assert!(told.iter().all(|kind| kinds.contains(kind)), "{path}: {told:?}");
    assert_eq!(told.is_empty(), kinds.is_empty(), "{path}: {odd:?}");
    let code = if kinds.is_empty() { [0, 3] } else { [1, 3] };
    assert!(code.contains(&done.code), "{path}: {done:?}");
}

#[test]
fn a_report_comes_out_whatever_a_server_does_to_arrivals() {
    suffers(&[]);
}

#[test]
fn a_report_comes_out_whatever_a_server_does_to_users() {
    suffers(&["--closed", "--users", "5"]);
}

#[test]
fn a_run_without_descriptors_says_that_they_were_the_limit_how_many_there_were_and_what_helps() {
    let url = serve();
    let text = scenario(&url, "/hang").replace("rate: 20/s", "rate: 300/s");
    let done = Run::new(&text).with_descriptors(90).start().finish();
    let report = report(&done);
    assert_eq!(done.code, 3, "{done:?}");
    let evidence = report.generator.evidence.join("\n");
    let printed = done.stdout.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    for said in ["the 90 descriptors of this process leave room for 26", "`ulimit -Hn`"] {
        assert!(evidence.contains(said) && printed.contains(said), "{said}: {evidence}\n{printed}");
    }
}

#[test]
fn more_users_or_connections_than_descriptors_are_refused_before_the_run() {
    let text = scenario(&serve(), "/ok").replace("rate: 20/s, ", "");
    for model in [&["--closed", "--users", "40"][..], &["--connections", "40"]] {
        let done = Run::new(&text).args(model.iter().copied()).with_descriptors(90).start().finish();
        assert_eq!(done.code, 2, "{done:?}");
        for said in ["the 90 descriptors of this process leave room for 26", "`ulimit -Hn`", "hint: "] {
            assert!(done.stderr.contains(said), "{said}: {}", done.stderr);
        }
        assert!(!done.has_results());
    }
}

#[test]
fn a_run_ends_by_itself_when_nearly_everything_fails() {
    let url = serve();
    let text = scenario(&url, "/reset-before").replace("abort: never", "abort: errors > 20%");
    let done = Run::new(&text).args(["--duration", "5 min"]).start().finish();
    let report = report(&done);
    assert!(matches!(done.code, 1 | 3), "{done:?}");
    let aborted = report.offered.aborted.as_ref().unwrap();
    assert!(aborted.failed as f64 > aborted.of as f64 * 0.2 && aborted.after_s >= 10.0, "{aborted:?}");
    assert!(!report.offered.cut_short && report.all.good > 0);
    assert!(done.stdout.contains("STOPPED BY ITSELF"), "{}", done.stdout);
    let alone = text.replace("slo: errors < 1%\n", "");
    let done = Run::new(&alone).args(["--duration", "5 min"]).start().finish();
    assert_eq!(done.code, 3, "nothing was promised, and nothing can be told: {done:?}");
}
