//! Accounts and sessions.

use std::time::Duration;

use axum::http::header::CACHE_CONTROL;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::forum::{Forum, PASSWORD};

#[tokio::test]
async fn an_account_is_opened_once_and_names_do_not_depend_on_case() {
    let forum = Forum::new().await;
    let opened = forum.post("/api/v1/accounts", "", json!({"name": "Ada", "password": PASSWORD})).await;
    assert_eq!(opened.status, StatusCode::CREATED);
    assert_eq!(opened.json(), json!({"id": 1, "name": "ada"}));
    let again = forum.post("/api/v1/accounts", "", json!({"name": "aDa", "password": PASSWORD})).await;
    assert_eq!(again.error(), (409, "name_taken".to_owned()));
    assert_eq!(again.json()["error"]["field"], "name");
}

#[tokio::test]
async fn an_impossible_account_is_refused_with_its_field() {
    let forum = Forum::new().await;
    let long = "p".repeat(129);
    for (name, password, display_name, status, code, field) in [
        ("ab", PASSWORD, "Ada", 422, "name_too_short", "name"),
        ("a b c", PASSWORD, "Ada", 422, "name_invalid_character", "name"),
        ("ada", "short77", "Ada", 422, "password_too_short", "password"),
        ("ada", &long, "Ada", 422, "password_too_long", "password"),
        ("ada-lovelace", "Ada-Lovelace", "Ada", 422, "password_is_name", "password"),
        ("ada", PASSWORD, "a\nb", 422, "display_name_control_character", "display_name"),
    ] {
        let typed = json!({"name": name, "password": password, "display_name": display_name});
        let answer = forum.post("/api/v1/accounts", "", typed).await;
        assert_eq!(answer.error(), (status, code.to_owned()));
        assert_eq!(answer.json()["error"]["field"], field);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    let forum = Forum::new().await;
    forum.member("ada").await;
    let mut answers = Vec::new();
    for (name, password) in
        [("ada", "wrong horse battery"), ("nobody", PASSWORD), ("no name at all", PASSWORD)]
    {
        let answer = forum.post("/api/v1/sessions", "", json!({"name": name, "password": password})).await;
        assert_eq!(answer.error(), (401, "wrong_credentials".to_owned()));
        answers.push(answer.text);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn a_log_in_ends_by_logging_out_by_revoking_and_by_age() {
    let forum = Forum::new().await;
    let first = forum.member("ada").await;
    let second = forum.log_in("ada").await;
    let third = forum.log_in("ada").await;
    let list = forum.call(Method::GET, "/api/v1/sessions", &first, None).await;
    assert_eq!(list.header(CACHE_CONTROL), "no-store");
    let items = list.json()["items"].as_array().expect("a list").clone();
    let ids: Vec<i64> = items.iter().map(|item| item["id"].as_i64().expect("an id")).collect();
    assert_eq!(ids, [3, 2, 1], "newest first");
    assert_eq!(items[2]["current"], true);
    assert_eq!(items[0]["expires_at"], "2001-10-09T01:46:40.000Z", "30 days after the fixed clock");

    let out = forum.call(Method::DELETE, "/api/v1/sessions/current", &first, None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let refused = forum.call(Method::GET, "/api/v1/profile", &first, None).await;
    assert_eq!(refused.error(), (401, "not_logged_in".to_owned()));

    let revoked = forum.call(Method::DELETE, "/api/v1/sessions/3", &second, None).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    assert_eq!(
        forum.call(Method::GET, "/api/v1/profile", &third, None).await.status,
        StatusCode::UNAUTHORIZED
    );

    let month = Duration::from_hours(30 * 24);
    forum.pass(month.checked_sub(Duration::from_millis(1)).expect("a positive span"));
    assert_eq!(forum.call(Method::GET, "/api/v1/profile", &second, None).await.status, StatusCode::OK);
    forum.pass(Duration::from_millis(1));
    assert_eq!(
        forum.call(Method::GET, "/api/v1/profile", &second, None).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn nobody_ends_the_log_in_of_somebody_else() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let bob = forum.member("bob").await;
    let refused = forum.call(Method::DELETE, "/api/v1/sessions/1", &bob, None).await;
    assert_eq!(refused.error(), (404, "not_found".to_owned()));
    assert_eq!(forum.call(Method::GET, "/api/v1/profile", &ada, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_member_has_at_most_a_hundred_log_ins_and_the_oldest_ends_first() {
    let forum = Forum::new().await;
    let first = forum.member("ada").await;
    let user = reference_server::domain::UserId::new(1);
    for _ in 0..99 {
        reference_server::account::begin_session(&forum.state, user).await.expect("a log-in");
    }
    assert_eq!(
        forum.call(Method::GET, "/api/v1/profile", &first, None).await.status,
        StatusCode::OK,
        "100 are kept"
    );
    reference_server::account::begin_session(&forum.state, user).await.expect("a log-in");
    assert_eq!(
        forum.call(Method::GET, "/api/v1/profile", &first, None).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_stranger_is_refused_wherever_a_member_is_needed() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question to answer", "body").await;
    let question = json!({"title": "A question of a stranger", "body": "b"});
    let profile = json!({"display_name": "x", "about": ""});
    for (method, path, body) in [
        (Method::GET, "/api/v1/sessions", None),
        (Method::DELETE, "/api/v1/sessions/current", None),
        (Method::DELETE, "/api/v1/sessions/1", None),
        (Method::GET, "/api/v1/profile", None),
        (Method::PUT, "/api/v1/profile", Some(profile)),
        (Method::POST, "/api/v1/questions", Some(question)),
        (Method::POST, "/api/v1/questions/1/answers", Some(json!({"body": "b"}))),
    ] {
        for token in ["", &"0".repeat(64), "not-a-token"] {
            let answer = forum.call(method.clone(), path, token, body.clone()).await;
            assert_eq!(answer.error(), (401, "not_logged_in".to_owned()), "{method} {path} {token:?}");
        }
    }
    // The page's cookie is no key to the interface for programs: a form of another site could use it.
    let request = axum::http::Request::get("/api/v1/profile").header("cookie", format!("session={ada}"));
    let answer = forum.send(request.body(axum::body::Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}
