//! Edits by authors, made from a version they name, and what was there before.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::forum::{Answer, Forum};
use crate::voting::asked_and_answered;

/// A change made from a version; an empty one is not sent.
pub(crate) async fn edit(forum: &Forum, token: &str, path: &str, version: &str, body: &Value) -> Answer {
    let mut request = Request::put(format!("/api/v1/{path}")).header(CONTENT_TYPE, "application/json");
    if !token.is_empty() {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    if !version.is_empty() {
        request = request.header(IF_MATCH, version);
    }
    forum.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

pub(crate) async fn an_edit_replaces_the_text_and_keeps_the_old_one(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let read = forum.get("/api/v1/questions/1").await;
    assert_eq!((read.header(ETAG), &read.json()["edited_at"]), ("\"1\"", &Value::Null));
    forum.pass(Duration::from_secs(20));
    let text = json!({"title": "  How high can it count?", "body": "To twelve?"});
    let edited = edit(&forum, &ada, "questions/1", "\"1\"", &text).await;
    assert_eq!((edited.status.as_u16(), edited.header(ETAG)), (200, "\"2\""), "{}", edited.text);
    assert_eq!(edited.json(), json!({"version": 2}));
    let read = forum.get("/api/v1/questions/1").await;
    assert_eq!(read.header(ETAG), "\"2\"");
    let read = read.json();
    assert_eq!((&read["title"], &read["body"]), (&json!("How high can it count?"), &json!("To twelve?")));
    assert_eq!((&read["version"], &read["edited_at"]), (&json!(2), &json!("2001-09-09T01:47:00.000Z")));
    assert_eq!(read["created_at"], "2001-09-09T01:46:40.000Z");
    assert_eq!(
        forum.get("/api/v1/questions/1/revisions").await.json(),
        json!({
            "items": [
                {
                    "version": 2, "title": "How high can it count?", "body": "To twelve?", "tags": [],
                    "written_at": "2001-09-09T01:47:00.000Z",
                },
                {
                    "version": 1, "title": "How far can it count?", "body": "To ten?", "tags": [],
                    "written_at": "2001-09-09T01:46:40.000Z",
                },
            ],
            "next": null,
        })
    );
    let answer = forum.get("/api/v1/answers/1").await;
    assert_eq!(answer.header(ETAG), "\"1\"");
    assert_eq!(
        answer.json(),
        json!({
            "question": 1, "id": 1, "body": "Beyond.", "author": {"id": 2, "name": "bob"}, "score": 0,
            "comment_count": 0, "version": 1, "created_at": "2001-09-09T01:46:40.000Z", "edited_at": null,
        })
    );
    let edited = edit(&forum, &bob, "answers/1", answer.header(ETAG), &json!({"body": "Far beyond."})).await;
    assert_eq!((edited.status.as_u16(), edited.header(ETAG)), (200, "\"2\""));
    let revisions = forum.get("/api/v1/answers/1/revisions").await.json();
    let bodies: Vec<_> =
        revisions["items"].as_array().expect("a list").iter().map(|item| &item["body"]).collect();
    assert_eq!(bodies, ["Far beyond.", "Beyond."]);
    let other = forum.get("/api/v1/answers/2/revisions").await.json();
    assert_eq!(other["items"].as_array().map(Vec::len), Some(1), "the other answer was not edited");
}

pub(crate) async fn the_versions_come_in_pages_newest_first(forum: Forum) {
    let (ada, _) = asked_and_answered(&forum).await;
    for version in 1..=4 {
        let text = json!({"title": "How far can it count?", "body": format!("version {}", version + 1)});
        let edited = edit(&forum, &ada, "questions/1", &format!("\"{version}\""), &text).await;
        assert_eq!(edited.status.as_u16(), 200, "{}", edited.text);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = forum.get(&format!("/api/v1/questions/1/revisions?limit=2&after={after}")).await.json();
        let items = page["items"].as_array().expect("a list").clone();
        seen.extend(items.iter().map(|item| item["version"].as_i64().expect("a number")));
        page["next"].as_str().unwrap_or_default().clone_into(&mut after);
    }
    assert_eq!((seen, after.as_str()), (vec![5, 4, 3, 2, 1], ""));
    for (path, status, code) in [
        ("/api/v1/questions/1/revisions?after=x", 422, "cursor_invalid"),
        ("/api/v1/questions/9/revisions", 404, "not_found"),
        ("/api/v1/answers/9/revisions", 404, "not_found"),
    ] {
        assert_eq!(forum.get(path).await.error(), (status, code.to_owned()), "{path}");
    }
}

pub(crate) async fn an_edit_that_may_not_be_is_refused_and_changes_nothing(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let (ada, bob) = (ada.as_str(), bob.as_str());
    let commented = forum.post("/api/v1/questions/1/comments", ada, json!({"body": "So?"})).await;
    assert_eq!(commented.status.as_u16(), 201);
    let question = json!({"title": "A title that is fine", "body": "b"});
    let (body, empty) = (json!({"body": "b"}), json!({"body": " "}));
    let before = forum.get("/api/v1/questions/1").await.json();
    for (token, path, version, body, status, code) in [
        ("", "questions/1", "\"1\"", &question, 401, "not_logged_in"),
        ("", "answers/1", "\"1\"", &body, 401, "not_logged_in"),
        ("", "comments/1", "\"1\"", &body, 401, "not_logged_in"),
        (bob, "questions/1", "\"1\"", &question, 403, "not_the_author"),
        (bob, "questions/1", "\"7\"", &question, 403, "not_the_author"), // learns nothing of versions
        (bob, "questions/1", "*", &question, 403, "not_the_author"),
        (ada, "answers/1", "\"1\"", &body, 403, "not_the_author"),
        (bob, "comments/1", "\"1\"", &body, 403, "not_the_author"),
        (ada, "questions/1", "", &question, 428, "if_match_missing"),
        (bob, "answers/1", "", &body, 428, "if_match_missing"),
        (ada, "comments/1", "", &body, 428, "if_match_missing"),
        (ada, "questions/1", "\"2\"", &question, 412, "stale"),
        (ada, "questions/1", "W/\"1\"", &question, 412, "stale"),
        (ada, "questions/1", "1", &question, 412, "stale"),
        (bob, "answers/1", "\"0\"", &body, 412, "stale"),
        (ada, "comments/1", "\"2\"", &body, 412, "stale"),
        (ada, "questions/9", "\"1\"", &question, 404, "not_found"),
        (ada, "answers/9", "\"1\"", &body, 404, "not_found"),
        (ada, "comments/9", "\"1\"", &body, 404, "not_found"),
        (ada, "questions/1", "\"1\"", &body, 422, "json_wrong_shape"),
        (ada, "questions/1", "\"1\"", &json!({"title": "short", "body": "b"}), 422, "title_too_short"),
        (bob, "answers/1", "\"1\"", &empty, 422, "body_empty"),
        (ada, "comments/1", "\"1\"", &empty, 422, "comment_empty"),
    ] {
        let refused = edit(&forum, token, path, version, body).await;
        assert_eq!(refused.error(), (status, code.to_owned()), "{path} {version} {body}");
    }
    assert_eq!(forum.get("/api/v1/questions/1").await.json(), before);
    // Who says that he does not care what is there may overwrite it.
    assert_eq!(edit(&forum, ada, "questions/1", "*", &question).await.status.as_u16(), 200);
}

pub(crate) async fn votes_answers_and_comments_do_not_make_an_edit_stale(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let tag = forum.get("/api/v1/questions/1").await.header(ETAG).to_owned();
    forum.call(Method::PUT, "/api/v1/questions/1/vote", &bob, Some(json!({"value": 1}))).await;
    forum.post("/api/v1/questions/1/comments", &bob, json!({"body": "Hm."})).await;
    forum.post("/api/v1/questions/1/answers", &bob, json!({"body": "Again."})).await;
    let text = json!({"title": "How high can it count?", "body": "To twelve?"});
    assert_eq!(edit(&forum, &ada, "questions/1", &tag, &text).await.status.as_u16(), 200);
    let read = forum.get("/api/v1/questions/1").await.json();
    let counts = (&read["score"], &read["comment_count"], &read["answer_count"]);
    assert_eq!(counts, (&json!(1), &json!(1), &json!(3)));
}
