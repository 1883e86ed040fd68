//! What holds for every scenario.

use estimator::{Options, estimate};
use proptest::prelude::*;
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Spread};

/// Enough for a law, quick enough for many cases.
const SAMPLES: u32 = 500;

fn of(text: &str, seed: u64) -> Estimate {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("x.yaml", text)));
    estimate(&scenario, "x.yaml", &Options { seed, samples: SAMPLES })
        .unwrap_or_else(|error| panic!("{error}"))
}

fn value(estimate: &Estimate, name: &str) -> Spread {
    estimate
        .quantities
        .iter()
        .find(|quantity| quantity.name == name)
        .unwrap_or_else(|| panic!("{name}"))
        .value
}

/// A forum with ranges everywhere.
#[derive(Clone, Debug)]
struct Forum {
    users: u32,
    reads: f64,
    writes: f64,
    size: f64,
    spread: f64,
}

impl Forum {
    fn text(&self, times: f64) -> String {
        let Forum { users, reads, writes, size, spread } = self;
        let (reads, writes) = (reads * times, writes * times);
        let (low, high) = (size / spread, size * spread);
        format!(
            "name: law\nfor: 2 years\nusers: {{ registered: {users}, growth: 10%..40%/year }}\ndata:\n  post: {{ size: {low:.3}..{high:.3} B, start: 1000, indexes: [author] }}\n  user: {{ size: 1 KB, start: registered }}\nactions:\n  see: {{ per user: {reads:.9}/day, reads: 3 post }}\n  say: {{ per user: {writes:.9}/day, writes: post }}\n"
        )
    }
}

fn forums() -> impl Strategy<Value = Forum> {
    (1_000_u32..10_000_000, 0.1..50.0, 0.01..5.0, 50.0..50_000.0, 1.1..4.0)
        .prop_map(|(users, reads, writes, size, spread)| Forum { users, reads, writes, size, spread })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn more_users_never_need_less(forum in forums(), more in 1_u32..1_000_000) {
        let larger = Forum { users: forum.users + more, ..forum.clone() };
        let (small, large) = (of(&forum.text(1.0), 7), of(&larger.text(1.0), 7));
        for name in ["total, kept", "total in 2 years", "growth per month", "peak requests", "cores at peak", "servers", "total cost"] {
            let (small, large) = (value(&small, name), value(&large, name));
            prop_assert!(small.p10 <= large.p10 && small.p50 <= large.p50 && small.p90 <= large.p90, "{name}");
        }
    }

    #[test]
    fn scaling_all_rates_scales_the_requests_and_the_growth(forum in forums(), times in 0.1_f64..20.0) {
        let (one, many) = (of(&forum.text(1.0), 7), of(&forum.text(times), 7));
        for name in ["mean actions", "peak actions", "peak requests", "egress at peak", "growth per day"] {
            let (one, many) = (value(&one, name), value(&many, name));
            for (one, many) in [(one.p10, many.p10), (one.p50, many.p50), (one.p90, many.p90)] {
                // Rates are written with nine decimals, so a hundredth keeps seven digits.
                prop_assert!((many / one / times - 1.0).abs() < 1e-5, "{name}: {one} {many} {times}");
            }
        }
        let ratio = |estimate| value(estimate, "reads per write").p50;
        prop_assert!((ratio(&one) / ratio(&many) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_range_contains_its_point(forum in forums()) {
        let point = Forum { spread: 1.0, ..forum.clone() };
        let point = of(&point.text(1.0).replace("10%..40%", "20%"), 7); // the middle of 10 % and 40 %
        let range = of(&forum.text(1.0), 7);
        for quantity in &point.quantities {
            let Some(wide) = range.quantities.iter().find(|wide| wide.name == quantity.name) else { continue };
            let room = quantity.value.p50.abs() * 1e-3;
            let within = wide.value.p10 - room..=wide.value.p90 + room;
            prop_assert!(within.contains(&quantity.value.p50), "{}: {:?} {:?}", quantity.name, wide.value, quantity.value);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_estimate_and_another_one_other_ranges(forum in forums(), seed in any::<u64>()) {
        let text = forum.text(1.0);
        prop_assert_eq!(of(&text, seed), of(&text, seed));
        let (one, other) = (of(&text, seed), of(&text, seed.wrapping_add(1)));
        prop_assert_ne!(value(&one, "total in 2 years"), value(&other, "total in 2 years"));
    }

    #[test]
    fn percentiles_are_in_order_and_shared_inputs_stay_together(forum in forums()) {
        let estimate = of(&forum.text(1.0), 7);
        for quantity in &estimate.quantities {
            let Spread { p10, p50, p90 } = quantity.value;
            prop_assert!(p10 <= p50 && p50 <= p90, "{}: {:?}", quantity.name, quantity.value);
        }
        // Both hold the same posts: were their sizes drawn twice, the ratio would have a range.
        let (day, year) = (value(&estimate, "growth per day"), value(&estimate, "growth per year"));
        prop_assert!((year.p10 / day.p10 - 365.0).abs() < 1e-6 && (year.p90 / day.p90 - 365.0).abs() < 1e-6);
    }
}
