//! What clients saw while others were at work, recorded and then judged: nothing old is read after something new, no change is
//! lost, and what belongs together is seen together.
//!
//! Each client writes down when it asked, when it was answered, and what it saw. Moments are numbers of one counter, so that an
//! answer with a smaller number than a question was surely there before it. A thing with a version says in each answer where in
//! its history that answer stands, so the order of all answers is known, and need only be held against the moments.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::Method;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{Request, StatusCode};
use reference_server::store::{self, Database, ReplicaReads};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::forum::{Answer, Forum};
use crate::postgres::Postgres;
use crate::replicas::Cluster;

/// Clients of each kind.
const CLIENTS: usize = 4;
/// What each of them does.
const ROUNDS: usize = 25;

/// One answer: when it was asked for, when it came, and which version it told of.
#[derive(Clone, Debug)]
struct Seen {
    asked: u64,
    answered: u64,
    version: i64,
    value: String,
    /// Whether this version was made by the request.
    made: bool,
}

/// What readers are promised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// Everything happened one after the other, and everybody sees it so.
    Everything,
    /// A member sees what he has written; what others have, he may see on one replica and not yet on another one.
    OwnWrites,
}

/// Why a history of a thing with versions cannot have happened one after the other; the first version is 1.
fn contradiction(history: &[Seen], promise: Promise) -> Option<String> {
    let mut made: BTreeMap<i64, &Seen> = BTreeMap::new();
    for seen in history.iter().filter(|seen| seen.made) {
        if let Some(other) = made.insert(seen.version, seen) {
            return Some(format!("version {} was made twice: {other:?} and {seen:?}", seen.version));
        }
    }
    if !made.keys().copied().eq((2..).take(made.len())) {
        return Some(format!("versions are missing: {:?}", made.keys()));
    }
    for seen in history {
        match made.get(&seen.version) {
            Some(origin) if origin.value != seen.value => {
                return Some(format!("{seen:?} is not what was written: {origin:?}"));
            }
            Some(origin) if origin.asked > seen.answered => {
                return Some(format!("{seen:?} was seen before it was written: {origin:?}"));
            }
            Some(_) => {}
            None if seen.version == 1 => {}
            None => return Some(format!("{seen:?} was never written")),
        }
        if promise == Promise::OwnWrites && !seen.made {
            continue;
        }
        let older = |later: &&Seen| {
            later.asked > seen.answered
                && (later.version < seen.version || (later.made && later.version == seen.version))
        };
        if let Some(later) = history.iter().find(older) {
            return Some(format!("{later:?} came after {seen:?} and is older"));
        }
    }
    None
}

#[test]
fn the_judge_sees_what_it_looks_for() {
    let seen = |asked, answered, version, value: &str, made| Seen {
        asked,
        answered,
        version,
        value: value.to_owned(),
        made,
    };
    let fine = [
        seen(1, 4, 2, "a", true),
        seen(2, 3, 1, "", false), // while it was being written
        seen(2, 5, 2, "a", false),
        seen(6, 9, 3, "b", true),
        seen(7, 8, 3, "b", false), // already there, not answered yet
        seen(10, 11, 3, "b", false),
    ];
    assert_eq!(contradiction(&fine, Promise::Everything), None);
    for (wrong, why) in [
        (seen(12, 13, 2, "a", false), "is older"),
        (seen(1, 2, 3, "b", false), "before it was written"),
        (seen(12, 13, 3, "c", false), "not what was written"),
        (seen(12, 13, 3, "b", true), "made twice"),
        (seen(12, 13, 5, "d", true), "missing"),
        (seen(12, 13, 4, "d", false), "never written"),
    ] {
        let history: Vec<Seen> = fine.iter().cloned().chain([wrong.clone()]).collect();
        for promise in [Promise::Everything, Promise::OwnWrites] {
            let found = contradiction(&history, promise).unwrap_or_else(|| panic!("{wrong:?} is fine"));
            assert!(found.contains(why), "{found}");
        }
    }
    // Nobody's own write, and another replica: 3 was seen while it was being written, then 2.
    let elsewhere =
        [fine[0].clone(), seen(6, 20, 3, "b", true), seen(7, 8, 3, "b", false), seen(9, 10, 2, "a", false)];
    assert!(contradiction(&elsewhere, Promise::Everything).is_some());
    assert_eq!(contradiction(&elsewhere, Promise::OwnWrites), None);
}

/// A forum with a counter of moments.
struct Watched {
    forum: Forum,
    moments: AtomicU64,
    promise: Promise,
}

impl Watched {
    /// A call with the moments before and after it; made again while the server is busy.
    async fn call(
        &self,
        method: &Method,
        path: &str,
        token: &str,
        tag: &str,
        body: &Value,
    ) -> (u64, Answer, u64) {
        loop {
            let mut request = Request::builder().method(method.clone()).uri(format!("/api/v1/{path}"));
            if !token.is_empty() {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            if !tag.is_empty() {
                request = request.header(IF_MATCH, tag);
            }
            let request = request.header("content-type", "application/json");
            let text = if body.is_null() { String::new() } else { body.to_string() };
            let asked = self.moments.fetch_add(1, Ordering::SeqCst);
            let answer = self.forum.send(request.body(text.into()).expect("a request")).await;
            let answered = self.moments.fetch_add(1, Ordering::SeqCst);
            if answer.status != StatusCode::SERVICE_UNAVAILABLE {
                return (asked, answer, answered);
            }
            tokio::task::yield_now().await;
        }
    }

    async fn read(&self, path: &str, token: &str) -> (u64, Answer, u64) {
        self.call(&Method::GET, path, token, "", &Value::Null).await
    }
}

/// A thing with a version, and the field by which its versions are told apart.
#[derive(Clone, Copy)]
struct Thing {
    path: &'static str,
    field: &'static str,
}

impl Thing {
    /// A change of it to this text.
    fn changed(self, to: &str) -> Value {
        match self.field {
            "display_name" => json!({"display_name": to, "about": "counted"}),
            _ => json!({"title": "Which version is it?", "body": to}),
        }
    }
}

const PROFILE: Thing = Thing { path: "profile", field: "display_name" };
const QUESTION: Thing = Thing { path: "questions/1", field: "body" };

/// Reads, and changes what was read, `ROUNDS` times; tells what it saw.
async fn change(watched: Arc<Watched>, thing: Thing, token: String, name: usize) -> Vec<Seen> {
    let mut history = Vec::new();
    for round in 0..ROUNDS {
        let (asked, read, answered) = watched.read(thing.path, &token).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.text);
        history.push(seen(asked, &read, answered, thing, false));
        let (tag, to) = (read.header(ETAG).to_owned(), format!("{name} in round {round}"));
        let (asked, written, answered) =
            watched.call(&Method::PUT, thing.path, &token, &tag, &thing.changed(&to)).await;
        match written.status {
            StatusCode::OK => {
                let told = Seen { value: to, ..seen(asked, &written, answered, thing, true) };
                history.push(told);
            }
            StatusCode::PRECONDITION_FAILED => {}
            _ => panic!("{} {}", written.status, written.text),
        }
    }
    history
}

/// Only reads.
async fn look(watched: Arc<Watched>, thing: Thing, token: String) -> Vec<Seen> {
    let mut history = Vec::new();
    for _ in 0..2 * ROUNDS {
        let (asked, read, answered) = watched.read(thing.path, &token).await;
        history.push(seen(asked, &read, answered, thing, false));
    }
    history
}

fn seen(asked: u64, answer: &Answer, answered: u64, thing: Thing, made: bool) -> Seen {
    let version = answer.header(ETAG).trim_matches('"').parse().expect("a version");
    let value = answer.json()[thing.field].as_str().unwrap_or_default().to_owned();
    Seen { asked, answered, version, value, made }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn histories_are_possible_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    histories(Database::Sqlite(folder.path().join("forum.sqlite"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn histories_are_possible_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    histories(server.database()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn histories_are_possible_on_postgres_with_two_replicas() {
    let Some(cluster) = Cluster::start() else { return };
    cluster.primary.another(1).await;
    judge(cluster.forum(1, ReplicaReads::Token).await, Promise::OwnWrites).await;
}

async fn histories(database: Database) {
    let store = store::open(&database).await.expect("a database");
    judge(Forum::on(store), Promise::Everything).await;
}

async fn judge(forum: Forum, promise: Promise) {
    let store = forum.state.store.clone();
    let watched = Arc::new(Watched { forum, moments: AtomicU64::new(0), promise });
    let ada = watched.forum.member("ada").await;
    assert_eq!(watched.forum.ask(&ada, "Which version is it?", "the first").await, 1);
    for thing in [PROFILE, QUESTION] {
        changed_by_many(&watched, thing, &ada).await;
    }
    one_account_for_a_name(&watched).await;
    whole_or_not_at_all(&watched).await;
    store.close().await.expect("a clean end");
}

/// No change is lost, and nobody reads an old version after a new one.
async fn changed_by_many(watched: &Arc<Watched>, thing: Thing, token: &str) {
    let mut clients = JoinSet::new();
    for name in 0..CLIENTS {
        clients.spawn(change(Arc::clone(watched), thing, token.to_owned(), name));
        clients.spawn(look(Arc::clone(watched), thing, token.to_owned()));
    }
    let mut history = Vec::new();
    while let Some(client) = clients.join_next().await {
        history.extend(client.expect("nobody was told anything unexpected"));
    }
    assert_eq!(contradiction(&history, watched.promise), None, "{}", thing.path);
    let made = history.iter().filter(|seen| seen.made).count();
    // A write that is done but not answered yet may be missing on a replica: it spoils two tries of each of the others.
    let least =
        if watched.promise == Promise::Everything { ROUNDS } else { CLIENTS * ROUNDS / (2 * CLIENTS - 1) };
    assert!(made >= least, "in each round somebody is first: {made} versions");
}

/// Of those who want one name at once one gets it, and it is his password that opens the account.
async fn one_account_for_a_name(watched: &Arc<Watched>) {
    let together = Arc::new(Barrier::new(CLIENTS));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (watched, together) = (Arc::clone(watched), Arc::clone(&together));
        clients.spawn(async move {
            let account = json!({"name": "highlander", "password": format!("there can be only {client}")});
            together.wait().await;
            let (_, opened, _) = watched.call(&Method::POST, "accounts", "", "", &account).await;
            let (_, entered, _) = watched.call(&Method::POST, "sessions", "", "", &account).await;
            (opened.status.as_u16(), entered.status.as_u16())
        });
    }
    let mut outcomes = Vec::new();
    while let Some(outcome) = clients.join_next().await {
        outcomes.push(outcome.expect("nobody was told anything unexpected"));
    }
    outcomes.sort_unstable();
    let mut expected = vec![(409, 401); CLIENTS - 1];
    expected.insert(0, (201, 201));
    assert_eq!(outcomes, expected);
}

/// An answer and the count of answers are one deed of two rows: who reads the count, then the answers, then the count again has
/// never seen fewer answers than were counted before or more than are counted after. Who answers sees his own answer at once.
async fn whole_or_not_at_all(watched: &Arc<Watched>) {
    let mut clients = JoinSet::new();
    for name in 0..CLIENTS {
        let token = watched.forum.member(&format!("writer-{name}")).await;
        clients.spawn(answer_and_look(Arc::clone(watched), token));
        if watched.promise == Promise::Everything {
            clients.spawn(count(Arc::clone(watched)));
        }
    }
    while let Some(client) = clients.join_next().await {
        client.expect("nobody saw half of a deed");
    }
}

async fn answer_and_look(watched: Arc<Watched>, token: String) {
    for _ in 0..ROUNDS {
        let body = json!({"body": "One more."});
        let (_, made, _) = watched.call(&Method::POST, "questions/1/answers", &token, "", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let (_, read, _) = watched.read(&format!("answers/{}", made.json()["id"]), &token).await;
        assert_eq!(read.status, StatusCode::OK, "one's own answer is there");
    }
}

async fn count(watched: Arc<Watched>) {
    for _ in 0..ROUNDS / 2 {
        let before = counted(&watched).await;
        let there = all_answers(&watched).await;
        let after = counted(&watched).await;
        assert!(before <= there && there <= after, "{before} counted, {there} there, {after} counted");
    }
}

async fn counted(watched: &Watched) -> u64 {
    let (_, question, _) = watched.read("questions/1", "").await;
    question.json()["answer_count"].as_u64().expect("a count")
}

/// Page by page. Answers come oldest first and none is taken back, so what is added meanwhile is at the end.
async fn all_answers(watched: &Watched) -> u64 {
    let (mut number, mut after) = (0, String::new());
    loop {
        let (_, page, _) = watched.read(&format!("questions/1/answers?limit=100{after}"), "").await;
        let page = page.json();
        number += page["items"].as_array().expect("answers").len() as u64;
        match &page["next"] {
            Value::Null => return number,
            next => {
                after = format!("&after={}", next.as_str().map_or_else(|| next.to_string(), str::to_owned));
            }
        }
    }
}
