//! Taking back what one wrote, and showing it again.

use axum::http::Method;
use serde_json::{Value, json};

use crate::editing::edit;
use crate::forum::Forum;
use crate::voting::asked_and_answered;

pub(crate) async fn take_back(forum: &Forum, token: &str, path: &str) {
    for _ in 0..2 {
        // Twice is once: the first answer may have been lost on the way.
        let done = forum.call(Method::DELETE, &format!("/api/v1/{path}"), token, None).await;
        assert_eq!(done.status.as_u16(), 204, "{path} {}", done.text);
    }
}

pub(crate) async fn restore(forum: &Forum, token: &str, path: &str) {
    for _ in 0..2 {
        let done = forum.call(Method::POST, &format!("/api/v1/{path}/restore"), token, None).await;
        assert_eq!(done.status.as_u16(), 204, "{path} {}", done.text);
    }
}

/// Ada comments on her question (comment 1) and on Bob's answer 1 (comment 2), which she accepts.
async fn commented(forum: &Forum) -> (String, String) {
    let (ada, bob) = asked_and_answered(forum).await;
    for post in ["questions/1", "answers/1"] {
        let made = forum.post(&format!("/api/v1/{post}/comments"), &ada, json!({"body": "So?"})).await;
        assert_eq!(made.status.as_u16(), 201);
    }
    let accepted = json!({"answer": 1});
    let accepted = forum.call(Method::PUT, "/api/v1/questions/1/accepted", &ada, Some(accepted)).await;
    assert_eq!(accepted.status.as_u16(), 200);
    (ada, bob)
}

/// Everything that could be done with a post, which must find nothing.
async fn is_gone(forum: &Forum, token: &str, post: &str) {
    let vote = json!({"value": 1});
    let text = json!({"title": "A title that is fine", "body": "b"});
    let mut answers = vec![
        forum.call(Method::PUT, &format!("/api/v1/{post}/vote"), token, Some(vote)).await,
        forum.call(Method::DELETE, &format!("/api/v1/{post}/vote"), token, None).await,
        forum.post(&format!("/api/v1/{post}/comments"), token, json!({"body": "b"})).await,
        edit(forum, token, post, "*", &text).await,
    ];
    for part in ["", "/comments", "/revisions"] {
        answers.push(forum.get(&format!("/api/v1/{post}{part}")).await);
    }
    for answer in answers {
        assert_eq!(answer.error(), (404, "not_found".to_owned()), "{post}");
    }
}

pub(crate) async fn a_question_that_is_taken_back_takes_everything_below_it_along_until_it_is_restored(
    forum: Forum,
) {
    let (ada, bob) = commented(&forum).await;
    forum.ask(&ada, "Another question of hers", "b").await;
    let before = forum.get("/api/v1/questions/1").await.json();
    take_back(&forum, &ada, "questions/1").await;
    for token in [&ada, &bob] {
        is_gone(&forum, token, "questions/1").await;
        is_gone(&forum, token, "answers/1").await;
    }
    let list = forum.get("/api/v1/questions").await.json();
    let ids: Vec<&Value> = list["items"].as_array().expect("a list").iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&json!(2)]);
    assert_eq!(forum.page("/questions/1", "").await.status.as_u16(), 404);
    let gone = (404, "not_found".to_owned());
    for (method, path, body) in [
        (Method::GET, "questions/1/answers", None),
        (Method::POST, "questions/1/answers", Some(json!({"body": "b"}))),
        (Method::PUT, "questions/1/accepted", Some(json!({"answer": 2}))),
        (Method::DELETE, "answers/1", None), // not even its author: it is gone already
        (Method::POST, "answers/1/restore", None),
        (Method::DELETE, "comments/1", None),
        (Method::DELETE, "comments/2", None),
    ] {
        for token in [&ada, &bob] {
            let answer = forum.call(method.clone(), &format!("/api/v1/{path}"), token, body.clone()).await;
            assert_eq!(answer.error(), gone, "{method} {path}");
        }
    }
    assert_eq!(edit(&forum, &ada, "comments/1", "*", &json!({"body": "b"})).await.error(), gone);
    let own = forum.call(Method::GET, "/api/v1/questions/1/votes", &bob, None).await.json();
    assert_eq!(own, json!({"items": []}));
    restore(&forum, &ada, "questions/1").await;
    assert_eq!(forum.get("/api/v1/questions/1").await.json(), before, "nothing was lost");
}

pub(crate) async fn an_answer_that_is_taken_back_is_neither_counted_nor_accepted(forum: Forum) {
    let (ada, bob) = commented(&forum).await;
    take_back(&forum, &bob, "answers/1").await;
    for token in [&ada, &bob] {
        is_gone(&forum, token, "answers/1").await;
    }
    let read = forum.get("/api/v1/questions/1").await.json();
    assert_eq!((&read["answer_count"], &read["accepted_answer"]), (&json!(1), &Value::Null));
    let shown: Vec<&Value> =
        read["answers"].as_array().expect("a list").iter().map(|item| &item["id"]).collect();
    assert_eq!(shown, [&json!(2)]);
    let again =
        forum.call(Method::PUT, "/api/v1/questions/1/accepted", &ada, Some(json!({"answer": 1}))).await;
    assert_eq!(again.error(), (422, "answer_unknown".to_owned()));
    restore(&forum, &bob, "answers/1").await;
    let read = forum.get("/api/v1/questions/1").await.json();
    assert_eq!((&read["answer_count"], &read["accepted_answer"]), (&json!(2), &Value::Null));
    assert_eq!(read["answers"][0]["comment_count"], 1, "its comment came back with it");
    // Taking back one answer leaves another one accepted.
    forum.call(Method::PUT, "/api/v1/questions/1/accepted", &ada, Some(json!({"answer": 2}))).await;
    take_back(&forum, &bob, "answers/1").await;
    assert_eq!(forum.get("/api/v1/questions/1").await.json()["accepted_answer"], 2);
}

pub(crate) async fn a_comment_that_is_taken_back_is_not_counted(forum: Forum) {
    let (ada, _) = commented(&forum).await;
    let counts = async || {
        let read = forum.get("/api/v1/questions/1").await.json();
        let shown = read["comments"].as_array().map(Vec::len);
        (read["comment_count"].clone(), shown, read["answers"][0]["comment_count"].clone())
    };
    assert_eq!(counts().await, (json!(1), Some(1), json!(1)));
    take_back(&forum, &ada, "comments/1").await;
    assert_eq!(counts().await, (json!(0), Some(0), json!(1)));
    take_back(&forum, &ada, "comments/2").await;
    assert_eq!(counts().await, (json!(0), Some(0), json!(0)));
    let list = forum.get("/api/v1/answers/1/comments").await.json();
    assert_eq!(list, json!({"items": [], "next": null}));
    for comment in ["comments/1", "comments/2"] {
        let gone = edit(&forum, &ada, comment, "*", &json!({"body": "b"})).await;
        assert_eq!(gone.error(), (404, "not_found".to_owned()));
        restore(&forum, &ada, comment).await;
    }
    assert_eq!(counts().await, (json!(1), Some(1), json!(1)));
}

pub(crate) async fn only_its_author_takes_a_thing_back_or_restores_it(forum: Forum) {
    let (ada, bob) = commented(&forum).await;
    let (forbidden, gone) = ((403, "not_the_author".to_owned()), (404, "not_found".to_owned()));
    for (path, author, stranger) in
        [("comments/2", &ada, &bob), ("answers/1", &bob, &ada), ("questions/1", &ada, &bob)]
    {
        let delete =
            async |token: &str| forum.call(Method::DELETE, &format!("/api/v1/{path}"), token, None).await;
        let restored = async |token: &str| {
            forum.call(Method::POST, &format!("/api/v1/{path}/restore"), token, None).await
        };
        let stranger_to_all = (401, "not_logged_in".to_owned());
        assert_eq!(delete("").await.error(), stranger_to_all, "{path}");
        assert_eq!(restored("").await.error(), stranger_to_all, "{path}");
        assert_eq!(delete(stranger).await.error(), forbidden, "{path}");
        assert_eq!(restored(stranger).await.error(), forbidden, "{path}");
        take_back(&forum, author, path).await;
        assert_eq!(delete(stranger).await.error(), gone, "{path}");
        assert_eq!(restored(stranger).await.error(), gone, "{path}");
        restore(&forum, author, path).await;
        let kind = path.split('/').next().unwrap_or_default();
        for address in [format!("{kind}/99"), format!("{kind}/x")] {
            let address = format!("/api/v1/{address}");
            assert_eq!(forum.call(Method::DELETE, &address, author, None).await.error(), gone, "{address}");
        }
    }
}
