//! The search: which level comes next, when a level has gone on for long enough, and when it is over. Pure: no clock, no I/O.
//!
//! ```text
//! connections   1, 2, 4, ... back to back, until more of them bring nothing more: a ceiling, cheaply
//! low           a fifth and a third of it: what the law is found from; lower, where the promise fails already
//! bracket       up, or between the highest rate that held and the lowest that failed, until they lie near each other
//! narrow        a little below and a little above of where the fit over all levels puts the boundary, both sides again and
//!               again, until the interval is narrow enough or the budget is used up
//! repeat        the low rate once more: a server that has changed meanwhile shows it
//! ```
//!
//! Blocks of a level follow each other without a break. A level near the boundary is never ended early because of what it
//! shows: ending when a bunch of misses comes, and going on when none does, would make the server look worse than it is.

use scenarios::capacity::Purpose;
use scenarios::verdict::Attained;

use super::boundary::{Boundary, boundary};
use super::timing::Timing;
use super::trial::{Goal, Order, Pace, Seen, Tried};

/// More connections that bring less than this are not worth trying.
const GAIN: f64 = 1.05;
/// Doublings without a gain after which it is enough.
const FLAT: usize = 2;
/// Connections at most.
const MOST_CONNECTIONS: u32 = 256;
/// Of the ceiling, what is tried first, so that something is known from half of the capacity and below.
const LOW: [f64; 2] = [0.2, 0.36];
/// Of the ceiling, what is tried then while the promise holds.
const UP: [f64; 3] = [0.6, 0.8, 0.95];
/// From there on, and where there is no ceiling.
const FURTHER: f64 = 1.15;
/// Where the promise fails at once, rates go down by this, so often.
const DOWN: f64 = 0.4;
const MOST_DOWN: usize = 4;
/// Of rates that are so close, the fit decides which is next.
const BRACKET: f64 = 1.25;
/// How far from the boundary it is tried, in log odds of a miss, and as a share of the rate.
const ODDS_AWAY: f64 = 0.8;
const NEAREST: f64 = 0.01;
const FARTHEST: f64 = 0.08;
/// Of all requests, what may miss before a level is hopeless and ended: it has no steady state.
const HOPELESS: f64 = 0.5;
/// Levels on each side of the boundary, near it, before a narrow interval counts.
const SIDES: usize = 4;
/// Levels in which the generator was the limit, before the search gives up.
const MOST_LIMITED: usize = 3;

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Seconds of load.
    pub budget_s: f64,
    /// Half of the interval, as a share of the capacity, that is narrow enough.
    pub precision: f64,
    /// Requests per second that the generator can offer; nothing above is tried.
    pub most_per_s: f64,
    /// The promises.
    pub goals: Vec<Goal>,
}

/// The search.
#[derive(Clone, Debug)]
pub struct Search {
    rules: Rules,
    timing: Timing,
    levels: Vec<Tried>,
    open: Option<Tried>,
    load_s: f64,
}

impl Search {
    /// A search that has tried nothing yet.
    #[must_use]
    pub fn new(rules: Rules) -> Search {
        let timing = Timing::of(rules.budget_s);
        Search { rules, timing, levels: Vec::new(), open: None, load_s: 0.0 }
    }

    /// What was asked for.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Every level that has ended, in the order of trial.
    #[must_use]
    pub fn levels(&self) -> &[Tried] {
        &self.levels
    }

    /// Seconds of load so far, what does not count included.
    #[must_use]
    pub fn load_s(&self) -> f64 {
        self.load_s
    }

    /// Ends the level that goes on.
    pub fn end(&mut self) {
        self.levels.extend(self.open.take().filter(|tried| !tried.blocks.is_empty()));
    }

    /// The level to try next; `None` when it is over. Ends the one before.
    pub fn next_level(&mut self) -> Option<Order> {
        self.end();
        let order = self.order().and_then(|order| self.within_budget(order, self.kept_for_repeating()));
        let order = order.or_else(|| self.within_budget(self.repeat()?, 0.0))?;
        self.open = Some(Tried { order, at_s: self.load_s, blocks: Vec::new(), set_aside: None });
        self.load_s += order.skip_s;
        Some(order)
    }

    /// Takes what a block of the level showed; whether the level goes on with another.
    pub fn saw(&mut self, seen: Seen) -> bool {
        let Some(open) = &mut self.open else { return false };
        self.load_s += seen.seconds;
        let is_second = self.levels.last().is_some_and(|last| last.set_aside.is_some());
        // Once: a host that disturbs all the time is what the server has.
        open.set_aside = seen.disturbed.clone().filter(|_| !is_second);
        open.blocks.push(seen);
        let blocks = u32::try_from(open.blocks.len()).unwrap_or(u32::MAX);
        if blocks >= open.order.most_blocks || !open.is_sound() || is_hopeless(open) {
            return false;
        }
        let is_low = self.rated().count() < LOW.len();
        let Some(open) = &self.open else { return false };
        match open.order.purpose {
            // What the capacity is foretold from.
            Purpose::Bracket if is_low => true,
            // Far from the boundary, a level goes on only while it is undecided.
            Purpose::Bracket => open.verdict(&self.rules.goals) == Attained::CannotTell,
            Purpose::Narrow | Purpose::Confirm | Purpose::Predict => true,
        }
    }

    /// Where each promise breaks, as far as the levels tell.
    #[must_use]
    pub fn boundaries(&self) -> Vec<Option<Boundary>> {
        let goals = self.rules.goals.iter().enumerate();
        goals.map(|(promise, goal)| boundary(&self.levels, promise, goal)).collect()
    }

    /// The promise that breaks first, and where.
    #[must_use]
    pub fn first_to_break(&self) -> Option<(usize, Boundary)> {
        let found = self.boundaries().into_iter().enumerate();
        let found = found.filter_map(|(promise, boundary)| Some((promise, boundary?)));
        found.min_by(|(_, one), (_, other)| one.per_s.total_cmp(&other.per_s))
    }

    /// The highest rate at which every promise held, by the counts.
    #[must_use]
    pub fn highest_held(&self) -> Option<f64> {
        let below = self.lowest_failed().unwrap_or(f64::INFINITY);
        let held = self.rated().filter(|(rate, level)| *rate < below && level.seems_met(&self.rules.goals));
        held.map(|(rate, _)| rate).max_by(f64::total_cmp)
    }

    /// The lowest rate at which a promise failed, by the counts.
    #[must_use]
    pub fn lowest_failed(&self) -> Option<f64> {
        let failed = self.rated().filter(|(_, level)| !level.seems_met(&self.rules.goals));
        failed.map(|(rate, _)| rate).min_by(f64::total_cmp)
    }

    /// What was answered well on connections, at most; `None` where nothing was.
    #[must_use]
    pub fn ceiling(&self) -> Option<f64> {
        let done = self.on_connections().map(|(_, done)| done);
        done.max_by(f64::total_cmp).filter(|done| *done > 0.0)
    }

    /// Levels in which the generator was the limit.
    #[must_use]
    pub fn limited(&self) -> usize {
        self.levels.iter().filter(|level| level.limited().is_some()).count()
    }

    fn rated(&self) -> impl Iterator<Item = (f64, &Tried)> {
        let sound = self.levels.iter().filter(|level| level.is_sound());
        sound.filter_map(|level| Some((level.order.pace.rate()?, level)))
    }

    /// What each number of connections reached, per second, in the order of trial.
    pub fn on_connections(&self) -> impl Iterator<Item = (u32, f64)> {
        let counted = self.levels.iter().filter(|level| level.set_aside.is_none());
        counted.filter_map(|level| match level.order.pace {
            Pace::Connections(connections) => Some((connections, level.done_per_s())),
            Pace::Rate(_) => None,
        })
    }

    fn order(&self) -> Option<Order> {
        if let Some(last) = self.levels.last().filter(|last| last.set_aside.is_some()) {
            return Some(last.order);
        }
        if let Some(connections) = self.more_connections() {
            return Some(self.timing.connections(connections));
        }
        let ceiling = self.ceiling()?;
        if self.is_limited() {
            return None;
        }
        let tried = self.rated().count();
        if let Some(low) = LOW.get(tried) {
            // Where a fifth fails already, a third would tell nothing.
            let has_failed = tried > 0 && self.highest_held().is_none();
            if !has_failed {
                return self.rate(ceiling * low, Purpose::Bracket);
            }
        }
        match (self.highest_held(), self.lowest_failed()) {
            (None, None) => None,
            (None, Some(failed)) => {
                (tried <= MOST_DOWN).then(|| self.rate(failed * DOWN, Purpose::Bracket)).flatten()
            }
            (Some(held), None) => {
                let next = UP.iter().map(|part| part * ceiling).find(|rate| *rate > held * 1.01);
                let next = next.unwrap_or(held * FURTHER).min(self.rules.most_per_s);
                // As much as can be offered was tried.
                (next > held * 1.01).then(|| self.rate(next, Purpose::Bracket)).flatten()
            }
            (Some(held), Some(failed)) if failed > held * BRACKET => {
                self.rate(f64::midpoint(held, failed), Purpose::Bracket)
            }
            (Some(_), Some(_)) => self.narrow(),
        }
    }

    /// How many connections are tried next, if more are.
    fn more_connections(&self) -> Option<u32> {
        let tried: Vec<(u32, f64)> = self.on_connections().collect();
        let Some((last, _)) = tried.last() else { return Some(1) };
        let best_before = |end: usize| tried[..end].iter().map(|(_, done)| *done).fold(0.0, f64::max);
        let is_flat = tried.len() > FLAT && {
            let before = best_before(tried.len() - FLAT);
            best_before(tried.len()) < before * GAIN
        };
        let is_dead = tried.len() > FLAT && best_before(tried.len()) <= 0.0;
        let has_time = self.load_s < self.rules.budget_s * self.timing.share_for_connections;
        (!is_flat && !is_dead && has_time && *last < MOST_CONNECTIONS).then_some(last * 2)
    }

    /// A little below or above of the boundary, on the side that has been tried less.
    fn narrow(&self) -> Option<Order> {
        let (_, boundary) = self.first_to_break()?;
        let (below, above) = self.tried_near(&boundary);
        let is_narrow = boundary.half_width() <= self.rules.precision;
        if is_narrow && below >= SIDES && above >= SIDES {
            return None;
        }
        let away = (ODDS_AWAY / boundary.slope).clamp(NEAREST, FARTHEST);
        let side = if below <= above { 1.0 - away } else { 1.0 + away };
        let purpose = if below.min(above) == 0 { Purpose::Narrow } else { Purpose::Confirm };
        self.rate(boundary.per_s * side, purpose)
    }

    /// How many levels near the boundary were tried below it and above it.
    fn tried_near(&self, boundary: &Boundary) -> (usize, usize) {
        let near: Vec<f64> = (self.rated())
            .filter(|(_, level)| matches!(level.order.purpose, Purpose::Narrow | Purpose::Confirm))
            .map(|(rate, _)| rate)
            .filter(|rate| (rate / boundary.per_s - 1.0).abs() < FARTHEST * 3.0)
            .collect();
        let below = near.iter().filter(|rate| **rate < boundary.per_s).count();
        (below, near.len() - below)
    }

    fn is_limited(&self) -> bool {
        let has_both = self.highest_held().is_some() && self.lowest_failed().is_some();
        let most = if has_both { 2 * MOST_LIMITED } else { MOST_LIMITED };
        self.limited() >= most
    }

    fn rate(&self, rate: f64, purpose: Purpose) -> Option<Order> {
        let rate = rate.min(self.rules.most_per_s);
        (rate > 0.0).then(|| self.timing.rate(rate, purpose))
    }

    /// The low rate of the beginning once more, at the end: a server that has changed shows it there, far from the boundary.
    fn repeat(&self) -> Option<Order> {
        self.lowest_failed()?;
        let low = self.rated().nth(LOW.len() - 1).filter(|(_, level)| level.seems_met(&self.rules.goals))?;
        let again = self.rated().filter(|(rate, _)| *rate <= low.0 * 1.001 && *rate >= low.0 * 0.999).count();
        if again > 1 || self.limited() >= 2 * MOST_LIMITED {
            return None;
        }
        self.rate(low.0, Purpose::Confirm).map(|order| Order { most_blocks: 1, ..order })
    }

    /// Seconds of the budget that this takes.
    fn kept_for_repeating(&self) -> f64 {
        self.repeat().map_or(0.0, |order| order.most_s())
    }

    /// The order with as many blocks as there is time for, when so many seconds are kept.
    fn within_budget(&self, order: Order, kept_s: f64) -> Option<Order> {
        let left = self.rules.budget_s - self.load_s - order.skip_s - kept_s;
        let room = (left / order.block_s + 1e-9).floor();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a few")]
        let most_blocks = order.most_blocks.min(room.clamp(0.0, 1e6) as u32);
        (most_blocks > 0).then_some(Order { most_blocks, ..order })
    }
}

fn is_hopeless(level: &Tried) -> bool {
    let promises = level.blocks.first().map_or(0, |block| block.promises.len());
    level.order.pace.rate().is_some()
        && (0..promises).any(|promise| {
            let last = level.blocks.last().map(|block| block.tally(promise)).unwrap_or_default();
            last.missed as f64 > HOPELESS * last.scheduled as f64
        })
}
