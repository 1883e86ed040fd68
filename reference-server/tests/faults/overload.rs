//! More than the forum can do, and the end of a forum under load: who is turned away is told when to come back, who is
//! let in is answered, and nobody is cut off.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use reference_server::store::Database;

use crate::audit;
use crate::client::{Connection, member, once, proof};
use crate::database::in_time;
use crate::server::Server;

/// The value of a metric, labels included in its name.
fn metric(address: SocketAddr, series: &str) -> u64 {
    let text = once(address, "GET", "/metrics", "", "").body;
    let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{series}: {text}"))
}

#[test]
fn who_is_turned_away_is_told_when_to_come_back_and_nothing_was_done_for_him() {
    const CROWD: usize = 64;
    const EACH: usize = 20;
    const WAITING: u64 = 8;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("forum.sqlite");
    let more = ["--extra-work", "5ms", "--shed-served", "4", "--shed-waiting", "8", "--shed-wait", "50ms"];
    let server = Server::start(folder.path(), file.to_str().expect("a plain path"), &more);
    let (address, ada) = (server.address, member(server.address, "ada"));
    let (asked, read, shed) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let one_of_them = |number: usize| {
        let mut connection = Connection::open(address).expect("a connection");
        for _ in 0..EACH {
            let answer = if number.is_multiple_of(2) {
                connection.send("GET", "/api/v1/questions", "", "")
            } else {
                let question = r#"{"title": "A question in a crowd", "body": "b"}"#;
                connection.send("POST", "/api/v1/questions", &proof(&ada), question)
            };
            let answer = answer.expect("an answer on an open connection");
            let counted = match answer.status {
                200 => &read,
                201 => &asked,
                503 => {
                    assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
                    assert_eq!(answer.json()["error"]["code"], "busy");
                    &shed
                }
                _ => panic!("{answer:?}"),
            };
            counted.fetch_add(1, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for number in 0..CROWD {
            scope.spawn(move || one_of_them(number));
        }
        // A busy server still says that it is well.
        assert_eq!(once(address, "GET", "/health/ready", "", "").status, 200);
    });
    let (asked, read, shed) = (asked.into_inner(), read.into_inner(), shed.into_inner());
    assert_eq!(asked + read + shed, (CROWD * EACH) as u64, "everybody was answered each time");
    assert!(shed > 0, "64 at once are more than 4 and 8");
    let counted =
        ["full", "waited"].map(|why| metric(address, &format!("forum_shed_total{{why=\"{why}\"}}")));
    assert_eq!(counted.iter().sum::<u64>(), shed);
    assert_eq!(metric(address, "forum_gate_limit{of=\"served\"}"), 4);
    assert!((1..=WAITING).contains(&metric(address, "forum_requests_waiting_max")));
    assert_eq!(metric(address, "forum_requests_waiting"), 0);
    server.end();
    let kept = in_time(audit::number(&Database::Sqlite(file), "select count(*) from questions"));
    assert_eq!(u64::try_from(kept), Ok(asked), "what was acknowledged, and nothing else");
}

/// What came of a load.
#[derive(Debug, Default)]
struct Outcome {
    /// Answers with what was asked for, within [`PATIENCE`].
    good: AtomicUsize,
    /// Those that came later.
    late: AtomicUsize,
    /// Refusals, each with `Retry-After`.
    refused: AtomicUsize,
    /// What all of them waited for a refusal, in microseconds.
    refusals_us: AtomicU64,
    /// From the first request to the last answer.
    took: Duration,
}

/// How long a client is willing to wait.
const PATIENCE: Duration = Duration::from_secs(1);
/// Clients that take turns, so that there is always one to send when a request is due.
const CLIENTS: u32 = 256;
/// Clients that keep the forum just busy: as many as it serves at a time.
const BUSY: u32 = 8;
/// How long each load lasts.
const LOAD_TIME: Duration = Duration::from_secs(3);

/// Offers a load, in turn by many clients; one that is still waiting when its next request is due sends late. Without an
/// interval each sends when its last request was answered.
fn offer(address: SocketAddr, clients: u32, interval: Option<Duration>) -> Outcome {
    let mut outcome = Outcome::default();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..clients {
            let outcome = &outcome;
            scope.spawn(move || {
                let mut connection = Connection::open(address).expect("a connection");
                for number in (client..).step_by(clients as usize) {
                    let due = interval.map_or_else(Instant::now, |interval| start + interval * number);
                    if due >= start + LOAD_TIME {
                        return;
                    }
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    outcome.ask(&mut connection);
                }
            });
        }
    });
    outcome.took = start.elapsed();
    outcome
}

impl Outcome {
    fn ask(&self, connection: &mut Connection) {
        let sent = Instant::now();
        let answer = connection.send("GET", "/api/v1/questions", "", "").expect("an answer");
        let took = sent.elapsed();
        let counted = match answer.status {
            200 if took <= PATIENCE => &self.good,
            200 => &self.late,
            503 if answer.header("retry-after").is_some() => {
                let took = u64::try_from(took.as_micros()).expect("a short time");
                self.refusals_us.fetch_add(took, Ordering::Relaxed);
                &self.refused
            }
            _ => panic!("{answer:?}"),
        };
        counted.fetch_add(1, Ordering::Relaxed);
    }

    fn rate(&self, count: &AtomicUsize) -> f64 {
        count.load(Ordering::Relaxed) as f64 / self.took.as_secs_f64()
    }

    #[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
    fn tell(&self, what: &str) {
        let refused = self.refused.load(Ordering::Relaxed) as u64;
        let mean = self.refusals_us.load(Ordering::Relaxed).checked_div(refused).unwrap_or(0) / 1_000;
        println!(
            "{what}: {:.0}/s good, {:.0}/s late, {:.0}/s refused after {mean} ms on average",
            self.rate(&self.good),
            self.rate(&self.late),
            self.rate(&self.refused)
        );
    }
}

/// How much is served is told, and not judged: that is for a quiet machine. That everybody is answered, with what he asked
/// for or with when to come back, is judged.
#[test]
fn at_twice_and_five_times_its_capacity_the_forum_answers_or_refuses_every_request() {
    let mut each = Duration::ZERO;
    for (shedding, loads) in [("on", &[2, 5][..]), ("off", &[5])] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("forum.sqlite");
        let more = ["--workers", "2", "--extra-work", "10ms", "--shedding", shedding, "--shed-served", "8"];
        let server = Server::start(folder.path(), file.to_str().expect("a plain path"), &more);
        if shedding == "on" {
            let peak = offer(server.address, BUSY, None);
            peak.tell("just busy");
            assert_eq!(peak.refused.load(Ordering::Relaxed), 0, "there is a place for each of them");
            let answered = peak.good.load(Ordering::Relaxed) + peak.late.load(Ordering::Relaxed);
            each = peak.took / u32::try_from(answered).expect("a small number");
        }
        for times in loads {
            let outcome = offer(server.address, CLIENTS, Some(each / *times));
            outcome.tell(&format!("{times} times as much, shedding {shedding}"));
        }
        server.end();
    }
}

/// Two forums on one file, as behind a balancer that tries the first one first.
#[test]
fn a_forum_that_is_told_to_stop_under_load_cuts_nobody_off() {
    const CLIENTS: usize = 16;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("forum.sqlite");
    let file = file.to_str().expect("a plain path");
    let first = Server::start(folder.path(), file, &[]);
    let second = Server::start(folder.path(), file, &[]);
    let forums = Arc::new([first.address, second.address]);
    let served = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let over = Arc::new(AtomicBool::new(false));
    let ada = member(first.address, "ada");
    let client = |number: usize| -> JoinHandle<u64> {
        let (forums, served, over, ada) =
            (Arc::clone(&forums), Arc::clone(&served), Arc::clone(&over), ada.clone());
        std::thread::spawn(move || go_on(number, &forums, &served, &over, &ada))
    };
    let clients: Vec<JoinHandle<u64>> = (0..CLIENTS).map(client).collect();
    wait_for(|| served[0].load(Ordering::Relaxed) > 200);
    first.ask_to_end();
    wait_for(|| served[1].load(Ordering::Relaxed) > 200);
    over.store(true, Ordering::Relaxed);
    let asked: u64 = clients.into_iter().map(|client| client.join().expect("nobody was cut off")).sum();
    first.end();
    let kept = metric(second.address, "forum_rows{entity=\"question\"}");
    second.end();
    assert_eq!(kept, asked, "each question that was acknowledged is there once");
}

/// Reads and asks until it is over, at the first forum that takes a connection. An answer that does not come on a
/// connection that was taken is a failure.
fn go_on(
    number: usize,
    forums: &[SocketAddr; 2],
    served: &[AtomicU64; 2],
    over: &AtomicBool,
    token: &str,
) -> u64 {
    let (mut asked, mut at) = (0, 0);
    let mut connection = None;
    while !over.load(Ordering::Relaxed) {
        let mut open = match connection.take() {
            Some(open) => open,
            None => Connection::open(forums[at]).unwrap_or_else(|_| {
                at = 1;
                Connection::open(forums[at]).expect("the other forum")
            }),
        };
        let answer = if number.is_multiple_of(4) {
            let question = r#"{"title": "A question on the way", "body": "b"}"#;
            open.send("POST", "/api/v1/questions", &proof(token), question)
        } else {
            open.send("GET", "/api/v1/questions", "", "")
        };
        let answer = answer.unwrap_or_else(|error| panic!("client {number} was cut off: {error}"));
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        asked += u64::from(answer.status == 201);
        served[at].fetch_add(1, Ordering::Relaxed);
        if answer.header("connection") == Some("close") {
            at = 1;
        } else {
            connection = Some(open);
        }
    }
    asked
}

/// Waits for something that has to come true, for a minute at the most.
fn wait_for(is_so: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("not within a minute");
}
