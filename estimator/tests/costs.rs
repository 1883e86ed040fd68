//! What a month costs by line, by user and by request, and what a CDN takes off the servers.

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Quantity};
use scenarios::prices::Prices;

fn of(text: &str) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", text)));
    estimate(&scenario, "a.yaml", &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn find<'a>(estimate: &'a Estimate, name: &str) -> Option<&'a Quantity> {
    estimate.quantities.iter().find(|quantity| quantity.name == name)
}

/// 100 answers a second of 1 MB that are media, 100 of 100 KB that are not; exact requests, no guesses of bytes.
const VIDEO: &str = "name: a\nusers: 1M daily\ndata:\n  clip: { size: 1 MB, count: 1M, kind: blob }\nactions:\n  watch: { total: 100/s, reads: clip, answer: 1 MB }\n  search: { total: 100/s, answer: 100 KB }\ntraffic: { shape: flat }\n";
const MONTH: f64 = 30.44 * 86_400.0;
/// Bytes out by second.
const EGRESS: f64 = 100.0 * 1e6 + 100.0 * 1e5;

fn check(text: &str, name: &str, expected: Option<f64>) {
    let found = find(&of(text), name).map(|found| found.value.p50);
    let is_close = found.zip(expected).is_none_or(|(found, expected)| (found / expected - 1.0).abs() < 1e-9);
    assert!(
        found.is_some() == expected.is_some() && is_close,
        "{text}{name} is {found:?}, expected {expected:?}"
    );
}

#[test]
fn a_cdn_leaves_the_origin_what_cannot_be_cached_and_what_misses() {
    let media = 1e8 / EGRESS;
    let left = 1.0 - media * 0.9;
    for (choice, name, expected) in [
        // 100 of 110 MB/s are media, 90 % hit.
        ("", "share through the CDN", Some(media)),
        ("", "origin egress with a CDN", Some(EGRESS * left)),
        ("", "CDN cost", None),
        ("", "egress cost", Some(EGRESS * MONTH / 1e9 * 0.1)),
        ("choices: { cdn: off }\n", "origin egress with a CDN", None),
        ("choices: { cdn: on }\n", "origin egress at peak", Some(EGRESS * left)),
        ("choices: { cdn: on }\n", "egress cost", Some(EGRESS * left * MONTH / 1e9 * 0.1)),
        ("choices: { cdn: on }\n", "CDN cost", Some(1e8 * MONTH / 1e9 * 0.05)),
        ("choices: { cdn: 95% of 80% }\n", "origin egress at peak", Some(EGRESS * (1.0 - 0.95 * 0.8))),
    ] {
        check(&format!("{VIDEO}{choice}"), name, expected);
    }
    // No media: what is only read, here all but the answer to writing.
    let pages = "name: a\nactions:\n  look: { total: 30/s, answer: 100 KB }\n  say: { total: 10/s, writes: post, answer: 100 KB }\ndata: { post: 1 KB }\n";
    check(&format!("{pages}choices: {{ cdn: 50% }}\n"), "share through the CDN", Some(0.75));
    check(pages, "share through the CDN", None);
}

#[test]
fn a_month_is_paid_by_line() {
    for (rest, name, expected) in [
        ("", "cost per user", None),
        ("users: 1k\n", "cost per user", Some(1e-3)),
        // 1 GB for 1 USD a month, however it is said.
        ("prices: { memory: 1 USD/GB/month }\n", "memory cost", Some(1.0)),
        ("prices: { memory: 12 USD/GB/year }\n", "memory cost", Some(12.0 * 30.44 / 365.0)),
        ("", "memory cost", Some(2.0)),
        ("prices: { disk: 1 USD/TB/month }\n", "disk cost", Some(5e-3)),
        ("", "disk cost", Some(1.0)),
        ("prices: { blob: 1 USD/TB/month }\n", "object storage cost", Some(7.0)),
        // 5 GB of rows, once, at 50 %; in object storage.
        ("backup: { full: 1, ratio: 50% }\n", "backup cost", Some(0.05)),
    ] {
        let mut text = "name: a\ndata:\n  index: { count: 1M, size: 1 KB, kind: memory }\n  row: { count: 1M, size: 5 KB }\n  film: { count: 7000, size: 1 GB }\n".to_owned();
        text.push_str(rest);
        if name == "cost per user" {
            // 1 GB on disk alone costs 0.2 USD; at 1 USD/GB, a thousand users pay a thousandth each.
            text = format!(
                "name: a\n{rest}data: {{ row: {{ count: 1M, size: 1 KB }} }}\nprices: {{ disk: 1 USD/GB/month }}\n"
            );
        }
        check(&text, name, expected);
    }
}

#[test]
fn a_million_requests_cost_what_a_month_costs_over_its_requests() {
    let text =
        "name: a\nactions: { get: { total: 10/s } }\nnode: { price: 26.300160 USD/month, cores: 64 }\n";
    // 26.30016 M requests a month; one machine, and nothing that travels is known.
    check(text, "cost per 1M requests", Some(1.0));
    // A day of six hours has a quarter of the seconds at four times the rate: as many requests.
    check(&format!("{text}traffic: {{ shape: office 6h }}\n"), "cost per 1M requests", Some(1.0));
}

#[test]
fn the_price_of_a_core_can_be_given_and_says_so() {
    let text = "name: a\nactions: { get: { total: 650/s } }\ntraffic: { shape: flat }\nprices:\n  core: 5 USD/month\n";
    let estimate = of(text);
    // 650/s × 1 ms ÷ 65 % is a core.
    let cost = find(&estimate, "server cost").unwrap();
    assert!((cost.value.p50 / 5.0 - 1.0).abs() < 1e-3, "{cost:?}");
    assert_eq!(cost.source, "a.yaml:5");
    // The default names its date.
    let listed = of("name: a\nactions: { get: { total: 650/s } }\n");
    assert_eq!(find(&listed, "server cost").unwrap().source, "napkin-math, 2026-03");
}

#[test]
fn a_price_file_is_the_same_map_as_a_file() {
    let text = "name: a\ndata: { row: { count: 1M, size: 1 KB } }\n";
    let mut scenario = Scenario::from_yaml(text).unwrap();
    scenario.prices =
        Prices::from_yaml("\ndisk: 3 USD/GB/month\n", "mine.yaml", &scenario.conventions).unwrap();
    let estimate = estimate(&scenario, "a.yaml", &Options::default()).unwrap();
    assert!((find(&estimate, "disk cost").unwrap().value.p50 / 3.0 - 1.0).abs() < 1e-12);
    assert_eq!(find(&estimate, "price of disk").unwrap().source, "mine.yaml:2");
    let refused = Prices::from_yaml("disk: 3 USD/GB\n", "mine.yaml", &scenario.conventions).unwrap_err();
    let refused = refused.render("mine.yaml", "disk: 3 USD/GB\n");
    for part in [
        "expected a price of bytes kept (like 0.2 USD/GB/month)",
        "found a price of bytes sent",
        "mine.yaml:1:7",
    ] {
        assert!(refused.contains(part), "{refused}");
    }
}
