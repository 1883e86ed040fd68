//! What visitors send: forms, files, made-up values, rows of tables, cookies, and where they follow.

mod visitor;

use std::collections::{BTreeSet, HashMap};

use loadgen::journey::{Material, Table};
use visitor::{next, plan, told, visit, visits};

fn scenario(requests: &str, rest: &str) -> String {
    format!(
        "name: a\ntarget: http://h:1\nactions: {{ go: {{ total: 1/s }} }}\nrequests:\n  go:\n{requests}\n{rest}\n"
    )
}

/// The body of a request.
fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// The value of a header of a request.
fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}

#[test]
fn a_form_is_encoded_and_a_file_is_sent_as_it_is() {
    let text = scenario(
        "    - { POST: /a, form: { user: \"{who}\", \"pass word\": a&b=c, empty: \"\" } }\n    - { POST: /b, file: photo.bin }\n    - { POST: /c, form: {}, headers: { content-type: x/y } }",
        "visitors: { who: { one of: [\u{fc}ml] } }",
    );
    let bodies = HashMap::from([("photo.bin".to_owned(), b"\x00photo\r\n\r\n".to_vec())]);
    let (sent, good) =
        visit(&plan(&text, &Material { bodies, ..Material::default() }), |_| told(200, "", ""));
    assert!(good && sent.len() == 3);
    assert_eq!(header(&sent[0], "content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(body(&sent[0]), "user=%C3%BCml&pass%20word=a%26b%3Dc&empty=");
    assert_eq!(header(&sent[1], "content-length"), Some("10"));
    assert!(sent[1].ends_with("\r\n\r\n\0photo\r\n\r\n"), "{:?}", sent[1]);
    assert_eq!(sent[2].matches("content-type").count(), 1);
}

#[test]
fn made_up_values_stay_in_their_bounds_and_follow_the_seed() {
    let text = scenario(
        "    - GET: \"/{random 1..6}/{size}/{size}/{colour}/{id}/{uuid}\"\n    - GET: \"/{id}\"",
        "visitors: { size: uniform 3..4, colour: { one of: [red, green] }, id: uuid }",
    );
    let plan = plan(&text, &Material::default());
    let paths = |seed| {
        let mut visits = visits(&plan, seed);
        (0..60).map(|_| next(&mut visits).1.split(' ').nth(1).unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(paths(1), paths(1));
    assert_ne!(paths(1), paths(2));
    let mut seen = vec![BTreeSet::new(); 6];
    for path in paths(1) {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        assert!((1..=6).contains(&parts[0].parse::<u8>().expect("a number")), "{path}");
        assert!(parts[1] == parts[2] && ["3", "4"].contains(&parts[1]), "the same within an action: {path}");
        assert!(["red", "green"].contains(&parts[3]), "{path}");
        for id in &parts[4..] {
            // 8-4-4-4-12 digits, version 4, variant 8 to b (RFC 9562).
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert!(id.as_bytes()[14] == b'4' && b"89ab".contains(&id.as_bytes()[19]), "{id}");
        }
        for (index, part) in parts.iter().enumerate() {
            seen[index].insert((*part).to_owned());
        }
    }
    assert_eq!(seen.iter().map(BTreeSet::len).collect::<Vec<_>>(), [6, 2, 2, 2, 60, 60]);
    // An identifier of the visitor is the same in all his requests.
    let (sent, _) = visit(&plan, |_| told(200, "", ""));
    let id = sent[0].split(' ').nth(1).and_then(|path| path.split('/').nth(5)).expect("an identifier");
    assert!(sent[1].starts_with(&format!("GET /{id} ")), "{}", sent[1]);
}

#[test]
fn rows_come_in_the_order_that_is_asked_for() {
    let table = |names: &[&str]| Table {
        columns: vec!["name".to_owned(), "twin".to_owned()],
        rows: names.iter().map(|name| vec![(*name).to_owned(), name.to_uppercase()]).collect(),
    };
    let material = Material {
        files: HashMap::from([("a.csv".to_owned(), table(&["a", "b", "c"]))]),
        ..Material::default()
    };
    for (order, expected) in [("in order", &["a", "b", "c", "a", "b"][..]), ("once", &["a", "b", "c"])] {
        let rest = format!("visitors: {{ x: csv a.csv name {order}, y: csv a.csv twin }}");
        let plan = plan(&scenario("    - GET: \"/{x}/{y}\"", &rest), &material);
        let mut visits = visits(&plan, 1);
        let mut request = Vec::new();
        let paths: Vec<String> = std::iter::from_fn(|| {
            request.clear();
            loadgen::engine::Workload::arrive(&mut visits, &mut request)?;
            let text = String::from_utf8_lossy(&request).into_owned();
            Some(text.split(' ').nth(1).unwrap_or("").to_owned())
        })
        .take(5)
        .collect();
        let expected: Vec<String> =
            expected.iter().map(|name| format!("/{name}/{}", name.to_uppercase())).collect();
        assert_eq!(paths, expected, "{order}");
        assert_eq!(plan.has_run_out(), order == "once");
    }
}

#[test]
fn what_an_answer_sets_is_sent_until_the_visit_ends_or_it_is_deleted() {
    let requests = "    - GET: /shop/in\n    - GET: /shop/out\n    - GET: /shop/more\n    - GET: /other";
    let answer = |request: &str| {
        if request.contains("/shop/in") {
            told(200, "Set-Cookie: sid=1; Path=/; HttpOnly\nset-cookie: cart=2\n", "")
        } else if request.contains("/shop/more") {
            told(200, "Set-Cookie: sid=; Path=/; Max-Age=0\n", "")
        } else {
            told(200, "", "")
        }
    };
    let with = plan(&scenario(requests, ""), &Material::default());
    for _ in 0..2 {
        // Each visit begins without a cookie: the path of `cart` is /shop, and it is longer.
        let (sent, _) = visit(&with, answer);
        let cookies: Vec<_> = sent.iter().map(|request| header(request, "cookie")).collect();
        assert_eq!(cookies, [None, Some("cart=2; sid=1"), Some("cart=2; sid=1"), None]);
    }
    let without = plan(&scenario(requests, "cookies: off"), &Material::default());
    assert!(visit(&without, answer).0.iter().all(|request| header(request, "cookie").is_none()));
    let own = scenario("    - GET: /shop/in\n    - { GET: /, headers: { cookie: \"own=1\" } }", "");
    let (sent, _) = visit(&plan(&own, &Material::default()), answer);
    assert_eq!(header(&sent[1], "cookie"), Some("own=1"));
}

#[test]
fn a_redirect_is_followed_where_the_file_says_so() {
    let post = "    - { POST: /form?x=1, form: { a: \"{uuid}\" }, check: status 200 }";
    let answer = |status, to: &'static str| {
        move |request: &str| {
            if request.contains(" /form?x=1 ") { told(status, to, "") } else { told(200, "", "") }
        }
    };
    for (status, to, line, keeps_body) in [
        (303, "Location: /done\n", "GET /done HTTP/1.1", false),
        (302, "Location: done?y\n", "GET /done?y HTTP/1.1", false),
        (301, "Location: http://localhost/done\n", "GET /done HTTP/1.1", false),
        (307, "Location: /done\n", "POST /done HTTP/1.1", true),
        (308, "Location: /done\n", "POST /done HTTP/1.1", true),
    ] {
        let plan = plan(&scenario(post, "redirects: follow"), &Material::default());
        let (sent, good) = visit(&plan, answer(status, to));
        assert!(good && sent.len() == 2, "{status}: {sent:?}");
        assert!(sent[1].starts_with(line), "{status}: {}", sent[1]);
        assert_eq!(body(&sent[1]), if keeps_body { body(&sent[0]) } else { "" }, "{status}");
        assert_eq!(header(&sent[1], "content-type").is_some(), keeps_body, "{status}");
    }
    for (rest, status, to) in [
        ("", 302, "Location: /done\n"),
        ("redirects: off", 302, "Location: /done\n"),
        ("redirects: follow", 304, "Location: /done\n"),
        ("redirects: follow", 302, ""),
    ] {
        let plan = plan(&scenario(post, rest), &Material::default());
        let (sent, good) = visit(&plan, answer(status, to));
        assert!(!good && sent.len() == 1, "{rest} {status}: the answer itself is what is checked");
    }
}

#[test]
fn a_redirect_in_a_circle_or_to_another_server_fails_and_says_so() {
    for (redirects, to, asked, says) in [
        ("follow", "Location: /go\n", 11, "redirects: at most 10 in a row"),
        ("3", "Location: /go\n", 4, "redirects: at most 3 in a row"),
        ("follow", "Location: http://elsewhere/go\n", 1, "redirects: to the same server"),
    ] {
        let text = scenario(&format!("    - {{ GET: /go, redirects: {redirects} }}"), "");
        let plan = plan(&text, &Material::default());
        let (sent, good) = visit(&plan, |_| told(302, to, ""));
        assert!(!good && sent.len() == asked, "{redirects} {to}: {}", sent.len());
        assert_eq!(plan.failed().iter().map(|failed| failed.check).collect::<Vec<_>>(), [says]);
    }
}
