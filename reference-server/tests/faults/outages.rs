//! The database goes away, or hangs, and comes back: what was read before is shown and marked as old, writes are refused,
//! nobody waits for long, and nobody has to restart the forum.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::client::{Answer, Connection, member, once, proof};
use crate::postgres::Postgres;
use crate::server::Server;

/// Who asks while the database is away, all at once: more than there are connections to it.
const CROWD: usize = 40;

struct Forum {
    server: Server,
    ada: String,
    _folder: tempfile::TempDir,
}

impl Forum {
    /// A question of Ada's, read once by a stranger as a page and as JSON; another one that nobody has read.
    fn start(postgres: &Postgres) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let few = ["--shed-served", "8", "--shed-waiting", "100", "--shed-wait", "2s"];
        let server = Server::start(folder.path(), &postgres.address(), &few);
        let ada = member(server.address, "ada");
        for _ in 0..2 {
            let asked = ask(server.address, &ada);
            assert_eq!(asked.status, 201, "{asked:?}");
        }
        for path in ["/questions/1", "/api/v1/questions/1"] {
            let answer = get(server.address, path);
            assert_eq!((answer.status, answer.header("warning")), (200, None), "{answer:?}");
        }
        Self { server, ada, _folder: folder }
    }

    fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// What everybody is told while the database is away, whatever is the matter with it.
    fn shows_what_it_knows_and_refuses_the_rest(&self) {
        let page = get(self.address(), "/questions/1");
        assert_eq!(
            (page.status, page.header("warning")),
            (200, Some("110 - \"Response is Stale\"")),
            "{page:?}"
        );
        assert!(page.header("age").is_some_and(|age| age.parse::<u64>().is_ok()), "{page:?}");
        assert!(page.body.contains("cannot reach its database") && page.body.contains("What is the matter?"));
        let json = get(self.address(), "/api/v1/questions/1");
        assert_eq!((json.status, &json.json()["id"]), (200, &1.into()), "{json:?}");
        let told = json.header("cache-status").expect("what became of it");
        assert!(told.starts_with("forum; hit; ttl=") && told.ends_with("; detail=database-away"), "{told}");
        assert_eq!((json.header("etag"), json.header("cache-control")), (Some("\"1\""), Some("no-store")));
        // A member is shown what strangers see, and told so.
        let page =
            once(self.address(), "GET", "/questions/1", &format!("cookie: session={}\r\n", self.ada), "");
        assert!(page.status == 200 && page.body.contains("as a visitor saw it"), "{page:?}");
        for unknown in [get(self.address(), "/api/v1/questions/2"), ask(self.address(), &self.ada)] {
            assert_eq!((unknown.status, unknown.header("retry-after")), (503, Some("1")), "{unknown:?}");
        }
    }

    /// Waits until it is known that the database is away, or back.
    fn wait_until_ready(&self, ready: bool) -> Duration {
        let since = Instant::now();
        let status = if ready { 200 } else { 503 };
        while get(self.address(), "/health/ready").status != status {
            assert!(since.elapsed() < Duration::from_mins(1), "not within a minute: ready {ready}");
            std::thread::sleep(Duration::from_millis(20));
        }
        since.elapsed()
    }

    /// A crowd that reads and writes is answered, each of them, and does not wait behind one another.
    fn answers_a_crowd(&self) {
        let address = self.address();
        let one_of_them = |number: usize| {
            let mut connection = Connection::open(address).expect("a connection");
            for _ in 0..10 {
                let (method, path, status) = match number % 3 {
                    0 => ("GET", "/questions/1", 200),
                    1 => ("GET", "/api/v1/questions", 503),
                    _ => ("POST", "/api/v1/questions", 503),
                };
                let answer = connection.send(method, path, &proof(&self.ada), "").expect("an answer");
                assert_eq!(answer.status, status, "{answer:?}");
            }
        };
        std::thread::scope(|scope| {
            for number in 0..CROWD {
                scope.spawn(move || one_of_them(number));
            }
        });
    }
}

fn get(address: SocketAddr, path: &str) -> Answer {
    once(address, "GET", path, "", "")
}

fn ask(address: SocketAddr, token: &str) -> Answer {
    let question = r#"{"title": "What is the matter?", "body": "I cannot write."}"#;
    once(address, "POST", "/api/v1/questions", &proof(token), question)
}

#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
fn tell(what: &str, away: Duration, back: Duration) {
    println!(
        "PostgreSQL {what}: known after {} ms, used again after {} ms",
        away.as_millis(),
        back.as_millis()
    );
}

#[test]
fn a_database_that_is_stopped_is_done_without_and_used_again_when_it_is_back() {
    let Some(mut postgres) = Postgres::start() else { return };
    let forum = Forum::start(&postgres);
    postgres.stop_at_once();
    // The first ones are those who find out.
    forum.shows_what_it_knows_and_refuses_the_rest();
    let away = forum.wait_until_ready(false);
    forum.shows_what_it_knows_and_refuses_the_rest();
    forum.answers_a_crowd();
    let metrics = get(forum.address(), "/metrics");
    assert!(metrics.status == 200 && metrics.body.contains("\nforum_database_up 0\n"), "{metrics:?}");
    assert_eq!(get(forum.address(), "/health/live").status, 200);
    postgres.start_again();
    let back = forum.wait_until_ready(true);
    let page = get(forum.address(), "/questions/1");
    assert_eq!((page.status, page.header("warning")), (200, None), "{page:?}");
    assert_eq!(ask(forum.address(), &forum.ada).status, 201);
    tell("stopped", away, back);
    forum.server.end();
}

#[test]
fn a_database_that_hangs_is_noticed_and_used_again_when_it_goes_on() {
    let Some(postgres) = Postgres::start() else { return };
    let forum = Forum::start(&postgres);
    postgres.freeze();
    let since = Instant::now();
    // More than are served at a time write, and do not get to know either.
    let (address, ada) = (forum.address(), forum.ada.clone());
    let writers: Vec<_> = (0..CROWD)
        .map(|_| {
            let ada = ada.clone();
            std::thread::spawn(move || ask(address, &ada))
        })
        .collect();
    forum.wait_until_ready(false);
    let away = since.elapsed();
    for writer in writers {
        let told = writer.join().expect("an answer");
        assert_eq!((told.status, told.header("retry-after")), (503, Some("1")), "{told:?}");
    }
    let all_told = since.elapsed();
    forum.shows_what_it_knows_and_refuses_the_rest();
    forum.answers_a_crowd();
    postgres.thaw();
    let back = forum.wait_until_ready(true);
    let page = get(forum.address(), "/questions/1");
    assert_eq!((page.status, page.header("warning")), (200, None), "{page:?}");
    assert_eq!(ask(forum.address(), &forum.ada).status, 201);
    tell("frozen", away, back);
    println!("{CROWD} writers who hung with it were all told after {} ms", all_told.as_millis());
    forum.server.end();
}
