//! The baseline against itself: what could be seen on this machine?

use std::time::{Duration, Instant};

use anyhow::bail;
use scenarios::comparison::Against;

use super::arm::Arm;
use super::decide::{self, LOOKS};
use super::figures::Pairs;
use super::stage::{Load, Stage};
use super::summary::{self, Standing};
use super::{Duet, seen};

/// Of the time, what a self-test takes.
const FOR_SELF_TEST: f64 = 0.12;

impl Duet<'_> {
    /// The baseline against a second copy of itself.
    pub(super) fn self_test(&self, load: &Load) -> anyhow::Result<Option<Against>> {
        let baseline = &self.config.arms[0];
        if !baseline.is_started_by_us(&self.ground.loaded.scenario) {
            bail!(
                "a self-test starts the baseline twice, and {} runs already\n  hint: give a command with --a, or leave out --selftest",
                baseline.text
            );
        }
        self.live.say("self-test: a against itself");
        let mut arms = self.prepare(&[(0, baseline), (0, baseline)])?;
        let mut stage = Stage::new(load, &self.ground);
        stage.warm_up(&mut arms, self.warmup())?;
        let names: Vec<String> = arms[0].plan.actions.iter().map(|action| action.name.clone()).collect();
        stage.until(
            &mut arms,
            Instant::now() + self.config.most.mul_f64(FOR_SELF_TEST),
            usize::MAX,
            &self.live,
        )?;
        for trouble in arms.into_iter().flat_map(Arm::stop) {
            self.live.say(&trouble);
        }
        let pairs = Pairs { rounds: &stage.rounds, baseline: 0, variant: 1 };
        let standing = Standing::of(&pairs, &self.rules, LOOKS);
        let mut against = summary::against("a again", &pairs, &standing, &self.rules, LOOKS, &names);
        // What it could see with as many pairs as there will be.
        let left = self.end_of_the_first_try(Duration::ZERO).saturating_duration_since(Instant::now());
        let room = left.as_secs_f64() / load.round(self.config.arms.len()).as_secs_f64();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of pairs")]
        let room = room as usize;
        for ((metric, margin), (_, differences)) in self.rules.primary.iter().zip(&against.differences) {
            let row = against.metrics.iter_mut().find(|row| row.name == metric.title());
            if let Some(row) = row {
                row.detectable = decide::detectable(differences, *margin, room, &self.rules);
            }
        }
        self.live.say(&seen(&against));
        Ok(Some(against))
    }
}
