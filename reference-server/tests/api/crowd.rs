//! Many at once on one question: at rest every count is that of its rows, and nothing anybody was told is lost.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use axum::http::header::ETAG;
use reference_server::store::{self, Database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::audit;
use crate::editing::edit;
use crate::forum::Forum;
use crate::postgres::Postgres;
use crate::voting::asked_and_answered;

/// Members who vote and comment, each in two windows at once.
const VOTERS: usize = 6;
/// What each window does of each kind.
const ROUNDS: usize = 10;
/// Windows in which the asker edits his question.
const EDITORS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_leaves_no_contradiction_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    crowd(Database::Sqlite(folder.path().join("forum.sqlite"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_leaves_no_contradiction_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    crowd(server.database()).await;
}

#[tokio::test]
async fn the_audit_sees_what_it_looks_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    let forum = Forum::on(store::open(&database).await.expect("a database"));
    let (ada, _) = asked_and_answered(&forum).await;
    let tagged = json!({"title": "How far can it count?", "body": "To ten?", "tags": ["counting"]});
    edit(&forum, &ada, "questions/1", "*", &tagged).await;
    audit::at_rest(&database).await;
    for (broken, rules) in [
        ("update questions set score = 1", vec![0]),
        ("update answers set score = 1 where id = 2", vec![1]),
        ("insert into votes values (1, 1, 0, 1, 0)", vec![0, 2]),
        ("update questions set answer_count = 1", vec![3]),
        ("update questions set comment_count = 1", vec![4]),
        ("update answers set comment_count = 1 where id = 1", vec![5]),
        ("update questions set accepted_answer_id = 9", vec![6]),
        ("update questions set version = 3", vec![7]),
        ("update answers set version = 2 where id = 1", vec![8]),
        ("update tags set question_count = 2", vec![9]),
        ("update question_tags set score = 1", vec![10]),
        ("delete from question_search", vec![11]),
    ] {
        audit::run(&database, broken.to_owned()).await;
        let mut found = Vec::new();
        for (index, (_, sql)) in audit::CONTRADICTIONS.iter().enumerate() {
            if audit::number(&database, sql).await > 0 {
                found.push(index);
            }
        }
        assert_eq!(found, rules, "{broken}");
        for mended in [
            "delete from votes",
            "update questions set score = 0, answer_count = 2, comment_count = 0, version = 2",
            "update questions set accepted_answer_id = null",
            "update answers set score = 0, comment_count = 0, version = 1",
            "update tags set question_count = 1",
            "update question_tags set score = 0",
            "insert or ignore into question_search (rowid, title, body) select id, title, body from questions",
        ] {
            audit::run(&database, mended.to_owned()).await;
        }
        audit::at_rest(&database).await;
    }
}

/// Ada's question 1 has Bob's answers 1 and 2; everybody comes at once.
async fn crowd(database: Database) {
    let store = store::open(&database).await.expect("a database");
    let forum = Arc::new(Forum::on(store.clone()));
    let (ada, bob) = asked_and_answered(&forum).await;
    let mut voters = Vec::new();
    for number in 0..VOTERS {
        voters.push(forum.member(&format!("voter-{number}")).await);
    }
    let mut windows = JoinSet::new();
    for (number, token) in voters.iter().chain(&voters).enumerate() {
        windows.spawn(vote(Arc::clone(&forum), token.clone(), number));
        windows.spawn(comment(Arc::clone(&forum), token.clone()));
    }
    for _ in 0..EDITORS {
        windows.spawn(count_up(Arc::clone(&forum), ada.clone()));
    }
    for answer in [1, 2] {
        windows.spawn(accept(Arc::clone(&forum), ada.clone(), answer));
        windows.spawn(come_and_go(Arc::clone(&forum), bob.clone(), answer));
    }
    while let Some(window) = windows.join_next().await {
        window.expect("nobody was told anything unexpected");
    }
    audit::at_rest(&database).await;
    let read = forum.get("/api/v1/questions/1").await.json();
    let edits = EDITORS * ROUNDS;
    assert_eq!(
        (&read["body"], &read["version"]),
        (&json!(edits.to_string()), &json!(1 + edits)),
        "no edit is lost"
    );
    let comments = read["comment_count"].as_u64().and_then(|count| usize::try_from(count).ok());
    // Each window comments once a round on the question, and takes every other one back.
    assert_eq!(comments, Some(2 * VOTERS * ROUNDS / 2));
    // Now one vote each, and the score is known.
    for token in &voters {
        send(&forum, Method::PUT, "questions/1/vote", token, Some(json!({"value": 1}))).await;
    }
    let read = forum.get("/api/v1/questions/1").await.json();
    assert_eq!(read["score"], VOTERS);
    audit::at_rest(&database).await;
    store.close().await.expect("a clean end");
}

/// A call that may have to be made again, because a busy server sends some away.
async fn send(forum: &Forum, method: Method, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
    loop {
        let answer = forum.call(method.clone(), &format!("/api/v1/{path}"), token, body.clone()).await;
        if answer.status.as_u16() != 503 {
            let json = if answer.text.is_empty() { Value::Null } else { answer.json() };
            return (answer.status.as_u16(), json);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn vote(forum: Arc<Forum>, token: String, number: usize) {
    for round in 0..ROUNDS {
        for post in ["questions/1", "answers/1", "answers/2"] {
            let path = format!("{post}/vote");
            let (status, said) = match (number + number / VOTERS + round) % 3 {
                0 => send(&forum, Method::DELETE, &path, &token, None).await,
                1 => send(&forum, Method::PUT, &path, &token, Some(json!({"value": -1}))).await,
                _ => send(&forum, Method::PUT, &path, &token, Some(json!({"value": 1}))).await,
            };
            // An answer may have been taken back just now; the question is always there.
            assert!(status == 200 || (status == 404 && post != "questions/1"), "{path} {status} {said}");
        }
    }
}

async fn comment(forum: Arc<Forum>, token: String) {
    for round in 0..ROUNDS {
        for post in ["questions/1", "answers/1"] {
            let body = Some(json!({"body": format!("round {round}")}));
            let (status, said) = send(&forum, Method::POST, &format!("{post}/comments"), &token, body).await;
            assert!(status == 201 || (status == 404 && post != "questions/1"), "{post} {status} {said}");
            if status == 201 && round % 2 == 0 {
                let path = format!("comments/{}", said["id"]);
                let (status, said) = send(&forum, Method::DELETE, &path, &token, None).await;
                assert!(status == 204 || (status == 404 && post != "questions/1"), "{path} {status} {said}");
            }
        }
    }
}

/// Adds one to the number that is the question's text, again and again, from whatever version it reads.
async fn count_up(forum: Arc<Forum>, token: String) {
    let mut done = 0;
    while done < ROUNDS {
        let read = forum.get("/api/v1/questions/1").await;
        if read.status.as_u16() == 503 {
            continue;
        }
        // At first it is prose, which counts as nothing.
        let count: u64 = read.json()["body"].as_str().and_then(|body| body.parse().ok()).unwrap_or(0);
        let tags = ["counting", if count.is_multiple_of(2) { "odd" } else { "even" }];
        let text = json!({"title": "How far can it count?", "body": (count + 1).to_string(), "tags": tags});
        let edited = edit(&forum, &token, "questions/1", read.header(ETAG), &text).await;
        match edited.status.as_u16() {
            200 => done += 1,
            412 | 503 => {}
            other => panic!("{other} {}", edited.text),
        }
    }
}

async fn accept(forum: Arc<Forum>, token: String, answer: i64) {
    for round in 0..ROUNDS {
        let path = "questions/1/accepted";
        let (status, said) = if round % 3 == 2 {
            send(&forum, Method::DELETE, path, &token, None).await
        } else {
            send(&forum, Method::PUT, path, &token, Some(json!({"answer": answer}))).await
        };
        assert!([200, 204, 422].contains(&status), "{status} {said}");
    }
}

/// Takes an answer back and shows it again; at the end it is shown.
async fn come_and_go(forum: Arc<Forum>, token: String, answer: i64) {
    for _ in 0..ROUNDS {
        let (status, said) = send(&forum, Method::DELETE, &format!("answers/{answer}"), &token, None).await;
        assert_eq!(status, 204, "{said}");
        let (status, said) =
            send(&forum, Method::POST, &format!("answers/{answer}/restore"), &token, None).await;
        assert_eq!(status, 204, "{said}");
    }
}

/// Each deed moves a question to the top of the active ones, but for votes and edits of comments.
#[tokio::test]
async fn a_question_is_active_when_something_is_added_or_edited_on_both_databases() {
    let folder = tempfile::tempdir().expect("a folder");
    active(Database::Sqlite(folder.path().join("forum.sqlite"))).await;
    let Some(server) = Postgres::start() else { return };
    active(server.database()).await;
}

async fn active(database: Database) {
    let store = store::open(&database).await.expect("a database");
    let forum = Forum::on(store.clone());
    let (ada, bob) = asked_and_answered(&forum).await;
    let start = forum.state.clock.now().unix_ms();
    let question = json!({"title": "A title that is fine", "body": "b"});
    let (body, vote) = (json!({"body": "b"}), json!({"value": 1}));
    let mut expected = start;
    for (index, (method, path, token, sent, moves)) in [
        (Method::PUT, "questions/1/vote", &bob, Some(&vote), false),
        (Method::POST, "questions/1/answers", &bob, Some(&body), true),
        (Method::POST, "questions/1/comments", &bob, Some(&body), true),
        (Method::POST, "answers/1/comments", &ada, Some(&body), true),
        (Method::PUT, "questions/1", &ada, Some(&question), true),
        (Method::PUT, "answers/1", &bob, Some(&body), true),
        (Method::PUT, "comments/1", &bob, Some(&body), false),
        (Method::DELETE, "comments/1", &bob, None, false),
    ]
    .into_iter()
    .enumerate()
    {
        forum.pass(Duration::from_secs(1));
        let done = match (&method, sent) {
            (&Method::PUT, Some(sent)) => edit(&forum, token, path, "*", sent).await,
            _ => forum.call(method.clone(), &format!("/api/v1/{path}"), token, sent.cloned()).await,
        };
        assert!(done.status.is_success(), "{method} {path} {}", done.text);
        if moves {
            expected = start + 1_000 * i64::try_from(index + 1).expect("a small number");
        }
        let found = audit::number(&database, "select active_at from questions where id = 1").await;
        assert_eq!(found, expected, "{method} {path}");
    }
    store.close().await.expect("a clean end");
}
