//! The memory and the hits of a cache against hand calculation; when it is talked about.

use scenarios::Scenario;

use super::*;
use crate::{Options, estimate};

/// A page of 870 B and 130 B around it: 1 KB in the cache.
fn numbers(choice: &str, more: &str) -> impl Fn(&str) -> Option<f64> + use<> {
    let text = format!(
        "name: a\nusers: 864k\nactions:\n  view: {{ total: 1000/s, reads: page }}\n{more}data:\n  page: {{ count: 10k, size: 870 B }}\n{choice}"
    );
    let scenario = Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render("a", &text)));
    let estimate = estimate(&scenario, "a.yaml", &Options::default()).unwrap();
    let found: Vec<(String, f64)> =
        estimate.quantities.into_iter().map(|quantity| (quantity.name, quantity.value.p50)).collect();
    move |name| found.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
}

fn is(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found / expected - 1.0).abs() < 1e-6, "{found}, expected {expected}");
}

#[test]
fn the_hottest_of_ten_thousand_gets_a_tenth_of_the_reads() {
    let value = numbers("", "");
    // H(10,000) = 9.787606; 1,000 views a second, twice that at the peak; one small node holds 1,300/s.
    assert!((value("hottest object share").unwrap() - 0.102_170).abs() < 1e-5);
    assert!((value("hottest object at peak").unwrap() - 204.34).abs() < 0.02);
    assert!((value("hottest object, of one node").unwrap() - 204.34 / 1_300.0).abs() < 1e-3);
    is(value("objects cached"), 2_000.0);
    // Flatter popularity, fewer hits; both below a cache that always holds the right fifth, H(2,000) / H(10,000).
    let (hits, generic) = (value(HITS).unwrap(), value(GENERIC_HITS).unwrap());
    assert!(generic < hits && hits < 8.178_368 / 9.787_606, "{generic} {hits}");
}

#[test]
fn the_size_of_the_file_is_what_the_hit_ratio_is_of() {
    let zipf = Zipf::new(10_000.0, 1.0).unwrap();
    for (size, objects) in [("500 KB", 500.0), ("2 MB", 2_000.0), ("1 GB", 10_000.0)] {
        let value = numbers(&format!("choices: {{ cache: {size} }}\n"), "");
        is(value("objects cached"), objects);
        is(value(HITS), che::hit_ratio(&zipf, objects).unwrap());
        // 2,000 reads a second at the peak, nothing is written.
        let load = value("database load after the cache").unwrap();
        assert!((load - 2_000.0 * (1.0 - value(HITS).unwrap())).abs() < 1e-6, "{load}");
    }
    // A size between 1 and 4 MB: the middle is 2 MB, and more room gives more hits.
    let value = numbers("choices: { cache: 1..4 MB }\n", "");
    assert!((value(HITS).unwrap() - che::hit_ratio(&zipf, 2_000.0).unwrap()).abs() < 1e-3);
}

#[test]
fn wanted_hits_give_the_memory_that_they_take() {
    let value = numbers("choices: { cache: 90% hits }\n", "");
    let objects = che::objects_for(&Zipf::new(10_000.0, 1.0).unwrap(), 0.9).unwrap();
    is(value("objects cached"), objects);
    is(value("cache memory"), objects * 1_000.0);
    is(value(HITS), 0.9);
    assert_eq!(value("cache memory for 80 % hits"), None, "the file says which hits it wants");
    let usual = che::objects_for(&Zipf::new(10_000.0, 1.0).unwrap(), 0.8).unwrap();
    is(numbers("", "")("cache memory for 80 % hits"), usual * 1_000.0);
}

#[test]
fn a_time_to_live_and_writes_take_hits_away() {
    // All alike and room for all: each of 10,000 is read about every ten seconds and lives for ten: 1 of 2.
    let uniform = "  look: { total: 1001/s, reads: page, popularity: uniform }\n";
    let value = numbers("choices: { cache: 1 GB ttl 10 s }\n", uniform);
    let reads: f64 = 1_001.0;
    is(value(HITS), reads / 1_000.0 / (1.0 + reads / 1_000.0));
    // New pages change none that is there, and so nothing ends an entry.
    let added = format!("{uniform}  add: {{ total: 143/s, writes: page }}\n");
    is(numbers("choices: { cache: 1 GB }\n", &added)(HITS), 1.0);
    // What is added to a page does: of 1,144 requests for a page 143 change it, and each next read misses.
    let commented = "  look: { total: 1001/s, reads: page + comment, popularity: uniform }\n  say: { total: 143/s, writes: comment }\n";
    let value = numbers("  comment: 100 B\nchoices: { cache: 10 GB }\n", commented);
    is(value(HITS), 1_001.0 / 1_144.0);
    // 2,001 reads miss one in eight at the peak, and 286 writes come on top.
    is(value("database load after the cache"), 2.0 * 2_001.0 * 143.0 / 1_144.0 + 286.0);
}

#[test]
fn a_cache_is_talked_about_only_where_it_is_chosen_or_pays() {
    let of = |choice: &str, total: &str| {
        let text = format!(
            "name: a\nactions:\n  view: {{ total: {total}, reads: page }}\ndata:\n  page: {{ count: 10k, size: 1 KB }}\n{choice}"
        );
        let scenario = Scenario::from_yaml(&text).unwrap();
        let estimate = estimate(&scenario, "a.yaml", &Options::default()).unwrap();
        estimate.quantities.iter().any(|quantity| quantity.section == "Cache")
    };
    // Half of two cores at 1 ms a request: 1,000/s at the peak, 500/s on average.
    for (choice, total, expected) in [
        ("", "480/s", false),
        ("", "520/s", true),
        ("choices: { cache: 1 MB }\n", "1/s", true),
        ("choices: { cache: none }\n", "520/s", false),
    ] {
        assert_eq!(of(choice, total), expected, "{choice}{total}");
    }
}
