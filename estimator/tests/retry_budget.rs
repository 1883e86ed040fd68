//! The budget for tries again at which the advice turns: where it says so, it does.

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::Advice;

/// What the rule says of clients that may try this share of their requests again.
fn advice(budget: f64) -> Advice {
    let percent = budget * 100.0;
    let text = format!(
        "name: a\nactions: {{ get: {{ total: 1/s }} }}\ntraffic: {{ retries: {{ most: 2, budget: {percent}% }} }}\n"
    );
    let scenario =
        Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", &text)));
    let estimate = estimate(&scenario, "a.yaml", &Options { seed: 7, samples: 100 }).expect("an estimate");
    let found = estimate.advice.into_iter().find(|advice| advice.rule == "retries");
    found.expect("the rule has retries to look at")
}

#[test]
fn just_beyond_the_stated_budget_the_advice_turns_and_just_short_of_it_it_does_not() {
    // A tenth of the requests may be tried again ("Site Reliability Engineering", chapter 21).
    for (budget, fires, times) in [(0.2, true, 0.5), (0.4, true, 0.25), (0.05, false, 2.0)] {
        let stated = advice(budget);
        assert_eq!(stated.fires, fires, "{budget}");
        let flip = stated.flip.expect("a budget is what limits the tries");
        assert_eq!(flip.input, "retry budget");
        assert!((flip.times - times).abs() < 1e-9, "{budget}: {flip:?}");
        let (short, beyond) = if times > 1.0 { (0.99, 1.01) } else { (1.01, 0.99) };
        assert_eq!(advice(budget * flip.times * short).fires, fires, "short of the flip, {budget}");
        assert_eq!(advice(budget * flip.times * beyond).fires, !fires, "beyond the flip, {budget}");
    }
}

#[test]
fn at_the_budget_itself_none_smaller_is_asked_for() {
    assert!(!advice(0.1).fires);
}

#[test]
fn where_the_number_of_tries_is_what_limits_them_no_budget_is_named_that_would_turn_it() {
    // Two tries again are 200 %, whatever a budget of 300 % would allow; a share is at most 100 %.
    let text = "name: a\nactions: { get: { total: 1/s } }\ntraffic: { retries: 2 }\n";
    let scenario = Scenario::from_yaml(text).expect("a scenario");
    let estimate = estimate(&scenario, "a.yaml", &Options { seed: 7, samples: 100 }).expect("an estimate");
    let retries = estimate.advice.iter().find(|advice| advice.rule == "retries").expect("retries");
    assert!(retries.fires && retries.flip.is_none(), "{retries:?}");
}
