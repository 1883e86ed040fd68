//! Intervals against processes whose truth is known: a queue with one server, and a server that stalls now and then.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::Exp1;

use super::*;
use crate::record::{Times, record, times};
use crate::statistics::{quantile_bounds, share_interval};

/// Runs that are simulated of each kind.
const RUNS: u32 = 100;

#[test]
fn blocks_that_differ_more_than_by_chance_inflate() {
    // Twenty alike: no dispersion at any length, so the first length counts; t of 19 degrees of freedom is 2.093.
    let even = [(10, 100); 20];
    assert!((inflation(&even).unwrap() - (2.093f64 / 1.959_96).powi(2)).abs() < 1e-3);
    // All hits in every other block: p = 0.1, each block off by 10, chi² = 20 x 100 / 9 over 19. Longer blocks are alike.
    let lumpy: Vec<(u64, u64)> = (0..20).map(|block| (if block % 2 == 0 { 20 } else { 0 }, 100)).collect();
    let expected = 20.0 * (100.0 / 9.0) / 19.0 * (2.093f64 / 1.959_96).powi(2);
    assert!((inflation(&lumpy).unwrap() / expected - 1.0).abs() < 1e-3);
    // All in the first half: blocks of four seconds (100, 100, 50, 0, 0 of 400, p = 0.125) are off by 50, 50, 0, -50, -50,
    // chi² = 4 x 2500 / 43.75 over 4 = 57.1; t of 4 is 2.776.
    let bunch: Vec<(u64, u64)> = (0..20).map(|block| (if block < 10 { 25 } else { 0 }, 100)).collect();
    let expected = 4.0 * 2_500.0 / 43.75 / 4.0 * (2.776f64 / 1.959_96).powi(2);
    assert!((inflation(&bunch).unwrap() / expected - 1.0).abs() < 1e-3);
}

#[test]
fn few_blocks_say_nothing_and_no_hits_no_bunches() {
    assert_eq!(inflation(&[(1, 10); 4]), None);
    assert!(inflation(&[(1, 10); 5]).is_some());
    assert_eq!(inflation(&[(0, 10); 4]), Some(1.0));
    assert_eq!(inflation(&[(10, 10); 4]), Some(1.0));
    assert_eq!(inflation(&[]), Some(1.0));
    // Seconds in which nothing was due are no blocks.
    assert_eq!(inflation(&[(1, 10), (0, 0), (1, 10), (1, 10), (1, 10)]), None);
}

/// Response times of a queue with one server, M/M/1 in its steady state: `per_s` served per second at most, a share
/// `busy` of the time busy. In the second of their arrival, in seconds. They are exponential with mean
/// `1 / (per_s (1 - busy))`, and resemble their neighbours the more the busier the server is.
fn queue(random: &mut ChaCha8Rng, per_s: f64, busy: f64, seconds: usize) -> Vec<Vec<f64>> {
    let mut exponential = || random.sample::<f64, _>(Exp1);
    let mean = 1.0 / (per_s * (1.0 - busy));
    // A response of the steady state less a service of its own is a wait of the steady state.
    let mut wait = (exponential() * mean - exponential() / per_s).max(0.0);
    let mut answers = vec![Vec::new(); seconds];
    let mut at = exponential() / (per_s * busy);
    while at < seconds as f64 {
        let service = exponential() / per_s;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds")]
        answers[at as usize].push(wait + service);
        let gap = exponential() / (per_s * busy);
        wait = (wait + service - gap).max(0.0);
        at += gap;
    }
    answers
}

/// A second's requests that met a stall, of 200: stalls of `length` come at random, with a mean pause of `apart` in
/// between. In the long run a share length / (apart + length) of all requests does.
fn stalls(random: &mut ChaCha8Rng, apart: f64, length: f64, seconds: usize) -> Vec<(u64, u64)> {
    const PER_S: u32 = 200;
    let begins_in_one = random.random::<f64>() < length / (apart + length);
    let mut end = if begins_in_one { length * random.random::<f64>() } else { 0.0 };
    let mut begin = if begins_in_one { 0.0 } else { apart * random.sample::<f64, _>(Exp1) };
    if !begins_in_one {
        end = begin + length;
    }
    let mut blocks = Vec::new();
    for second in 0..seconds {
        let mut hits = 0;
        for request in 0..PER_S {
            let at = second as f64 + f64::from(request) / f64::from(PER_S);
            while at >= end {
                begin = end + apart * random.sample::<f64, _>(Exp1);
                end = begin + length;
            }
            hits += u64::from(at >= begin);
        }
        blocks.push((hits, u64::from(PER_S)));
    }
    blocks
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds in nanoseconds")]
fn recorded(answers: &[Vec<f64>]) -> (Times, Blocks) {
    let (mut all, mut blocks) = (times(), Blocks::new());
    for (second, answers) in answers.iter().enumerate() {
        for answer in answers {
            record(&mut all, (answer * 1e9) as u64);
            blocks.add(second, (answer * 1e9) as u64, 1);
        }
    }
    (all, blocks)
}

#[test]
fn fewer_than_one_quantile_interval_in_ten_misses_the_truth_of_a_queue() {
    let mut random = ChaCha8Rng::seed_from_u64(41);
    for (per_s, busy, seconds, shown_at_least) in [
        (250.0, 0.5, 20, [100, 95, 0]),
        (250.0, 0.8, 60, [100, 90, 0]),
        (100.0, 0.9, 30, [75, 0, 0]),
        (1_000.0, 0.7, 20, [100, 95, 10]),
    ] {
        let (mut wrong, mut shown, mut plainly_wrong) = ([0; 3], [0; 3], [0; 3]);
        for _ in 0..RUNS {
            let (all, blocks) = recorded(&queue(&mut random, per_s, busy, seconds));
            for (index, q) in [0.5, 0.9, 0.99].into_iter().enumerate() {
                let truth = -(1.0f64 - q).ln() / (per_s * (1.0 - busy)) * 1e9;
                let holds = |(low, high): (f64, f64)| {
                    let value = |q| all.value_at_quantile(q) as f64;
                    value(low) <= truth && truth <= value(high)
                };
                plainly_wrong[index] += u32::from(!quantile_bounds(q, all.len(), 1.0).is_some_and(holds));
                let found = inflation_at(q, &blocks, |q| all.value_at_quantile(q)).unwrap();
                let Some(bounds) = quantile_bounds(q, all.len(), found) else { continue };
                shown[index] += 1;
                wrong[index] += u32::from(!holds(bounds));
            }
        }
        let what = format!(
            "{per_s}/s busy {busy} for {seconds} s: {wrong:?} of {shown:?}, plainly {plainly_wrong:?}"
        );
        assert!(wrong.iter().all(|wrong| *wrong <= RUNS / 10), "{what}");
        assert!(shown.iter().zip(shown_at_least).all(|(shown, least)| *shown >= least), "{what}");
        assert!(plainly_wrong.iter().all(|wrong| *wrong > RUNS / 4), "this queue is no test: {what}");
    }
}

/// Makes misses and totals of consecutive seconds.
type Process = fn(&mut ChaCha8Rng) -> Vec<(u64, u64)>;

/// Misses of the queue's 99th percentile.
fn slow(random: &mut ChaCha8Rng, per_s: f64, busy: f64, seconds: usize) -> Vec<(u64, u64)> {
    let limit = 100f64.ln() / (per_s * (1.0 - busy));
    let count = |answers: &Vec<f64>| {
        (answers.iter().filter(|answer| **answer > limit).count() as u64, answers.len() as u64)
    };
    queue(random, per_s, busy, seconds).iter().map(count).collect()
}

#[test]
fn nine_in_ten_intervals_of_a_share_hold_it_although_misses_come_in_bunches() {
    let mut random = ChaCha8Rng::seed_from_u64(42);
    let cases: [(&str, f64, Process); 5] = [
        // 0.1 s in every 5.1 s and so on.
        ("stalls of 0.1 s", 0.1 / 5.1, |random| stalls(random, 5.0, 0.1, 30)),
        ("stalls of 0.5 s", 0.5 / 10.5, |random| stalls(random, 10.0, 0.5, 60)),
        ("a queue, 20 s", 0.01, |random| slow(random, 1_000.0, 0.7, 20)),
        ("a queue, 60 s", 0.01, |random| slow(random, 250.0, 0.5, 60)),
        // Each request by itself: the allowance costs no more than some width.
        ("by chance", 0.01, |random| {
            (0..30).map(|_| ((0..200).map(|_| u64::from(random.random_bool(0.01))).sum(), 200)).collect()
        }),
    ];
    for (what, truth, process) in cases {
        let (mut held, mut plainly_held) = (0, 0);
        for _ in 0..RUNS {
            let blocks = process(&mut random);
            let (misses, of) = blocks.iter().fold((0, 0), |sum, block| (sum.0 + block.0, sum.1 + block.1));
            let holds = |(low, high): (f64, f64)| u32::from(low <= truth && truth <= high);
            held += holds(share_interval(misses, of, inflation(&blocks).unwrap()));
            plainly_held += holds(share_interval(misses, of, 1.0));
        }
        assert!(held >= RUNS * 9 / 10, "{what}: {held} of {RUNS}, plainly {plainly_held}");
        let is_bunched = what != "by chance";
        assert_eq!(plainly_held < RUNS * 8 / 10, is_bunched, "{what}: {plainly_held} of {RUNS}");
    }
}
