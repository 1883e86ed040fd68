//! Requests that make no sense: always a 4xx, always JSON under /api.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, Request, StatusCode};
use reference_server::app::{self, AppState};
use reference_server::limits::Gate;
use serde_json::json;

use crate::forum::Forum;

#[tokio::test]
async fn every_kind_of_unreadable_body_has_its_error() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(64 * 1024));
    let deep = format!("{{\"more\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let json = "application/json";
    for (content_type, body, status, code) in [
        (json, "{", 400, "json_invalid"),
        (json, "", 400, "json_invalid"),
        (json, deep.as_str(), 422, "json_wrong_shape"), // what is not asked for is skipped, however deep
        (json, "[]", 422, "json_wrong_shape"),
        (json, "{\"title\": 7, \"body\": \"b\"}", 422, "json_wrong_shape"),
        (json, "{\"title\": \"only a title\"}", 422, "json_wrong_shape"),
        (json, large.as_str(), 413, "body_too_large"),
        ("text/plain", "{}", 415, "json_expected"),
        ("application/x-www-form-urlencoded", "title=x&body=y", 415, "json_expected"),
    ] {
        let request = Request::post("/api/v1/questions")
            .header(AUTHORIZATION, format!("Bearer {ada}"))
            .header(CONTENT_TYPE, content_type)
            .body(Body::from(body.to_owned()))
            .expect("a request");
        let answer = forum.send(request).await;
        assert_eq!(answer.error(), (status, code.to_owned()), "{content_type} {body:.40}");
        assert_eq!(answer.header(CONTENT_TYPE), json);
    }
    let request = Request::post("/api/v1/questions")
        .header(AUTHORIZATION, format!("Bearer {ada}"))
        .header(CONTENT_TYPE, json)
        .body(Body::from(vec![b'"', 0xff, 0xfe, b'"']))
        .expect("a request");
    assert_eq!(forum.send(request).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_in_json_under_api_and_as_a_page_elsewhere() {
    let forum = Forum::new().await;
    for (method, path, status, code) in [
        (Method::GET, "/api", 404, "not_found"),
        (Method::GET, "/api/v1", 404, "not_found"),
        (Method::GET, "/api/v1/unknown", 404, "not_found"),
        (Method::GET, "/api/v1/questions/0", 404, "not_found"),
        (Method::GET, "/api/v1/questions/-1", 404, "not_found"),
        (Method::GET, "/api/v1/questions/99999999999999999999", 404, "not_found"),
        (Method::GET, "/api/v1/questions/%ff", 404, "not_found"),
        (Method::GET, "/api/v1/users/abc", 404, "not_found"),
        (Method::PATCH, "/api/v1/questions/1", 405, "method_not_allowed"),
        (Method::PUT, "/api/v1/accounts", 405, "method_not_allowed"),
        (Method::TRACE, "/api/v1/questions", 405, "method_not_allowed"),
    ] {
        let answer = forum.call(method.clone(), path, "", None).await;
        assert_eq!(answer.error(), (status, code.to_owned()), "{method} {path}");
        assert_eq!(answer.headers.contains_key(ALLOW), status == 405, "{method} {path}");
    }
    for (path, status) in
        [("/nothing", 404), ("/questions/0", 404), ("/questions/%ff", 404), ("/users/7", 404)]
    {
        let page = forum.page(path, "").await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.text.contains("<h1>Not found</h1>"), "{}", page.text);
    }
    let page = forum.call(Method::DELETE, "/", "", None).await;
    assert_eq!(page.header(CONTENT_TYPE), "text/html; charset=utf-8");
}

#[tokio::test]
async fn beyond_its_limit_the_server_says_so_at_once_and_stays_healthy() {
    let forum = Forum::new().await;
    let state = AppState { gate: Gate::new(0), ..forum.state.clone() };
    let mut full = forum;
    full.router = app::router(state);
    let refused = full.get("/api/v1/questions").await;
    assert_eq!(refused.error(), (503, "busy".to_owned()));
    assert_eq!(refused.header(RETRY_AFTER), "1");
    let page = full.page("/", "").await;
    assert_eq!((page.status, page.header(RETRY_AFTER)), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert!(page.text.contains("<h1>Busy</h1>"), "{}", page.text);
    for path in ["/health/live", "/health/ready", "/metrics", "/json", "/style.css"] {
        assert_eq!(full.get(path).await.status, StatusCode::OK, "{path}");
    }
}

/// A body of which nothing ever arrives.
struct Silence;

impl HttpBody for Silence {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_the_clients_fault() {
    let forum = Forum::new().await;
    tokio::time::pause(); // from here on waiting takes no time
    let json = Request::post("/api/v1/accounts").header(CONTENT_TYPE, "application/json");
    let answer = forum.send(json.body(Body::new(Silence)).expect("a request")).await;
    assert_eq!(answer.error(), (408, "body_too_slow".to_owned()));
    let sign_up = Request::post("/signup")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let page = forum.send(sign_up.body(Body::new(Silence)).expect("a request")).await;
    assert_eq!(page.status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn a_closed_store_is_a_reason_to_try_again_not_a_crash() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    forum.state.store.close().await.expect("a clean end");
    for (method, path, body) in [
        (Method::GET, "/api/v1/questions", None),
        (Method::GET, "/api/v1/profile", None),
        (Method::POST, "/api/v1/questions", Some(json!({"title": "A title that is fine", "body": "b"}))),
    ] {
        let answer = forum.call(method, path, &ada, body).await;
        assert_eq!(answer.error(), (503, "busy".to_owned()), "{path}");
    }
    assert_eq!(forum.get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(forum.get("/health/live").await.status, StatusCode::OK);
}
