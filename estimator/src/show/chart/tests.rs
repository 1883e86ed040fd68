//! What is drawn of which scenario, and that nothing of a file can break out of a picture.

use super::*;
use scenarios::Scenario;
use scenarios::shipped::shipped;

fn of(text: &str) -> Estimate {
    let scenario = Scenario::from_yaml(text).unwrap();
    crate::estimate(&scenario, "x.yaml", &crate::Options::default()).unwrap()
}

fn titles(text: &str) -> Vec<String> {
    charts(&of(text)).into_iter().map(|chart| chart.title).collect()
}

#[test]
fn a_plan_shows_its_growth_its_ranges_and_its_bill() {
    let titles = titles(shipped("forum").unwrap().text);
    for beginning in
        ["storage: from ", "peak requests: from ", "egress at peak varies mostly with ", "egress cost is "]
    {
        assert!(titles.iter().any(|title| title.starts_with(beginning)), "{beginning}: {titles:?}");
    }
}

#[test]
fn what_is_exactly_known_has_no_empty_pictures() {
    let titles = titles(shipped("spotify").unwrap().text);
    assert_eq!(titles, ["object storage cost is 98\u{a0}% of what a month costs"]);
    assert_eq!(charts(&of("name: x\nusers: 1M\n")).len(), 0);
}

#[test]
fn no_coordinate_is_infinite_and_no_name_is_markup() {
    let text = "name: x\ndata:\n  \"<b>&\": { count: 1M..4M, size: 0..8 MB }\n  other: { count: 1..2, size: 1..9 KB }\n";
    let charts = charts(&of(text));
    assert!(charts.len() >= 2);
    let all: String = charts.into_iter().map(|chart| chart.svg).collect();
    assert!(!all.contains("NaN") && !all.contains("inf"), "{all}");
    assert!(!all.contains("<b>") && all.contains("&lt;b&gt;&amp;"), "{all}");
}
