//! Che's approximation against published values, against the sum over every object, and against its own inverse.

use proptest::prelude::*;

use super::*;

fn zipf(objects: f64, exponent: f64) -> Zipf {
    Zipf::new(objects, exponent).unwrap()
}

/// The same law summed over every object, T found by halving.
fn by_definition(objects: u32, cached: f64, exponent: f64) -> f64 {
    let weights: Vec<f64> = (1..=objects).map(|rank| f64::from(rank).powf(-exponent)).collect();
    let total: f64 = weights.iter().sum();
    let present = |time: f64, weight: f64| 1.0 - (-weight / total * time).exp();
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while weights.iter().map(|weight| present(high, *weight)).sum::<f64>() < cached {
        high *= 2.0;
    }
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if weights.iter().map(|weight| present(middle, *weight)).sum::<f64>() < cached {
            low = middle;
        } else {
            high = middle;
        }
    }
    weights.iter().map(|weight| weight / total * present(high, *weight)).sum()
}

#[test]
fn the_published_hit_ratios_come_out() {
    // LRU with 20 % of the items cached: 57 %, 77 %, 20 % of 10,000 items; 59 %, 81 % of 100,000.
    for (objects, exponent, expected) in
        [(1e4, 0.8, 0.57), (1e4, 1.0, 0.77), (1e4, 0.0, 0.20), (1e5, 0.8, 0.59), (1e5, 1.0, 0.81)]
    {
        let found = hit_ratio(&zipf(objects, exponent), 0.2 * objects).unwrap();
        assert!((found - expected).abs() < 0.005, "{objects} objects, alpha {exponent}: {found}");
    }
}

#[test]
fn groups_give_what_the_sum_over_every_object_gives() {
    for objects in [1, 5, 64, 65, 1_000, 20_000] {
        for exponent in [0.0, 0.5, 0.8, 1.0, 1.5, 3.0] {
            for part in [1e-3, 0.05, 0.2, 0.7, 0.99] {
                let cached = part * f64::from(objects);
                let found = hit_ratio(&zipf(f64::from(objects), exponent), cached).unwrap();
                let expected = by_definition(objects, cached, exponent);
                assert!((found - expected).abs() < 1e-4, "{objects} {exponent} {part}: {found} {expected}");
            }
        }
    }
}

#[test]
fn millions_of_objects_are_as_exact_as_thousands() {
    for (exponent, part) in [(0.8, 0.01), (1.0, 0.2), (1.2, 0.001)] {
        let found = hit_ratio(&zipf(1e6, exponent), part * 1e6).unwrap();
        let expected = by_definition(1_000_000, part * 1e6, exponent);
        assert!((found - expected).abs() < 1e-4, "{exponent} {part}: {found} {expected}");
    }
}

#[test]
fn a_cache_of_nothing_never_hits_and_one_of_everything_always() {
    let all = zipf(1e4, 1.0);
    for (cached, expected) in [(0.0, 0.0), (1e4, 1.0), (2e4, 1.0), (f64::INFINITY, 1.0)] {
        assert_eq!(hit_ratio(&all, cached).unwrap().to_bits(), f64::to_bits(expected));
    }
    for (wanted, expected) in [(0.0, 0.0), (1.0, 1e4)] {
        assert_eq!(objects_for(&all, wanted).unwrap().to_bits(), f64::to_bits(expected));
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let all = zipf(1e4, 1.0);
    for refused in
        [hit_ratio(&all, -1.0), hit_ratio(&all, f64::NAN), objects_for(&all, 1.1), objects_for(&all, -0.1)]
    {
        assert!(refused.is_err(), "{refused:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_cache_for_a_hit_ratio_has_that_hit_ratio(
        digits in 0.0_f64..18.0, exponent in 0.0_f64..3.0, wanted in 0.001_f64..0.999,
    ) {
        let all = zipf(10_f64.powf(digits), exponent);
        let found = hit_ratio(&all, objects_for(&all, wanted).unwrap()).unwrap();
        prop_assert!((found - wanted).abs() < 1e-9, "{found}");
    }

    #[test]
    fn a_larger_cache_hits_more_and_never_more_than_the_best_choice(
        digits in 1.0_f64..15.0, exponent in 0.0_f64..2.0, part in 1e-6_f64..0.999, more in 1.0_f64..2.0,
    ) {
        let all = zipf(10_f64.powf(digits), exponent);
        let cached = part * all.objects();
        let (one, larger) = (hit_ratio(&all, cached).unwrap(), hit_ratio(&all, cached * more).unwrap());
        prop_assert!(one <= larger + 1e-12);
        // A cache that is asked at random cannot beat one that holds the most popular; one object more covers rounding.
        prop_assert!(one <= all.share_of_top(cached + 1.0).unwrap() + 1e-3);
    }
}
