//! Comments on questions and answers.

use std::time::Duration;

use axum::http::Method;
use axum::http::header::ETAG;
use serde_json::{Value, json};

use crate::editing::edit;
use crate::forum::Forum;
use crate::voting::asked_and_answered;

fn bodies(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|item| item["body"].as_str().expect("a text")).collect()
}

pub(crate) async fn comments_stand_below_their_post_oldest_first(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    for number in 1..=12 {
        let comment = json!({"body": format!("on the question {number}")});
        let made = forum.post("/api/v1/questions/1/comments", &bob, comment).await;
        assert_eq!((made.status.as_u16(), made.json()), (201, json!({"id": number})));
    }
    let made = forum.post("/api/v1/answers/2/comments", &ada, json!({"body": " on the answer "})).await;
    assert_eq!((made.status.as_u16(), made.json()), (201, json!({"id": 13})));
    let read = forum.get("/api/v1/questions/1").await.json();
    assert_eq!((&read["comment_count"], bodies(&read["comments"]).len()), (&json!(12), 10));
    assert_eq!(
        read["comments"][0],
        json!({
            "id": 1, "body": "on the question 1", "author": {"id": 2, "name": "bob"}, "version": 1,
            "created_at": "2001-09-09T01:46:40.000Z", "edited_at": null,
        })
    );
    let counts = (&read["answers"][0]["comment_count"], &read["answers"][1]["comment_count"]);
    assert_eq!(counts, (&json!(0), &json!(1)));
    let cursor = read["next_comments"].as_str().expect("a cursor");
    let rest = forum.get(&format!("/api/v1/questions/1/comments?after={cursor}")).await.json();
    assert_eq!(bodies(&rest["items"]), ["on the question 11", "on the question 12"]);
    assert_eq!(rest["next"], Value::Null);
    let first = forum.get("/api/v1/questions/1/comments?limit=3").await.json();
    assert_eq!((bodies(&first["items"]).len(), &first["next"]), (3, &json!("3")));
    let of_answer = forum.get("/api/v1/answers/2/comments").await.json();
    assert_eq!(bodies(&of_answer["items"]), [" on the answer "]);
    assert_eq!(forum.get("/api/v1/answers/1/comments").await.json(), json!({"items": [], "next": null}));
}

pub(crate) async fn a_comment_is_edited_by_who_wrote_it(forum: Forum) {
    let (_, bob) = asked_and_answered(&forum).await;
    forum.post("/api/v1/answers/1/comments", &bob, json!({"body": "Tpyo."})).await;
    forum.pass(Duration::from_secs(1));
    let edited = edit(&forum, &bob, "comments/1", "\"1\"", &json!({"body": "Typo."})).await;
    assert_eq!((edited.status.as_u16(), edited.header(ETAG)), (200, "\"2\""));
    let read = forum.get("/api/v1/answers/1/comments").await.json();
    let comment = &read["items"][0];
    assert_eq!((&comment["body"], &comment["version"]), (&json!("Typo."), &json!(2)));
    assert_eq!(comment["edited_at"], "2001-09-09T01:46:41.000Z");
}

pub(crate) async fn a_comment_that_may_not_be_is_refused_and_not_counted(forum: Forum) {
    let (ada, _) = asked_and_answered(&forum).await;
    let ada = ada.as_str();
    let fine = json!({"body": "b"});
    for (path, token, body, status, code) in [
        ("questions/1", "", fine.clone(), 401, "not_logged_in"),
        ("answers/1", "", fine.clone(), 401, "not_logged_in"),
        ("questions/9", ada, fine.clone(), 404, "not_found"),
        ("answers/9", ada, fine, 404, "not_found"),
        ("questions/1", ada, json!({"body": " "}), 422, "comment_empty"),
        ("answers/1", ada, json!({"body": "é".repeat(1_025)}), 422, "comment_too_long"),
        ("answers/1", ada, json!({"body": "a\0"}), 422, "comment_nul_character"),
        ("answers/1", ada, json!({}), 422, "json_wrong_shape"),
    ] {
        let refused = forum.post(&format!("/api/v1/{path}/comments"), token, body).await;
        assert_eq!(refused.error(), (status, code.to_owned()), "{path}");
    }
    for (path, status, code) in [
        ("questions/9/comments", 404, "not_found"),
        ("answers/9/comments", 404, "not_found"),
        ("answers/1/comments?after=x", 422, "cursor_invalid"),
        ("answers/1/comments?limit=101", 422, "limit_out_of_range"),
    ] {
        let refused = forum.get(&format!("/api/v1/{path}")).await;
        assert_eq!(refused.error(), (status, code.to_owned()), "{path}");
    }
    let longest = json!({"body": "é".repeat(1_024)});
    let made = forum.post("/api/v1/answers/1/comments", ada, longest).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let read = forum.get("/api/v1/questions/1").await.json();
    let counts = (&read["comment_count"], &read["answers"][0]["comment_count"]);
    assert_eq!(counts, (&json!(0), &json!(1)));
    let wrong = forum.call(Method::GET, "/api/v1/comments/1", ada, None).await;
    assert_eq!(wrong.error(), (405, "method_not_allowed".to_owned()), "comments are read with their post");
}
