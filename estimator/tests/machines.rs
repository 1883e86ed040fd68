//! Which resource decides about the fleet, how long requests wait for it, and when each resource runs out.

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Quantity};

fn of(text: &str) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", text)));
    estimate(&scenario, "a.yaml", &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn find<'a>(estimate: &'a Estimate, name: &str) -> Option<&'a Quantity> {
    estimate.quantities.iter().find(|quantity| quantity.name == name)
}

/// 100/s, flat, of 1 MB each; 1 TB of rows, 100 GB in memory.
fn loaded(node: &str) -> Estimate {
    of(&format!(
        "name: a\ndata:\n  row: {{ count: 1B, size: 1 KB }}\n  index: {{ count: 1B, size: 100 B, kind: memory }}\nactions:\n  get: {{ total: 100/s, answer: 1 MB }}\ntraffic: {{ shape: flat }}\nlimits: {{ spare: 0 }}\nnode: {{ {node} }}\n"
    ))
}

#[test]
fn a_fleet_beyond_the_peak_of_the_usual_law_has_the_peak_beside_it() {
    // 1,300/s on each: 98 at 127,400/s, and 99 just above.
    let peak = |rate: &str| {
        let text = format!("name: a\nactions:\n  get: {{ total: {rate} }}\ntraffic: {{ shape: flat }}\n");
        let estimate = of(&(text + "node: { cpu per request: 1 ms }\n"));
        let servers = find(&estimate, "servers").unwrap().value.p50;
        (servers, find(&estimate, "servers at the law's peak, N*").map(|found| found.value.p50))
    };
    // A spare comes on top.
    assert_eq!(peak("127000/s"), (99.0, None));
    assert_eq!(peak("128000/s"), (100.0, Some(98.0)));
}

#[test]
fn the_scarcest_resource_decides_about_the_fleet() {
    for (node, servers, decides) in [
        // 1 TB over 70 % of 200 GB: 7.14.
        ("cores: 4, disk: 200 GB", 8.0, "disk decides"),
        // 100 GB over 70 % of 16 GB: 8.93.
        ("cores: 4, disk: 200 GB, memory: 16 GB", 9.0, "memory decides"),
        // 100 MB/s over 70 % of 80 Mb/s = 7 MB/s: 14.3.
        ("cores: 4, memory: 16 GB, network: 80 Mb/s", 15.0, "network decides"),
        ("cores: 4, disk: 200 TB", 1.0, "CPU decides"),
    ] {
        let estimate = loaded(node);
        let found = find(&estimate, "servers").unwrap();
        assert!((found.value.p50 - servers).abs() < 1e-9, "{node}: {:?}", found.value);
        assert_eq!(found.source, decides, "{node}");
    }
    assert!(find(&loaded("cores: 4"), "servers for the disk").is_none(), "the file gives no disk");
}

#[test]
fn a_limit_of_one_s_own_takes_the_place_of_the_default() {
    let estimate = of(
        "name: a\nactions: { get: { total: 100/s, answer: 1 MB } }\ntraffic: { shape: flat }\nnode: { network: 1 Gbit/s }\nlimits: { network: 20%, spare: 0 }\n",
    );
    // 100 MB/s over 20 % of 125 MB/s.
    assert!((find(&estimate, "servers for the network").unwrap().value.p50 - 4.0).abs() < 1e-9);
}

#[test]
fn what_grows_runs_out_the_earliest_first() {
    let year = 365.0 * 86_400.0;
    let text = |growth: &str| {
        format!(
            "name: a\nfor: 2 years\nusers: {{ daily: 1k{growth} }}\ndata:\n  row: {{ size: 1 KB }}\nactions:\n  put: {{ total: 10/s, writes: row, answer: 1 KB }}\ntraffic: {{ shape: flat }}\nnode: {{ cores: 2, disk: 1 TB, network: 1 Mb/s }}\n"
        )
    };
    // 700 GB of room, 315.36 GB a year: 2.22 years of today's writes.
    let years = 0.7e12 / (10.0 * 1e3 * year);
    let disk = |estimate: &Estimate| find(estimate, "disk of one node runs out in").unwrap().value.p50 / year;
    let steady = of(&text(""));
    assert!((disk(&steady) - years).abs() < 1e-9);
    assert!(find(&steady, "network runs out in").is_none(), "nothing grows");
    let growing = of(&text(", growth: 50%/year"));
    assert!((disk(&growing) - (0.5 * years).ln_1p() / 1.5_f64.ln()).abs() < 1e-9);
    // 788 GB after two years take two disks, and a spare: three network cards, each filled to 10 KB/s of 87.5 KB/s by all.
    let network = find(&growing, "network runs out in").unwrap().value.p50 / year;
    assert!((network - (3.0 * 8.75_f64).ln() / 1.5_f64.ln()).abs() < 1e-9, "{network}");
    let order: Vec<&str> = growing
        .quantities
        .iter()
        .map(|quantity| quantity.name.as_str())
        .filter(|name| name.ends_with("runs out in"))
        .collect();
    assert_eq!(order, ["disk of one node runs out in", "network runs out in", "CPU runs out in"]);
}

#[test]
fn idle_machines_grow_with_the_square_root() {
    // Schwartz: ten servers a quarter busy, three times the load: 2.5 × 3 + 7.5 × √3 = 20.5, so 21.
    let estimate = of(
        "name: a\nfor: 1 year\nusers: { daily: 1k, growth: 200%/year }\ndata: { row: { count: 7, size: 1 GB, kind: row } }\nactions: { get: { total: 5000/s } }\ntraffic: { shape: flat }\nnode: { cores: 2, disk: 1 GB }\nlimits: { spare: 0 }\n",
    );
    // 7 GB on disks of 1 GB at 70 %: ten servers; 5,000/s × 1 ms = 5 of their 20 cores.
    let value = |name: &str| find(&estimate, name).unwrap().value.p50;
    assert!((value("servers") - 10.0).abs() < 1e-9 && (value("CPU use at peak") - 0.25).abs() < 1e-3);
    assert!((value("servers in 1 year") - 21.0).abs() < 1e-9);
}

#[test]
fn requests_wait_for_a_core_by_erlang_s_formula() {
    // 1,000/s × 1 ms: one of two cores is busy; C = 1/3, so the mean wait is 1/3 ms, p99 ln(100/3) ms.
    let estimate = of(
        "name: a\nactions: { get: { total: 1000/s } }\ntraffic: { shape: flat }\nlimits: { spare: 0 }\nnode: { cores: 2 }\n",
    );
    for (name, expected) in
        [("wait for a core, mean", 1e-3 / 3.0), ("wait for a core, p99", 1e-3 * (100.0_f64 / 3.0).ln())]
    {
        let found = find(&estimate, name).unwrap();
        // The time of a request is a range whose middle is 1 ms.
        assert!((found.value.p10..=found.value.p90).contains(&expected), "{name}: {:?}", found.value);
    }
}

#[test]
fn what_is_under_way_follows_from_rate_and_time() {
    let base = "name: a\nactions: { get: { total: 100/s } }\ntraffic: { shape: flat }\n";
    for (rest, name, expected) in [
        ("tiers: { web: 20 ms }\n", "web, in flight at peak", 2.0),
        // 100/s × 3 × 10 ms, and 100/s × 3 × 14 ms ÷ 70 % for the pool.
        ("tiers: { db: { time: 10 ms, calls: 3, hold: 14 ms } }\n", "db, in flight at peak", 3.0),
        ("tiers: { db: { time: 10 ms, calls: 3, hold: 14 ms } }\n", "db, pool", 6.0),
        ("tiers: { web: 20 ms, db: { time: 10 ms, calls: 3 } }\n", "latency, mean", 0.05),
        // Each of a hundred leaves within its p99.99 (Dean and Barroso).
        ("tiers: { leaf: { time: 10 ms, fan-out: 100 } }\n", "leaf, quantile for p99", 0.99_f64.powf(0.01)),
        ("tiers: { leaf: { time: 10 ms, fan-out: 100 } }\n", "leaf, in flight at peak", 100.0),
        ("tiers: { leaf: { time: 10 ms, fan-out: 100 } }\n", "latency, mean", 0.01),
        ("slo: p99 < 250 ms\n", "in flight at peak, at most", 25.0),
    ] {
        let found = find(&of(&format!("{base}{rest}")), name).unwrap().value.p50;
        assert!((found / expected - 1.0).abs() < 1e-9, "{rest}{name}: {found}, expected {expected}");
    }
    // Stack Exchange, 2016-02-09: 18.6 requests in the web tier and 7.0 in the database on average; the peak is 1.65 times that.
    let shipped = of(scenarios::shipped::shipped("stack-exchange-2016").unwrap().text);
    for (name, measured) in [("web, in flight at peak", 18.6336), ("database, in flight at peak", 7.02631)] {
        let found = find(&shipped, name).unwrap().value.p50 / 1.65;
        assert!((found / measured - 1.0).abs() < 1e-3, "{name}: {found}");
    }
}
