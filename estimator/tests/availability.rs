//! How often the whole is there, against what is promised.

use estimator::{Options, estimate};
use scenarios::Scenario;

/// The parts, and how often all of them are there.
#[test]
fn the_whole_follows_from_its_parts() {
    for (parts, expected) in [
        ("web: 99.9%\n  database: 99.9%", 0.998_001),
        // One of two: 1 - 0.001².
        ("web: 2 x 99.9%", 0.999_999),
        ("web: 2 of 2 x 99.9%", 0.998_001),
        // Two of three: 3 a² (1 - a) + a³ = 3 × 0.998001 × 0.001 + 0.997002999.
        ("web: 2 of 3 x 99.9%", 0.999_997_002),
        ("balancer: 99.99%\n  app: 2 of 3 × 99.9%\n  database: 99.95%", 0.9999 * 0.999_997_002 * 0.9995),
    ] {
        let text = format!("name: a\navailability:\n  {parts}\n");
        let scenario =
            Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render("a", &text)));
        let estimate = estimate(&scenario, "a.yaml", &Options::default()).unwrap();
        let value = |name: &str| {
            estimate
                .quantities
                .iter()
                .find(|quantity| quantity.name == name)
                .map(|quantity| quantity.value.p50)
        };
        let found = value("whole system").unwrap();
        assert!((found - expected).abs() < 1e-12, "{parts}: {found}");
        let down = (1.0 - expected) * 30.44 * 86_400.0;
        assert!((value("downtime per month").unwrap() - down).abs() < 1e-5, "{parts}");
        assert_eq!(value("error budget used"), None, "nothing is promised");
    }
}

#[test]
fn a_promise_is_held_against_the_parts() {
    // 0.1 % of a month are promised, 0.2 % (less what fails at once) are to be expected: 1.999 times the budget.
    let text = "name: a\navailability: { web: 99.9%, database: 99.9% }\nslo: { availability: 99.9% per month }\nexpect: { error budget used: 1.9..2.1, downtime: 80..90 min }\n";
    let scenario = Scenario::from_yaml(text).unwrap();
    let estimate = estimate(&scenario, "a.yaml", &Options::default()).unwrap();
    let used = estimate.quantities.iter().find(|quantity| quantity.name == "error budget used").unwrap();
    assert!((used.value.p50 - 1.999).abs() < 1e-9, "{used:?}");
    for claim in &estimate.claims {
        assert_eq!(claim.verdict, scenarios::verdict::Finding::Confirmed, "{claim:?}");
    }
}
