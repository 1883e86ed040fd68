//! Published back-of-the-envelope examples come out as their own formula says, and print as they were published.
//!
//! Expected values are products of the source's inputs, worked out beside each row; where a source rounds on the way,
//! the row holds the exact value and the source's figure stands in the comment.

#![expect(clippy::float_cmp, reason = "exact values are what these tests are about")]

use std::collections::HashMap;

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Quantity};
use scenarios::shipped::shipped;

fn of(name: &str) -> Estimate {
    of_text(shipped(name).unwrap_or_else(|| panic!("{name} ships")).text)
}

fn of_text(text: &str) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("x.yaml", text)));
    estimate(&scenario, "x.yaml", &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn quantity<'a>(estimate: &'a Estimate, name: &str) -> &'a Quantity {
    let names = || estimate.quantities.iter().map(|quantity| quantity.name.as_str()).collect::<Vec<_>>();
    let found = estimate.quantities.iter().find(|quantity| quantity.name == name);
    found.unwrap_or_else(|| panic!("{name} is not among {:?}", names()))
}

/// Scenario, quantity, value in base units, as printed.
type Expected = (&'static str, &'static str, f64, &'static str);

const EXPECTED: &[Expected] = &[
    ("spotify", "song, one copy", 500e12, "500 TB"), // 100 M × 5 MB
    ("spotify", "song, 3 copies", 1_500e12, "1.5 PB"), // × 3
    ("spotify", "user", 1e12, "1 TB"),               // 1 B × 1 KB, not times 3
    ("spotify", "object storage cost", 10_000.0, "10,000 USD/month"), // 500,000 GB × 0.02, copies included
    // A month has 2.5 million seconds, three years 36 of them.
    ("pastebin", "paste size", 1_270.0, "1.27 KB"),
    ("pastebin", "write paste", 4.0, "4/s"), // 10 M / 2.5 M s
    ("pastebin", "read paste", 40.0, "40/s"),
    ("pastebin", "growth per month", 12.7e9, "12.7 GB"), // 1,270 B × 10 M
    ("pastebin", "paste in 3 years", 457.2e9, "457 GB"), // × 36; published: 450 GB
    ("pastebin", "paste count in 3 years", 360e6, "360 M"), // 10 M × 36
    ("twitter-timeline", "read timeline", 100_000.0, "100 k/s"), // 250 B / 2.5 M s
    ("twitter-timeline", "post tweet", 6_000.0, "6,000/s"), // 15 B / 2.5 M s
    ("twitter-timeline", "deliver tweet", 60_000.0, "60,000/s"),
    ("twitter-timeline", "search", 4_000.0, "4,000/s"),
    ("twitter-timeline", "growth per month", 150e12, "150 TB"), // 15 B × 10 KB
    ("twitter-timeline", "total in 3 years", 5.4e15, "5.4 PB"), // × 36
    ("twitter-media", "daily users", 150e6, "150 M"),
    ("twitter-media", "mean actions", 150e6 * 2.0 / 86_400.0, "3,470/s"), // published: 3,500
    ("twitter-media", "peak actions", 150e6 * 4.0 / 86_400.0, "6,940/s"), // published: 7,000
    ("twitter-media", "media per day", 30e12, "30 TB"),                   // 300 M tweets × 10 % × 1 MB
    ("twitter-media", "media in 5 years", 54.75e15, "54.8 PB"),           // × 1,825 days; published: 55 PB
    ("tinyurl", "shorten", 500e6 / 2_592_000.0, "193/s"),                 // 30-day month; published: 200
    ("tinyurl", "redirect", 50e9 / 2_592_000.0, "19,300/s"),              // published: 19,000
    ("tinyurl", "reads per write", 100.0, "100"),
    ("tinyurl", "url count in 5 years", 30e9, "30 B"), // 500 M × 60 months
    ("tinyurl", "url in 5 years", 15e12, "15 TB"),     // × 500 B
    ("tinyurl", "data written, mean", 500e6 / 2_592_000.0 * 500.0, "96.5 KB/s"), // published: 100 KB/s
    ("tinyurl", "data read, mean", 50e9 / 2_592_000.0 * 500.0, "9.65 MB/s"), // published: 9 MB/s
    ("instagram", "upload photo", 2e6 / 86_400.0, "23.1/s"), // published: 23
    ("instagram", "growth per day", 400e9, "400 GB"),  // 2 M × 200 KB
    ("instagram", "photo in 10 years", 1.46e15, "1.46 PB"), // × 3,650 days; published: 1,425 TB
    ("messenger", "message per day", 2e12, "2 TB"),    // 500 M × 40 × 100 B
    ("messenger", "message in 5 years", 3.65e15, "3.65 PB"), // × 1,825 days; published: 3.6 PB
    ("messenger", "data written, mean", 2e12 / 86_400.0, "23.1 MB/s"), // published: 25 MB/s
    ("messenger", "data read, mean", 2e12 / 86_400.0, "23.1 MB/s"),
    ("youtube", "growth per day", 150e12, "150 TB"), // 5 M × 10 % × 300 MB
    ("youtube", "CDN cost", 25e6 * 0.3 * 0.02 * 30.44, "4,570,000 USD/month"), // 150,000 USD a day
    ("web-crawler", "mean actions", 1e9 / 2_592_000.0, "386/s"), // 30-day month; published: 400
    ("web-crawler", "peak actions", 2e9 / 2_592_000.0, "772/s"), // published: 800
    ("web-crawler", "growth per month", 500e12, "500 TB"), // 1 billion × 500 KB
    ("web-crawler", "total in 5 years", 30e15, "30 PB"), // × 60 months
    ("autocomplete", "search, requests", 20.0, "20"),
    ("autocomplete", "mean requests", 2e9 / 86_400.0, "23,100/s"), // 10 M × 10 × 20; published: 24,000
    ("autocomplete", "peak requests", 4e9 / 86_400.0, "46,300/s"), // published: 48,000
    ("autocomplete", "growth per day", 0.4e9, "400 MB"),           // 100 M × 20 % × 20 B
    // The measured day of 2016: 66,294,789 pages and 209,420,973 requests (3.15894 a page, given as 3.159).
    ("stack-exchange-2016", "mean actions", 66_294_789.0 / 86_400.0, "767/s"),
    ("stack-exchange-2016", "mean requests", 66_294_789.0 * 3.159 / 86_400.0, "2,420/s"),
    // Measured: 504,816,843 queries, 5,843 a second.
    ("stack-exchange-2016", "mean SQL queries", 66_294_789.0 * 3.159 * 2.4105 / 86_400.0, "5,840/s"),
    ("stack-exchange-2016", "egress, mean", 66_294_789.0 * 3.159 * 5_922.0 / 86_400.0, "14.4 MB/s"),
];

#[test]
fn published_examples_come_out_exactly_and_print_as_published() {
    let mut estimates = HashMap::new();
    for (scenario, name, expected, printed) in EXPECTED {
        let estimate = estimates.entry(scenario).or_insert_with(|| of(scenario));
        let quantity = quantity(estimate, name);
        let found = quantity.value.p50;
        assert!((found / expected - 1.0).abs() < 1e-9, "{scenario}: {name} is {found}, expected {expected}");
        assert!(quantity.value.is_point(), "{scenario}: {name} is exactly known");
        let shown = scenarios::show::value(found, quantity.unit, &estimate.conventions);
        assert_eq!(&shown, printed, "{scenario}: {name}");
    }
}

#[test]
fn a_record_is_the_sum_of_its_fields() {
    // System Design Primer, Pastebin: 1,000 + 7 + 4 + 5 + 255 = 1,271 B.
    let estimate = of_text(
        "name: a\ndata:\n  paste: { count: 360M, fields: { content: 1 KB, link: 7 B, expiry: 4 B, created: 5 B, path: 255 B } }\n",
    );
    assert_eq!(quantity(&estimate, "paste size").value.p50, 1_271.0);
    assert_eq!(quantity(&estimate, "paste size").working, "1 KB + 7 B + 4 B + 5 B + 255 B");
}

#[test]
fn a_size_taken_for_a_number_of_tweets_is_not_repeated() {
    // Notes on Xu vol. 1 print 302 MB of text a day; 3,500/s × 86,400 s × 1,204 B is 364 GB, and 664 TB in 5 years.
    let estimate = of_text(
        "name: a\nfor: 5 years\ndata:\n  tweet: 1204 B\nactions:\n  tweets: { total: 3500/s, writes: tweet }\n",
    );
    assert_eq!(quantity(&estimate, "growth per day").value.p50, 364_089_600_000.0);
    let five_years = quantity(&estimate, "total in 5 years").value.p50;
    assert!((five_years / 664_463_520_000_000.0 - 1.0).abs() < 1e-12, "{five_years}");
}

#[test]
fn the_conventions_of_the_file_hold_everywhere() {
    for (conventions, expected) in [
        ("", 1e9 / (30.44 * 86_400.0)),
        ("conventions: { month: 30 days }\n", 1e9 / 2_592_000.0),
        ("conventions: { month: 2.5M s }\n", 400.0),
        ("conventions: { day: 100000 s, month: 30 days }\n", 1e9 / 3e6),
    ] {
        let estimate =
            of_text(&format!("name: a\n{conventions}actions:\n  fetch: {{ total: 1 billion/month }}\n"));
        let found = quantity(&estimate, "mean actions").value.p50;
        assert!((found / expected - 1.0).abs() < 1e-12, "{conventions}: {found}");
    }
}

#[test]
fn a_trading_day_is_as_long_as_its_office_hours() {
    // Xu vol. 2, stock exchange: 1 billion orders in 6.5 hours are 43,000 a second, five times that at peak.
    let estimate = of_text(
        "name: a\nactions:\n  order: { total: 1 billion/day, writes: trade }\ndata:\n  trade: 100 B\ntraffic: { shape: office 6.5h, peak: 5x }\n",
    );
    let mean = 1e9 / 23_400.0;
    assert!((quantity(&estimate, "mean actions").value.p50 / mean - 1.0).abs() < 1e-12);
    assert!((quantity(&estimate, "peak actions").value.p50 / (5.0 * mean) - 1.0).abs() < 1e-12);
    // A day still stores a day's orders: 1 billion × 100 B.
    assert!((quantity(&estimate, "growth per day").value.p50 / 100e9 - 1.0).abs() < 1e-12);
}
