//! Requests that are sent again with the same `Idempotency-Key`, told to both databases.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{Method, Request};
use reference_server::store::{self, Database, Entity};
use serde_json::{Value, json};

use crate::forum::{Answer, Forum, PASSWORD};
use crate::openapi::{address, document, example, operations};
use crate::postgres::Postgres;

async fn keyed(forum: &Forum, path: &str, token: &str, key: &str, body: &Value) -> Answer {
    let mut request =
        Request::post(path).header(CONTENT_TYPE, "application/json").header("idempotency-key", key);
    if !token.is_empty() {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    forum.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

async fn rows(forum: &Forum, entity: Entity) -> u64 {
    let storage = forum.state.store.storage().await.expect("the weights");
    storage.iter().find(|part| part.entity == entity).expect("an entity").rows
}

#[tokio::test]
async fn retries_are_safe_on_sqlite() {
    let forum = Forum::new().await;
    tell(&forum).await;
}

#[tokio::test]
async fn retries_are_safe_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    let store = store::open(&server.database()).await.expect("a database");
    tell(&Forum::on(store)).await;
}

async fn tell(forum: &Forum) {
    let ada = forum.member("ada").await;
    let bob = forum.member("bob").await;
    let path = "/api/v1/questions";
    let question = json!({"title": "A question asked once", "body": "b"});

    // Sent again, it is answered as before and not done again.
    let first = keyed(forum, path, &ada, "key-1", &question).await;
    assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (201, ""), "{}", first.text);
    for _ in 0..2 {
        let again = keyed(forum, path, &ada, "key-1", &question).await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        assert_eq!(again.header(LOCATION), first.header(LOCATION));
        assert_eq!(again.header("idempotent-replayed"), "true");
    }
    assert_eq!(rows(forum, Entity::Question).await, 1);

    // Another request with the same key is a mistake: another body, or another address.
    let other = json!({"title": "Another question with it", "body": "b"});
    let refused = keyed(forum, path, &ada, "key-1", &other).await;
    assert_eq!(refused.error(), (422, "key_reused".to_owned()));
    let refused = keyed(forum, "/api/v1/questions/1/answers", &ada, "key-1", &json!({"body": "b"})).await;
    assert_eq!(refused.error(), (422, "key_reused".to_owned()));
    assert_eq!((rows(forum, Entity::Question).await, rows(forum, Entity::Answer).await), (1, 0));
    let count = forum.get("/api/v1/questions/1").await.json()["answer_count"].clone();
    assert_eq!(count, 0, "nothing of the refused answer stays");

    // A key is its member's own, by whichever log-in.
    let bobs = keyed(forum, path, &bob, "key-1", &question).await;
    assert_eq!((bobs.status.as_u16(), &bobs.json()["id"]), (201, &json!(2)));
    let elsewhere = forum.log_in("ada").await;
    let again = keyed(forum, path, &elsewhere, "key-1", &question).await;
    assert_eq!((&again.text, again.header("idempotent-replayed")), (&first.text, "true"));

    // What was refused was not done, and its key is free.
    let lost = keyed(forum, "/api/v1/questions/99/answers", &ada, "key-2", &json!({"body": "b"})).await;
    assert_eq!(lost.error(), (404, "not_found".to_owned()));
    let short = keyed(forum, path, &ada, "key-2", &json!({"title": "short", "body": "b"})).await;
    assert_eq!(short.error(), (422, "title_too_short".to_owned()));
    assert_eq!(keyed(forum, path, &ada, "key-2", &other).await.status.as_u16(), 201);

    // A write of several statements, too, is done once and leaves nothing when it is refused.
    let comments = "/api/v1/questions/1/comments";
    let comment = json!({"body": "A comment made once"});
    let lost = keyed(forum, "/api/v1/questions/99/comments", &bob, "key-3", &comment).await;
    assert_eq!(lost.error(), (404, "not_found".to_owned()));
    let first = keyed(forum, comments, &bob, "key-3", &comment).await;
    let again = keyed(forum, comments, &bob, "key-3", &comment).await;
    assert_eq!((first.status.as_u16(), &again.text), (201, &first.text), "{}", first.text);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let refused = keyed(forum, comments, &bob, "key-3", &json!({"body": "Another comment"})).await;
    assert_eq!(refused.error(), (422, "key_reused".to_owned()));
    assert_eq!(forum.get("/api/v1/questions/1").await.json()["comment_count"], 1);

    // What replies nothing is answered again with nothing, and what came in between stays.
    let restore = "/api/v1/questions/1/restore";
    let status = || async { forum.get("/api/v1/questions/1").await.status.as_u16() };
    for (replayed, shown) in [("", 200), ("true", 404)] {
        forum.call(Method::DELETE, "/api/v1/questions/1", &ada, None).await;
        let restored = keyed(forum, restore, &ada, "key-4", &Value::Null).await;
        assert_eq!((restored.status.as_u16(), restored.header("idempotent-replayed")), (204, replayed));
        assert_eq!(status().await, shown);
    }
    assert_eq!(keyed(forum, restore, &ada, "key-5", &Value::Null).await.status.as_u16(), 204);
    assert_eq!(status().await, 200);

    // Strangers have keys as well; a name that is taken by the first try is not taken for the second.
    let account = json!({"name": "eve", "password": PASSWORD});
    let opened = keyed(forum, "/api/v1/accounts", "", "key-1", &account).await;
    let again = keyed(forum, "/api/v1/accounts", "", "key-1", &account).await;
    assert_eq!((opened.status.as_u16(), &again.text), (201, &opened.text));

    // After a day the key is forgotten.
    forum.pass(Duration::from_millis(24 * 3_600_000 - 1));
    let again = keyed(forum, path, &ada, "key-1", &question).await;
    assert_eq!((&again.text, again.header("idempotent-replayed")), (&first.text, "true"));
    forum.pass(Duration::from_millis(1));
    let anew = keyed(forum, path, &ada, "key-1", &question).await;
    assert_eq!((anew.status.as_u16(), anew.header("idempotent-replayed")), (201, ""));
    assert_ne!(anew.text, first.text);
    let again = keyed(forum, path, &ada, "key-1", &question).await;
    assert_eq!(again.text, anew.text, "and kept anew");
}

#[tokio::test]
async fn every_post_of_the_interface_can_be_sent_again() {
    let forum = Forum::new().await;
    let ada = forum.member("grace").await;
    forum.ask(&ada, "A question to work with", "body").await;
    forum.post("/api/v1/questions/1/answers", &ada, json!({"body": "b"})).await;
    forum.post("/api/v1/answers/1/comments", &ada, json!({"body": "A comment"})).await;
    let document = document(&forum).await;
    let mut tried = 0;
    for (path, method, operation) in operations(&document) {
        // A log-in is answered with a secret, which is not kept; the description says so.
        if method != Method::POST || path == "/api/v1/sessions" {
            continue;
        }
        let has_body = operation["requestBody"].is_object();
        let body = if has_body { example(&document, &operation) } else { Value::Null };
        let first = keyed(&forum, &address(&path), &ada, &path, &body).await;
        assert!(first.status.is_success(), "{path}: {}", first.text);
        let again = keyed(&forum, &address(&path), &ada, &path, &body).await;
        assert_eq!((again.status, &again.text), (first.status, &first.text), "{path}");
        assert_eq!(again.header("idempotent-replayed"), "true", "{path}");
        tried += 1;
    }
    assert!(tried >= 8, "{tried}");
}

#[tokio::test]
async fn a_request_that_is_still_being_done_is_not_begun_again() {
    let forum = Forum::new().await;
    let account = json!({"name": "ada", "password": PASSWORD}); // hashing gives the other one time to come
    let send = || keyed(&forum, "/api/v1/accounts", "", "key", &account);
    let (first, second) = tokio::join!(send(), send());
    assert_eq!(first.status.as_u16(), 201, "{}", first.text);
    assert_eq!(second.error(), (409, "in_progress".to_owned()));
    assert_eq!(second.header(RETRY_AFTER), "1");
    assert_eq!(send().await.text, first.text);
}

#[tokio::test]
async fn two_servers_of_one_database_do_it_once() {
    let Some(server) = Postgres::start() else { return };
    let one = Forum::on(store::open(&server.database()).await.expect("a database"));
    let other = Forum::on(store::open(&server.database()).await.expect("a database"));
    let ada = one.member("ada").await;
    let question = json!({"title": "A question asked twice", "body": "b"});
    for round in 0..20 {
        let key = format!("key-{round}");
        let path = "/api/v1/questions";
        let (first, second) = tokio::join!(
            keyed(&one, path, &ada, &key, &question),
            keyed(&other, path, &ada, &key, &question)
        );
        assert_eq!(
            (first.status.as_u16(), second.status.as_u16()),
            (201, 201),
            "{} {}",
            first.text,
            second.text
        );
        assert_eq!(first.text, second.text);
    }
    assert_eq!(rows(&one, Entity::Question).await, 20);
    let comment = json!({"body": "A comment made twice"});
    for round in 0..20 {
        let (key, path) = (format!("comment-{round}"), "/api/v1/questions/1/comments");
        let (first, second) =
            tokio::join!(keyed(&one, path, &ada, &key, &comment), keyed(&other, path, &ada, &key, &comment));
        assert_eq!((first.status.as_u16(), &first.text), (201, &second.text));
    }
    assert_eq!(one.get("/api/v1/questions/1").await.json()["comment_count"], 20);
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let question = json!({"title": "A question with a key", "body": "b"});
    for (key, status) in [
        ("x".repeat(255), 201),
        ("x".repeat(256), 422),
        (String::new(), 422),
        ("two words".to_owned(), 422),
        ("tab\there".to_owned(), 422),
    ] {
        let answer = keyed(&forum, "/api/v1/questions", &ada, &key, &question).await;
        assert_eq!(answer.status.as_u16(), status, "{key:?}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_key_is_kept_by_the_transaction_of_its_write_and_old_ones_are_cleared_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("forum.sqlite");
    let store = store::open(&Database::Sqlite(path.clone())).await.expect("a database");
    let forum = Forum::on(store);
    let ada = forum.member("ada").await;
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.expect("a database");
    let kept = || async {
        let count: i64 =
            sqlx::query_scalar("select count(*) from retries").fetch_one(&pool).await.expect("a count");
        count
    };
    let question = json!({"title": "A question to count", "body": "b"});
    for number in 0..10 {
        keyed(&forum, "/api/v1/questions", &ada, &format!("key-{number}"), &question).await;
    }
    assert_eq!(kept().await, 10);
    keyed(&forum, "/api/v1/questions/99/answers", &ada, "lost", &json!({"body": "b"})).await;
    assert_eq!(kept().await, 10, "what was not done has no key");
    forum.pass(Duration::from_hours(24));
    keyed(&forum, "/api/v1/questions", &ada, "new", &question).await;
    assert_eq!(kept().await, 3, "eight of ten are cleared away with each write");
    keyed(&forum, "/api/v1/questions", &ada, "newer", &question).await;
    assert_eq!(kept().await, 2);
}
