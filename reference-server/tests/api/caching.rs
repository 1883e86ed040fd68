//! The cache: what is answered from a copy, and what must never be.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use reference_server::app::AppState;
use reference_server::cache::{Copies, Keep};
use reference_server::store::{self, Database};
use serde_json::json;
use tokio::task::JoinSet;

use crate::forum::Forum;
use crate::postgres::Postgres;

fn cached(forum: Forum, cache: &str) -> Forum {
    let copies = Copies::new(cache.parse().expect("a cache"), Keep::Nothing);
    forum.with(|state| AppState { copies, ..state })
}

/// How many statements a request takes.
async fn statements(forum: &Forum, path: &str) -> u64 {
    let before = forum.state.store.statements().total();
    assert!(forum.get(path).await.status.is_success(), "{path}");
    forum.state.store.statements().total() - before
}

#[tokio::test]
async fn a_copy_answers_strangers_without_a_statement_until_it_is_old() {
    let forum = cached(Forum::new().await, "1MB 1min");
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question read often", "body").await;
    for path in ["/questions/1", "/api/v1/questions/1"] {
        // Without answers it is one statement.
        assert_eq!(statements(&forum, path).await, 1, "{path}");
        assert_eq!(statements(&forum, path).await, 0, "{path}");
    }
    let copy = forum.get("/api/v1/questions/1").await;
    assert_eq!((copy.header("age"), copy.header("etag")), ("0", "\"1\""));
    // A minute, or up to a tenth less.
    let left =
        copy.header("cache-status").strip_prefix("forum; hit; ttl=").and_then(|left| left.parse().ok());
    assert!(left.is_some_and(|left: u32| (50..60).contains(&left)), "{copy:?}");
    assert!(copy.header("server-timing").starts_with("cache;desc=hit, total;dur="), "{copy:?}");
    assert_eq!(copy.json()["title"], "A question read often");
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(1)).await;
    tokio::time::resume();
    assert_eq!(statements(&forum, "/questions/1").await, 1, "it has grown old");
    let metrics = forum.get("/metrics").await.text;
    for line in [
        "forum_cache_requests_total{from=\"hit\"} 3",
        "forum_cache_requests_total{from=\"miss\"} 3",
        "forum_cache_entries 2",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
}

#[tokio::test]
async fn a_member_is_never_shown_a_copy_and_none_is_made_of_what_he_is_shown() {
    let forum = cached(Forum::new().await, "1MB 1min");
    let ada = forum.browser("ada").await;
    let token = forum.log_in("ada").await;
    forum.ask(&token, "A question of her own", "body").await;
    let own = forum.page("/questions/1", &ada).await;
    assert!(own.text.contains("Log out") && own.header("age").is_empty(), "{own:?}");
    let stranger = forum.page("/questions/1", "").await;
    assert!(stranger.text.contains("Sign up") && stranger.header("age").is_empty(), "{stranger:?}");
    let again = forum.page("/questions/1", &ada).await;
    assert!(again.text.contains("Log out") && again.header("age").is_empty(), "{again:?}");
    let json = forum.call(Method::GET, "/api/v1/questions/1", &token, None).await;
    assert_eq!((json.status, json.header("age")), (StatusCode::OK, ""));
    assert_eq!(forum.page("/questions/1", "").await.header("age"), "0", "a stranger is");
}

/// Every deed is seen by the next one who reads, on both databases.
#[tokio::test]
async fn a_write_makes_copies_worthless_at_once() {
    let forum = cached(Forum::new().await, "1MB 60min");
    deeds(&forum, &forum).await;
    let Some(server) = Postgres::start() else { return };
    let store = store::open(&server.database()).await.expect("a database");
    let forum = cached(Forum::on(store), "1MB 60min");
    deeds(&forum, &forum).await;
}

/// What one forum does to a question is seen by the next one who reads in another, which may be the same.
pub(crate) async fn deeds(forum: &Forum, reader: &Forum) {
    let ada = forum.member("ada").await;
    let bob = forum.member("bob").await;
    // Asked for before there is one: that there is none is kept, and forgotten.
    for _ in 0..2 {
        assert_eq!(reader.get("/api/v1/questions/1").await.status, StatusCode::NOT_FOUND);
    }
    forum.ask(&ada, "A question to work on", "body").await;
    let body = || Some(json!({"body": "some text"}));
    let question = || Some(json!({"title": "A question worked on", "body": "new"}));
    for (method, path, token, sent) in [
        (Method::POST, "questions/1/answers", &bob, body()),
        (Method::PUT, "questions/1/vote", &bob, Some(json!({"value": 1}))),
        (Method::PUT, "answers/1/vote", &ada, Some(json!({"value": 1}))),
        (Method::POST, "questions/1/comments", &bob, body()),
        (Method::POST, "answers/1/comments", &ada, body()),
        (Method::DELETE, "comments/1", &bob, None),
        (Method::POST, "comments/1/restore", &bob, None),
        (Method::PUT, "questions/1/accepted", &ada, Some(json!({"answer": 1}))),
        (Method::DELETE, "questions/1/accepted", &ada, None),
        (Method::DELETE, "answers/1/vote", &ada, None),
        (Method::DELETE, "answers/1", &bob, None),
        (Method::POST, "answers/1/restore", &bob, None),
        (Method::PUT, "questions/1", &ada, question()),
        (Method::PUT, "answers/1", &bob, Some(json!({"body": "better text"}))),
        (Method::DELETE, "questions/1", &ada, None),
        (Method::POST, "questions/1/restore", &ada, None),
    ] {
        let before = reader.get("/api/v1/questions/1").await;
        let kept = reader.get("/api/v1/questions/1").await;
        assert_eq!((kept.header("age").is_empty(), &kept.text), (false, &before.text), "{method} {path}");
        let done = match (&method, sent) {
            (&Method::PUT, Some(sent)) => crate::editing::edit(forum, token, path, "*", &sent).await,
            (_, sent) => forum.call(method.clone(), &format!("/api/v1/{path}"), token, sent).await,
        };
        assert!(done.status.is_success(), "{method} {path} {}", done.text);
        let after = reader.get("/api/v1/questions/1").await;
        assert_eq!(after.header("age"), "", "{method} {path}");
        // A comment on an answer is counted there and not shown here in full; everything changes something.
        assert_ne!(after.text, before.text, "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_ask_for_the_same_thing_one_asks_the_database() {
    let forum = cached(Forum::new().await, "1MB 1min");
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question everybody reads", "body").await;
    let before = forum.state.store.statements().total();
    let forum = Arc::new(forum);
    let mut crowd = JoinSet::new();
    for _ in 0..50 {
        let forum = Arc::clone(&forum);
        crowd.spawn(async move { forum.get("/questions/1").await.status });
    }
    assert!(crowd.join_all().await.iter().all(|status| *status == StatusCode::OK));
    assert_eq!(forum.state.store.statements().total() - before, 1, "without answers it is one");
}

#[tokio::test]
async fn what_is_kept_stays_below_its_size() {
    let forum = cached(Forum::new().await, "100kB 1min");
    let ada = forum.member("ada").await;
    for number in 1..=30 {
        forum.ask(&ada, &format!("Question number {number}"), &"x".repeat(9_000)).await;
        forum.get(&format!("/api/v1/questions/{number}")).await;
    }
    // 30 copies of 9 kB and more would be 270 kB.
    let metrics = forum.get("/metrics").await.text;
    let value = |name: &str| -> u64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)).expect("a metric");
        line.trim().parse().expect("a number")
    };
    assert!((9_000..=100_000).contains(&value("forum_cache_bytes")), "{metrics}");
    assert!(value("forum_cache_entries") <= 11 && value("forum_cache_evictions_total") >= 19, "{metrics}");
}

#[tokio::test]
async fn without_a_cache_every_answer_is_the_databases() {
    let copies = Copies::new("off".parse().expect("no cache"), "1MB".parse().expect("a size"));
    let forum = Forum::new().await.with(|state| AppState { copies, ..state });
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question read often", "body").await;
    for _ in 0..3 {
        assert_eq!(statements(&forum, "/questions/1").await, 1);
    }
    let page = forum.get("/questions/1").await;
    assert_eq!((page.header("age"), page.header("cache-status")), ("", ""));
}

#[tokio::test]
async fn another_server_learns_of_a_write_when_its_copy_is_old() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    let store = store::open(&database).await.expect("a database");
    let first = cached(Forum::on(store.clone()), "1MB 1min");
    let second = cached(Forum::on(store), "1MB 1min");
    let ada = first.member("ada").await;
    first.ask(&ada, "A question on two servers", "body").await;
    second.get("/api/v1/questions/1").await;
    let answer = json!({"body": "an answer"});
    first.post("/api/v1/questions/1/answers", &ada, answer).await;
    assert_eq!(first.get("/api/v1/questions/1").await.json()["answer_count"], 1);
    // The other server learns of it when its copy is old: that is what the time to live is for.
    assert_eq!(second.get("/api/v1/questions/1").await.json()["answer_count"], 0);
}
