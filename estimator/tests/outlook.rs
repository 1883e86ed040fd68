//! What stands behind the key results, from a file to its data.

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Spread};
use scenarios::outlook::{Curve, KeyResult};
use scenarios::shipped::shipped;

fn of(text: &str) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("x.yaml", text)));
    estimate(&scenario, "x.yaml", &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn key<'a>(estimate: &'a Estimate, name: &str) -> &'a KeyResult {
    let found = estimate.outlook.results.iter().find(|result| result.quantity == name);
    found.unwrap_or_else(|| panic!("{name} is not among {:?}", estimate.outlook.results))
}

fn curve<'a>(estimate: &'a Estimate, name: &str) -> &'a Curve {
    let found = estimate.outlook.growth.iter().find(|curve| curve.name == name);
    found.unwrap_or_else(|| panic!("{name} is not among {:?}", estimate.outlook.growth))
}

fn value(estimate: &Estimate, name: &str) -> Spread {
    estimate
        .quantities
        .iter()
        .find(|quantity| quantity.name == name)
        .unwrap_or_else(|| panic!("{name}"))
        .value
}

#[test]
fn a_result_says_what_it_varies_with() {
    // Both log-normal: σ = ln(4) / 3.29 and ln(2) / 3.29, so the variances of the logarithms are 4 to 1.
    let estimate = of("name: x\ndata:\n  song: { count: 1M..4M, size: 4..8 MB }\n");
    let result = key(&estimate, "total, kept");
    let shares: Vec<(&str, f64)> =
        result.drivers.iter().map(|driver| (driver.input.as_str(), driver.share)).collect();
    let [("song count", count), ("song size", size)] = shares[..] else { panic!("{shares:?}") };
    assert!((count - 0.8).abs() < 0.02 && (size - 0.2).abs() < 0.02, "{shares:?}");
    for driver in &result.drivers {
        assert!((driver.elasticity.unwrap() - 1.0).abs() < 0.06, "{driver:?}");
        assert!(driver.at_low < driver.at_high, "{driver:?}");
    }
    let histogram = result.histogram.as_ref().unwrap();
    assert_eq!(histogram.edges.len(), histogram.counts.len() + 1);
    assert_eq!(histogram.counts.iter().sum::<u32>(), 9_900);
}

#[test]
fn what_is_exactly_known_varies_with_nothing() {
    let estimate = of(shipped("spotify").unwrap().text);
    let result = key(&estimate, "total, kept");
    assert_eq!((result.drivers.len(), &result.histogram), (0, &None));
    assert_eq!(estimate.outlook.growth, []);
}

#[test]
fn a_curve_runs_from_what_there_is_to_the_end_of_the_plan() {
    // 100 M posts, and 10 more each second, of however many bytes one is.
    let estimate = of(
        "name: x\nfor: 2 years\ndata:\n  post: { start: 100M, size: 1 KB }\nactions:\n  write: { total: 10/s, writes: post }\n",
    );
    let storage = curve(&estimate, "storage");
    let each = value(&estimate, "total, kept").p50 / 1e8;
    assert_eq!(storage.points.len(), 9, "by quarters");
    for point in &storage.points {
        let expected = each * (1e8 + 10.0 * point.seconds.max(1.0));
        assert!((point.value.p50 / expected - 1.0).abs() < 1e-9, "{point:?} for {expected}");
    }
    assert_eq!(storage.points.last().unwrap().value, value(&estimate, "total in 2 years"));
}

#[test]
fn the_growth_of_the_forum_ends_in_its_own_numbers_and_never_turns_back() {
    let estimate = of(shipped("forum").unwrap().text);
    for (name, at_end) in [("storage", "total in 3 years"), ("peak requests", "peak requests in 3 years")] {
        let points = &curve(&estimate, name).points;
        assert_eq!(points.len(), 13);
        assert_eq!(points.last().unwrap().value, value(&estimate, at_end));
        assert!(points.windows(2).all(|pair| pair[0].value.p50 < pair[1].value.p50), "{name}: {points:?}");
        assert!(
            points.iter().all(|at| at.value.p10 <= at.value.p50 && at.value.p50 <= at.value.p90),
            "{name}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_outlook() {
    let text = shipped("forum").unwrap().text;
    assert_eq!(of(text).outlook, of(text).outlook);
}
