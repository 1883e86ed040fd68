//! How often a check calls a slowdown, and how often it calls what is none: the decisions of `loadgen check` on made-up blocks
//! with the noise of shared machines. Prints a table; README has a part of it.
//!
//! ```text
//! cargo run --release -p loadgen --example power -- 1000
//! ```
//!
//! The noise: the machine's speed is an autoregression with a standard deviation of 5, 10 or 20 % and a time constant of 5 or
//! 60 s; in 3 % of the seconds it is slower by 1.2 to 2.5 times; processor time feels half of the former and 15 % of the
//! latter. Response times are log-normal (sigma 0.6), and a block has 400 of them; its quantiles scatter as order statistics
//! do. Blocks of 1 s alternate in an order drawn by lot, with 150 ms in between.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use loadgen::compare::Judgement;
use loadgen::duet::decide::{self, Differences, LAST_LOOK, LOOKS, Rules};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Distribution, StandardNormal};
use scenarios::comparison::{Metric, worst};
use scenarios::verdict::Compared;

/// Seconds of a block with its drain.
const STEP_S: f64 = 1.17;
/// Seconds of the whole check; of the second try; of starting and warming up.
const CHECK_S: f64 = 300.0;
const CONFIRMATION_S: f64 = 75.0;
const STARTING_S: f64 = 22.0;
/// Requests of a block.
const REQUESTS: f64 = 400.0;
/// Standard deviation of the logarithm of a response time.
const SIGMA: f64 = 0.6;

/// What the machine does.
#[derive(Clone, Copy)]
struct Machine {
    drift: f64,
    time_constant_s: f64,
}

/// By how much the variant is worse: processor time, p50, p99, as factors.
#[derive(Clone, Copy)]
struct Slower {
    cpu: f64,
    p50: f64,
    p99: f64,
}

struct World {
    machine: Machine,
    speed: f64,
    random: ChaCha8Rng,
}

impl World {
    fn new(machine: Machine, seed: u64) -> World {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let start: f64 = StandardNormal.sample(&mut random);
        World { machine, speed: machine.drift * start, random }
    }

    fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.random)
    }

    /// Logarithms of processor time, p50 and p99 of one block.
    fn block(&mut self, slower: Slower) -> [f64; 3] {
        let Machine { drift, time_constant_s } = self.machine;
        let kept = (-STEP_S / time_constant_s).exp();
        let step = self.normal();
        self.speed = kept * self.speed + drift * (1.0 - kept * kept).sqrt() * step;
        let burst = if self.random.random_range(0.0..1.0) < 0.03 {
            self.random.random_range(1.2f64..2.5).ln()
        } else {
            0.0
        };
        // Standard errors of sample quantiles of a log-normal: sqrt(q (1 - q) / n) over the density, in logarithms.
        let error = |q: f64, density: f64| SIGMA * (q * (1.0 - q) / REQUESTS).sqrt() / density;
        let (at_median, at_p99) = (error(0.5, 0.398_9), error(0.99, 0.026_65));
        let common = self.speed + burst;
        [
            slower.cpu.ln() + 0.5 * self.speed + 0.15 * burst + 0.01 * self.normal(),
            slower.p50.ln() + common + at_median * self.normal(),
            slower.p99.ln() + common + at_p99 * self.normal(),
        ]
    }

    /// Differences of so many pairs, added to what there is.
    fn pairs(&mut self, pairs: usize, slower: Slower, differences: &mut Differences) {
        let same = Slower { cpu: 1.0, p50: 1.0, p99: 1.0 };
        for _ in 0..pairs {
            let (a, b) = if self.random.random_range(0..2) == 0 {
                let a = self.block(same);
                (a, self.block(slower))
            } else {
                let b = self.block(slower);
                (self.block(same), b)
            };
            for (at, all) in differences.iter_mut().enumerate() {
                all.push(b[at] - a[at]);
            }
        }
    }
}

/// One check from beginning to end: the answer, and the seconds it took.
fn check(rules: &Rules, machine: Machine, slower: Slower, seed: u64) -> (Compared, f64) {
    let mut world = World::new(machine, seed);
    let first_s = CHECK_S - CONFIRMATION_S - STARTING_S;
    let per_look = (first_s / f64::from(LOOKS) / (2.0 * STEP_S)).floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thirty")]
    let (per_look, last) =
        (per_look as usize, ((CONFIRMATION_S + STARTING_S / 2.0) / (2.0 * STEP_S)).floor() as usize);
    let mut differences: Differences = vec![Vec::new(); 3];
    let mut judged: Vec<Judgement> = Vec::new();
    let mut look = 0;
    while look < LAST_LOOK {
        look += 1;
        // The last look has the time that a second try would have taken.
        let pairs = if look > LOOKS { last } else { per_look };
        world.pairs(pairs, slower, &mut differences);
        judged = decide::judge(&differences, rules, look);
        if decide::is_decided(&judged) {
            break;
        }
    }
    let took = STARTING_S / 2.0 + differences[0].len() as f64 * 2.0 * STEP_S;
    let said = worst(judged.iter().map(|judged| judged.word));
    if said != Compared::Regressed {
        return (said, took);
    }
    let called: Vec<usize> = (0..judged.len()).filter(|at| judged[*at].word == Compared::Regressed).collect();
    // As many pairs again, or as many as there is time for, on the same machine a little later.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thirty")]
    let room = ((CHECK_S - took - STARTING_S / 2.0) / (2.0 * STEP_S)).floor() as usize;
    let mut again: Differences = vec![Vec::new(); 3];
    let pairs = differences[0].len().min(room);
    world.pairs(pairs, slower, &mut again);
    let took = took + STARTING_S / 2.0 + pairs as f64 * 2.0 * STEP_S;
    if decide::agrees(&differences, &again, rules, &called) {
        (Compared::Regressed, took)
    } else {
        (Compared::CannotTell, took)
    }
}

fn main() {
    let checks: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(200).max(1);
    let primary = [Metric::Cpu, Metric::P50, Metric::P99].map(|metric| (metric, metric.margin()));
    let rules = Rules::new(primary.to_vec(), 1);
    let machines = [(0.05, 60.0), (0.10, 60.0), (0.10, 5.0), (0.20, 60.0), (0.20, 5.0)];
    let all = |factor: f64| Slower { cpu: factor, p50: factor, p99: factor };
    let changes = [
        ("none", all(1.0)),
        ("CPU +3 %", Slower { cpu: 1.03, ..all(1.0) }),
        ("CPU +5 %", Slower { cpu: 1.05, ..all(1.0) }),
        ("p99 +10 %", Slower { p99: 1.10, ..all(1.0) }),
        ("all +5 %", all(1.05)),
        ("all +10 %", all(1.10)),
        ("all −10 %", all(0.90)),
    ];
    println!("{checks} checks of {CHECK_S} s in each row, of them in %:\n");
    println!("| change | drift | regressed | improved | no difference | cannot tell | s to regressed |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for (name, slower) in changes {
        for (drift, time_constant_s) in machines {
            let machine = Machine { drift, time_constant_s };
            let mut counts = [0u64; 4];
            let mut seconds = Vec::new();
            for seed in 0..checks {
                let (word, took) = check(&rules, machine, slower, seed);
                let at = match word {
                    Compared::Regressed => 0,
                    Compared::Improved => 1,
                    Compared::NoDifference => 2,
                    Compared::CannotTell => 3,
                };
                counts[at] += 1;
                if at == 0 {
                    seconds.push(took);
                }
            }
            seconds.sort_by(f64::total_cmp);
            let median = seconds.get(seconds.len() / 2).map_or("–".to_owned(), |s| format!("{s:.0}"));
            let [regressed, improved, none, unknown] =
                counts.map(|count| format!("{:.1}", count as f64 * 100.0 / checks as f64));
            println!(
                "| {name} | {:.0} %, {time_constant_s:.0} s | {regressed} | {improved} | {none} | {unknown} | {median} |",
                drift * 100.0
            );
        }
    }
}
