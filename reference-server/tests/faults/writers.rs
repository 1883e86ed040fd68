//! Clients that write without a pause, each with one request under way: questions, answers, comments and votes.
//!
//! Every write but a vote has an `Idempotency-Key`, which is also its text, and is sent again with the same key until it
//! is acknowledged: by the same server, by the one that takes its place, or by the one that comes back. A vote is as
//! good twice as once. Everything is written to one question, so that all of them wait for the same row.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::client::{Answer, Connection, member, proof};
use crate::ledger::Ledger;

/// How many write at a time.
pub(crate) const WRITERS: usize = 8;
/// A pause before a request is sent again that was turned away; shorter than is asked for, to press harder.
const PAUSE: Duration = Duration::from_millis(5);

/// What writers share with who torments the server.
#[derive(Clone, Default)]
pub(crate) struct Desk(Arc<Shared>);

#[derive(Default)]
struct Shared {
    ledger: Mutex<Ledger>,
    door: Mutex<Door>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default)]
struct Door {
    /// Where the server is, when there is one.
    address: Option<SocketAddr>,
    /// No new writes; those under way are brought to their end.
    closing: bool,
}

impl Desk {
    /// Says where the server is now; `None` when it is gone.
    pub(crate) fn server_is_at(&self, address: Option<SocketAddr>) {
        self.door().address = address;
        self.0.changed.notify_all();
    }

    /// No new writes.
    fn close(&self) {
        self.door().closing = true;
        self.0.changed.notify_all();
    }

    /// Waits until there is a server; whether new writes are welcome.
    fn server(&self) -> (SocketAddr, bool) {
        let mut door = self.door();
        loop {
            if let Some(address) = door.address {
                return (address, !door.closing);
            }
            door = self.0.changed.wait(door).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.0.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writers at work.
pub(crate) struct Writers {
    pub(crate) desk: Desk,
    threads: Vec<JoinHandle<()>>,
}

impl Writers {
    /// Ada asks a question, on which the writers, members too, then write.
    pub(crate) fn start(address: SocketAddr) -> Self {
        let ada = member(address, "ada");
        let question = r#"{"title": "What do you make of this?", "body": "Let us see."}"#;
        let asked = crate::client::once(address, "POST", "/api/v1/questions", &proof(&ada), question);
        assert_eq!((asked.status, asked.json()["id"].as_i64()), (201, Some(1)), "{asked:?}");
        let desk = Desk::default();
        let tokens: Vec<String> =
            (0..WRITERS).map(|number| member(address, &format!("writer-{number}"))).collect();
        desk.server_is_at(Some(address));
        let start = |(number, token)| {
            let desk = desk.clone();
            std::thread::spawn(move || Writer { desk, number, token, connection: None }.write())
        };
        Self { threads: tokens.into_iter().enumerate().map(start).collect(), desk: desk.clone() }
    }

    /// Lets them finish what is under way; what they were told.
    pub(crate) fn finish(self) -> Ledger {
        self.desk.close();
        for thread in self.threads {
            thread.join().expect("nobody was told anything unexpected");
        }
        let ledger = self.desk.ledger().clone();
        assert!(ledger.under_way.is_empty(), "{:?}", ledger.under_way);
        ledger
    }
}

struct Writer {
    desk: Desk,
    number: usize,
    token: String,
    connection: Option<Connection>,
}

impl Writer {
    fn write(mut self) {
        for count in 0_u64.. {
            let (_, welcome) = self.desk.server();
            if !welcome {
                return;
            }
            let key = format!("w{}-{count}", self.number);
            match count % 4 {
                0 => self.add("/api/v1/questions", &key, &format!(r#""title": "The question {key}", "#)),
                1 => self.add("/api/v1/questions/1/answers", &key, ""),
                2 => self.add("/api/v1/questions/1/comments", &key, ""),
                _ => self.vote(if count % 8 == 3 { 1 } else { -1 }),
            }
        }
    }

    fn add(&mut self, path: &str, key: &str, more: &str) {
        self.desk.ledger().under_way.insert(key.to_owned());
        let headers = format!("{}idempotency-key: {key}\r\n", proof(&self.token));
        let body = format!(r#"{{{more}"body": "{key}"}}"#);
        let told = self.until_told("POST", path, &headers, &body);
        assert_eq!(told.status, 201, "{key} {told:?}");
        let id = told.json()["id"].as_i64().expect("a number");
        let mut ledger = self.desk.ledger();
        ledger.done_already += u64::from(told.header("idempotent-replayed").is_some());
        ledger.under_way.remove(key);
        ledger.acknowledged.insert(key.to_owned(), id);
    }

    fn vote(&mut self, value: i64) {
        let name = format!("writer-{}", self.number);
        self.desk.ledger().votes.entry(name.clone()).or_default().1 = Some(value);
        let body = format!(r#"{{"value": {value}}}"#);
        let told = self.until_told("PUT", "/api/v1/questions/1/vote", &proof(&self.token), &body);
        assert_eq!(told.status, 200, "{told:?}");
        self.desk.ledger().votes.insert(name, (Some(value), None));
    }

    /// Sends a request until it is answered with more than that it was not served.
    fn until_told(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        loop {
            let (address, _) = self.desk.server();
            let connection = match self.connection.take() {
                Some(connection) => Ok(connection),
                None => Connection::open(address),
            };
            let sent = connection.and_then(|mut connection| {
                let answer = connection.send(method, path, headers, body)?;
                Ok((connection, answer))
            });
            let Ok((connection, answer)) = sent else {
                self.desk.ledger().cut_off += 1;
                std::thread::sleep(PAUSE);
                continue;
            };
            let closed = answer.header("connection") == Some("close");
            self.connection = (!closed).then_some(connection);
            // 409: the same key may still be at work for the request whose answer was lost.
            if !matches!(answer.status, 503 | 409) {
                return answer;
            }
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
            std::thread::sleep(PAUSE);
        }
    }
}
