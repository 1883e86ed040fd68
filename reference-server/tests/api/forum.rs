//! A forum in a folder of its own, and what clients do with it.
//!
//! `Forum` is a server without a socket; `Answer` is what came back. A stranger calls `get` and `post`; a
//! member has a token and calls the same through `Forum::send`. The clock stands still unless a test moves
//! it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use reference_server::app::{self, AppState};
use reference_server::clock::Clock;
use reference_server::domain::Timestamp;
use reference_server::store::{self, Database, SharedStore};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The password of every member a test makes.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Where pages think they are.
pub(crate) const PLACE: &str = "forum.example";

pub(crate) struct Forum {
    pub(crate) router: Router,
    pub(crate) state: AppState,
    now: Arc<AtomicI64>,
    _folder: Option<tempfile::TempDir>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The status and the error's code, which is what a program looks at.
    pub(crate) fn error(&self) -> (u16, String) {
        let body = self.json();
        assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        (self.status.as_u16(), body["error"]["code"].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) fn header(&self, name: impl axum::http::header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a readable header"))
    }
}

impl Forum {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::Sqlite(folder.path().join("forum.sqlite"));
        let store = store::open(&database).await.expect("a database");
        Self { _folder: Some(folder), ..Self::on(store) }
    }

    pub(crate) fn on(store: SharedStore) -> Self {
        let now = Arc::new(AtomicI64::new(1_000_000_000_000)); // 9 September 2001, 01:46:40 UTC
        let hand = Arc::clone(&now);
        let clock = Clock::from_fn(move || Timestamp::from_unix_ms(hand.load(Ordering::Relaxed)));
        let state = AppState::new(store, clock);
        Self { router: app::router(state.clone()), state, now, _folder: None }
    }

    /// The same forum with something switched.
    pub(crate) fn with(mut self, switch: impl FnOnce(AppState) -> AppState) -> Self {
        self.state = switch(self.state);
        self.router = app::router(self.state.clone());
        self
    }

    pub(crate) fn pass(&self, span: Duration) {
        let span = i64::try_from(span.as_millis()).expect("a short span");
        self.now.fetch_add(span, Ordering::Relaxed);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// As [`Forum::send`], for what is no text.
    pub(crate) async fn bytes(&self, request: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        (parts.status, parts.headers, bytes.to_vec())
    }

    /// A JSON call; an empty token is none.
    pub(crate) async fn call(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).expect("a request")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, "", None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }

    /// Opens an account and logs in.
    pub(crate) async fn member(&self, name: &str) -> String {
        let opened = self.post("/api/v1/accounts", "", json!({"name": name, "password": PASSWORD})).await;
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
        self.log_in(name).await
    }

    pub(crate) async fn log_in(&self, name: &str) -> String {
        let answer = self.post("/api/v1/sessions", "", json!({"name": name, "password": PASSWORD})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["token"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn ask(&self, token: &str, title: &str, body: &str) -> i64 {
        let asked = self.post("/api/v1/questions", token, json!({"title": title, "body": body})).await;
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
        asked.json()["id"].as_i64().expect("an identifier")
    }

    /// A page as a browser asks for it; an empty cookie is none.
    pub(crate) async fn page(&self, path: &str, cookie: &str) -> Answer {
        let mut request = Request::builder().uri(path).header(HOST, PLACE);
        if !cookie.is_empty() {
            request = request.header(COOKIE, cookie);
        }
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// A form as a browser sends it from one of our pages.
    pub(crate) async fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, PLACE)
            .header(ORIGIN, format!("http://{PLACE}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if !cookie.is_empty() {
            request = request.header(COOKIE, cookie);
        }
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        self.send(request.body(Body::from(body.join("&"))).expect("a request")).await
    }

    /// Signs up in the browser and returns the cookie.
    pub(crate) async fn browser(&self, name: &str) -> String {
        let answer = self.form("/signup", "", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!((answer.status, answer.header(LOCATION)), (StatusCode::SEE_OTHER, "/"), "{}", answer.text);
        answer.header(SET_COOKIE).split(';').next().expect("a cookie").to_owned()
    }
}

/// Every byte that is not a letter or a digit, so that any text survives an address or a form.
pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
