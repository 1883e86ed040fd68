//! How often the interval of a search for the capacity covers the truth: whole searches in virtual time on queues whose capacity
//! is known. Prints a table, which README has.
//!
//! ```text
//! cargo run --release -p loadgen --example coverage -- 75 300
//! ```
//!
//! The arguments: searches on each server, and seconds of load of each search. The promise is p99 within a limit. Capacities of
//! M/M/1 and M/M/c follow from the distribution of the response time; those of the others from a simulation of 100,000 s at each
//! of several rates around it, with the error that is printed.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program that prints a table")]

mod queues;
mod truth;

use loadgen::capacity::answer::{Answer, answer};
use loadgen::capacity::foresee::foresee;
use loadgen::capacity::search::{Rules, Search};
use loadgen::capacity::trial::Goal;
use loadgen::capacity::utilisation::Resource;
use queues::{Kind, SHARE, World};
use scenarios::capacity::Outcome;

/// The servers, with the limit of the promise in seconds.
const SERVERS: [(&str, Kind, f64); 8] = [
    ("M/M/1, 200/s", Kind::Queue { servers: 1, rate: 200.0 }, 0.1),
    ("M/M/4, 50/s each", Kind::Queue { servers: 4, rate: 50.0 }, 0.15),
    ("lock, 4 ms of 12", Kind::Lock { workers: 8, locked_s: 0.004, free_s: 0.008 }, 0.1),
    ("pauses of 60 ms", Kind::Pauses { rate: 300.0, every_s: 10.0, pause_s: 0.06 }, 0.08),
    ("fast M/M/1, 2,000/s", Kind::Queue { servers: 1, rate: 2_000.0 }, 0.1),
    ("fast M/M/4, 1,000/s each", Kind::Queue { servers: 4, rate: 1_000.0 }, 0.25),
    ("refuses beyond 100 places, 2,000/s", Kind::Bounded { rate: 2_000.0, places: 100 }, 0.1),
    ("leak (no capacity)", Kind::Leak { rate: 200.0, fall: 0.2 }, 0.1),
];

/// One search from beginning to end.
fn search(kind: Kind, limit_s: f64, budget_s: f64, seed: u64) -> (Search, Answer, Resource) {
    let rules = Rules {
        budget_s,
        precision: 0.06,
        most_per_s: 1e6,
        goals: vec![Goal { share: SHARE, limit_s: Some(limit_s) }],
    };
    let mut search = Search::new(rules);
    let mut world = World::new(kind, limit_s, seed);
    while let Some(order) = search.next_level() {
        world.level(&order, |seen| search.saw(seen));
    }
    let answer = answer(&search);
    (search, answer, world.resource())
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let searches: u64 = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(75);
    let budget_s: f64 = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(300.0);
    println!("{searches} searches of at most {budget_s} s of load on each server:\n");
    println!(
        "| server | capacity | covered | median error | p5, p50, p95 of found/true | off > 10 % | ± | load s | found, coarse, cannot tell | foretold, within 10 %, interval covers |"
    );
    println!("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- | --- |");
    let only = arguments.next();
    for (name, kind, limit_s) in SERVERS {
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let (truth, error) = truth::capacity(kind, limit_s);
        let (mut covered, mut ratios, mut widths, mut load) = (0u64, Vec::new(), Vec::new(), 0.0);
        let mut outcomes = [0u64; 4];
        let (mut told, mut right, mut held) = (0u64, 0u64, 0u64);
        for seed in 0..searches {
            let (search, answer, resource) = search(kind, limit_s, budget_s, 1_000 + seed);
            load += search.load_s();
            let foretold = foresee(&search, answer.rate.as_ref(), &[resource]).predicted;
            if let Some(capacity) = foretold.iter().find(|one| one.what == "capacity") {
                told += 1;
                right += u64::from((capacity.predicted.p50 / truth - 1.0).abs() <= 0.1);
                held += u64::from(capacity.predicted.p10 <= truth && truth <= capacity.predicted.p90);
            }
            outcomes[match answer.outcome {
                Outcome::Found => 0,
                Outcome::Coarse => 1,
                Outcome::CannotTell => 2,
                _ => 3,
            }] += 1;
            let Some(rate) = answer.rate else { continue };
            let Some((low, high)) = rate.interval else { continue };
            covered += u64::from(low <= truth && truth <= high);
            ratios.push(rate.per_s / truth);
            widths.push((high - low) / 2.0 / rate.per_s);
            if std::env::var_os("EACH").is_some() {
                println!(
                    "{seed} {:.1} [{low:.1} {high:.1}] {:?} levels {} load {:.0}",
                    rate.per_s,
                    answer.outcome,
                    search.levels().len(),
                    search.load_s()
                );
            }
        }
        ratios.sort_by(f64::total_cmp);
        widths.sort_by(f64::total_cmp);
        let at = |values: &[f64], q: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
            values.get((values.len() as f64 * q) as usize).copied().unwrap_or(f64::NAN)
        };
        let mut errors: Vec<f64> = ratios.iter().map(|ratio| (ratio - 1.0).abs()).collect();
        errors.sort_by(f64::total_cmp);
        let far = errors.iter().filter(|error| **error > 0.1).count();
        println!(
            "| {name} | {truth:.1} ± {error:.1} | {:.0} % of {} | {:.1} % | {:.3} {:.3} {:.3} | {far} | {:.1} % | {:.0} | {:?} | {told}, {right}, {held} |",
            covered as f64 * 100.0 / (ratios.len() as f64).max(1.0),
            ratios.len(),
            at(&errors, 0.5) * 100.0,
            at(&ratios, 0.05),
            at(&ratios, 0.5),
            at(&ratios, 0.95),
            at(&widths, 0.5) * 100.0,
            load / searches as f64,
            outcomes
        );
    }
}
