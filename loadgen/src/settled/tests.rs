//! Both checks against made-up runs: how often they cry wolf, and what they find.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Exp1, StandardNormal};

use super::*;

/// Runs of each kind.
const RUNS: usize = 300;

/// How the level of a run changes over its seconds: the share of the run that has passed, and its length.
type Shape = fn(f64, f64) -> f64;

/// What the medians of a run vary like.
#[derive(Clone, Copy, Debug)]
enum Noise {
    /// Each second resembles the one before by `correlation`, in logarithms with standard deviation `deviation`.
    Correlated { correlation: f64, deviation: f64 },
    /// A queue with one server that serves so many per second and is busy for a share of the time.
    Queue { per_s: f64, busy: f64 },
}

const STEADY: [Noise; 4] = [
    Noise::Correlated { correlation: 0.0, deviation: 0.05 },
    Noise::Correlated { correlation: 0.8, deviation: 0.2 },
    Noise::Queue { per_s: 250.0, busy: 0.5 },
    Noise::Queue { per_s: 250.0, busy: 0.8 },
];

fn medians(random: &mut ChaCha8Rng, noise: Noise, seconds: usize, shape: Shape) -> Vec<f64> {
    let length = seconds as f64;
    let level = |second: usize| shape((second as f64 + 0.5) / length, length);
    match noise {
        Noise::Correlated { correlation, deviation } => {
            let mut value: f64 = random.sample(StandardNormal);
            (0..seconds)
                .map(|second| {
                    let fresh: f64 = random.sample(StandardNormal);
                    value = correlation * value + (1.0 - correlation * correlation).sqrt() * fresh;
                    0.001 * level(second) * (deviation * value).exp()
                })
                .collect()
        }
        Noise::Queue { per_s, busy } => {
            let mut exponential = || random.sample::<f64, _>(Exp1);
            let mut wait = (exponential() / (per_s * (1.0 - busy)) - exponential() / per_s).max(0.0);
            let mut at = exponential() / (per_s * busy);
            let mut medians = Vec::new();
            for second in 0..seconds {
                let mut answers = Vec::new();
                while at < second as f64 + 1.0 {
                    let service = exponential() / per_s;
                    answers.push((wait + service) * level(second));
                    let gap = exponential() / (per_s * busy);
                    wait = (wait + service - gap).max(0.0);
                    at += gap;
                }
                medians.push(crate::statistics::median(&answers));
            }
            medians
        }
    }
}

/// In how many of so many runs something is found.
fn found(noise: Noise, seconds: usize, shape: Shape, is_found: fn(&[f64]) -> bool) -> usize {
    let mut random = ChaCha8Rng::seed_from_u64(43);
    (0..RUNS).filter(|_| is_found(&medians(&mut random, noise, seconds, shape))).count()
}

#[test]
fn at_most_one_steady_run_in_a_hundred_is_called_drifting() {
    for noise in STEADY {
        for seconds in [12, 20, 60] {
            let alarms = found(noise, seconds, |_, _| 1.0, |run| drift(run).is_some());
            assert!(alarms <= RUNS / 100, "{noise:?} for {seconds} s: {alarms} of {RUNS}");
        }
    }
}

#[test]
fn a_server_that_becomes_twice_as_slow_is_called_drifting() {
    // By one step in the middle, up or down; and gradually to three times.
    let cases: [(&str, Shape, f64); 3] = [
        ("twice", |share, _| if share < 0.5 { 1.0 } else { 2.0 }, 0.7),
        ("half", |share, _| if share < 0.5 { 2.0 } else { 1.0 }, 0.7),
        ("more and more", |share, _| 1.0 + 2.0 * share, 0.3),
    ];
    for (what, shape, at_least) in cases {
        for (noise, seconds) in [(STEADY[0], 12), (STEADY[0], 20), (STEADY[2], 60)] {
            let seen = found(noise, seconds, shape, |run| drift(run).is_some());
            assert!(
                seen as f64 >= RUNS as f64 * at_least,
                "{what}, {noise:?} for {seconds} s: {seen} of {RUNS}"
            );
        }
    }
}

#[test]
fn a_backlog_that_grows_in_a_straight_line_is_called_a_drift() {
    // 50 ms more each second: as logarithms it is steep at first and flat later, and neither half is like itself.
    let backlog: Vec<f64> = (0..30).map(|second| 0.05 * f64::from(second + 1)).collect();
    let found = drift(&backlog).unwrap();
    assert!((found.per_second - 0.05).abs() < 1e-9, "{found:?}");
}

#[test]
fn a_change_that_nobody_would_notice_is_none() {
    let seen = found(STEADY[0], 60, |share, _| 1.0 + 0.15 * share, |run| drift(run).is_some());
    assert_eq!(seen, 0);
}

#[test]
fn a_drift_says_from_what_to_what_and_how_fast() {
    // 1 ms for ten seconds and 4 ms for ten more: 3 ms over the ten seconds from middle to middle.
    let step: Vec<f64> = (0..20).map(|second| if second < 10 { 0.001 } else { 0.004 }).collect();
    let found = drift(&step).unwrap();
    assert!((found.before_s - 0.001).abs() < 1e-9 && (found.after_s - 0.004).abs() < 1e-9, "{found:?}");
    assert!((found.per_second - 0.000_3).abs() < 1e-9);
    assert_eq!(drift(&step[5..16]), None, "eleven seconds are too few");
    assert_eq!(drift(&[0.001; 30]), None);
}

#[test]
fn at_most_one_steady_run_in_twenty_five_has_its_beginning_named() {
    for noise in STEADY {
        for seconds in [20, 60] {
            let alarms = found(noise, seconds, |_, _| 1.0, |run| start(run).is_some());
            assert!(alarms <= RUNS / 25, "{noise:?} for {seconds} s: {alarms} of {RUNS}");
        }
    }
}

#[test]
fn mser_alone_would_trim_three_steady_runs_in_ten() {
    for noise in STEADY {
        let trimmed = found(noise, 20, |_, _| 1.0, |run| mser(&logs(run)) > 0);
        assert!(trimmed > RUNS * 3 / 10, "{noise:?}: {trimmed} of {RUNS}");
    }
}

#[test]
fn a_beginning_that_is_four_times_as_slow_is_named() {
    // Falls off with a time of two seconds.
    let cold: Shape = |share, length| 1.0 + 3.0 * (-share * length / 2.0).exp();
    for (noise, seconds, at_least) in [(STEADY[0], 20, 0.95), (STEADY[2], 60, 0.5)] {
        let seen = found(noise, seconds, cold, |run| start(run).is_some());
        assert!(seen as f64 >= RUNS as f64 * at_least, "{noise:?} for {seconds} s: {seen} of {RUNS}");
    }
    // Three seconds of 5 ms, then 1 ms: by hand, leaving out three makes the rest free of error.
    let run: Vec<f64> = (0..20).map(|second| if second < 3 { 0.005 } else { 0.001 }).collect();
    let named = start(&run).unwrap();
    assert_eq!((named.seconds, named.is_half), (3, false));
    assert!((named.at_first_s - 0.005).abs() < 1e-9 && (named.later_s - 0.001).abs() < 1e-9);
    // A step in the middle: half is left out, and the run had not settled.
    let step: Vec<f64> = (0..20).map(|second| if second < 10 { 0.005 } else { 0.001 }).collect();
    assert!(start(&step).is_some_and(|start| start.is_half));
    assert_eq!(start(&[0.001; 20]), None);
}
