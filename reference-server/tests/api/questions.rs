//! Questions and answers.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use serde_json::{Value, json};

use crate::forum::Forum;

fn ids(list: &Value) -> Vec<i64> {
    let items = list["items"].as_array().expect("a list");
    items.iter().map(|item| item["id"].as_i64().expect("an id")).collect()
}

#[tokio::test]
async fn a_question_is_asked_answered_and_read() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let asked = json!({"title": "  How far can it count?  ", "body": "To ten?\n\nOr beyond?"});
    let asked = forum.post("/api/v1/questions", &ada, asked).await;
    assert_eq!((asked.status, asked.header(LOCATION)), (StatusCode::CREATED, "/api/v1/questions/1"));
    assert_eq!(asked.json(), json!({"id": 1}));
    let answered = forum.post("/api/v1/questions/1/answers", &ada, json!({"body": "Beyond."})).await;
    assert_eq!((answered.status, answered.json()), (StatusCode::CREATED, json!({"id": 1})));
    let read = forum.get("/api/v1/questions/1").await;
    assert_eq!(read.header(CACHE_CONTROL), "no-cache");
    let moment = "2001-09-09T01:46:40.000Z";
    let author = json!({"id": 1, "name": "ada"});
    assert_eq!(
        read.json(),
        json!({
            "id": 1, "title": "How far can it count?", "body": "To ten?\n\nOr beyond?", "author": author,
            "tags": [], "created_at": moment, "edited_at": null, "version": 1, "score": 0,
            "comment_count": 0, "comments": [], "next_comments": null,
            "answer_count": 1, "accepted_answer": null,
            "answers": [{
                "id": 1, "body": "Beyond.", "author": author, "score": 0, "comment_count": 0, "version": 1,
                "created_at": moment, "edited_at": null,
            }],
            "next": null,
        })
    );
    assert_eq!(
        forum.get("/api/v1/questions").await.json(),
        json!({
            "items": [{
                "id": 1, "title": "How far can it count?", "excerpt": "To ten? Or beyond?", "author": author,
                "tags": [], "score": 0, "answer_count": 1, "created_at": moment, "active_at": moment,
            }],
            "next": null,
        })
    );
}

#[tokio::test]
async fn the_pages_of_the_list_hold_every_question_once_newest_first() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    assert_eq!(forum.get("/api/v1/questions").await.json(), json!({"items": [], "next": null}));
    for number in 1..=25 {
        forum.ask(&ada, &format!("Question number {number}"), "body").await;
    }
    let first = forum.get("/api/v1/questions").await.json();
    assert_eq!(ids(&first), (6..=25).rev().collect::<Vec<_>>(), "twenty by default");
    let cursor = first["next"].as_str().expect("a cursor");
    let second = forum.get(&format!("/api/v1/questions?after={cursor}")).await.json();
    assert_eq!((ids(&second), &second["next"]), ((1..=5).rev().collect(), &Value::Null));
    let all = forum.get("/api/v1/questions?limit=25&after=").await.json();
    assert_eq!((ids(&all).len(), &all["next"]), (25, &Value::Null), "a full last page promises no next one");
    for (query, status, code) in [
        ("limit=0", 422, "limit_out_of_range"),
        ("limit=101", 422, "limit_out_of_range"),
        ("limit=ten", 422, "limit_out_of_range"),
        ("after=x", 422, "cursor_invalid"),
        ("limit=1&limit=2", 400, "query_invalid"),
    ] {
        let answer = forum.get(&format!("/api/v1/questions?{query}")).await;
        assert_eq!(answer.error(), (status, code.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn answers_come_thirty_at_first_and_the_rest_by_page() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A popular question", "body").await;
    forum.ask(&ada, "A lonely question", "body").await;
    for number in 1..=33 {
        let body = json!({"body": format!("answer {number}")});
        forum.post("/api/v1/questions/1/answers", &ada, body).await;
    }
    let question = forum.get("/api/v1/questions/1").await.json();
    assert_eq!(question["answer_count"], 33);
    assert_eq!(question["answers"].as_array().map(Vec::len), Some(30));
    assert_eq!(question["answers"][0]["body"], "answer 1", "oldest first");
    let cursor = question["next"].as_str().expect("a cursor");
    let rest = forum.get(&format!("/api/v1/questions/1/answers?after={cursor}")).await.json();
    assert_eq!((ids(&rest), &rest["next"]), (vec![31, 32, 33], &Value::Null));
    let none = forum.get("/api/v1/questions/2/answers").await.json();
    assert_eq!(none, json!({"items": [], "next": null}));
    for path in ["/api/v1/questions/3", "/api/v1/questions/3/answers", "/api/v1/questions/x/answers"] {
        assert_eq!(forum.get(path).await.error(), (404, "not_found".to_owned()), "{path}");
    }
    let lost = forum.post("/api/v1/questions/3/answers", &ada, json!({"body": "b"})).await;
    assert_eq!(lost.error(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn reading_costs_at_most_two_statements() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question with an answer", "body").await;
    forum.ask(&ada, "A question without one", "body").await;
    forum.post("/api/v1/questions/1/answers", &ada, json!({"body": "b"})).await;
    forum.post("/api/v1/questions/1/comments", &ada, json!({"body": "b"})).await;
    let statements = forum.state.store.statements();
    for (path, expected) in [
        ("/api/v1/questions", 1),
        ("/api/v1/questions/1", 2),
        ("/api/v1/questions/2", 1), // no answers to ask for
        ("/api/v1/answers/1", 1),
        ("/api/v1/questions/1/comments", 1),
        ("/api/v1/answers/1/comments", 1),
        ("/api/v1/questions/1/revisions", 1),
        ("/api/v1/users/1", 1),
        ("/api/v1/users/1/activity", 1),
        ("/api/v1/questions?sort=active&tag=none", 1),
        ("/api/v1/search?q=question", 1),
        ("/api/v1/tags", 1),
        ("/", 1),
        ("/questions/1", 2),
        ("/json", 0),
        ("/login", 0),
    ] {
        let before = statements.total();
        assert_eq!(forum.get(path).await.status, StatusCode::OK, "{path}");
        assert_eq!(statements.total() - before, expected, "{path}");
    }
}

#[tokio::test]
async fn a_text_that_is_too_short_or_too_long_is_refused_with_its_field() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let good = "A title that is fine";
    for (title, body, code, field) in [
        ("short".to_owned(), "b".to_owned(), "title_too_short", "title"),
        ("t".repeat(151), "b".to_owned(), "title_too_long", "title"),
        (good.to_owned(), " ".to_owned(), "body_empty", "body"),
        (good.to_owned(), "b".repeat(30_001), "body_too_long", "body"),
        (good.to_owned(), "a\0b".to_owned(), "body_nul_character", "body"),
    ] {
        let answer = forum.post("/api/v1/questions", &ada, json!({"title": title, "body": body})).await;
        assert_eq!(answer.error(), (422, code.to_owned()));
        assert_eq!(answer.json()["error"]["field"], field);
    }
    let largest = json!({"title": "t".repeat(150), "body": "\u{1}".repeat(10_000)}); // 60,000 bytes of escapes
    assert_eq!(forum.post("/api/v1/questions", &ada, largest).await.status, StatusCode::CREATED);
}
