//! Real systems come out within a factor of two, and opposite loads get opposite advice.

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Advice, Estimate, Spread};
use scenarios::shipped::shipped;

fn of(text: &str) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("x.yaml", text)));
    estimate(&scenario, "x.yaml", &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn value(estimate: &Estimate, name: &str) -> Spread {
    estimate
        .quantities
        .iter()
        .find(|quantity| quantity.name == name)
        .unwrap_or_else(|| panic!("{name}"))
        .value
}

fn rule<'a>(estimate: &'a Estimate, rule: &str) -> &'a Advice {
    estimate.advice.iter().find(|advice| advice.rule == rule).unwrap_or_else(|| panic!("no rule {rule}"))
}

#[test]
fn stack_exchange_of_2016_is_within_a_factor_of_two_of_what_ran() {
    let estimate = of(shipped("stack-exchange-2016").unwrap().text);
    for (name, measured) in [("mean requests", 2_423.85), ("mean actions", 767.3), ("egress, mean", 14.35e6)]
    {
        let found = value(&estimate, name).p50;
        assert!((0.5..2.0).contains(&(found / measured)), "{name}: {found} against {measured}");
    }
    // 25 servers, redundancy included, served it in 2014; the fleet is never larger, and never a single box.
    let servers = value(&estimate, "servers");
    assert!(servers.p10 >= 2.0 && servers.p90 <= 25.0, "{servers:?}");
    let busy = value(&estimate, "CPU use at peak");
    assert!(busy.p90 <= 0.65, "the spare server and whole servers leave room: {busy:?}");
}

#[test]
fn a_small_forum_is_one_small_box() {
    // The OpenOffice forum of 2008: 1.3 requests a second, 2.1 KB of database per post.
    let estimate = of(
        "name: openoffice-forum\ndata:\n  post: { count: 200k, size: 2.1 KB }\nactions:\n  view: { total: 1.3/s, reads: 10 post }\n  post: { total: 560/day, writes: post }\n",
    );
    assert_eq!(value(&estimate, "servers"), Spread::point(1.0));
    assert!(value(&estimate, "cores at peak").p90 < 0.1);
    assert!(estimate.advice.iter().all(|advice| !advice.fires), "{:?}", estimate.advice);
}

/// A forum of 20,000 actions a second of which this share writes.
fn forum(writes: f64) -> Estimate {
    let (reads, writes) = (20_000.0 * (1.0 - writes), 20_000.0 * writes);
    of(&format!(
        "name: big-forum\nfor: 1 year\ndata:\n  post: {{ start: 60M, size: 1.6 KB, keep: 1 day }}\nactions:\n  read page: {{ total: {reads}/s, reads: 3 post, popularity: zipf 1.0 }}\n  write post: {{ total: {writes}/s, writes: post }}\n"
    ))
}

#[test]
fn the_public_mix_wants_a_cache_and_the_community_mix_a_queue() {
    // 0.25 % of page loads write on Stack Exchange 2016; 12.6 % of requests in the RUBBoS user table.
    let (public, community) = (forum(0.0025), forum(0.126));
    assert!(rule(&public, "cache").fires && !rule(&public, "queue").fires, "{:?}", public.advice);
    assert!(!rule(&community, "cache").fires && rule(&community, "queue").fires, "{:?}", community.advice);
    // 0.9975 / 0.0025 = 399 and 0.874 / 0.126 = 6.94 reads for each write: about 60 times apart.
    for (estimate, ratio) in [(&public, 399.0), (&community, 0.874 / 0.126)] {
        assert!((value(estimate, "reads per write").p50 / ratio - 1.0).abs() < 1e-9);
    }
    // Peak 2 × 2,520 = 5,040/s against 5,000/s: 40/s for an hour is 144 k waiting, gone in 144,000 / 2,480 = 58 s.
    assert!(
        rule(&community, "queue").because.contains("leaves 144 k waiting for 58.1 s"),
        "{:?}",
        community.advice
    );
}

#[test]
fn advice_says_what_would_change_its_mind() {
    let spotify = of(shipped("spotify").unwrap().text);
    let (blobs, sharding) = (rule(&spotify, "blobs"), rule(&spotify, "sharding"));
    assert!(blobs.fires && blobs.what.contains("song") && blobs.because.starts_with("5 MB each ≥ 100 KB"));
    // 70 % of 2 TB is 1.4 TB, and a user is 1 KB.
    assert!(!sharding.fires && sharding.flips == "flips at 1.4 B users", "{sharding:?}");
    // A queue cannot help when the mean is already too much.
    let flood = of("name: a\ndata:\n  row: 1 KB\nactions:\n  write: { total: 6k/s, writes: row }\n");
    assert!(!rule(&flood, "queue").fires && rule(&flood, "sharding").fires, "{:?}", flood.advice);
}

#[test]
fn every_shipped_scenario_can_be_estimated_and_travels_as_json() {
    for shipped in scenarios::shipped::SHIPPED {
        let estimate = of(shipped.text);
        assert!(!estimate.quantities.is_empty(), "{}", shipped.name);
        // A file that stores nothing leaves little to advise on.
        let stores = shipped.text.contains("\ndata:");
        assert!(!stores || !estimate.advice.is_empty(), "{}", shipped.name);
        let json = estimator::show::json::json(&estimate).unwrap();
        let back: Estimate = serde_json::from_str(&json).unwrap();
        assert_eq!(back.quantities.len(), estimate.quantities.len());
        for (back, quantity) in back.quantities.iter().zip(&estimate.quantities) {
            assert_eq!(back.name, quantity.name, "{}", shipped.name);
            // Reading a number back may be off in its last bit.
            let (back, value) = (back.value.p90, quantity.value.p90);
            assert!((back - value).abs() <= value.abs() * 1e-15, "{}: {back} {value}", shipped.name);
        }
        for quantity in &estimate.quantities {
            let is_derived = quantity.kind == scenarios::estimate::Kind::Derived;
            assert_eq!(is_derived, !quantity.formula.is_empty(), "{}: {}", shipped.name, quantity.name);
            assert!(is_derived || !quantity.source.is_empty(), "{}: {}", shipped.name, quantity.name);
        }
    }
}
