//! Real systems: what follows from what was known of them beforehand, against what was measured.
//!
//! A file of `tests/systems`, or one that ships, says what was known, from where, and what is taken over from another
//! time or another system; nothing is fitted. A figure that is a ratio of the measured ones is not listed here: it
//! would only be multiplied back. Rows outside of a factor of two are kept, with the reason.

use std::fmt::Write;

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Spread};
use scenarios::shipped::shipped;

struct System {
    name: &'static str,
    /// Machines of which these servers are the kind, spares included, where that is published.
    fleet: Option<f64>,
    measured: &'static [Measured],
}

struct Measured {
    quantity: &'static str,
    value: f64,
    /// Empty where the estimate is within a factor of two.
    why_outside: &'static str,
}

const fn row(quantity: &'static str, value: f64) -> Measured {
    Measured { quantity, value, why_outside: "" }
}

const fn outside(quantity: &'static str, value: f64, why_outside: &'static str) -> Measured {
    Measured { quantity, value, why_outside }
}

const DAY: f64 = 86_400.0;

const SYSTEMS: &[System] = &[
    System {
        name: "stack-exchange-2011",
        fleet: Some(22.0),
        // 55 Mb/s in bytes.
        measured: &[row("egress, mean", 55e6 / 8.0)],
    },
    System {
        name: "stack-exchange-2013",
        fleet: Some(11.0),
        measured: &[
            row("mean requests", 148_084_883.0 / DAY),
            row("egress, mean", 833_992_982_627.0 / DAY),
            row("mean SQL queries", 334_572_103.0 / DAY),
            row("busy in the app tier", 2_728_177_045.0 / 1_000.0 / DAY),
            row("busy in SQL", 558_224_585.0 / 1_000.0 / DAY),
            // "Between 5 and 15 %".
            row("CPU of the 11 web servers", 0.10),
        ],
    },
    System {
        name: "stack-exchange-2014",
        fleet: Some(11.0),
        // At the peak the slides; highscalability.com's 2,600 to 3,000 are within a factor of two as well.
        measured: &[
            row("mean requests", 1_665.0),
            row("peak requests", 2_250.0),
            row("peak requests", 2_800.0),
        ],
    },
    System {
        name: "stack-exchange-2016",
        fleet: Some(11.0),
        measured: &[
            // 29.5 million posts, 95 GB: Brent Ozar, March 2016.
            row("total, kept", 95e9),
            // "SQL server utilization is almost always at 5 to 10 %" of 40 cores with two threads each.
            row("CPU of the SQL servers", 0.075),
        ],
    },
    System {
        name: "wikipedia-2008",
        fleet: Some(300.0),
        measured: &[
            // What a page of 2008 asked for is not published as a number: a developer's list of 2004 (wikien-l, 16 July 2004,
            // pipermail 014215) has the page, several stylesheets, a script or two and six pictures of the new skin before
            // any picture of the article, of which browsers keep most. The published 3.159 requests a page are those of
            // Stack Exchange in 2016; what the measured rate would take is 6.4, which is not to be put in from the answer.
            outside(
                "peak requests",
                50_000.0,
                "a page of 2008 asked for its pictures, styles and scripts, how many is not published",
            ),
            row("peak SQL queries", 80_000.0),
            // 500 MB/s ÷ 40,000/s are 12.5 KB a request, where Stack Exchange has 5.9 KB: a ratio of the measured figures
            // themselves, and twice too few requests beside it. Neither has a source of its own.
            outside("egress, mean", 500e6, "as above, and 12.5 KB a request where Stack Exchange had 5.9"),
        ],
    },
    System { name: "wikimedia-2018", fleet: Some(1_000.0), measured: &[row("egress, mean", 25e9 / 8.0)] },
    System { name: "hacker-news", fleet: Some(2.0), measured: &[] },
    System {
        name: "openoffice-forum",
        fleet: Some(1.0),
        measured: &[
            // "About 3 transactions per second in the heavy hours"; his bytes a day are the product that ours are.
            row("peak requests", 3.0),
            row("total, kept", 400e6),
            row("database per post", 400e6 / (44_299.0 + 145_265.0)),
        ],
    },
    System {
        name: "hivemind",
        fleet: None,
        measured: &[
            row("follow", 3_811_360_768.0),
            row("block", 3_896_877_056.0),
            row("tag", 1_383_276_544.0),
            row("total, kept", 3_811_360_768.0 + 3_896_877_056.0 + 1_383_276_544.0),
            // 2018-01-15 (issue 54): 205 B a row, where 105 B five weeks before. That is no property of the schema, which the
            // estimate follows from, but of how the table was filled and not yet cleaned up: 0.82 of the first measurement.
            outside("tag, each", 205.0, "bloat: its indexes had grown from 58 to 151 B a row in five weeks"),
        ],
    },
];

fn estimate_of(name: &str) -> Estimate {
    let text = shipped(name).map_or_else(
        || {
            let path = format!("{}/tests/systems/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        },
        |shipped| shipped.text.to_owned(),
    );
    let scenario = Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render(name, &text)));
    estimate(&scenario, name, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn value(estimate: &Estimate, name: &str) -> Option<Spread> {
    estimate.quantities.iter().find(|quantity| quantity.name == name).map(|quantity| quantity.value)
}

#[test]
fn what_follows_from_what_was_known_is_within_a_factor_of_two_or_says_why_not() {
    let mut report = String::new();
    for System { name, fleet, measured } in SYSTEMS {
        let estimate = estimate_of(name);
        for Measured { quantity, value: measured, why_outside } in *measured {
            let found = value(&estimate, quantity).unwrap_or_else(|| panic!("{name}: no {quantity}"));
            let ratio = found.p50 / measured;
            let is_within = (0.5..=2.0).contains(&ratio);
            assert_eq!(is_within, why_outside.is_empty(), "{name}: {quantity} is {ratio} of the measured");
            let because = if is_within { String::new() } else { format!(" ({why_outside})") };
            let _ = writeln!(report, "{name}, {quantity}: {ratio:.2} of what was measured{because}");
        }
        let Some(fleet) = fleet else { continue };
        let servers = value(&estimate, "servers").unwrap_or_else(|| panic!("{name}: no servers"));
        assert!(servers.p90 <= *fleet, "{name}: {servers:?} against {fleet}");
        let _ = writeln!(report, "{name}, servers: {} to {}, of {fleet} that ran", servers.p10, servers.p90);
    }
    insta::assert_snapshot!(report);
}

#[test]
fn the_fleet_is_no_larger_at_the_use_that_was_published() {
    // Web servers of 2013: "between 5 and 15 % CPU" of sixteen threads, on average over the day; eleven of them.
    let text = shipped("stack-exchange-2013").map(|shipped| shipped.text).unwrap_or_default();
    let settings = ["node.cores=16", "traffic.peak=1x", "limits.cpu=15%", "limits.spare=0", "expect="];
    let scenario = Scenario::with_settings(text, &settings.map(str::to_owned)).unwrap();
    let estimate = estimate(&scenario, "x.yaml", &Options::default()).unwrap();
    // 1,319.6 requests a second × 13.09 ms are 17.3 threads, of which 15 % of sixteen is 2.4: eight machines.
    assert_eq!(value(&estimate, "servers"), Some(Spread::point(8.0)));
}

#[test]
fn every_system_is_held_against_its_measurements() {
    for file in std::fs::read_dir(format!("{}/tests/systems", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(SYSTEMS.iter().any(|system| system.name == name), "{name} has no measurements here");
    }
}
