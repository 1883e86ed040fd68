//! Quantities that a file defines by formula: their values by hand calculation, and what is refused where.
#![expect(clippy::float_cmp, reason = "exact values are what these tests are about")]

use std::fmt::Write;

use estimator::{Options, estimate, explain};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Kind, Quantity, UnitName};
use scenarios::verdict::Finding;

fn of(text: &str) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", text)));
    estimate(&scenario, "a.yaml", &Options::default())
        .unwrap_or_else(|error| panic!("{}", error.render("a.yaml", text, &[])))
}

fn quantity<'a>(estimate: &'a Estimate, name: &str) -> &'a Quantity {
    estimate.quantities.iter().find(|quantity| quantity.name == name).unwrap_or_else(|| panic!("no {name}"))
}

const DAY: f64 = 86_400.0;

#[test]
fn formulas_reach_what_the_file_names_and_what_is_derived() {
    let estimate = of("
name: video
for: 3 years
users: { registered: 4M, daily: 1M }
data:
  song: { count: 100M, size: 5 MB, copies: 3, kind: blob }
  user: { count: registered, size: 1 KB }
actions:
  watch: { per user: 5/day, answer: 20 KB, requests: 2 }
  post: { per user: 0.1/day, writes: song }
traffic: { peak: 2x }
node: { cores: 8, memory: 32 GB, price: 73.056 USD/month }
quantities:
  later: earlier x 2
  earlier: daily users x 35 min/day
  by count: song count x song size x song copies
  by line: '\"song, 3 copies\"'
  everything: sum(data, count x size x copies)
  requested: sum(actions, rate x requests)
  largest: max(data, size)
  at peak: watch rate x peak factor
  peak again: peak qps - post rate x 2
  memories: node memory x node cores
  hourly: node price x 1 hour
  in the plan: post rate x plan
  answer bandwidth: watch rate x watch answer in Mb/s
  nodes: ceil(everything / 2 TB) + 1
  growth: 1.3^3 x sqrt(16) + ln(exp(2)) + log2(8) + log10(1000)
  area: sqrt((3 MB)^2 + (4 MB)^2)
  least: min(3, 2, 5) + floor(2.9) + round(2.5)
  half: (song size + user size) / 2
");
    let mean_watch = 1e6 * 5.0 / DAY;
    let mean_post = 1e6 * 0.1 / DAY;
    let month = 30.44 * DAY;
    for (name, expected, unit) in [
        ("earlier", 1e6 * 35.0 * 60.0 / DAY, UnitName::One),
        ("later", 2e6 * 35.0 * 60.0 / DAY, UnitName::One),
        ("by count", 1.5e15, UnitName::Bytes),
        ("by line", 1.5e15, UnitName::Bytes),
        ("everything", 1.5e15 + 4e6 * 1e3, UnitName::Bytes),
        ("requested", mean_watch * 2.0 + mean_post, UnitName::PerSecond),
        ("largest", 5e6, UnitName::Bytes),
        ("at peak", mean_watch * 2.0, UnitName::PerSecond),
        ("peak again", mean_watch * 2.0, UnitName::PerSecond),
        ("memories", 8.0 * 32e9, UnitName::Bytes),
        ("hourly", 73.056 / month * 3_600.0, UnitName::Dollars),
        ("in the plan", mean_post * 3.0 * 365.0 * DAY, UnitName::One),
        ("answer bandwidth", mean_watch * 20e3, UnitName::BytesPerSecond),
        ("nodes", 752.0, UnitName::One),
        ("growth", 2.197 * 4.0 + 2.0 + 3.0 + 3.0, UnitName::One),
        ("area", 5e6, UnitName::Bytes),
        ("least", 2.0 + 2.0 + 3.0, UnitName::One),
        ("half", 2_500_500.0, UnitName::Bytes),
    ] {
        let found = quantity(&estimate, name);
        assert!(
            (found.value.p50 / expected - 1.0).abs() < 1e-9,
            "{name}: {} for {expected}",
            found.value.p50
        );
        assert_eq!(
            (found.unit, found.kind, found.section.as_str()),
            (unit, Kind::Derived, "Own quantities"),
            "{name}"
        );
        assert!(found.source.starts_with("a.yaml:"), "{name}: {}", found.source);
    }
    let shown = quantity(&estimate, "answer bandwidth").shown.as_ref().unwrap();
    assert_eq!((shown.unit.as_str(), shown.factor), ("Mb/s", 125_000.0));
}

#[test]
fn ranges_are_carried_and_a_shared_input_is_drawn_once() {
    let estimate = of("
name: video
users: 1M
quantities:
  watched: users x 40%..60% x 35 min/day
  video: watched x 50 MB/min in TB/day
  again: video / watched
  size: 3..8 MB
");
    // The middle of a log-normal whose ends are 0.4 and 0.6 is their geometric mean.
    let watched = quantity(&estimate, "watched").value;
    let middle = 1e6 * 0.24f64.sqrt() * 35.0 * 60.0 / DAY;
    assert!((watched.p50 / middle - 1.0).abs() < 1e-3, "{} for {middle}", watched.p50);
    // 80 % of it lies within z(0.9) / z(0.95) of its ends.
    let tenth = middle * (0.4f64 / 0.24f64.sqrt()).powf(1.2816 / 1.6449);
    assert!((watched.p10 / tenth - 1.0).abs() < 0.01, "{} for {tenth}", watched.p10);
    // What divides out has no range left, but for rounding in the last digit.
    let again = quantity(&estimate, "again").value;
    assert!((again.p90 / again.p10 - 1.0).abs() < 1e-12);
    assert!((again.p50 / (50e6 / 60.0) - 1.0).abs() < 1e-12);
    assert_eq!(quantity(&estimate, "size").kind, Kind::Given);
}

#[test]
fn a_line_may_follow_another_convention() {
    let estimate = of("
name: a
quantities:
  primer: 10M/month with month = 2.5M s
  ours:   10M/month
  per day: 10M/month in /day with month = 30 days
actions:
  write: { total: 10M/month with month = 2.5M s }
");
    assert_eq!(quantity(&estimate, "primer").value.p50, 4.0);
    assert!((quantity(&estimate, "ours").value.p50 - 1e7 / (30.44 * DAY)).abs() < 1e-9);
    let shown = quantity(&estimate, "per day");
    let by_day = shown.value.p50 / shown.shown.as_ref().unwrap().factor;
    assert!((by_day - 1e7 / 30.0).abs() < 1e-6, "{by_day}");
    assert_eq!(quantity(&estimate, "mean actions").value.p50, 4.0);
}

#[test]
fn a_figure_that_contradicts_its_formula_is_refuted_with_both_numbers() {
    // The booknotes' summary of Xu vol. 1 ch. 2 prints 302 MB and 551 GB.
    let estimate = of("
name: twitter text
quantities:
  text per day: 3500/s x 1 day x 1204 B
expect:
  text per day: 302 MB
  text in 5 years: 551 GB = text per day / 1 day x 5 years
  writes: 4/s = 10M/month with month = 2.5M s
  exact: 364 GB = text per day
");
    let claims: Vec<_> =
        estimate.claims.iter().map(|claim| (claim.claimed.as_str(), claim.verdict)).collect();
    assert_eq!(
        claims,
        [
            ("302 MB", Finding::Refuted),
            ("551 GB", Finding::Refuted),
            ("4/s", Finding::Confirmed),
            ("364 GB", Finding::Confirmed),
        ],
        "364.0896 GB is 364 GB to the digits that were written"
    );
    let found: Vec<f64> = estimate.claims.iter().map(|claim| claim.estimated.unwrap().p50).collect();
    assert!((found[0] - 364_089_600_000.0).abs() < 1.0 && (found[1] - 664_463_520_000_000.0).abs() < 1e3);
}

#[test]
fn an_explanation_goes_down_to_the_file() {
    let text = "name: a\nusers: 1M\nquantities:\n  watched: users x 40%..60%\n  video: watched x 2 GB\n";
    let scenario = Scenario::from_yaml(text).unwrap();
    let explanation = explain(&scenario, "a.yaml", &Options::default(), "video").unwrap();
    let shown = estimator::show::explanation::explanation(&explanation, &scenario.conventions);
    insta::assert_snapshot!(shown);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_caret() {
    let lines = [
        "a: users + 5 MB",
        "a: users / 1 day + 3 MB/s",
        "a: 5 GB + 3 GB/s",
        "a: 3/s + 5",
        "a: 100/day + 5/s",
        "a: song size x 2 in TB/day",
        "a: b + 1\n  b: c x 2\n  c: a / 3",
        "a: sogn count x 2",
        "a: song weight x 2",
        "a: nothing known here",
        "a: sum(actions, rate)",
        "a: sum(data, weight)",
        "a: ceil(song size)",
        "a: song size ^ 0.5",
        "a: 2 ^ song size",
        "a: sqrt(song size)",
        "a: max(song size, users)",
    ];
    let mut out = String::new();
    for line in lines {
        let text = format!(
            "name: a\nusers: 1M\ndata:\n  song: {{ count: 100M, size: 5 MB }}\nquantities:\n  {line}\n"
        );
        let scenario = Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{line}: {error}"));
        let error = estimate(&scenario, "a.yaml", &Options::default()).unwrap_err();
        let _ = writeln!(out, "{}\n", error.render("a.yaml", &text, &[]));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn adding_per_day_to_per_second_is_allowed_where_the_file_says_what_it_means() {
    let estimate = of("name: a\nquantities:\n  a: 86400/day + 5/s in /s\n");
    assert_eq!(quantity(&estimate, "a").value.p50, 6.0);
}

#[test]
fn a_quantity_of_the_file_keeps_its_name_though_the_tool_has_one_of_that_name() {
    let estimate = of(
        "name: a\nusers: 4M\nactions:\n  a: { per user: 1/day }\nquantities:\n  servers: 3\n  daily users: users x 25%\n  all: servers x 2\n",
    );
    assert_eq!(quantity(&estimate, "servers").value.p50, 3.0);
    assert_eq!(quantity(&estimate, "all").value.p50, 6.0);
    assert_eq!(quantity(&estimate, "daily users").value.p50, 1e6);
    // Half of the registered users, by default.
    assert_eq!(quantity(&estimate, "daily users (built in)").value.p50, 2e6);
}

#[test]
fn a_rate_is_shown_as_its_name_says() {
    let estimate =
        of("name: a\nquantities:\n  views per day: 1k x 5/day\n  views: 1k x 5/day\n  bytes per day: 5 MB\n");
    let shown = |name| quantity(&estimate, name).shown.as_ref().map(|shown| shown.unit.as_str());
    assert_eq!((shown("views per day"), shown("views"), shown("bytes per day")), (Some("/day"), None, None));
    let views = quantity(&estimate, "views per day");
    assert!((views.value.p50 / views.shown.as_ref().unwrap().factor - 5_000.0).abs() < 1e-9);
}

#[test]
fn a_long_chain_of_quantities_is_no_danger() {
    let mut text = "name: a\nquantities:\n".to_owned();
    for index in 0..499 {
        let _ = writeln!(text, "  q{index}: q{} x 1.001", index + 1);
    }
    text.push_str("  q499: 1..2\n");
    let expected = 1.001f64.powi(499) * 2f64.sqrt();
    assert!((quantity(&of(&text), "q0").value.p50 / expected - 1.0).abs() < 1e-3);
}
