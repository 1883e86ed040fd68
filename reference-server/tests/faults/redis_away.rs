//! Redis goes away, or hangs, and comes back, below two forums that share copies and limits in it: every request is answered
//! as without it, nothing that was written meanwhile is hidden by an old copy, and nobody has to restart a forum.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::client::{Answer, Connection, member, once, proof};
use crate::redis::Redis;
use crate::server::Server;

/// Who asks all at once, and how often each.
const CROWD: usize = 40;
const EACH: usize = 10;
/// How long a request waits for Redis in these forums.
const WAIT: &str = "50ms";

struct Forums {
    servers: [Server; 2],
    ada: String,
    written: AtomicU64,
    _folder: tempfile::TempDir,
}

impl Forums {
    /// Two forums on one file; a question of Ada's, read by a stranger at both.
    fn start(redis: &Redis) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("forum.sqlite");
        let file = file.to_str().expect("a plain path");
        let address = redis.address();
        let sharing = format!("{address} 60min");
        let mut more = vec![
            "--shared-cache",
            &sharing,
            "--redis-wait",
            WAIT,
            "--limits",
            "on",
            "--limits-store",
            &address,
        ];
        for limit in ["--limit-signup", "--limit-login", "--limit-write", "--limit-vote", "--limit-read"] {
            more.extend([limit, "1000000/s"]);
        }
        let servers = [(); 2].map(|()| Server::start(folder.path(), file, &more));
        let ada = member(servers[0].address, "ada");
        let forums = Self { servers, ada, written: AtomicU64::new(0), _folder: folder };
        forums.wait_until_up(true);
        let question = r#"{"title": "What is the matter?", "body": "I cannot remember."}"#;
        let asked = once(forums.at(0), "POST", "/api/v1/questions", &proof(&forums.ada), question);
        assert_eq!(asked.status, 201, "{asked:?}");
        forums.show_what_was_written();
        forums.share();
        forums
    }

    fn at(&self, number: usize) -> SocketAddr {
        self.servers[number].address
    }

    /// Waits until both forums use Redis for both ends, or neither.
    fn wait_until_up(&self, up: bool) -> Duration {
        let since = Instant::now();
        for server in &self.servers {
            for purpose in ["cache", "limits"] {
                let line = format!("\nforum_redis_up{{for=\"{purpose}\"}} {}\n", u8::from(up));
                while !get(server.address, "/metrics").body.contains(&line) {
                    assert!(since.elapsed() < Duration::from_mins(1), "not within a minute: {line}");
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
        }
        since.elapsed()
    }

    /// Waits until a copy is shown that comes from Redis.
    fn share(&self) {
        let since = Instant::now();
        while get(self.at(1), "/questions/1").header("cache-status").is_none() {
            assert!(since.elapsed() < Duration::from_mins(1), "no copy within a minute");
        }
    }

    /// Ada answers her question at one forum.
    fn write(&self) {
        let body = r#"{"body": "It is away."}"#;
        let answer = once(self.at(0), "POST", "/api/v1/questions/1/answers", &proof(&self.ada), body);
        assert_eq!(answer.status, 201, "{answer:?}");
        self.written.fetch_add(1, Ordering::Relaxed);
    }

    /// What was written at one forum is shown there at once, and by the other one as soon as it is told: long before the
    /// hour for which a copy is good.
    fn show_what_was_written(&self) {
        let written = self.written.load(Ordering::Relaxed);
        let shown = |at: usize| get(self.at(at), "/api/v1/questions/1").json()["answer_count"].as_u64();
        assert_eq!(shown(0), Some(written));
        let since = Instant::now();
        while shown(1) != Some(written) {
            assert!(since.elapsed() < Duration::from_mins(1), "{:?}, not {written}", shown(1));
        }
    }

    /// A crowd reads and writes at both forums, and each request is answered; how long each took, longest first.
    fn answer_a_crowd(&self) -> Vec<Duration> {
        let one_of_them = |number: usize| {
            let mut connection = Connection::open(self.at(number % 2)).expect("a connection");
            let ask = |_| {
                let question = r#"{"title": "A question in a crowd", "body": "b"}"#;
                let (method, path, body, status) = match number % 5 {
                    0 => ("POST", "/api/v1/questions", question, 201),
                    1 => ("GET", "/api/v1/questions", "", 200),
                    2 => ("GET", "/api/v1/questions/1", "", 200),
                    _ => ("GET", "/questions/1", "", 200),
                };
                let who = if method == "POST" { proof(&self.ada) } else { String::new() };
                let since = Instant::now();
                let answer = connection.send(method, path, &who, body).expect("an answer");
                assert_eq!(answer.status, status, "{answer:?}");
                since.elapsed()
            };
            (0..EACH).map(ask).collect::<Vec<_>>()
        };
        let mut took: Vec<Duration> = std::thread::scope(|scope| {
            let crowd: Vec<_> = (0..CROWD).map(|number| scope.spawn(move || one_of_them(number))).collect();
            crowd.into_iter().flat_map(|one| one.join().expect("an answer each time")).collect()
        });
        took.sort_by(|one, other| other.cmp(one));
        assert_eq!(took.len(), CROWD * EACH);
        took
    }

    fn end(self) {
        for server in self.servers {
            server.end();
        }
    }
}

fn get(address: SocketAddr, path: &str) -> Answer {
    once(address, "GET", path, "", "")
}

#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
fn tell(what: &str, took: &[Duration], back: Duration) {
    let (longest, median) = (took[0].as_millis(), took[took.len() / 2].as_millis());
    let beyond = took.iter().filter(|took| **took >= Duration::from_millis(50)).count();
    println!(
        "Redis {what}: {} requests, {beyond} of 50 ms and more, the median {median} ms, the longest {longest} ms; used again after {} ms",
        took.len(),
        back.as_millis()
    );
}

#[test]
fn a_redis_that_is_killed_is_done_without_and_used_again_when_it_is_back() {
    let Some(mut redis) = Redis::start() else { return };
    let forums = Forums::start(&redis);
    redis.kill();
    let took = forums.answer_a_crowd();
    forums.write();
    forums.show_what_was_written();
    forums.wait_until_up(false);
    redis.start_again();
    let back = forums.wait_until_up(true);
    forums.show_what_was_written();
    forums.share();
    forums.write();
    forums.show_what_was_written();
    tell("killed", &took, back);
    forums.end();
}

#[test]
fn a_redis_that_hangs_is_done_without_and_its_old_copies_are_not_shown_when_it_goes_on() {
    let Some(redis) = Redis::start() else { return };
    let forums = Forums::start(&redis);
    let calm = forums.answer_a_crowd();
    redis.freeze();
    let took = forums.answer_a_crowd();
    // It still has the copy that was made before this.
    forums.write();
    forums.show_what_was_written();
    forums.wait_until_up(false);
    redis.thaw();
    let back = forums.wait_until_up(true);
    forums.show_what_was_written();
    forums.share();
    forums.write();
    forums.show_what_was_written();
    tell("there", &calm, Duration::ZERO);
    tell("frozen", &took, back);
    forums.end();
}
