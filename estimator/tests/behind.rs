//! What stands behind the servers: deliveries, connections, queues, replicas, tries again, jobs, limits. Every expected
//! number is worked out by hand beside it.

use estimator::{Options, estimate, explain};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Kind, Quantity};

fn of(text: &str) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", text)));
    estimate(&scenario, "a.yaml", &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn find<'a>(estimate: &'a Estimate, name: &str) -> Option<&'a Quantity> {
    estimate.quantities.iter().find(|quantity| quantity.name == name)
}

fn are(text: &str, expected: &[(&str, f64)]) {
    let estimate = of(text);
    for (name, expected) in expected {
        let found = find(&estimate, name).unwrap_or_else(|| panic!("no {name} of\n{text}")).value.p50;
        let near = (found - expected).abs() <= 1e-6 * expected.abs() + 1e-12;
        assert!(near, "{name}: {found}, expected {expected}, of\n{text}");
    }
}

/// Each user of a day posts once and reads ten times.
const SOCIAL: &str = "
name: social
users: { registered: 2M, daily: 864k, online: 4 x 15 min }
data:
  post: { size: 300 B, count: 1M }
actions:
  post: { per user: 1/day, writes: post, fan-out: { mean: 200, most: 1M, within: 5 s } }
  timeline: { per user: 10/day, reads: 20 post }
";

#[test]
fn a_write_that_goes_to_many_is_delivered_or_looked_up() {
    are(
        SOCIAL,
        &[
            // 864,000 posts a day are 10 a second, to 200 each; twice that at the peak.
            ("deliveries, mean", 2_000.0),
            ("deliveries at peak", 4_000.0),
            // 100 reads a second of 200 each, at the peak.
            ("lookups at peak, were they pulled", 40_000.0),
            ("reads per delivered write", 10.0),
            // A million at 4,000 a second; 4,000 a second for five seconds.
            ("post, largest delivery takes", 250.0),
            ("fan-out delivered in time", 20_000.0),
        ],
    );
    assert_eq!(find(&of("name: a\nactions: { get: { total: 1/s } }\n"), "deliveries at peak"), None);
}

#[test]
fn who_is_on_line_holds_a_connection_or_asks() {
    // An hour of each day: 864,000 / 24. Twice that at the peak. 2,000 deliveries a second are read by 36,000.
    let online = [
        ("online users", 36_000.0),
        ("online at peak", 72_000.0),
        ("updates per online user", 2_000.0 / 36_000.0),
        ("connections at peak", 72_000.0),
        // 10 to 50 KB: √500 = 22.36 KB in the middle.
        ("polls at peak", 7_200.0),
    ];
    are(SOCIAL, &online);
    for (choice, shown, silent) in [
        ("websocket", "connections at peak", "polls at peak"),
        ("sse", "memory for connections", "polls at peak"),
        ("poll 30 s", "polls at peak", "connections at peak"),
    ] {
        let estimate = of(&format!("{SOCIAL}choices: {{ updates: {choice} }}\n"));
        assert_eq!(find(&estimate, shown).unwrap().section, "Servers", "{choice}");
        assert_eq!(find(&estimate, silent).unwrap().section, estimator::BACKGROUND, "{choice}");
    }
    are(&format!("{SOCIAL}choices: {{ updates: poll 30 s }}\n"), &[("polls at peak", 2_400.0)]);
    let memory = find(&of(SOCIAL), "memory for connections").unwrap().value.p50 / 72_000.0;
    assert!((memory / 500e6_f64.sqrt() - 1.0).abs() < 0.01, "{memory}");
    for (online, expected) in [("5%", 43_200.0), ("50k", 50_000.0)] {
        are(&SOCIAL.replace("4 x 15 min", online), &[("online users", expected)]);
    }
    // Where the file is silent a tenth of them; never more than come on a day.
    let silent = of(&SOCIAL.replace(", online: 4 x 15 min", ""));
    assert_eq!(find(&silent, "online share").unwrap().kind, Kind::Default);
    are(&SOCIAL.replace("4 x 15 min", "800k"), &[("online at peak", 864_000.0)]);
}

/// 100 writes a second on average, a database that takes 150.
const WAVES: &str = "
name: waves
data:
  row: 1 KB
actions:
  write: { total: 100/s, writes: row }
node: { writes: 150/s }
";

#[test]
fn what_waits_behind_a_queue_drains_when_the_capacity_is_above_the_mean() {
    // 200 − 150 for an hour; 180,000 at 50 a second.
    are(WAVES, &[("queue depth after the peak", 180_000.0), ("queue drained in", 3_600.0)]);
    let spike = format!("{WAVES}traffic: {{ shape: spike 5x for 10 min }}\n");
    // 500 − 150 for ten minutes.
    are(&spike, &[("queue depth after the peak", 210_000.0), ("queue drained in", 4_200.0)]);
    // Two shards take 300: nothing waits, and nothing is said of it unless writes go behind a queue.
    let sharded = format!("{WAVES}choices: {{ shards: 2 }}\n");
    assert_eq!(find(&of(&sharded), "queue depth after the peak").unwrap().section, estimator::BACKGROUND);
    let queued = format!("{WAVES}choices: {{ shards: 2, writes: async }}\n");
    assert_eq!(find(&of(&queued), "queue depth after the peak").unwrap().section, "Database");
    are(&queued, &[("queue depth after the peak", 0.0), ("queue drained in", 0.0)]);
    // A queue before a database that is slower than the mean never drains.
    let slow = of(&WAVES.replace("150/s", "90/s"));
    assert_eq!(find(&slow, "queue depth after the peak"), None);
    assert!(slow.advice.iter().any(|advice| advice.what.contains("would only grow")), "{:?}", slow.advice);
}

#[test]
fn replicas_answer_what_was_written_within_their_lag_wrongly() {
    let text = "
name: lag
data:
  page: { size: 1 KB, count: 100 }
  note: 100 B
actions:
  read: { total: 1000/s, reads: page + note, popularity: uniform }
  note: { total: 50/s, writes: note }
choices: { replicas: 2 lag 200 ms }
";
    // At the peak 100 notes a second on 100 pages: one a second each, and 1 − e^(−0.2) of the reads are within 0.2 s of it.
    let stale = 1.0 - (-0.2_f64).exp();
    are(text, &[("stale share of reads", stale), ("stale reads at peak", 2_000.0 * stale)]);
    assert_eq!(find(&of(text), "stale share of reads").unwrap().section, "Database");
    let silent = of(&text.replace(" lag 200 ms", ""));
    let lag = find(&silent, "replication lag").unwrap();
    assert_eq!((lag.value.p50, lag.kind), (0.1, Kind::Default));
    // What is new was never known to anybody.
    assert_eq!(find(&of(&text.replace("writes: note", "writes: page")), "stale share of reads"), None);
}

#[test]
fn tries_again_multiply_the_load_most_when_everything_fails() {
    let text = |retries: &str| {
        format!("name: r\nactions: {{ get: {{ total: 50/s }} }}\ntraffic: {{ retries: {retries} }}\n")
    };
    // A tenth fails: 1 + 0.1 + 0.01 calls; all fail: three. 100 requests a second at the peak.
    are(
        &text("{ most: 2, failing: 10% }"),
        &[("tries at peak", 111.0), ("tries at peak in an outage", 300.0)],
    );
    // A budget of a tenth allows no more than 1.1.
    are(
        &text("{ most: 2, failing: 50%, budget: 10% }"),
        &[("tries at peak", 110.0), ("tries at peak in an outage", 110.0)],
    );
    // What is promised fails as often as promised: 1 + 0.001 + 0.000001.
    let promised = format!("{}slo: 99.9% ok\n", text("2"));
    are(&promised, &[("tries at peak", 100.100_1)]);
    assert_eq!(find(&of("name: r\nactions: { get: { total: 50/s } }\n"), "tries at peak"), None);
}

#[test]
fn a_user_is_limited_to_ten_times_the_mean_and_work_in_the_background_takes_cores() {
    let text = "
name: l
users: 100k daily
data:
  photo: { size: 1 MB, kind: blob }
actions:
  upload: { per user: 4.8/day, writes: photo, background: 1.3 s }
traffic: { peak: 2x }
";
    are(
        text,
        &[
            ("writes of a mean user a day", 4.8),
            ("rate limit a day", 48.0),
            // 48 / 24 h × 2.
            ("rate limit at once", 4.0),
            // 480,000 a day are 5.556 a second, twice that at the peak, 1.3 s each, 65 % busy.
            ("cores for background work", 480_000.0 / 86_400.0 * 2.0 * 1.3 / 0.65),
        ],
    );
}

#[test]
fn the_mean_latency_is_held_against_the_promise() {
    let text = "
name: t
actions: { get: { total: 10/s } }
tiers: { web: 5 ms, database: { time: 10 ms, calls: 2, fan-out: 100 } }
slo: p99 < 250 ms
";
    // 5 + 2 × 10 ms of 250; each of a hundred calls keeps 0.99^0.01.
    are(text, &[("latency budget used", 0.1), ("database, quantile for p99", 0.99_f64.powf(0.01))]);
}

#[test]
fn the_new_quantities_are_explained_claimed_and_used_in_formulas() {
    let text = format!(
        "{SOCIAL}quantities: {{ delivered a day: deliveries x 1 day }}\nexpect: {{ connections: 72k, hit ratio: 50%..99%, queue depth: 0 }}\n"
    );
    let estimate = of(&text);
    // 864,000 posts to 200 each.
    assert!((find(&estimate, "delivered a day").unwrap().value.p50 / 172.8e6 - 1.0).abs() < 1e-9);
    for claim in &estimate.claims {
        assert_eq!(claim.verdict, scenarios::verdict::Finding::Confirmed, "{claim:?}");
    }
    let scenario = Scenario::from_yaml(SOCIAL).unwrap();
    let chain = explain(&scenario, "a.yaml", &Options::default(), "deliveries at peak").unwrap();
    assert_eq!(chain.quantity.formula, "deliveries, mean × peak factor");
    assert_eq!(chain.inputs[0].quantity.formula, "post × post, fan-out");
}
