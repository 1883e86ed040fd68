//! Visitors who log in to a service of one's own: with a form and a cookie, and with JSON and a bearer token.

mod helpers;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use helpers::server::{Asked, serve};
use helpers::{Run, report};

/// A shop that lets nobody in without the token of its page, and knows visitors by cookie or by token.
fn shop(asked: &Asked) -> String {
    let page = |status: &str, fields: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let has_cookie =
        asked.header("cookie").is_some_and(|cookies| cookies.split("; ").any(|one| one == "sid=s-Ann"));
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/login") => page("200 OK", "Set-Cookie: seen=1\r\n", "<input name=\"csrf\" value=\"c+1\">"),
        ("POST", "/login") if asked.body == "user=Ann&password=p%20w&csrf=c%2B1" => {
            page("303 See Other", "Set-Cookie: sid=s-Ann; Path=/; HttpOnly\r\nLocation: /home\r\n", "")
        }
        ("GET", "/home") if has_cookie => page("200 OK", "", "welcome, Ann"),
        ("POST", "/token") if asked.body == r#"{"name":"Ann","password":"p w"}"# => page(
            "201 Created",
            "Content-Type: application/json\r\n",
            r#"{"token":"t-1","user":{"name":"Ann"}}"#,
        ),
        ("GET", "/orders") if asked.header("authorization") == Some("Bearer t-1") => {
            page("200 OK", "Content-Type: application/json\r\n", r#"{"owner":"Ann","total":3}"#)
        }
        _ => page("403 Forbidden", "", "no"),
    }
}

const SCENARIO: &str = "name: logins
target: TARGET
actions: { by form: { total: 20/s }, by token: { total: 20/s } }
redirects: follow
requests:
  by form:
    - { GET: /login, keep: { csrf: between name=\"csrf\" value=\"...\" } }
    - { POST: /login, form: { user: \"{name}\", password: \"{password}\", csrf: \"{csrf}\" }, check: \"contains welcome, Ann\" }
    - { GET: /home, check: status 200 }
  by token:
    - { POST: /token, json: { name: \"{name}\", password: \"{password}\" }, check: status 201, keep: { token: json $.token } }
    - { GET: /orders, headers: { authorization: \"Bearer {token}\" }, check: [\"json $.owner == {name}\", json $.total > 2] }
visitors: { name: csv people.csv name, password: csv people.csv password }
load: { duration: 1s, warmup: 0s, rate: 40/s, think: 50 ms }
";

#[test]
fn visitors_log_in_with_cookies_and_with_tokens_in_both_models() {
    let target = serve(shop);
    for model in [&[][..], &["--closed", "--users", "5"]] {
        // Without the row's password nobody gets in, and without his cookie or token nobody stays.
        let text = SCENARIO.replace("TARGET", &target);
        let run =
            if model.is_empty() { Run::new(&text) } else { Run::new(&text.replace(" rate: 40/s,", "")) };
        let run = run.with_file("people.csv", "name,password\nAnn,p w\n").args(model.iter().copied());
        let report = report(&run.start().finish());
        assert_eq!(report.all.failed(), 0, "{model:?}: {:?} {:?}", report.all.errors, report.notes);
        for action in &report.actions {
            assert!(action.good > 5, "{model:?}: {} {}", action.name, action.good);
        }
    }
}

#[test]
fn a_wrong_password_is_a_failed_check_that_is_named() {
    let text = SCENARIO.replace("TARGET", &serve(shop));
    let run = Run::new(&text).with_file("people.csv", "name,password\nAnn,wrong\n");
    let report = report(&run.start().finish());
    assert!(report.all.failed() > 0);
    let note = report.notes.iter().find(|note| note.contains("`status 201`")).expect("the check is named");
    assert!(note.starts_with("by token: "), "{note}");
}

#[test]
fn a_run_ends_with_the_rows_that_are_used_once() {
    for (model, rate) in [(&[][..], " rate: 40/s,"), (&["--closed", "--users", "2"], "")] {
        let posts = Arc::new(AtomicU64::new(0));
        let counted = posts.clone();
        let target = serve(move |asked| {
            counted.fetch_add(u64::from(asked.method == "POST"), Ordering::SeqCst);
            shop(asked)
        });
        let text = SCENARIO
            .replace("TARGET", &target)
            .replace("people.csv name,", "people.csv name once,")
            .replace(" rate: 40/s,", rate)
            .replace("duration: 1s", "duration: 60s");
        let run = Run::new(&text)
            .with_file("people.csv", "name,password\nAnn,p w\nAnn,p w\nAnn,p w\n")
            .args(model.iter().copied());
        let report = report(&run.start().finish());
        assert!(report.notes.iter().any(|note| note.contains("no row left")), "{:?}", report.notes);
        // A visit posts once; users leave in the middle of a visit when the run ends.
        let posts = posts.load(Ordering::SeqCst);
        assert!(posts == 3 || rate.is_empty() && (1..3).contains(&posts), "{posts} of 3 rows");
    }
}
