//! Services that call one another: their calls, what these carry, and when another format than JSON pays.

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Advice, Estimate, Outcome};

/// 1,000 requests a second at peak, each 1 ms of a processor, over these tiers.
fn of(tiers: &str) -> Estimate {
    let text = format!(
        "name: a\nactions:\n  get: {{ total: 1000/s, answer: 1 KB }}\ntraffic: {{ peak: 1x }}\nnode: {{ cores: 4, cpu per request: 1 ms, network: 80 Mb/s }}\n{tiers}"
    );
    let scenario = Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render("x", &text)));
    estimate(&scenario, "x.yaml", &Options { seed: 7, samples: 100 })
        .unwrap_or_else(|error| panic!("{error}"))
}

fn value(estimate: &Estimate, name: &str) -> Option<f64> {
    estimate.quantities.iter().find(|quantity| quantity.name == name).map(|quantity| quantity.value.p50)
}

fn rule(estimate: &Estimate) -> &Advice {
    estimate.advice.iter().find(|advice| advice.rule == "grpc").expect("the rule always answers")
}

#[test]
fn calls_and_bytes_between_services_are_lines() {
    let estimate = of(
        "tiers: { web: 2 ms, price: { time: 3 ms, calls: 2, payload: 2 KB }, stock: { time: 1 ms, calls: 3, fan-out: 2, payload: 1 KB } }\n",
    );
    for (name, expected) in [
        // 2 and 3 × 2 for each request.
        ("internal calls at peak", 8_000.0),
        // 2 × 2 KB and 6 × 1 KB.
        ("internal bytes of a request", 10_000.0),
        ("internal traffic at peak", 10e6),
        // 10 MB/s between services and 1 MB/s and its headers to users; 70 % of 80 Mb/s are 7 MB/s of one machine.
        ("servers for the network", 2.0),
        // Written and read at 100 MiB/s: 20,000 B take 190.7 µs of 1 ms.
        ("JSON of internal calls, of the CPU", 20_000.0 / 104_857_600.0 / 1e-3),
        // As without payloads: 2 ms + 2 × 3 ms + 3 × 1 ms.
        ("latency, mean", 0.011),
    ] {
        let found = value(&estimate, name).unwrap_or_else(|| panic!("no {name}"));
        assert!((found / expected - 1.0).abs() < 1e-9, "{name}: {found}, expected {expected}");
    }
    // Tiers that are not services of one's own say nothing of it.
    let none = of("tiers: { web: 2 ms, database: { time: 1 ms, calls: 3 } }\n");
    assert!(none.quantities.iter().all(|quantity| !quantity.name.contains("internal")));
}

#[test]
fn another_format_pays_from_a_fifth_of_the_processors_on() {
    // A fifth of 1 ms at 100 MiB/s, written and read: 10,485.76 B for each request.
    let service = |payload: &str| of(&format!("tiers: {{ price: {{ time: 3 ms, payload: {payload} }} }}\n"));
    let (below, above) = (service("10.4 KB"), service("10.6 KB"));
    assert_eq!((rule(&below).fires, rule(&above).fires), (false, true));
    assert_eq!(rule(&below).what, "no gRPC needed between your services");
    assert_eq!(rule(&above).what, "grpc: gRPC between your services");
    assert_eq!(
        rule(&above).because,
        "JSON of internal calls, of the CPU 20.2 % ≥ 20 % (assumed); 1,000/s calls at peak carry 10.6 MB/s"
    );
    assert_eq!(rule(&below).flips, "flips at 10.5 KB of internal calls for each request");
    assert_eq!(rule(&above).flips, "flips below 10.5 KB of internal calls for each request");
    for advice in [rule(&below), rule(&above)] {
        let flip = advice.flip.as_ref().expect("a number");
        assert_eq!(flip.input, "payload of internal calls");
    }
    // 10,485.76 ÷ 10,400.
    let times = rule(&below).flip.as_ref().map(|flip| flip.times);
    assert!(times.is_some_and(|times| (times / 1.008_246_153_8 - 1.0).abs() < 1e-9), "{times:?}");
    let none = of("");
    assert_eq!(rule(&none).outcome(), Outcome::NotNeeded);
    assert_eq!(rule(&none).flips, "flips at 10.5 KB of internal calls for each request");
}
