//! How the load moves: the busiest second, the wave of a day, and what requests turn into.

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

/// The action and the traffic, a quantity, its value; `None` where it is not there.
const MOVES: &[(&str, &str, Option<f64>)] = &[
    // 2 × 50 = 100/s at peak, and three standard deviations of 10.
    ("total: 50/s }", "busiest second", Some(130.0)),
    // A peak of 1.4 is a day that swings by 40 %: 100/s × 0.6.
    ("total: 100/s }\ntraffic: { peak: 1.4x, shape: daily }", "trough requests", Some(60.0)),
    // A peak of 5 is more than a day does; the day swings as Wikipedia's.
    ("total: 100/s }\ntraffic: { peak: 5x, shape: daily }", "trough requests", Some(60.0)),
    ("total: 100/s }\ntraffic: { shape: spike 5x for 10 min }", "trough requests", Some(60.0)),
    ("total: 100/s }\ntraffic: { shape: flat }", "trough requests", None),
    ("total: 100/s }", "trough requests", None),
    // 5 searches a second of 20 keys; 3 statements a request.
    ("total: 5/s, keystrokes: 20, queries: 3 }", "mean requests", Some(100.0)),
    ("total: 5/s, keystrokes: 20, queries: 3 }", "mean SQL queries", Some(300.0)),
    ("total: 5/s, requests: 2, keystrokes: 20, queries: 3 }", "peak SQL queries", Some(1_200.0)),
    ("total: 5/s }", "mean SQL queries", None),
];

#[test]
fn the_load_moves_as_the_file_says() {
    for (rest, name, expected) in MOVES {
        let found =
            find(&of(&format!("name: a\nactions:\n  get: {{ {rest}\n")), name).map(|found| found.value.p50);
        let is_close = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-12;
        assert!(
            found.is_none() == expected.is_none()
                && found.zip(*expected).is_none_or(|(found, expected)| is_close(found, expected)),
            "{rest}: {name} is {found:?}, expected {expected:?}"
        );
    }
}

#[test]
fn a_day_is_a_wave_around_its_mean() {
    let day = of("name: a\nactions: { get: { total: 100/s } }\ntraffic: { peak: 1.5x }\n").daily_curve;
    assert_eq!(day.len(), 24);
    let mean = day.iter().sum::<f64>() / 24.0;
    for (found, expected) in [(day[0], 50.0), (day[6], 100.0), (day[12], 150.0), (mean, 100.0)] {
        assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
    }
    // A burst is no part of the day: 1.4 times the mean is the busiest hour by default.
    let burst = of("name: a\nactions: { get: { total: 100/s } }\ntraffic: { peak: 9x }\n").daily_curve;
    assert!((burst[12] - 140.0).abs() < 1e-9);
    assert!(
        of("name: a\nactions: { get: { total: 1/s } }\ntraffic: { shape: flat }\n").daily_curve.is_empty()
    );
}
