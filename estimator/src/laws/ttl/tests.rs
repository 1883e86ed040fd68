//! Caches with an end of life against hand calculation, and against a simulated cache.

use std::collections::{BTreeMap, HashMap};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::laws::che;

#[test]
fn values_by_hand_come_out() {
    for (found, expected) in [
        // Asked for once a second and kept for a minute: 60 of 61.
        (hit_ratio_of_one(1.0, 60.0), 60.0 / 61.0),
        (hit_ratio_of_one(0.0, 60.0), 0.0),
        (hit_ratio_of_one(1.0, 0.0), 0.0),
        // Ten objects alike at ten per second are ten times one object at one per second.
        (hit_ratio(&Zipf::new(10.0, 0.0).unwrap(), 10.0, 60.0), 60.0 / 61.0),
        (objects_held(&Zipf::new(10.0, 0.0).unwrap(), 10.0, 60.0), 600.0 / 61.0),
    ] {
        assert!((found.clone().unwrap() - expected).abs() < 1e-12, "{found:?} {expected}");
    }
}

#[test]
fn writes_end_a_life_early() {
    // ω t = 1: (1 − 1/e) / ω.
    for (time_to_live, writes, expected) in [
        (Some(60.0), 0.0, Some(60.0)),
        (Some(60.0), 1.0 / 60.0, Some(37.927_233_529_713_46)),
        (Some(1e9), 0.1, Some(10.0)),
        (None, 0.1, Some(10.0)),
        (None, 0.0, None),
        (Some(60.0), 1e-20, Some(60.0)),
    ] {
        let found = mean_life(time_to_live, writes).unwrap();
        let same = match (found, expected) {
            (Some(found), Some(expected)) => (found / expected - 1.0_f64).abs() < 1e-9,
            (found, expected) => found == expected,
        };
        assert!(same, "{time_to_live:?} {writes}: {found:?} {expected:?}");
    }
}

#[test]
fn writes_that_fall_where_reads_do_bound_the_hits() {
    let all = Zipf::new(1_000.0, 1.0).unwrap();
    let aging = |writes, time_to_live| Aging { reads: 90.0, writes, time_to_live };
    for (found, expected) in [
        // Of ten requests for any object nine read, and each that follows a write misses: 90 of 100.
        (hit_ratio_aging(&all, 1_000.0, aging(10.0, None)), 0.9),
        (hit_ratio_aging(&all, 1_000.0, aging(0.0, None)), 1.0),
        // Nothing ages: Che's cache.
        (hit_ratio_aging(&all, 200.0, aging(0.0, None)), che::hit_ratio(&all, 200.0).unwrap()),
        // Nothing is written: the cache whose entries all live for a minute.
        (
            hit_ratio_aging(&all, 200.0, aging(0.0, Some(60.0))),
            hit_ratio_within(&all, 200.0, 90.0, 60.0).unwrap(),
        ),
        // One object, asked for 90 times a second and written once: λ (1 − e^(−ω t)) / ω answers to each load.
        (
            hit_ratio_aging(&Zipf::new(1.0, 1.0).unwrap(), 1.0, aging(1.0, Some(2.0))),
            90.0 * (1.0 - (-2.0_f64).exp()) / (1.0 + 90.0 * (1.0 - (-2.0_f64).exp())),
        ),
    ] {
        assert!((found.clone().unwrap() - expected).abs() < 1e-9, "{found:?} {expected}");
    }
    assert!(hit_ratio_aging(&all, 1.0, Aging { reads: 0.0, writes: 1.0, time_to_live: None }).is_err());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let all = Zipf::new(10.0, 1.0).unwrap();
    for refused in [
        hit_ratio_of_one(-1.0, 1.0),
        hit_ratio_of_one(1.0, f64::INFINITY),
        hit_ratio(&all, 1.0, f64::NAN),
        objects_held(&all, -1.0, 1.0),
        hit_ratio_within(&all, -1.0, 1.0, 1.0),
        hit_ratio_within(&all, 1.0, 0.0, 1.0),
    ] {
        assert!(refused.is_err(), "{refused:?}");
    }
    assert!(mean_life(Some(-1.0), 0.0).is_err() && mean_life(None, f64::NAN).is_err());
}

#[test]
fn a_long_life_is_lru_and_a_large_cache_is_the_life_alone() {
    let all = Zipf::new(1e4, 0.8).unwrap();
    let (endless, lru) =
        (hit_ratio_within(&all, 2e3, 1.0, 1e12).unwrap(), che::hit_ratio(&all, 2e3).unwrap());
    assert!((endless - lru).abs() < 1e-4, "{endless} {lru}");
    let (large, life) =
        (hit_ratio_within(&all, 1e4, 10.0, 60.0).unwrap(), hit_ratio(&all, 10.0, 60.0).unwrap());
    assert!((large - life).abs() < 1e-12, "{large} {life}");
    assert!(hit_ratio_within(&all, 0.0, 10.0, 60.0).unwrap() < 1e-9);
}

/// What a cache of `cached` objects with a life of `life` requests hits, request by request.
fn simulated(objects: u32, exponent: f64, cached: usize, life: u32) -> f64 {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let mut up_to: Vec<f64> = Vec::new();
    for rank in 1..=objects {
        up_to.push(up_to.last().unwrap_or(&0.0) + f64::from(rank).powf(-exponent));
    }
    // When each object was last used and ends, who was used when, and who ends when.
    let mut entries: HashMap<usize, (u32, u32)> = HashMap::new();
    let (mut used, mut ends) = (BTreeMap::new(), BTreeMap::new());
    let (mut hits, mut asked) = (0_u32, 0_u32);
    for now in 0..120_000_u32 {
        while let Some((end, object)) = ends.first_key_value().map(|(end, object)| (*end, *object)) {
            if end > now {
                break;
            }
            ends.remove(&end);
            if let Some((last, _)) = entries.remove(&object) {
                used.remove(&last);
            }
        }
        let draw = chance.random::<f64>() * up_to[up_to.len() - 1];
        let object = up_to.partition_point(|sum| *sum < draw);
        let is_hit = entries.contains_key(&object);
        if now >= 20_000 {
            asked += 1;
            hits += u32::from(is_hit);
        }
        if let Some((last, _)) = entries.get(&object).copied() {
            used.remove(&last);
            entries.get_mut(&object).unwrap().0 = now;
        } else {
            if entries.len() == cached {
                let (_, oldest) = used.pop_first().unwrap();
                let (_, end) = entries.remove(&oldest).unwrap();
                ends.remove(&end);
            }
            let end = now + life;
            entries.insert(object, (now, end));
            ends.insert(end, object);
        }
        used.insert(now, object);
    }
    f64::from(hits) / f64::from(asked)
}

#[test]
fn the_formula_is_close_to_a_simulated_cache() {
    for (exponent, cached, life) in [
        (0.8, 100, 1_000_000),
        (0.8, 100, 1_000),
        (0.8, 100, 300),
        (1.0, 200, 2_000),
        (1.0, 50, 500),
        (0.0, 300, 500),
    ] {
        let found = hit_ratio_within(&Zipf::new(1_000.0, exponent).unwrap(), cached as f64, 1.0, life.into())
            .unwrap();
        let expected = simulated(1_000, exponent, cached, life);
        assert!((found - expected).abs() < 0.02, "{exponent} {cached} {life}: {found} {expected}");
    }
}
