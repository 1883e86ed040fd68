//! Two or more variants of a server, side by side in one job: is one of them slower?
//!
//! All of them run at once, each in its own process, and are loaded in turn: a round is a short block of load on each, in an
//! order drawn by lot, with the same visits at the same times. Whatever the machine does to one round it does to all blocks
//! of it, and under "no change" the sign of each difference is a fair coin, however the machine drifts (the duet of Bulej
//! and others, 2020).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `arm.rs` | who is compared: what was typed, and the server behind it |
//! | `answers.rs` | whether they answer the same |
//! | `cpu.rs` | processor time of a server, to the nanosecond |
//! | `block.rs` | one block of load, and what it cost |
//! | `figures.rs` | what is kept of blocks, and the differences of pairs |
//! | `stage.rs` | rounds one after the other, until somebody has seen enough |
//! | [`decide`] | what the pairs say, look by look; pure |
//! | `second_try.rs`, `self_test.rs` | a regression is tried again; the baseline against itself |
//! | `foretold.rs` | what was predicted, held against the pairs |
//! | `told.rs` | what is said of a look, and of each of them |
//! | `summary.rs` | what a reader sees of it |

mod answers;
mod arm;
mod block;
pub(crate) mod cpu;
pub mod decide;
mod figures;
mod foretold;
mod second_try;
mod self_test;
mod stage;
mod summary;
mod told;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use scenarios::comparison::{Against, BlockLoad, COMPARISON_SCHEMA, Comparison, Foretold, Metric, Variant};
use scenarios::experiment::Effect;
use scenarios::verdict::Compared;

use crate::config::RunConfig;
use crate::drive::Room;
use crate::live::Live;
use crate::redact::Secrets;
use crate::run::{self, Loaded};
use crate::{offered, process};
pub use arm::ArmAsked;
use arm::{Arm, Ground, label};
pub(crate) use block::MOST_FAILED;
use decide::{LEAST_PAIRS, LOOKS, Rules};
use figures::Pairs;
use foretold::Foresight;
use stage::{Load, Stage};
use summary::Standing;
pub(crate) use summary::change;
pub(crate) use told::seen;
use told::{facts, told, variant};

/// Of the time, what is kept for the second try after a regression.
const KEPT_FOR_CONFIRMATION: f64 = 0.25;
/// Of the time, what is kept for stopping servers and writing.
const KEPT_FOR_THE_END: Duration = Duration::from_secs(2);
/// Load before anything counts, for each server and each start of it, at most and as a share of the time.
const WARMUP: Duration = Duration::from_secs(8);
const WARMUP_SHARE: f64 = 0.03;
/// Variants at most: each makes every round longer.
pub const MOST_VARIANTS: usize = 8;

/// What is compared, and how.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct DuetConfig {
    /// The settings of a run: whom, seed, time-outs, data.
    pub run: RunConfig,
    /// Who is compared; the first is the baseline.
    pub arms: Vec<ArmAsked>,
    /// Whether servers elsewhere may be loaded.
    pub yes: bool,
    /// So many connections as fast as they are answered, instead of a rate.
    pub connections: Option<u32>,
    /// Length of a block, instead of one that has enough requests.
    pub block: Option<Duration>,
    /// How long everything may take.
    pub most: Duration,
    /// Whether the baseline is compared with itself first.
    pub self_test: bool,
    /// Whether a regression is tried again.
    pub confirms: bool,
    /// Whether the servers may answer differently.
    pub different_answers: bool,
    /// What decides, with margins.
    pub primary: Vec<(Metric, f64)>,
    /// Comparisons that share the chance of a false alarm, this one included.
    pub family: usize,
    /// What is predicted of the first variant, and why.
    pub prediction: Prediction,
    /// The share of requests that may fail in a block that counts.
    pub most_failed: f64,
    /// Series of the servers' own counters that are shown.
    pub show: Vec<String>,
}

/// What is predicted of the first variant against the baseline.
#[derive(Clone, Debug, Default)]
pub struct Prediction {
    /// In a sentence.
    pub because: Option<String>,
    /// What changes; nothing is predicted when empty.
    pub effects: Vec<Effect>,
}

/// Compares.
///
/// # Errors
/// It could not be done: a server does not start, dies, or does not answer; the time is too short.
pub fn duet(
    loaded: &Loaded,
    config: &DuetConfig,
    interrupted: &AtomicBool,
    is_quiet: bool,
) -> anyhow::Result<Comparison> {
    let secrets = || Secrets::named_by([&loaded.scenario]);
    match open_duet(loaded, config, interrupted, Live::new(is_quiet, secrets())) {
        Ok(comparison) => Ok(secrets().hide_in(comparison)),
        Err(error) => Err(match error.downcast::<DifferentAnswers>() {
            Ok(DifferentAnswers { variant, found }) => {
                let found = found.iter().map(|found| secrets().hide(found)).collect();
                DifferentAnswers { variant, found }.into()
            }
            Err(error) => anyhow!(secrets().hide(&format!("{error:#}"))),
        }),
    }
}

/// Compares, and may say secrets.
fn open_duet(
    loaded: &Loaded,
    config: &DuetConfig,
    interrupted: &AtomicBool,
    live: Live,
) -> anyhow::Result<Comparison> {
    let started_unix_s = run::now_unix_s();
    let begun = Instant::now();
    arm::refuse_the_same(&config.arms)?;
    let options = estimator::Options::default();
    let estimate = estimator::estimate(&loaded.scenario, &loaded.file, &options)
        .map_err(|error| anyhow!("{}: {error}", loaded.file))?;
    let rates = offered::mean_rates(&loaded.scenario, &estimate);
    // Connections, and the probe that looks for a rate, ask as fast as they can.
    let requests_per_s = match (config.connections, config.run.rate) {
        (None, Some(rate)) => rate,
        _ => f64::INFINITY,
    };
    let room = Room::raised(config.run.target.connections.most);
    let ground = Ground {
        loaded,
        config: &config.run,
        rates: &rates,
        requests_per_s,
        yes: config.yes,
        most_failed: config.most_failed,
        show: &config.show,
        room,
        interrupted,
    };
    let variants = config.arms.len() - 1;
    let rules = Rules::new(config.primary.clone(), config.family.max(1) * variants.max(1));
    let duet = Duet { config, ground, rules, live, begun, deadline: begun + config.most };
    let (load, capacity) = duet.load()?;
    let done = duet.compare(&load)?;
    Ok(Comparison {
        schema: COMPARISON_SCHEMA,
        scenario: loaded.scenario.name.clone(),
        scenario_hash: run::scenario_hash(loaded),
        seed: config.run.seed,
        command: config.run.command.clone(),
        version: run::version(),
        machine: process::machine(),
        started_unix_s,
        took_s: begun.elapsed().as_secs_f64(),
        most_s: config.most.as_secs_f64(),
        interrupted: done.was_cut,
        load: BlockLoad {
            requests_per_s: load.requests_per_s,
            actions_per_s: load.actions_per_s,
            connections: config.connections,
            rule: load.rule.clone(),
            block_s: load.length.as_secs_f64(),
            capacity_per_s: capacity,
        },
        because: config.prediction.because.clone(),
        variants: done.variants,
        against: done.against,
        self_test: done.self_test,
    })
}

struct Duet<'a> {
    config: &'a DuetConfig,
    ground: Ground<'a>,
    rules: Rules,
    live: Live,
    begun: Instant,
    deadline: Instant,
}

struct Done {
    variants: Vec<Variant>,
    against: Vec<Against>,
    self_test: Option<Against>,
    was_cut: bool,
}

impl Duet<'_> {
    /// What is offered in each block; the rate by a probe of the baseline, unless it was given.
    fn load(&self) -> anyhow::Result<(Load, Option<f64>)> {
        let DuetConfig { run, arms, connections, block, .. } = self.config;
        if let Some(connections) = connections {
            return Ok((Load::connections(*connections, *block), None));
        }
        // A server of its own, so that what the probe writes is in none of those that are compared.
        let mut arm = Arm::prepare(&self.ground, "a", &arms[0], &self.live)?;
        let done = if let Some(rate) = run.rate {
            (Load::rate(&arm.plan, rate, "as asked", *block)?, None)
        } else {
            self.live.say("probing how much a carries");
            let capacity = stage::capacity(&mut arm, &self.ground)?;
            (Load::share_of(&arm.plan, capacity, *block)?, Some(capacity))
        };
        for trouble in arm.stop() {
            self.live.say(&trouble);
        }
        Ok(done)
    }

    fn compare(&self, load: &Load) -> anyhow::Result<Done> {
        let self_test = if self.config.self_test { self.self_test(load)? } else { None };
        let preparing = Instant::now();
        let asked: Vec<(usize, &ArmAsked)> = self.config.arms.iter().enumerate().collect();
        let mut arms = self.prepare(&asked)?;
        self.refuse_different_answers(&arms)?;
        let mut stage = Stage::new(load, &self.ground);
        stage.warm_up(&mut arms, self.warmup())?;
        let preparing = preparing.elapsed();
        let names: Vec<String> = arms[0].plan.actions.iter().map(|action| action.name.clone()).collect();
        let end = self.end_of_the_first_try(preparing);
        self.refuse_too_short(load, end, preparing)?;
        let (standings, look) = self.rounds(&mut stage, &mut arms, end, &names)?;
        let facts = facts(&arms);
        for trouble in arms.into_iter().flat_map(Arm::stop) {
            self.live.say(&trouble);
        }
        let pairs = |variant| Pairs { rounds: &stage.rounds, baseline: 0, variant };
        let mut against: Vec<Against> = (standings.iter().enumerate())
            .map(|(at, standing)| {
                let (label, pairs) = (&facts[at + 1].0, pairs(at + 1));
                let predictions = self.foretold(&pairs, &names, look);
                let against = summary::against(label, &pairs, standing, &self.rules, look, &names);
                summary::with_predictions(against, predictions, &pairs, &self.config.show)
            })
            .collect();
        let was_cut = self.ground.interrupted.load(Ordering::Relaxed);
        if was_cut {
            for against in &mut against {
                against.word = Compared::CannotTell;
                against.why.insert(0, "interrupted".to_owned());
                foretold::leave_open(&mut against.predictions, "interrupted");
            }
        } else if self.config.confirms {
            self.confirm(load, &standings, &mut against)?;
        }
        let variants = facts
            .into_iter()
            .enumerate()
            .map(|(at, (label, what))| variant(label, what, &stage.rounds, at))
            .collect();
        Ok(Done { variants, against, self_test, was_cut })
    }

    /// Finds or starts servers, in this order.
    fn prepare(&self, asked: &[(usize, &ArmAsked)]) -> anyhow::Result<Vec<Arm>> {
        let prepared =
            asked.iter().map(|(at, asked)| Arm::prepare(&self.ground, &label(*at)?, asked, &self.live));
        prepared.collect()
    }

    fn warmup(&self) -> Duration {
        WARMUP.min(self.config.most.mul_f64(WARMUP_SHARE))
    }

    fn end_of_the_first_try(&self, preparing: Duration) -> Instant {
        let kept = if self.config.confirms {
            preparing + self.config.most.mul_f64(KEPT_FOR_CONFIRMATION)
        } else {
            Duration::ZERO
        };
        self.deadline.checked_sub(kept + KEPT_FOR_THE_END).unwrap_or(self.begun)
    }

    fn refuse_too_short(&self, load: &Load, end: Instant, preparing: Duration) -> anyhow::Result<()> {
        let round = load.round(self.config.arms.len());
        let left = end.saturating_duration_since(Instant::now());
        let room = (left.as_secs_f64() / round.as_secs_f64()).floor();
        if room >= LEAST_PAIRS as f64 {
            return Ok(());
        }
        let kept = if self.config.confirms { 1.0 - KEPT_FOR_CONFIRMATION } else { 1.0 };
        let spent = self.begun.elapsed() + preparing + KEPT_FOR_THE_END;
        let needed =
            (round.as_secs_f64() * (LEAST_PAIRS as f64 + 1.0) + spent.as_secs_f64()) / (kept - WARMUP_SHARE);
        bail!(
            "{} s have room for {room} pairs of blocks, and fewer than {LEAST_PAIRS} tell nothing\n  hint: --max-time {:.0}s at least, and 300s to see 5 %",
            self.config.most.as_secs_f64(),
            needed.ceil()
        )
    }

    /// Whoever answers something else cannot be compared.
    fn refuse_different_answers(&self, arms: &[Arm]) -> anyhow::Result<()> {
        if self.config.different_answers {
            return Ok(());
        }
        for arm in &arms[1..] {
            let found = answers::differences(&arms[0], arm, self.config.run.seed)?;
            if !found.is_empty() {
                return Err(DifferentAnswers { variant: arm.label.clone(), found }.into());
            }
        }
        Ok(())
    }

    /// What was predicted of a variant, as it stands at a look; nothing is predicted of any but the first.
    fn foretold(&self, pairs: &Pairs<'_>, actions: &[String], look: u32) -> Vec<Foretold> {
        let effects = if pairs.variant == 1 { &self.config.prediction.effects[..] } else { &[] };
        let level = self.rules.levels(look.min(LOOKS)).call;
        foretold::hold(pairs, &Foresight { effects, actions, series: &self.config.show, level })
    }

    /// Rounds until everything is decided or the time is over, with a few looks.
    fn rounds(
        &self,
        stage: &mut Stage<'_>,
        arms: &mut [Arm],
        end: Instant,
        actions: &[String],
    ) -> anyhow::Result<(Vec<Standing>, u32)> {
        let from = Instant::now();
        let whole = end.saturating_duration_since(from);
        let mut look = 1;
        loop {
            let until = if look > LOOKS {
                self.deadline.checked_sub(KEPT_FOR_THE_END).unwrap_or(self.begun)
            } else {
                from + whole.mul_f64(f64::from(look) / f64::from(LOOKS))
            };
            stage.until(arms, until, usize::MAX, &self.live)?;
            let standings: Vec<Standing> = (1..arms.len())
                .map(|variant| {
                    let pairs = Pairs { rounds: &stage.rounds, baseline: 0, variant };
                    Standing::of(&pairs, &self.rules, look)
                })
                .collect();
            self.live.say(&told(look, stage.rounds.len(), &standings, &self.rules));
            let last = if self.config.confirms { decide::LAST_LOOK } else { LOOKS };
            let is_over = look == last || self.ground.interrupted.load(Ordering::Relaxed);
            let pairs = Pairs { rounds: &stage.rounds, baseline: 0, variant: 1 };
            let foretold = self.foretold(&pairs, actions, look);
            let is_decided = if foretold.is_empty() {
                standings.iter().all(Standing::is_decided)
            } else {
                foretold::is_decided(&foretold)
            };
            if is_over || is_decided {
                return Ok((standings, look));
            }
            look += 1;
        }
    }
}

/// Servers that do not answer the same.
#[derive(Debug, thiserror::Error)]
#[error(
    "a and {variant} do not answer the same: {}\n  hint: --allow-different-answers where that is meant to be so",
    found.join("; ")
)]
pub struct DifferentAnswers {
    variant: String,
    found: Vec<String>,
}
