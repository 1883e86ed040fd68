//! What is logged, and what never is.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use reference_server::log::{self, Format};
use serde_json::{Value, json};
use tracing::Level;

use crate::forum::{Forum, percent_encoded};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    /// Forgets what was logged until now, which was to make every place that logs known. A place that is first passed
    /// by the thread of another test, where nobody listens, is taken for one to which nobody listens at all.
    async fn warm(&self, forum: &Forum) {
        forum.get("/api/v1/questions/7").await;
        forum.post("/api/v1/sessions", "", json!({"name": "nobody", "password": "wrong horse"})).await;
        tracing::callsite::rebuild_interest_cache();
        self.0.lock().expect("the log").clear();
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("the log").clone()).expect("text")
    }
}

#[tokio::test]
async fn a_request_has_one_name_in_its_answer_and_in_the_log() {
    let kept = Kept::default();
    let target = kept.clone();
    let log = log::subscriber(Level::INFO, Format::Json, move || target.clone(), false);
    let _log = tracing::subscriber::set_default(log);
    let forum = Forum::new().await;
    kept.warm(&forum).await;
    let named = Request::get("/api/v1/questions/7").header("x-request-id", "trace-42");
    let answer = forum.send(named.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.header("x-request-id"), "trace-42");
    let unnamed = forum.get("/api/v1/users/7").await.header("x-request-id").to_owned();
    let refused = json!({"name": "ada", "password": "wrong horse battery"});
    let refused = forum.post("/api/v1/sessions", "", refused).await.header("x-request-id").to_owned();
    let events: Vec<Value> =
        kept.text().lines().map(|line| serde_json::from_str(line).expect("an object on each line")).collect();
    let of = |id: &str| -> Vec<&Value> { events.iter().filter(|event| event["span"]["id"] == id).collect() };
    let answered = of("trace-42");
    assert_eq!(answered.len(), 1, "{events:?}");
    let answered = answered[0];
    assert_eq!((&answered["message"], &answered["method"]), (&json!("answered"), &json!("GET")));
    assert_eq!((&answered["route"], &answered["status"]), (&json!("/api/v1/questions/{id}"), &json!(404)));
    assert!(answered["micros"].as_u64().is_some());
    assert_eq!(of(&unnamed).len(), 1, "{events:?}");
    let says: Vec<&Value> = of(&refused).iter().map(|event| &event["message"]).collect();
    assert_eq!(says, ["a log-in was refused", "answered"], "what happens within carries the name as well");
}

#[tokio::test]
async fn no_secret_and_nothing_that_a_client_wrote_is_logged() {
    for format in [Format::Text, Format::Json] {
        let kept = Kept::default();
        let target = kept.clone();
        let log = log::subscriber(Level::TRACE, format, move || target.clone(), false);
        let _log = tracing::subscriber::set_default(log);
        let forum = Forum::new().await;
        kept.warm(&forum).await;
        let password = "canary-password-1";
        let account = json!({"name": "canary-name", "password": password});
        forum.post("/api/v1/accounts", "", account.clone()).await;
        let log_in = forum.post("/api/v1/sessions", "", account).await.json();
        let token = log_in["token"].as_str().expect("a token").to_owned();
        let canary = "canary-text\n2001-09-09T01:46:40Z ERROR canary-line";
        let question = json!({"title": format!("canary-title {}", "x".repeat(20)), "body": canary});
        forum.post("/api/v1/questions", &token, question).await;
        forum.post("/api/v1/questions", &token, json!({"title": canary, "body": 7})).await;
        forum.get(&format!("/canary-path/{}?canary-query={token}", percent_encoded(canary))).await;
        forum.page("/", &format!("session={token}; canary-cookie=1")).await;
        forum.form("/login", "", &[("name", canary), ("password", password)]).await;
        let odd = Request::post("/api/v1/sessions")
            .header("x-request-id", "canary-id with spaces")
            .header("x-forwarded-for", "canary-address")
            .header("user-agent", "canary-agent")
            .header(COOKIE, "canary-cookie=2")
            .header(CONTENT_TYPE, "canary-type");
        forum.send(odd.body(Body::from(canary)).expect("a request")).await;
        forum.state.store.close().await.expect("a clean end");
        forum.get("/api/v1/questions").await;
        let text = kept.text();
        assert!(text.contains("a log-in was refused") && text.contains("answered"), "{text}");
        for secret in ["canary", token.as_str(), "argon2", "$m="] {
            assert!(!text.contains(secret), "{secret} stands in the log:\n{text}");
        }
    }
}
