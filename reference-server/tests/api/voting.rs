//! Votes, and which answer helped.

use axum::http::Method;
use serde_json::{Value, json};

use crate::forum::Forum;

async fn vote(forum: &Forum, token: &str, post: &str, value: i64) -> Value {
    let path = format!("/api/v1/{post}/vote");
    let answer = forum.call(Method::PUT, &path, token, Some(json!({"value": value}))).await;
    assert_eq!(answer.status.as_u16(), 200, "{path} {}", answer.text);
    answer.json()
}

async fn unvote(forum: &Forum, token: &str, post: &str) -> Value {
    let answer = forum.call(Method::DELETE, &format!("/api/v1/{post}/vote"), token, None).await;
    assert_eq!(answer.status.as_u16(), 200, "{post} {}", answer.text);
    answer.json()
}

/// Ada has asked, Bob has answered twice (answers 1 and 2).
pub(crate) async fn asked_and_answered(forum: &Forum) -> (String, String) {
    let (ada, bob) = (forum.member("ada").await, forum.member("bob").await);
    forum.ask(&ada, "How far can it count?", "To ten?").await;
    for body in ["Beyond.", "To eleven."] {
        let answered = forum.post("/api/v1/questions/1/answers", &bob, json!({"body": body})).await;
        assert_eq!(answered.status.as_u16(), 201);
    }
    (ada, bob)
}

pub(crate) async fn a_vote_counts_once_however_often_it_is_cast(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let eve = forum.member("eve").await;
    assert_eq!(vote(&forum, &bob, "questions/1", 1).await, json!({"score": 1, "vote": 1}));
    assert_eq!(vote(&forum, &bob, "questions/1", 1).await, json!({"score": 1, "vote": 1}), "again");
    assert_eq!(vote(&forum, &eve, "questions/1", 1).await, json!({"score": 2, "vote": 1}));
    assert_eq!(vote(&forum, &bob, "questions/1", -1).await, json!({"score": 0, "vote": -1}), "another mind");
    assert_eq!(unvote(&forum, &bob, "questions/1").await, json!({"score": 1, "vote": null}));
    assert_eq!(unvote(&forum, &bob, "questions/1").await, json!({"score": 1, "vote": null}), "again");
    // The question and each of its answers are counted apart.
    assert_eq!(vote(&forum, &ada, "answers/1", -1).await, json!({"score": -1, "vote": -1}));
    assert_eq!(vote(&forum, &eve, "answers/2", 1).await, json!({"score": 1, "vote": 1}));
    let read = forum.get("/api/v1/questions/1").await.json();
    assert_eq!((&read["score"], &read["answers"][0]["score"]), (&json!(1), &json!(-1)));
    assert_eq!(forum.get("/api/v1/answers/2").await.json()["score"], 1);
    let own = forum.call(Method::GET, "/api/v1/questions/1/votes", &eve, None).await.json();
    assert_eq!(own, json!({"items": [{"answer": null, "vote": 1}, {"answer": 2, "vote": 1}]}));
    let none = forum.call(Method::GET, "/api/v1/questions/1/votes", &bob, None).await.json();
    assert_eq!(none, json!({"items": []}));
}

pub(crate) async fn a_vote_that_may_not_be_is_refused_and_changes_nothing(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    let (ada, bob) = (ada.as_str(), bob.as_str());
    let up = || Some(json!({"value": 1}));
    let (put, delete) = (Method::PUT, Method::DELETE);
    for (method, path, token, body, status, code) in [
        (&put, "questions/1/vote", "", up(), 401, "not_logged_in"),
        (&delete, "questions/1/vote", "", None, 401, "not_logged_in"),
        (&put, "questions/1/vote", ada, up(), 403, "own_post"),
        (&delete, "questions/1/vote", ada, None, 403, "own_post"),
        (&put, "answers/1/vote", bob, up(), 403, "own_post"),
        (&put, "questions/9/vote", bob, up(), 404, "not_found"),
        (&put, "answers/9/vote", ada, up(), 404, "not_found"),
        (&put, "answers/x/vote", ada, up(), 404, "not_found"),
        (&put, "questions/1/vote", bob, Some(json!({"value": 0})), 422, "vote_invalid"),
        (&put, "questions/1/vote", bob, Some(json!({"value": 2})), 422, "vote_invalid"),
        (&put, "questions/1/vote", bob, Some(json!({"value": "1"})), 422, "json_wrong_shape"),
        (&put, "questions/1/vote", bob, Some(json!({})), 422, "json_wrong_shape"),
    ] {
        let refused = forum.call(method.clone(), &format!("/api/v1/{path}"), token, body.clone()).await;
        assert_eq!(refused.error(), (status, code.to_owned()), "{method} {path} {body:?}");
    }
    let read = forum.get("/api/v1/questions/1").await.json();
    assert_eq!((&read["score"], &read["answers"][0]["score"]), (&json!(0), &json!(0)));
}

pub(crate) async fn the_asker_accepts_one_answer_at_a_time(forum: Forum) {
    let (ada, bob) = asked_and_answered(&forum).await;
    forum.ask(&ada, "Another question of hers", "b").await;
    forum.post("/api/v1/questions/2/answers", &bob, json!({"body": "elsewhere"})).await; // answer 3
    let path = "/api/v1/questions/1/accepted";
    let accepted = async || forum.get("/api/v1/questions/1").await.json()["accepted_answer"].clone();
    assert_eq!(accepted().await, Value::Null);
    for answer in [1, 2, 2] {
        let done = forum.call(Method::PUT, path, &ada, Some(json!({"answer": answer}))).await;
        assert_eq!((done.status.as_u16(), done.json()), (200, json!({"accepted_answer": answer})));
        assert_eq!(accepted().await, answer);
    }
    let (asker, other) = (ada.as_str(), bob.as_str());
    let unknown = (422, "answer_unknown");
    for (method, path, token, body, expected) in [
        (Method::PUT, path, "", Some(json!({"answer": 1})), (401, "not_logged_in")),
        (Method::PUT, path, other, Some(json!({"answer": 1})), (403, "not_the_author")),
        (Method::DELETE, path, other, None, (403, "not_the_author")),
        (Method::PUT, path, asker, Some(json!({"answer": 3})), unknown), // of another question
        (Method::PUT, path, asker, Some(json!({"answer": 9})), unknown),
        (Method::PUT, path, asker, Some(json!({"answer": -1})), unknown),
        (Method::PUT, path, asker, Some(json!({"answer": null})), (422, "json_wrong_shape")),
        (Method::PUT, "/api/v1/questions/9/accepted", asker, Some(json!({"answer": 1})), (404, "not_found")),
    ] {
        let refused = forum.call(method, path, token, body.clone()).await;
        assert_eq!(refused.error(), (expected.0, expected.1.to_owned()), "{path} {body:?}");
    }
    assert_eq!(accepted().await, 2, "no refusal has changed it");
    for _ in 0..2 {
        let done = forum.call(Method::DELETE, path, &ada, None).await;
        assert_eq!((done.status.as_u16(), accepted().await), (204, Value::Null));
    }
}
