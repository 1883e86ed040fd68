//! A file far larger than anyone writes is answered all the same: every entity and every action has its line, and the
//! sums are right.

use std::fmt::Write;

use estimator::show::{json, markdown, text};
use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::Estimate;

const MANY: usize = 1_000;

/// As many entities, each with a range, and as many actions, each of which makes one of them.
fn large() -> String {
    let mut file = "name: large\nfor: 3 years\nusers: 20k daily\ndata:\n".to_owned();
    for index in 0..MANY {
        writeln!(file, "  entity {index}: {{ size: 1..2 KB, start: 1M }}").expect("text takes it");
    }
    file.push_str("actions:\n");
    for index in 0..MANY {
        writeln!(
            file,
            "  do {index}: {{ per user: 1..2/day, reads: 3 entity {index}, writes: entity {index} }}"
        )
        .expect("text takes it");
    }
    file
}

#[test]
fn a_thousand_entities_and_actions_with_a_range_each_are_answered() {
    let file = large();
    let scenario = Scenario::from_yaml(&file).unwrap_or_else(|error| panic!("{}", error.render("x", &file)));
    assert_eq!((scenario.data.len(), scenario.actions.len()), (MANY, MANY));
    let options = Options { samples: Options::LEAST_SAMPLES, ..Options::default() };
    let estimate = estimate(&scenario, "large.yaml", &options).unwrap_or_else(|error| panic!("{error}"));
    for index in 0..MANY {
        let name = format!("entity {index}");
        assert!(estimate.quantities.iter().any(|quantity| quantity.name == name), "{name}");
    }
    // The log-normal between 1 and 2 has the mean sqrt(2) x exp(s^2 / 2) = 1.4460 with s = ln(2) / 3.2897; a sum of a
    // thousand such is within a few per cent of a thousand means.
    let mean = 1.4460;
    let actions = estimate.quantities.iter().find(|quantity| quantity.name == "mean actions");
    let expected = mean * 1_000.0 * 20_000.0 / 86_400.0;
    let found = actions.map(|actions| actions.value.p50).unwrap_or_default();
    assert!((found / expected - 1.0).abs() < 0.03, "{found} for {expected}");
    assert!(text::text(&estimate, &[]).lines().count() > MANY);
    assert!(markdown::markdown(&estimate).lines().count() > MANY);
}

#[test]
fn a_load_beyond_all_reason_has_numbers_everywhere_or_says_why_not() {
    // What one machine would have to do, in per cent, is more than the largest number there is.
    let answer = |rate| {
        let file = format!("name: a\nactions: {{ get: {{ total: {rate}/s }} }}\n");
        let scenario = Scenario::from_yaml(&file).unwrap_or_else(|error| panic!("{error}"));
        estimate(&scenario, "large.yaml", &Options::default())
    };
    assert!(answer("6.5e268").is_ok_and(|estimate| is_read_again(&estimate)));
    let error = answer("1.5e308").unwrap_err();
    assert!(error.to_string().contains("peak actions"), "{error}");
}

fn is_read_again(estimate: &Estimate) -> bool {
    let json = json::json(estimate).expect("numbers are JSON");
    let back: Estimate = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    back.quantities.len() == estimate.quantities.len() && text::text(estimate, &[]).lines().count() < 100
}
