//! What keeps a member's account his own: headers, cookies, log-ins that end, and equal answers.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, Request, StatusCode};
use reference_server::app::AppState;
use reference_server::domain::{NewSession, PasswordChange, UserId};
use reference_server::store;
use serde_json::json;

use crate::forum::{Forum, PASSWORD, PLACE};
use crate::openapi::{address, document, operations};
use crate::postgres::Postgres;

#[tokio::test]
async fn every_answer_of_the_interface_carries_the_security_headers() {
    let forum = Forum::new().await;
    for (path, method, operation) in operations(&document(&forum).await) {
        let body = operation["requestBody"].is_object().then(|| json!({}));
        let answer = forum.call(method.clone(), &address(&path), "", body).await;
        let place = format!("{method} {path}");
        assert_eq!(answer.header(X_CONTENT_TYPE_OPTIONS), "nosniff", "{place}");
        let policy = answer.header(CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{place}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{place}: {policy}");
        let kind = answer.header(CONTENT_TYPE);
        assert!(kind == "application/json" || kind.contains("charset=utf-8"), "{place}: {kind}");
        for absent in [ACCESS_CONTROL_ALLOW_ORIGIN, STRICT_TRANSPORT_SECURITY] {
            assert!(!answer.headers.contains_key(&absent), "{place}: {absent}");
        }
        for absent in ["server", "x-powered-by"] {
            assert!(!answer.headers.contains_key(absent), "{place}: {absent}");
        }
    }
}

#[tokio::test]
async fn the_interface_takes_no_cookie_and_allows_no_other_site() {
    let forum = Forum::new().await;
    let cookie = forum.browser("ada").await;
    for (path, method, operation) in operations(&document(&forum).await) {
        let needs_token = operation["security"].as_array().is_some_and(|list| !list.is_empty());
        let request = Request::builder()
            .method(method.clone())
            .uri(address(&path))
            .header(HOST, PLACE)
            .header(ORIGIN, "https://evil.example")
            .header(COOKIE, &cookie)
            .header(CONTENT_TYPE, "application/json");
        let answer = forum.send(request.body(Body::from("{}")).expect("a request")).await;
        assert!(!answer.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN), "{method} {path}");
        if needs_token {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
    let request = Request::builder().method(Method::OPTIONS).uri("/api/v1/questions");
    let asked =
        request.header(ORIGIN, "https://evil.example").header("access-control-request-method", "POST");
    let answer = forum.send(asked.body(Body::empty()).expect("a request")).await;
    assert!(!answer.status.is_success(), "no preflight is answered");
}

#[tokio::test]
async fn behind_tls_cookies_and_browsers_stay_with_it() {
    let forum = Forum::new().await.with(|state| AppState { behind_tls: true, ..state });
    forum.member("ada").await;
    let answer = forum.form("/login", "", &[("name", "ada"), ("password", PASSWORD)]).await;
    let (pair, attributes) = answer.header(SET_COOKIE).split_once("; ").expect("attributes");
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000");
    let token = pair.strip_prefix("__Host-session=").expect("the name that only this host can set");
    for (cookie, status) in [(pair.to_owned(), 200), (format!("session={token}"), 303)] {
        assert_eq!(forum.page("/ask", &cookie).await.status.as_u16(), status, "{cookie}");
    }
    let year = "max-age=31536000; includeSubDomains";
    for path in ["/", "/json", "/nothing", "/api/v1/questions/x"] {
        assert_eq!(forum.get(path).await.header(STRICT_TRANSPORT_SECURITY), year, "{path}");
    }
    let out = forum.form("/logout", pair, &[]).await;
    assert!(
        out.header(SET_COOKIE).starts_with("__Host-session=; Path=/; Secure; "),
        "{}",
        out.header(SET_COOKIE)
    );
}

#[tokio::test]
async fn who_logs_in_anew_has_a_new_token_and_the_old_one_ends() {
    let forum = Forum::new().await;
    let old = forum.browser("ada").await;
    let answer = forum.form("/login", &old, &[("name", "ada"), ("password", PASSWORD)]).await;
    let new = answer.header(SET_COOKIE).split(';').next().expect("a cookie").to_owned();
    assert_ne!(old, new);
    for (cookie, status) in [(&old, 303), (&new, 200)] {
        assert_eq!(forum.page("/ask", cookie).await.status.as_u16(), status);
    }
    // A token that somebody planted before the log-in is not taken over.
    let planted = format!("session={}", "ab".repeat(32));
    let answer = forum.form("/login", &planted, &[("name", "ada"), ("password", PASSWORD)]).await;
    assert!(!answer.header(SET_COOKIE).starts_with(&planted));
}

#[tokio::test]
async fn another_password_ends_every_log_in_and_begins_one() {
    change_password(&Forum::new().await).await;
    let Some(server) = Postgres::start() else { return };
    change_password(&Forum::on(store::open(&server.database()).await.expect("a database"))).await;
}

async fn change_password(forum: &Forum) {
    let ada = forum.member("ada").await;
    let bob = forum.member("bob").await;
    let other = forum.log_in("ada").await;
    let path = "/api/v1/profile/password";
    let new = "a better password";
    for (current, password, status, code) in [
        ("wrong horse", new, 401, "wrong_credentials"),
        ("", new, 401, "wrong_credentials"),
        (&"x".repeat(129), new, 401, "wrong_credentials"),
        (PASSWORD, "short77", 422, "password_too_short"),
        (PASSWORD, &"x".repeat(129), 422, "password_too_long"),
    ] {
        let passwords = json!({"current_password": current, "password": password});
        let refused = forum.call(Method::PUT, path, &ada, Some(passwords)).await;
        assert_eq!(refused.error(), (status, code.to_owned()));
    }
    assert_eq!(forum.call(Method::GET, "/api/v1/profile", &other, None).await.status, StatusCode::OK);
    let passwords = json!({"current_password": PASSWORD, "password": new});
    let changed = forum.call(Method::PUT, path, &ada, Some(passwords)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    let token = changed.json()["token"].as_str().expect("a token").to_owned();
    for (token, status) in [(&ada, 401), (&other, 401), (&token, 200), (&bob, 200)] {
        let answer = forum.call(Method::GET, "/api/v1/profile", token, None).await;
        assert_eq!(answer.status.as_u16(), status);
    }
    // Who was slower than another change is allowed nothing by the password that was.
    let now = forum.state.clock.now();
    let slower = PasswordChange {
        old_hash: "the hash before".to_owned(),
        new_hash: "never kept".to_owned(),
        session: NewSession {
            user: UserId::new(1),
            token_hash: [7; 32],
            created_at: now,
            expires_at: now.after(Duration::from_mins(1)),
        },
    };
    assert_eq!(forum.state.store.change_password(slower).await.expect("an answer"), None);
    assert_eq!(forum.call(Method::GET, "/api/v1/profile", &token, None).await.status, StatusCode::OK);
    for (password, status) in [(PASSWORD, 401), (new, 201)] {
        let answer = forum.post("/api/v1/sessions", "", json!({"name": "ada", "password": password})).await;
        assert_eq!(answer.status.as_u16(), status, "{password}");
    }
}

#[tokio::test]
async fn a_refused_log_in_costs_the_same_whoever_it_names() {
    let forum = Forum::new().await;
    forum.member("ada").await;
    let mut shares = Vec::new();
    for name in ["ada", "nobody", "not a name"] {
        let wrong = json!({"name": name, "password": "wrong horse battery"});
        let answer = forum.post("/api/v1/sessions", "", wrong).await;
        assert_eq!(answer.error(), (401, "wrong_credentials".to_owned()));
        let timing = answer.header("server-timing").to_owned();
        let time = |name: &str| -> f64 {
            let part = timing.split(", ").find_map(|part| part.strip_prefix(&format!("{name};dur=")));
            part.map_or(0.0, |time| time.parse().expect("a number"))
        };
        shares.push((time("hash") / time("total"), time("hash")));
    }
    // Each did the work of a hash, and hardly anything else; 1 ms is far below what one takes.
    assert!(shares.iter().all(|(share, hash)| *share > 0.5 && *hash > 1.0), "{shares:?}");
}
