//! Every way in which a file is refused, as its author sees it: one table for each family of keys, one picture of the
//! table's answers. A new refusal is a new row.

use std::fmt::Write;

use scenarios::Scenario;

/// What each text is told; most texts are the part of a file that is wrong, below a name.
fn told(texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts {
        let file = format!("name: a\n{text}\n");
        match Scenario::from_yaml(&file) {
            Ok(_) => panic!("accepted:\n{file}"),
            Err(error) => {
                assert!(error.advice().is_some_and(|hint| !hint.is_empty()), "no hint: {error}\n{file}");
                writeln!(out, "{}\n", error.render("a.yaml", &file)).expect("text takes it");
            }
        }
    }
    out
}

#[test]
fn a_file_that_is_no_scenario_is_told_so() {
    let mut out = String::new();
    for text in [
        "",
        "\u{feff} \n",
        "# only words\n",
        "[1, 2]\n",
        "name:\n",
        "name: [a]\n",
        "name: a/b\n",
        "users: 5\n",
    ] {
        let error = Scenario::from_yaml(text).unwrap_err();
        writeln!(out, "{}\n", error.render("a.yaml", text)).unwrap();
    }
    let long = "#".repeat(1_000_001);
    writeln!(out, "{}", Scenario::from_yaml(&long).unwrap_err().render("a.yaml", &long)).unwrap();
    insta::assert_snapshot!(out);
}

#[test]
fn what_is_no_yaml_is_told_so() {
    let mut out = String::new();
    for text in [
        "name: a\nname: b\n",
        "name: a\n\tusers: 5\n",
        "name: a\nslo: { GET: /a/{b} }\n",
        "name: @a\n",
        "name: \"a\n",
    ] {
        let error = Scenario::from_yaml(text).unwrap_err();
        writeln!(out, "{}\n", error.render("a.yaml", text)).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn wrong_numbers_are_told_what_to_write() {
    insta::assert_snapshot!(told(&[
        "users: many",
        "users: -3",
        "users: 1,500",
        "users: 5 MB",
        "users: 8..3",
        "users: 20..30k",
        "users: 5m",
        "users: 1e308 x 100",
        "users: 10 +/- 200%",
        "users: 10 +/- some%",
        "users: 10 +/- 1 MB",
        "users: 3..8 MB/3",
        "users: 3 s..8 MB",
        "data:\n  song: 5 Mb",
        "data:\n  song: 5 mb",
        "data:\n  song: 5 M",
        "data:\n  song: 5",
        "data:\n  song: 5 parsecs",
        "data:\n  song: 5 MB with week = 3 days",
        "data:\n  song: 5 MB with month",
        "data:\n  song: 5 MB with day = 1 day with month = 30 days",
        "data:\n  song: 5 MB with month = 0 s",
        "for: 3",
        "for: 3..4 years",
        "conventions: { day: 0.5 s }",
        "conventions: { units: metric }",
        "conventions: { week: 7 days }",
    ]));
}

#[test]
fn wrong_data_are_told_what_to_write() {
    insta::assert_snapshot!(told(&[
        "data: song",
        "data:\n  song: [5 MB]",
        "data:\n  song:",
        "data:\n  song: {}",
        "data:\n  song: { size: { a: 1 } }",
        "data:\n  song: { size: 5 MB, fields: { a: 1 B } }",
        "data:\n  song: { fields: {} }",
        "data:\n  song: { fields: { a: integre } }",
        "data:\n  song: { fields: { a: colour } }",
        "data:\n  song: { fields: { a: text } }",
        "data:\n  song: { size: 5 MB, count: 3, start: 4 }",
        "data:\n  song: { size: 5 MB, count: 3 of snog }",
        "data:\n  song: { size: 5 MB, kind: blog }",
        "data:\n  song: { size: 5 MB, unique: { a: b } }",
        "data:\n  song: { size: 5 MB, copies: 0 }",
        "data:\n  song: { size: 5 MB, copies: 0+4 }",
        "data:\n  song: { size: 5 MB, variants: 0 }",
        "data:\n  song: { size: 5 MB, keeep: 3 years }",
        "data:\n  \"\": 5 MB",
    ]));
}

#[test]
fn wrong_users_and_actions_are_told_what_to_write() {
    insta::assert_snapshot!(told(&[
        "users: { daily: 40% }",
        "users: { weekly: 5M }",
        "users: { daily: 5M, online: 5 MB }",
        "users: { daily: 5M, far: near }",
        "actions:\n  post: { per user: 5, fan-out: 3 MB }",
        "actions:\n  post: { per user: 5, fan-out: {} }",
        "actions:\n  post: { per user: 5, fan-out: { mean: 5, within: 0 s } }",
        "actions:\n  post: { per user: 5, background: 3 }",
        "users: [5M]",
        "actions:\n  read: 5/day",
        "actions:\n  read: {}",
        "actions:\n  read: { per user: 5, total: 3/s }",
        "actions:\n  read: { per user: 5, writes: song }",
        "data:\n  song: 5 MB\nactions:\n  read: { per user: 5, reads: 3 sogn }",
        "actions:\n  read: { per user: 5, popularity: zipf 9 }",
        "actions:\n  read: { per user: 5, popularity: fame }",
        "actions:\n  read: { per user: 5, answr: 3 KB }",
        "actions:\n  read: 5\njourneys:\n  visit: []",
        "actions:\n  read: 5\njourneys:\n  visit: [raed]",
        "actions:\n  read: 5\njourneys:\n  visit: { steps: [] }",
        "actions:\n  read: 5\njourneys:\n  visit: { weight: 0, steps: read }",
        "actions:\n  read: 5\njourneys:\n  visit: { weight: 3, steps: read }\n  other: read",
        "actions:\n  read: 5\njourneys:\n  visit: [read, think 2 h]",
        "actions:\n  read: 5\njourneys:\n  visit: [read, think exponential 2..3 s]",
        "actions:\n  read: 5\njourneys:\n  visit: [read, think lognormal 2 s sigma 9]",
        "actions:\n  read: 5\nsetup: [raed]",
        "actions:\n  read: 5\nteardown: { read: 1 }",
        "actions:\n  read: 5\nslo:\n  raed: p99 < 1 s",
        "slo: fast",
        "slo: p0 < 1 s",
        "slo: p99 < 0 s",
        "slo: 120% ok",
    ]));
}

#[test]
fn wrong_machines_and_traffic_are_told_what_to_write() {
    insta::assert_snapshot!(told(&[
        "node: 4 cores",
        "node: { cores: 4 GB }",
        "limits: { cpu: 0% }",
        "limits: { cpu: 120% }",
        "traffic: { peak: 0.5x }",
        "traffic: { shape: office 30h }",
        "traffic: { shape: sine }",
        "choices: { database: oracle }",
        "choices: { replicas: 1..2 }",
        "choices: { replicas: {} }",
        "choices: { replicas: 2 lag soon }",
        "choices: { cache: large }",
        "choices: { cache: 100% hits }",
        "choices: { cache: 256 MB ttl 0 s }",
        "choices: { cache: { size: 256 MB, hits: 90% } }",
        "choices: { cache: 60 s }",
        "choices: { updates: carrier pigeon }",
        "choices: { updates: poll 0 s }",
        "traffic: { retries: 2.5 }",
        "traffic: { retries: {} }",
        "traffic: { retries: { most: 2, failing: 120% } }",
        "backup: {}",
        "backup: some daily",
        "backup: 1..2 daily",
        "backup: 1e308 daily + 1e308 weekly",
        "availability: { app: 3 of 2 x 99% }",
        "availability: { app: 0 of 2 x 99% }",
        "availability: { app: 2 of 3 x 120% }",
        "tiers: { app: { calls: 3 } }",
        "tiers: { app: { time: 2 ms, fan-out: 0 } }",
        "tiers: { app: { time: 2 ms, payload: 5 } }",
        "tiers: { app: { time: 2 ms, payload: 0 B } }",
        "tiers: { app: { time: 2 ms, payloads: 2 KB } }",
        "prices: { core: 15 }",
    ]));
}

#[test]
fn wrong_runs_and_requests_are_told_what_to_write() {
    insta::assert_snapshot!(told(&[
        "load: { duration: 900 days }",
        "load: { duration: 0 s }",
        "load: { seed: some }",
        "load: { rate: 0/s }",
        "load: { users: 1.5 }",
        "load: { model: closed }",
        "target: { url: https://a, certificate: a.pem }",
        "target: { url: http://a, ca: a.pem }",
        "target: { env: { A: b } }",
        "target: { url: http://a, ready: health }",
        "target: { connections: some }",
        "load: { abort: lag > 5% }",
        "load: { abort: errors > 200% }",
        "target: a",
        "target: http://a/b",
        "target: http://a:0",
        "requests:\n  read: { GET: / }",
        "actions: { read: 5 }\nrequests:\n  read: []",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, POST: / }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: a b }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: \"/{\" }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: \"/{a-b}\" }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: \"/{words 0..5}\" }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: \"/{a}\" }",
        "actions: { read: 5 }\nrequests:\n  read: { POST: /, json: {}, body: a }",
        "actions: { read: 5 }\nrequests:\n  read: { POST: /, json: { a: 0x10 } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, headers: { \"a b\": c } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, headers: { Host: c } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, headers: { a: \"b\\nc\" } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: status 99 }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: fine }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: json id exists }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: status 299..200 }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: status 200 or fine }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: json $.id is 7 }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: json $.id > many }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: \"json $.id == [1]\" }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: \"json $.id == {a}\" }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: header }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: header a:b }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: header etag like x }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: body < 10 }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: body < 0 B }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: not fine }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, check: matches a( }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, keep: { id: $.id } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, keep: { n: json $.id } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, keep: { a-b: json $.id } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, keep: { a: cookie a=b } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, keep: { a: regex (b } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, keep: { a: { default: 7 } } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, keep: { a: { json: $.a, header: b } } }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, keep: { a: between b } }",
        "actions: { read: 5 }\nrequests:\n  read: { POST: /, form: [a] }",
        "actions: { read: 5 }\nrequests:\n  read: { POST: /, form: {}, file: a }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: /, redirects: 21 }",
        "actions: { read: 5 }\nrequests:\n  read: { GET: \"/{random 6..1}\" }",
        "redirects: always",
        "cookies: none",
        "visitors: { uuid: uniform of 3 }",
        "visitors: { a: csv a.csv b twice }",
        "visitors: { a: csv a.csv b once, c: csv a.csv d in order }",
        "visitors: { a: uniform 5..1 }",
        "visitors: { a: one of }",
        "visitors: { a: somewhere }",
        "visitors: { a: zipf 9 of 10 }",
        "visitors: { a: uniform of 0 }",
        "visitors: { a-b: uniform of 3 }",
    ]));
}

#[test]
fn wrong_shapes_are_told_what_to_write() {
    insta::assert_snapshot!(told(&[
        "load: { shape: [] }",
        "load: { shape: rmap 1/s..2/s for 3 s }",
        "load: { shape: [pause 5 s, 300/s] }",
        "load: { shape: [{ ramp: 1/s..2/s }] }",
        "load: { shape: [{ pause: 1 s, for: 3 s }] }",
        "load: { shape: [{ rmap: 1/s..2/s }] }",
        "load: { shape: 300/s for 3 s, duration: 3 s }",
        "load: { shape: [300/s for 3 s, 5 users for 1 s] }",
    ]));
}

#[test]
fn wrong_comparisons_are_told_what_to_write() {
    let of = |text: &str| format!("actions: {{ read: 5 }}\ncompare: {{ a: x, b: y, {text} }}");
    let mut texts: Vec<String> = [
        "predict: fast",
        "predict: { p95: -70%..-30% }",
        "predict: { read p99: -70%..-30% }",
        "predict: { raed p50: -70%..-30% }",
        "predict: { p50: { low: -70% } }",
        "predict: { p50: -50% }",
        "predict: { p50: -30%..-70% }",
        "predict: { p50: -170%..-30% }",
        "predict: { p50: -70%..+1 ms }",
        "predict: { p50: fast..slow }",
        "predict: { throughput: 1 ms..2 ms }",
        "predict: { errors: 2x..3x }",
        "predict: { cpu: -7%..-3%, CPU per request: -7%..-3% }",
        "predict: { forum_shed_total: 2x..3x }",
        "because: ''",
        "rate: 0/s",
        "rate: 5/s, connections: 3",
        "block: 0 s",
        "time: soon",
        "failing: 200%",
        "show: [shed total]",
        "show: 'shed{}'",
        "bcause: it is",
    ]
    .map(of)
    .to_vec();
    texts.extend(
        [
            "compare:",
            "compare: fast",
            "compare: { a: x }",
            "compare: { a: '', b: y }",
            "compare: { a: [x], b: y }",
            "compare: { a: { Cache: off }, b: y }",
        ]
        .map(str::to_owned),
    );
    insta::assert_snapshot!(told(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn wrong_formulas_and_claims_are_told_what_to_write() {
    let powers = format!("quantities:\n  q: {}2", "2 ^ ".repeat(40));
    insta::assert_snapshot!(told(&[
        "quantities:\n  q: users x",
        "quantities:\n  q: 3 x 5 with day = 1 s in nothing",
        "quantities:\n  '\"q\"': 3",
        &powers,
        "expect:\n  total: = 3 x 5",
        "expect:\n  total: much",
    ]));
    let many: String =
        (0..501).fold("name: a\nquantities:\n".to_owned(), |file, index| format!("{file}  q{index}: 1\n"));
    assert!(Scenario::from_yaml(&many).unwrap_err().to_string().contains("501 quantities: at most 500"));
}
