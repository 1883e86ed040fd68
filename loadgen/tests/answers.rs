//! What visitors make of answers: which are good ones, and what is taken from them.

mod visitor;

use std::sync::Arc;

use loadgen::journey::{Material, Plan, compile};
use scenarios::Scenario;
use visitor::{Told, plan, told, visit};

/// A visit that asks once, checks the answer, keeps something of it, and shows what it has kept.
fn asking(rest: &str) -> Arc<Plan> {
    let text = format!(
        "name: a\ntarget: http://h:1\nactions: {{ see: {{ total: 1/s }}, show: {{ total: 1/s }} }}\nrequests:\n  see:\n    GET: /see\n{rest}\n  show: {{ GET: \"/show/{{x}}\" }}\nvisitors: {{ x: uniform of 1 }}\njourneys: {{ j: [see, show] }}\n"
    );
    plan(&text, &Material::default())
}

const PAGE: &str =
    r#"{"id":7,"ok":true,"none":null,"name":"Ann","price":1.5,"tags":["rust","2"],"deep":[{"a":"b c"}]}"#;

#[test]
fn a_check_holds_or_fails_as_it_is_written() {
    let fields = "Content-Type: application/json\nETag: \"x\"\n";
    for (check, holds) in [
        ("status 200", true),
        ("status 201", false),
        ("status 200..299", true),
        ("status 201..299", false),
        ("status 404 or 200", true),
        ("status 404 or 300..399", false),
        ("header etag", true),
        ("header location", false),
        ("header content-type contains json", true),
        ("header content-type contains html", false),
        ("header etag == \"x\"", true),
        ("json $.id exists", true),
        ("json $.ID exists", false),
        ("json $.id == 7", true),
        ("json $.id == 7.0", true),
        ("json $.id == \"7\"", false),
        ("json $.id != 8", true),
        ("json $.id != 7", false),
        ("json $.id > 6", true),
        ("json $.id > 7", false),
        ("json $.id >= 7", true),
        ("json $.price < 1.5", false),
        ("json $.price <= 1.5", true),
        ("json $.name == Ann", true),
        ("json $.name == \"Ann\"", true),
        ("json $.name != Bob", true),
        ("json $.name > 1", false),
        ("json $.ok == true", true),
        ("json $.ok == false", false),
        ("json $.none == null", true),
        ("json $.gone != 1", false),
        ("json $.tags contains rust", true),
        ("json $.tags contains rus", false),
        ("json $.name contains nn", true),
        ("json $.deep[0].a == b c", true),
        // x is drawn from 1 alone.
        ("json $.id > {x}", true),
        ("json $.id == {x}", false),
        ("contains \"Ann\"", true),
        ("contains Bob", false),
        ("not contains Bob", true),
        ("not contains Ann", false),
        (r"matches \{.id.:\d+,", true),
        ("matches ^id", false),
        // The page has 96 bytes.
        ("body < 96 B", false),
        ("body <= 96 B", true),
        ("body > 95 B", true),
        ("body 96..97 B", true),
        ("body 1 KB..2 KB", false),
    ] {
        let quoted = check.replace('\'', "''");
        let (sent, good) = visit(&asking(&format!("    check: '{quoted}'")), |_| told(200, fields, PAGE));
        assert_eq!(good, holds, "{check}");
        assert_eq!(sent.len(), if holds { 2 } else { 1 }, "{check}");
    }
    assert_eq!(PAGE.len(), 96);
}

#[test]
fn an_answer_without_a_check_of_its_status_is_good_below_400() {
    for (status, good) in [(200, true), (302, true), (399, true), (400, false), (503, false)] {
        let plan = asking("    check: contains a");
        assert_eq!(visit(&plan, |_| told(status, "", "a")).1, good, "{status}");
    }
    let plan = asking("    check: status 404");
    assert!(visit(&plan, |request| told(if request.contains("/see") { 404 } else { 200 }, "", "")).1);
}

#[test]
fn what_is_kept_is_sent_with_the_next_request() {
    let html = r#"<form><input name="csrf" value="a-1+b"><a href="/order/17">see</a></form>"#;
    let fields = "Location: /next\nSet-Cookie: sid=s1; Path=/; HttpOnly\nSet-Cookie: sid=s2\n";
    for (keep, body, path) in [
        ("json $.id", PAGE, "/show/7"),
        ("json $.tags[1]", PAGE, "/show/2"),
        ("header location", "", "/show/%2Fnext"),
        ("cookie sid", "", "/show/s2"),
        ("between name=\"csrf\" value=\"...\"", html, "/show/a-1%2Bb"),
        (r"regex /order/(\d+)", html, "/show/17"),
        (r"regex order/\d+", html, "/show/order%2F17"),
        ("{ json: $.gone, default: 9 }", PAGE, "/show/9"),
        ("{ json: $.id, default: 9 }", PAGE, "/show/7"),
        ("{ cookie: other, default: none }", "", "/show/none"),
        ("{ between: <b>...</b>, default: '' }", html, "/show/"),
    ] {
        let (sent, good) =
            visit(&asking(&format!("    keep:\n      x: {keep}")), |_| told(200, fields, body));
        assert!(good, "{keep}");
        assert!(sent[1].starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{keep}: {}", sent[1]);
    }
}

#[test]
fn an_answer_without_what_is_to_be_kept_is_a_bad_one_and_counted() {
    for keep in ["json $.gone", "json $.tags", "header x", "cookie x", "between <b>...</b>", "regex <b>"] {
        let plan = asking(&format!("    check: status 200\n    keep:\n      x: {keep}"));
        let (sent, good) = visit(&plan, |_| told(200, "", PAGE));
        assert!(!good && sent.len() == 1, "{keep}");
        let failed = plan.failed();
        assert!(failed.len() == 1 && failed[0].count == 1, "{failed:?}");
        assert!(failed[0].action == "see" && failed[0].check.starts_with("keep x: "), "{failed:?}");
    }
    let plan = asking("    check: [status 200, contains Bob]");
    let bad = |_: &str| -> Told { told(500, "", PAGE) };
    assert!(!visit(&plan, bad).1 && !visit(&plan, bad).1);
    let failed = plan.failed();
    assert_eq!((failed[0].check, failed[0].count, failed.len()), ("status 200", 2, 1));
}

#[test]
fn a_request_that_needs_an_answer_which_cannot_have_come_is_refused() {
    let text = |journeys: &str| {
        format!(
            "name: a\ntarget: http://h:1\nactions: {{ make: {{ total: 1/s }}, see: {{ total: 1/s }} }}\nrequests:\n  make: {{ POST: /things, keep: {{ thing: json $.id }} }}\n  see: {{ GET: \"/things/{{thing}}\" }}\n{journeys}"
        )
    };
    for (journeys, refused) in [
        ("journeys: { j: [make, see] }\n", None),
        ("journeys: { j: [see, make] }\n", Some("`see` in `j` needs `{thing}`")),
        ("", Some("`see` in `see` needs `{thing}`")),
        ("visitors: { thing: uniform of 5 }\n", None),
    ] {
        let scenario = Scenario::from_yaml(&text(journeys)).expect("a scenario");
        let compiled = compile(&scenario, &[1.0, 1.0], &Material::default(), "h").map(drop);
        let told = compiled.err().map(|error| error.to_string());
        match (refused, told) {
            (None, None) => {}
            (Some(says), Some(told)) => assert!(told.contains(says) && told.contains("hint: "), "{told}"),
            other => panic!("{journeys}: {other:?}"),
        }
    }
}
