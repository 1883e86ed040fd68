//! A target that dies in the middle of a run and comes back on the same port: the report names what failed meanwhile, and
//! what is asked at the end is answered again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use helpers::{Run, report};
use scenarios::report::Report;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
/// What is still sent of the answer during which the server dies.
const HALF: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe";
/// The request at which it dies.
const LAST: u64 = 80;
/// For how long nobody listens.
const GONE: Duration = Duration::from_secs(1);

/// A server with two lives.
#[derive(Default)]
struct Mortal {
    asked: AtomicU64,
    /// Connections that belong to its first life.
    dying: AtomicU64,
}

/// Serves until request [`LAST`], is gone for [`GONE`], and serves again on the same port.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mortal = Arc::new(Mortal::default());
    std::thread::spawn(move || live(listener, address, &mortal));
    format!("http://{address}")
}

fn live(listener: TcpListener, address: SocketAddr, mortal: &Arc<Mortal>) {
    listener.set_nonblocking(true).unwrap();
    while mortal.asked.load(Ordering::SeqCst) < LAST {
        accept(&listener, mortal);
    }
    drop(listener);
    // Until its connections are gone: a port with connections on it cannot be listened to again everywhere.
    while mortal.dying.load(Ordering::SeqCst) > 0 {
        std::thread::yield_now();
    }
    std::thread::sleep(GONE);
    let listener = TcpListener::bind(address).unwrap();
    for stream in listener.incoming().map_while(Result::ok) {
        std::thread::spawn(move || drop(converse(stream, None)));
    }
}

/// Takes on whoever is there, and looks again a little later.
fn accept(listener: &TcpListener, mortal: &Arc<Mortal>) {
    let Ok((stream, _)) = listener.accept() else {
        return std::thread::sleep(Duration::from_millis(1));
    };
    mortal.dying.fetch_add(1, Ordering::SeqCst);
    let mortal = mortal.clone();
    std::thread::spawn(move || {
        drop(converse(stream, Some(&mortal)));
        mortal.dying.fetch_sub(1, Ordering::SeqCst);
    });
}

/// Answers until the other side is gone, or the server dies: then the connection is reset, with half an answer on it where
/// there was a request.
fn converse(mut stream: TcpStream, mortal: Option<&Mortal>) -> io::Result<()> {
    // Looked at so often whether the server has died.
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_millis(5)))?;
    let mut buffer = [0u8; 4_096];
    let has_died = || mortal.is_some_and(|mortal| mortal.asked.load(Ordering::SeqCst) >= LAST);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(_) => {
                let number = mortal.map_or(0, |mortal| mortal.asked.fetch_add(1, Ordering::SeqCst) + 1);
                stream.write_all(if number >= LAST { HALF } else { OK })?;
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
        if has_died() {
            return rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO))
                .map_err(io::Error::from);
        }
    }
}

fn outlive(load: &str, model: &[&str]) -> Report {
    let text = format!(
        "name: mortal\ntarget: {}\nactions: {{ home: {{ total: 50/s }} }}\nrequests: {{ home: {{ GET: / }} }}\nslo: errors < 1%\nload: {{ duration: 6s, warmup: 0s, {load}, timeout: 2s, abort: never }}\n",
        serve()
    );
    let done = Run::new(&text).args(model.iter().copied()).start().finish();
    let report = report(&done);
    assert!(matches!(done.code, 1 | 3), "{done:?}");
    let count =
        |kind: &str| report.all.errors.iter().find(|error| error.kind == kind).map_or(0, |error| error.count);
    // The request during which it died, at least, and those of the time when nobody listened.
    assert!(count("connection closed") >= 1 && count("no connection") >= 5, "{:?}", report.all.errors);
    let named = report.notes.iter().find(|note| note.starts_with("the first connection that failed: "));
    assert!(named.is_some_and(|note| note.contains("Connection refused")), "{:?}", report.notes);
    let failed: Vec<&str> = report.over_time.failures.iter().map(|failures| failures.kind.as_str()).collect();
    assert!(failed.contains(&"no connection"), "{failed:?}");
    // It was well before, and it is again.
    let last = report.seconds.iter().rev().find(|second| second.scheduled > 0).unwrap();
    assert!(last.at_s >= 4 && last.good == last.scheduled, "{:?}", report.seconds);
    assert!(report.seconds[0].good > 0, "{:?}", report.seconds);
    assert_eq!(report.all.good + report.all.failed(), report.all.scheduled);
    report
}

#[test]
fn arrivals_are_answered_again_by_a_target_that_has_come_back() {
    let report = outlive("rate: 50/s", &[]);
    assert_eq!(report.offered.model, "open");
    // Nobody waits for a target that is gone: every arrival is offered all the same.
    assert!(report.seconds.iter().all(|second| second.scheduled > 0), "{:?}", report.seconds);
}

#[test]
fn users_are_answered_again_by_a_target_that_has_come_back() {
    let report = outlive("think: 100 ms", &["--closed", "--users", "6"]);
    assert_eq!(report.offered.model, "users");
}
