//! A content delivery network for its price alone, with the dollars that it saves.

use estimator::{Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Advice, Estimate};

/// A tenth of what travels are pictures of 100 KB; `more` of the file.
fn of(pictures: &str, more: &str) -> Estimate {
    let text = format!(
        "name: a\ndata:\n  picture: {{ size: 100 KB, kind: blob }}\nactions:\n  view: {{ total: {pictures}/s, reads: picture, answer: 100 KB }}\n  page: {{ total: {pictures}/s, answer: 900 KB }}\n{more}"
    );
    let scenario = Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render("x", &text)));
    estimate(&scenario, "x.yaml", &Options { seed: 7, samples: 100 })
        .unwrap_or_else(|error| panic!("{error}"))
}

fn rule(estimate: &Estimate) -> &Advice {
    estimate.advice.iter().find(|advice| advice.rule == "cdn").expect("a rule about what travels")
}

#[test]
fn a_network_that_saves_a_hundred_dollars_is_advised_however_little_of_it_is_media() {
    // A picture a second is 100 KB × 2.63 M s = 263 GB a month; 0.9 × 0.1 − 0.05 = 0.04 USD for each GB: 10.52 USD.
    for (pictures, more, expected) in [
        ("1", "", false),
        ("9.4", "", false),
        ("9.6", "", true),
        // At a network of 0.01 USD/GB it is 0.08 for each: 21 USD for each picture a second.
        ("4.9", "prices: { cdn: 0.01 USD/GB }\n", true),
        ("4.6", "prices: { cdn: 0.01 USD/GB }\n", false),
        // A network as dear as the origin's traffic never does.
        ("1000", "prices: { cdn: 0.1 USD/GB }\n", false),
    ] {
        let estimate = of(pictures, more);
        assert_eq!(rule(&estimate).fires, expected, "{pictures} {more}{:#?}", rule(&estimate));
    }
}

#[test]
fn the_dollars_are_on_the_page_and_are_those_of_the_bill() {
    let open = of("100", "");
    let saved = rule(&open).figures.iter().find(|held| held.figure == "saves").expect("a figure");
    let total = |estimate: &Estimate| {
        estimate.quantities.iter().find(|quantity| quantity.name == "total cost").map(|cost| cost.value.p50)
    };
    let chosen = of("100", "choices: { cdn: on }\n");
    let difference = total(&open).unwrap() - total(&chosen).unwrap();
    assert!((saved.value / difference - 1.0).abs() < 1e-9, "{saved:?} {difference}");
    // 100 × 100 KB × 30.44 × 86,400 s × 0.04 USD/GB = 1,052 USD.
    assert!((saved.value / 1_052.006_4 - 1.0).abs() < 1e-6, "{saved:?}");
    let because = &rule(&open).because;
    assert!(
        because.ends_with("saves 1,050 USD/month ≥ 100 USD/month (assumed: an hour or two of work)"),
        "{because}"
    );
    assert_eq!(rule(&open).flips, "flips below 50 % media and 100 USD/month saved");
}
