//! Rounds, one after the other.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};
use scenarios::show;

use super::arm::{Arm, Ground};
use super::block::{self, Block, DRAIN, Pace, Setting};
use super::figures::{Figures, Round};
use crate::config::MOST_ACTIONS_PER_S;
use crate::journey::Plan;
use crate::live::Live;
use crate::punctuality;

/// Share of what the baseline carries that is offered. On two cores that the generator shares, p99 of identical servers differed from
/// block to block by 18 % to 27 % at an eighth to a quarter of the capacity, and by 45 % at a half, where each hiccup of the
/// machine becomes a queue.
const SHARE: f64 = 0.2;
/// Requests of a block, so that it has a p99.
const BLOCK_REQUESTS: f64 = 400.0;
/// Shortest and longest block: a burst of the machine hits few short ones, and a block has what it takes to begin.
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(5);
/// Connections of the probe.
const PROBE_CONNECTIONS: u32 = 16;
/// How long the probe loads before it counts, and then.
const PROBE_WARMUP: Duration = Duration::from_millis(700);
const PROBE: Duration = Duration::from_millis(1_500);
/// What a round takes beside its blocks and drains: reading clocks, opening connections.
const OVERHEAD: Duration = Duration::from_millis(20);
/// How often is said how far it is.
const SAY_EVERY: Duration = Duration::from_secs(10);
/// Seeds of blocks lie this far apart, so that no two runs with near seeds share blocks.
const SEED_STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// What is offered in each block.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub(super) requests_per_s: Option<f64>,
    pub(super) actions_per_s: Option<f64>,
    pub(super) rule: String,
    pub(super) length: Duration,
    pace: Pace,
}

impl Load {
    pub(super) fn connections(connections: u32, length: Option<Duration>) -> Load {
        Load {
            requests_per_s: None,
            actions_per_s: None,
            rule: format!("{connections} connections, each asking again as soon as it is answered"),
            length: length.unwrap_or(SHORTEST),
            pace: Pace::Connections(connections),
        }
    }

    /// So many actions per second.
    pub(super) fn rate(
        plan: &Plan,
        actions_per_s: f64,
        rule: &str,
        length: Option<Duration>,
    ) -> anyhow::Result<Load> {
        let visits_per_s = actions_per_s / plan.actions_per_visit();
        let requests_per_s = visits_per_s * plan.requests_per_visit();
        if !(requests_per_s > 0.0 && actions_per_s <= MOST_ACTIONS_PER_S) {
            bail!(
                "{} actions per second cannot be offered\n  hint: give --rate",
                show::digits(actions_per_s)
            );
        }
        let enough = Duration::try_from_secs_f64(BLOCK_REQUESTS / requests_per_s).unwrap_or(LONGEST);
        let length = length.unwrap_or(enough.clamp(SHORTEST, LONGEST));
        let pace = Pace::Visits(visits_per_s);
        Ok(Load {
            requests_per_s: Some(requests_per_s),
            actions_per_s: Some(actions_per_s),
            rule: rule.to_owned(),
            length,
            pace,
        })
    }

    /// A share of what was carried.
    pub(super) fn share_of(plan: &Plan, capacity: f64, length: Option<Duration>) -> anyhow::Result<Load> {
        let actions_per_s = SHARE * capacity / plan.requests_per_visit() * plan.actions_per_visit();
        let rule =
            format!("{} of the {}/s that a carried in a probe", show::share(SHARE), show::digits(capacity));
        Load::rate(plan, actions_per_s, &rule, length)
    }

    /// How long a round of so many blocks takes.
    pub(super) fn round(&self, arms: usize) -> Duration {
        (self.length + DRAIN + OVERHEAD) * u32::try_from(arms).unwrap_or(u32::MAX)
    }
}

/// Rounds on the same servers.
pub(super) struct Stage<'a> {
    pub(super) rounds: Vec<Round>,
    load: &'a Load,
    ground: &'a Ground<'a>,
    spin: Duration,
    order: ChaCha8Rng,
    blocks: u64,
    next_visit: u64,
}

impl<'a> Stage<'a> {
    pub(super) fn new(load: &'a Load, ground: &'a Ground<'a>) -> Stage<'a> {
        Stage {
            rounds: Vec::new(),
            load,
            ground,
            spin: punctuality::try_out(None).spin,
            order: ChaCha8Rng::seed_from_u64(ground.config.seed),
            blocks: 0,
            next_visit: 0,
        }
    }

    fn setting(&self, length: Duration, pace: Pace) -> Setting {
        setting(self.ground, length, pace, self.blocks, self.next_visit, self.spin)
    }

    /// Loads each server for so long; nothing of it counts.
    ///
    /// # Errors
    /// One of them does not answer at all.
    pub(super) fn warm_up(&mut self, arms: &mut [Arm], length: Duration) -> anyhow::Result<()> {
        let setting = self.setting(length, self.load.pace);
        for arm in arms.iter_mut() {
            let warmed = block::block(arm, &setting, self.ground.interrupted)?;
            arm.check()?;
            self.next_visit = self.next_visit.max(warmed.next_visit);
        }
        self.blocks += 1;
        Ok(())
    }

    /// Rounds until then, or until there are so many.
    ///
    /// # Errors
    /// A server has died.
    pub(super) fn until(
        &mut self,
        arms: &mut [Arm],
        until: Instant,
        most: usize,
        live: &Live,
    ) -> anyhow::Result<()> {
        let mut said = Instant::now();
        while self.rounds.len() < most
            && Instant::now() + self.load.round(arms.len()) <= until
            && !self.ground.interrupted.load(Ordering::Relaxed)
        {
            self.round(arms)?;
            if said.elapsed() >= SAY_EVERY {
                said = Instant::now();
                let left = until.saturating_duration_since(said).as_secs();
                live.say(&format!("{} rounds, {left} s until the next look", self.rounds.len()));
            }
        }
        Ok(())
    }

    fn round(&mut self, arms: &mut [Arm]) -> anyhow::Result<()> {
        let setting = self.setting(self.load.length, self.load.pace);
        let mut order: Vec<usize> = (0..arms.len()).collect();
        order.shuffle(&mut self.order);
        let mut blocks: Vec<Option<Block>> = arms.iter().map(|_| None).collect();
        for at in order {
            let done = block::block(&arms[at], &setting, self.ground.interrupted)?;
            arms[at].check()?;
            self.next_visit = self.next_visit.max(done.next_visit);
            blocks[at] = Some(done);
        }
        self.blocks += 1;
        if self.ground.interrupted.load(Ordering::Relaxed) {
            // A round that was cut short says nothing.
            return Ok(());
        }
        self.rounds.push(blocks.into_iter().flatten().map(Figures::of).collect());
        Ok(())
    }
}

fn setting(
    ground: &Ground<'_>,
    length: Duration,
    pace: Pace,
    block: u64,
    first_visit: u64,
    spin: Duration,
) -> Setting {
    let config = ground.config;
    Setting {
        pace,
        length,
        seed: config.seed.wrapping_add((block + 1).wrapping_mul(SEED_STEP)),
        visits_seed: config.seed,
        first_visit,
        max_connections: ground.room.connections,
        keep: config.target.connections.policy,
        timeout: config.timeout,
        spin,
        most_failed: ground.most_failed,
    }
}

/// Requests per second that a server answers well, asked as fast as it can.
///
/// # Errors
/// It answers none.
pub(super) fn capacity(arm: &mut Arm, ground: &Ground<'_>) -> anyhow::Result<f64> {
    let pace = Pace::Connections(PROBE_CONNECTIONS);
    let probe = |length, number| setting(ground, length, pace, number, 0, Duration::ZERO);
    block::block(arm, &probe(PROBE_WARMUP, 0), ground.interrupted)?;
    let block = block::block(arm, &probe(PROBE, 1), ground.interrupted)?;
    arm.check()?;
    if ground.interrupted.load(Ordering::Relaxed) {
        bail!("interrupted before anything was compared");
    }
    if block.per_second > 0.0 {
        return Ok(block.per_second);
    }
    let failure = block.failure.map_or(String::new(), |failure| format!(": {failure}"));
    Err(anyhow!("{} ({}) answers nothing well in a probe{failure}", arm.label, arm.what))
}
