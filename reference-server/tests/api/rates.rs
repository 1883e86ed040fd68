//! How much one client may ask for.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Request, StatusCode};
use reference_server::app::AppState;
use reference_server::rate::{Limiter, Limits, Peer, Rate, TrustedProxies};
use serde_json::json;

use crate::forum::{Answer, Forum, PASSWORD};

fn rate(text: &str) -> Rate {
    text.parse().expect("a rate")
}

fn limited(forum: Forum, limits: Limits) -> Forum {
    forum.with(|state| AppState { limiter: Limiter::new(limits), ..state })
}

/// A request that costs the store nothing, from an address and for whom it says it is forwarded.
async fn from(forum: &Forum, address: &str, forwarded: &str) -> Answer {
    let address: IpAddr = address.parse().expect("an address");
    let request = Request::get("/api/v1/questions/nothing").header("x-forwarded-for", forwarded);
    forum.send(request.extension(Peer(address)).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn who_is_beyond_his_rate_is_told_when_to_come_back_and_then_let_in() {
    let forum = limited(Forum::new().await, Limits { read: rate("2/min"), ..Limits::default() });
    tokio::time::pause();
    let path = "/api/v1/questions/nothing";
    for remaining in [1, 0] {
        let answer = forum.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.header("ratelimit-policy"), "\"read\";q=2;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"read\";r={remaining};t={}", 60 - 30 * remaining));
    }
    let refused = forum.get(path).await;
    assert_eq!(refused.error(), (429, "too_many_requests".to_owned()));
    assert_eq!((refused.header(RETRY_AFTER), refused.header("ratelimit")), ("30", "\"read\";r=0;t=60"));
    let page = forum.page("/login", "").await;
    assert_eq!((page.status, page.header(RETRY_AFTER)), (StatusCode::TOO_MANY_REQUESTS, "30"));
    assert!(page.text.contains("<h1>Too many requests</h1>"), "{}", page.text);
    for path in ["/health/live", "/json", "/style.css"] {
        assert_eq!(forum.get(path).await.status, StatusCode::OK, "{path} is outside");
    }
    tokio::time::advance(Duration::from_secs(29)).await;
    assert_eq!(forum.get(path).await.status, StatusCode::TOO_MANY_REQUESTS);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(forum.get(path).await.status, StatusCode::NOT_FOUND);
    tokio::time::resume();
    let metrics = forum.get("/metrics").await.text;
    assert!(metrics.contains("forum_rate_limited_total{class=\"read\"} 3\n"), "{metrics}");
}

#[tokio::test]
async fn clients_are_told_apart_by_what_they_cannot_forge() {
    let once = Limits { read: rate("1/day"), ..Limits::default() };
    let forum = limited(Forum::new().await, once);
    let proxied = Forum::new().await.with(|state| AppState {
        proxies: Arc::new(TrustedProxies(vec!["127.0.0.1".parse().expect("a network")])),
        ..state
    });
    let proxied = limited(proxied, once);
    for (address, forwarded, alone, behind_proxy) in [
        ("203.0.113.1", "", 404, 404),
        ("203.0.113.1", "", 429, 429),
        ("203.0.113.1", "198.51.100.7", 429, 429), // written by the client himself
        ("203.0.113.2", "", 404, 404),
        ("2001:db8::1", "", 404, 404),
        ("2001:db8::2", "", 429, 429), // the same household
        ("2001:db8:0:1::1", "", 404, 404),
        ("127.0.0.1", "198.51.100.8", 404, 404), // loopback is nobody special, unless it is trusted
        ("127.0.0.1", "198.51.100.9", 429, 404),
        ("127.0.0.1", "198.51.100.10, 198.51.100.9", 429, 429), // the last one was seen by the proxy
    ] {
        for (forum, expected) in [(&forum, alone), (&proxied, behind_proxy)] {
            let answer = from(forum, address, forwarded).await;
            assert_eq!(answer.status.as_u16(), expected, "{address} {forwarded}");
        }
    }
}

#[tokio::test]
async fn members_are_counted_by_themselves_and_log_ins_by_address() {
    let forum = Forum::new().await;
    let (ada, bob) = (forum.member("ada").await, forum.member("bob").await);
    let limits =
        Limits { write: rate("2/day"), log_in: rate("3/day"), sign_up: rate("1/day"), ..Limits::default() };
    let forum = limited(forum, limits);
    let question = json!({"title": "A question to count", "body": "b"});
    for (token, statuses) in [(&ada, [201, 201, 429]), (&bob, [201, 201, 429])] {
        for status in statuses {
            let answer = forum.post("/api/v1/questions", token, question.clone()).await;
            assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        }
    }
    // A token that is none makes nobody: strangers share their address.
    for (token, status) in [("0".repeat(64), 401), ("1".repeat(64), 401), ("2".repeat(64), 429)] {
        let answer = forum.post("/api/v1/questions", &token, question.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    }
    // Whoever guesses passwords does not get further by logging in as himself in between.
    for (token, name, status) in
        [("", "ada", 401), (ada.as_str(), "bob", 401), ("", "eve", 401), (bob.as_str(), "ada", 429)]
    {
        let answer =
            forum.post("/api/v1/sessions", token, json!({"name": name, "password": "wrong horse"})).await;
        assert_eq!(answer.status.as_u16(), status, "{name}");
    }
    let page = forum.form("/login", "", &[("name", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "the form and the interface share the rate");
    for status in [201, 429] {
        let name = format!("member-{status}");
        let opened = forum.post("/api/v1/accounts", "", json!({"name": name, "password": PASSWORD})).await;
        assert_eq!(opened.status.as_u16(), status);
    }
}

#[tokio::test]
async fn a_member_who_is_limited_costs_no_second_look_at_his_token() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let mut counts = Vec::new();
    let forum = limited(forum, Limits::default());
    for forum in [&forum, &forum_without(&forum)] {
        let statements = forum.state.store.statements();
        let before = statements.total();
        let request = Request::get("/api/v1/profile").header(AUTHORIZATION, format!("Bearer {ada}"));
        let answer = forum.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!((answer.status, answer.header(CONTENT_TYPE)), (StatusCode::OK, "application/json"));
        counts.push(statements.total() - before);
    }
    assert_eq!(counts, [2, 2], "with limits and without");
}

fn forum_without(forum: &Forum) -> Forum {
    Forum::on(forum.state.store.clone())
}
