//! A regression is believed when a second try sees it too.

use scenarios::comparison::{Against, Confirmation};
use scenarios::verdict::Compared;

use super::arm::{Arm, ArmAsked};
use super::decide::{self, LOOKS, Rules};
use super::figures::Pairs;
use super::stage::{Load, Stage};
use super::summary::Standing;
use super::{Duet, KEPT_FOR_THE_END};

impl Duet<'_> {
    /// Tries again what was called a regression: fresh processes, started the other way round, so that the labels are swapped.
    pub(super) fn confirm(
        &self,
        load: &Load,
        standings: &[Standing],
        against: &mut [Against],
    ) -> anyhow::Result<()> {
        let called: Vec<usize> =
            (0..standings.len()).filter(|at| !standings[*at].called().is_empty()).collect();
        if called.is_empty() || against.iter().all(|against| against.word != Compared::Regressed) {
            return Ok(());
        }
        self.live.say("trying again with fresh processes and swapped labels");
        let mut asked: Vec<(usize, &ArmAsked)> =
            called.iter().rev().map(|at| (at + 1, &self.config.arms[at + 1])).collect();
        asked.push((0, &self.config.arms[0]));
        let mut arms = self.prepare(&asked)?;
        let mut stage = Stage::new(load, &self.ground);
        stage.warm_up(&mut arms, self.warmup())?;
        let end = self.deadline.checked_sub(KEPT_FOR_THE_END).unwrap_or(self.begun);
        let enough = called.iter().map(|at| against[*at].pairs).max().unwrap_or_default();
        stage.until(&mut arms, end, usize::try_from(enough)?, &self.live)?;
        let baseline = arms.len() - 1;
        for trouble in arms.into_iter().flat_map(Arm::stop) {
            self.live.say(&trouble);
        }
        for (variant, at) in called.into_iter().rev().enumerate() {
            let pairs = Pairs { rounds: &stage.rounds, baseline, variant };
            let again = Standing::of(&pairs, &self.rules, LOOKS);
            let first = &standings[at];
            let agrees = decide::agrees(&first.differences, &again.differences, &self.rules, &first.called());
            settle_confirmation(&mut against[at], first, &again, &self.rules, agrees, pairs.sound().count());
        }
        Ok(())
    }
}

fn settle_confirmation(
    against: &mut Against,
    first: &Standing,
    again: &Standing,
    rules: &Rules,
    agrees: bool,
    pairs: usize,
) {
    let changes = first
        .called()
        .into_iter()
        .filter_map(|at| Some((rules.primary[at].0, again.judged[at].change?)))
        .collect();
    if !agrees && against.errors.word != Compared::Regressed {
        against.word = Compared::CannotTell;
        against.why.insert(0, "a second try with fresh processes did not see it".to_owned());
    }
    let pairs = u32::try_from(pairs).unwrap_or(u32::MAX);
    against.confirmation = Some(Confirmation { agrees, pairs, changes });
}
