//! What answers say of their cost.

use axum::http::StatusCode;
use reference_server::app::AppState;
use reference_server::observe::Costs;
use serde_json::json;

use crate::forum::{Answer, Forum, PASSWORD};

/// The parts of `Server-Timing` and their milliseconds.
fn timing(answer: &Answer) -> Vec<(String, f64)> {
    let header = answer.header("server-timing");
    let part = |part: &str| {
        let (name, time) = part.split_once(";dur=").expect("a duration");
        (name.to_owned(), time.parse().expect("a number"))
    };
    header.split(", ").map(part).collect()
}

fn names(answer: &Answer) -> Vec<String> {
    timing(answer).into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn an_answer_says_where_its_time_went() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question to weigh", "body").await;
    assert_eq!(names(&forum.get("/json").await), ["total"]);
    assert_eq!(names(&forum.get("/api/v1/questions/1").await), ["db", "total"]);
    assert_eq!(names(&forum.page("/", "").await), ["db", "total"]);
    let wrong = json!({"name": "ada", "password": "wrong horse battery"});
    assert_eq!(names(&forum.post("/api/v1/sessions", "", wrong).await), ["db", "hash", "total"]);
    let log_in = json!({"name": "ada", "password": PASSWORD});
    let answer = forum.post("/api/v1/sessions", "", log_in).await;
    assert_eq!(names(&answer), ["db", "queue", "hash", "total"]);
    let parts = timing(&answer);
    let sum: f64 = parts[..3].iter().map(|(_, time)| time).sum();
    // Each is rounded to a microsecond.
    assert!(sum <= parts[3].1 + 0.004 && parts[2].1 > 0.5 * parts[3].1, "{parts:?}");
    let quiet = forum.with(|state| AppState { costs: Costs { timing: false, statements: false }, ..state });
    let answer = quiet.get("/api/v1/questions/1").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        !answer.headers.contains_key("server-timing") && !answer.headers.contains_key("x-sql-statements")
    );
}

#[tokio::test]
async fn in_the_test_mode_an_answer_says_how_many_statements_it_cost() {
    let forum = Forum::new().await;
    let forum = forum.with(|state| AppState { costs: Costs { timing: true, statements: true }, ..state });
    let ada = forum.member("ada").await;
    let cookie = format!("session={ada}");
    forum.ask(&ada, "A question with an answer", "body").await;
    // Who is it, the count, the answer; what fences one write of a group from the others is the writer's own.
    let answer = forum.post("/api/v1/questions/1/answers", &ada, json!({"body": "b"})).await;
    assert_eq!(answer.header("x-sql-statements"), "3");
    for (path, cookie, expected) in [
        ("/json", "", "0"),
        ("/api/v1/questions", "", "1"),
        ("/api/v1/questions/1", "", "2"),
        ("/", "", "1"),
        ("/", cookie.as_str(), "3"), // who it is, what he has not read, the list
    ] {
        assert_eq!(forum.page(path, cookie).await.header("x-sql-statements"), expected, "{path}");
    }
}

#[tokio::test]
async fn what_is_done_at_the_same_time_is_counted_for_each_by_itself() {
    let forum = Forum::new().await;
    let forum = forum.with(|state| AppState { costs: Costs { timing: true, statements: true }, ..state });
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question with an answer", "body").await;
    let body = json!({"body": "b"});
    let answer = || forum.post("/api/v1/questions/1/answers", &ada, body.clone());
    let (one, two, three, list) = tokio::join!(answer(), answer(), answer(), forum.get("/api/v1/questions"));
    for (answer, expected) in [(one, "3"), (two, "3"), (three, "3"), (list, "1")] {
        assert_eq!(answer.header("x-sql-statements"), expected);
    }
}
