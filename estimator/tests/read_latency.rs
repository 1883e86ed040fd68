//! A cache for reads that take longer than is promised, though no processor is busy.

use estimator::{BACKGROUND, Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Advice, Estimate};

/// Ten reads a second of a million posts, at these tiers and this promise; a tenth of the reads are writes at most.
fn of(tiers: &str, slo: &str) -> Estimate {
    let text = format!(
        "name: a\ndata:\n  post: {{ size: 1 KB, count: 1M }}\nactions:\n  read: {{ total: 10/s, reads: post }}\n  write: {{ total: 0.1/s, writes: post }}\n{tiers}\nslo: {slo}\n"
    );
    let scenario = Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render("x", &text)));
    estimate(&scenario, "x.yaml", &Options { seed: 7, samples: 100 })
        .unwrap_or_else(|error| panic!("{error}"))
}

fn cache(estimate: &Estimate) -> &Advice {
    estimate.advice.iter().find(|advice| advice.rule == "cache").expect("a rule about reads")
}

/// Tiers, promise, whether a cache is advised.
#[test]
fn a_cache_is_advised_where_the_database_makes_reads_miss_their_promise() {
    // 20 ms, and three calls of 30 ms: 110 ms on average.
    let slow = "tiers: { web: 20 ms, database: { time: 30 ms, calls: 3 } }";
    for (tiers, slo, expected) in [
        (slow, "p99 < 111 ms", false),
        (slow, "p99 < 109 ms", true),
        (slow, "{ read: p95 < 109 ms }", true),
        // A promise about what writes is no matter of reads.
        (slow, "{ write: p99 < 109 ms }", false),
        // What keeps a connection is a database by any name; what is none, a cache does not help.
        ("tiers: { web: 20 ms, backend: { time: 90 ms, hold: 90 ms } }", "p99 < 109 ms", true),
        ("tiers: { web: 20 ms, render: 90 ms }", "p99 < 109 ms", false),
        ("tiers: { web: 20 ms, store: { time: 90 ms, payload: 1 KB } }", "p99 < 109 ms", false),
        ("", "p99 < 1 ms", false),
    ] {
        let estimate = of(tiers, slo);
        assert_eq!(cache(&estimate).fires, expected, "{tiers} {slo} {:#?}", cache(&estimate));
        let hits = estimate.quantities.iter().find(|quantity| quantity.name == "cache hit ratio").unwrap();
        assert_eq!(hits.section != BACKGROUND, expected, "{tiers} {slo}: shown where it is advised");
    }
}

#[test]
fn it_says_what_is_left_and_at_which_promise_it_turns() {
    let estimate = of("tiers: { web: 20 ms, database: 90 ms }", "p99 < 100 ms");
    let hits = estimate.quantities.iter().find(|quantity| quantity.name == "cache hit ratio").unwrap();
    // 110 ms less the hits of 90 ms.
    let left = 110.0 - hits.value.p50 * 90.0;
    let because = format!("mean latency 110 ms ≥ 100 ms promised, {left:.1} ms with a cache");
    assert!(cache(&estimate).because.ends_with(&because), "{}", cache(&estimate).because);
    assert_eq!(cache(&estimate).flips, "flips with a promise above 110 ms");
    let flip = cache(&estimate).flip.as_ref().expect("a number");
    assert_eq!(flip.input, "promised latency");
    assert!((flip.times - 1.1).abs() < 1e-9, "{flip:?}");
    // Even all hits leave 20 ms.
    let hopeless = of("tiers: { web: 20 ms, database: 90 ms }", "p99 < 15 ms");
    assert!(cache(&hopeless).because.ends_with("still too long"), "{}", cache(&hopeless).because);
}
