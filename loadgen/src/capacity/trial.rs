//! What the search asks for, and what came of it.
//!
//! Rates are HTTP requests per second, times seconds. A level is a stretch of load at one pace without a break; it is judged in
//! blocks, one after the other, so that it can go on for as long as it has to.

use scenarios::capacity::Purpose;
use scenarios::verdict::Attained;

use crate::bunches::inflation;
use crate::statistics::share_interval;

/// How load is offered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many connections, each of which asks again as soon as it is answered.
    Connections(u32),
    /// So many requests per second, whatever the server does.
    Rate(f64),
}

impl Pace {
    /// The rate, where there is one.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        match self {
            Pace::Rate(rate) => Some(rate),
            Pace::Connections(_) => None,
        }
    }
}

/// What has to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// The share of requests that has to keep the promise.
    pub share: f64,
    /// Within so many seconds; `None` where only failures count.
    pub limit_s: Option<f64>,
}

/// A level that is to be tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// How.
    pub pace: Pace,
    /// Why.
    pub purpose: Purpose,
    /// Seconds at its beginning that do not count: the queue is not yet what this pace makes of it.
    pub skip_s: f64,
    /// Seconds of a block.
    pub block_s: f64,
    /// Blocks at most.
    pub most_blocks: u32,
}

impl Order {
    /// Seconds of load that it takes at most.
    #[must_use]
    pub fn most_s(&self) -> f64 {
        self.skip_s + self.block_s * f64::from(self.most_blocks)
    }
}

/// Requests, and how many of them did not keep a promise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests that were due.
    pub scheduled: u64,
    /// Of these, not answered well within the limit.
    pub missed: u64,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Tally) -> Tally {
        Tally { scheduled: self.scheduled + other.scheduled, missed: self.missed + other.missed }
    }
}

/// What one block showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Seconds that it lasted.
    pub seconds: f64,
    /// Requests that were due in it.
    pub due: u64,
    /// Requests that were answered well, per second.
    pub done_per_s: f64,
    /// Mean response time of those that were answered.
    pub mean_s: f64,
    /// Mean of its square, in seconds squared.
    pub mean_square_s2: f64,
    /// For each promise, each second of the block.
    pub promises: Vec<Vec<Tally>>,
    /// Why it says nothing about the server: the generator was the limit.
    pub limited: Option<String>,
    /// Likewise: the host of this machine took its processors away meanwhile.
    pub disturbed: Option<String>,
}

impl Seen {
    /// What became of a promise in all of the block.
    #[must_use]
    pub fn tally(&self, promise: usize) -> Tally {
        let seconds = self.promises.get(promise).map_or(&[][..], Vec::as_slice);
        seconds.iter().fold(Tally::default(), |sum, second| sum.plus(*second))
    }
}

/// A level that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// What was asked for.
    pub order: Order,
    /// Seconds of load before it.
    pub at_s: f64,
    /// What its blocks showed.
    pub blocks: Vec<Seen>,
    /// Why it does not count and is tried again.
    pub set_aside: Option<String>,
}

/// A promise at one level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// The share of requests that kept it.
    pub share: f64,
    /// Its 95 % interval, which allows for misses that come in bunches.
    pub interval: (f64, f64),
    /// What follows.
    pub verdict: Attained,
}

impl Tried {
    /// Seconds that counted.
    #[must_use]
    pub fn measured_s(&self) -> f64 {
        self.blocks.iter().map(|block| block.seconds).sum()
    }

    /// Requests that were due in them.
    #[must_use]
    pub fn due(&self) -> u64 {
        self.blocks.iter().map(|block| block.due).sum()
    }

    /// Requests answered well, per second.
    #[must_use]
    pub fn done_per_s(&self) -> f64 {
        let done: f64 = self.blocks.iter().map(|block| block.done_per_s * block.seconds).sum();
        done / self.measured_s().max(f64::MIN_POSITIVE)
    }

    /// Mean response time.
    #[must_use]
    pub fn mean_s(&self) -> f64 {
        self.mean(|block| block.mean_s)
    }

    /// The variance of the response time as a multiple of its squared mean: 1 where it is exponential.
    #[must_use]
    pub fn relative_variance(&self) -> f64 {
        let mean_s = self.mean_s().max(f64::MIN_POSITIVE);
        (self.mean(|block| block.mean_square_s2) / mean_s.powi(2) - 1.0).max(0.0)
    }

    /// The mean over all answers.
    fn mean(&self, of: impl Fn(&Seen) -> f64) -> f64 {
        let weighed = |block: &Seen| block.done_per_s * block.seconds;
        let sum: f64 = self.blocks.iter().map(|block| of(block) * weighed(block)).sum();
        sum / self.blocks.iter().map(weighed).sum::<f64>().max(f64::MIN_POSITIVE)
    }

    /// Why it says nothing about the server, where it does not.
    #[must_use]
    pub fn limited(&self) -> Option<&str> {
        self.blocks.iter().find_map(|block| block.limited.as_deref())
    }

    /// Whether it says something about the server.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.set_aside.is_none() && self.limited().is_none()
    }

    /// Requests to which a promise applies, and those of them that missed it.
    #[must_use]
    pub fn tally(&self, promise: usize) -> Tally {
        self.blocks.iter().fold(Tally::default(), |sum, block| sum.plus(block.tally(promise)))
    }

    /// What became of a promise.
    #[must_use]
    pub fn kept(&self, promise: usize, goal: &Goal) -> Kept {
        let share = goal.share;
        let tally = self.tally(promise);
        let seconds: Vec<(u64, u64)> = (self.blocks.iter())
            .flat_map(|block| block.promises.get(promise).into_iter().flatten())
            .map(|second| (second.missed, second.scheduled))
            .collect();
        let kept = tally.scheduled - tally.missed;
        let interval = share_interval(kept, tally.scheduled, inflation(&seconds).unwrap_or(1.0));
        let verdict = match interval {
            (low, _) if low >= share => Attained::Met,
            (_, high) if high < share => Attained::Missed,
            _ => Attained::CannotTell,
        };
        let got = if tally.scheduled == 0 { 1.0 } else { kept as f64 / tally.scheduled as f64 };
        Kept { share: got, interval, verdict }
    }

    /// Whether all promises hold: missed when one is, met when all are.
    #[must_use]
    pub fn verdict(&self, goals: &[Goal]) -> Attained {
        let each: Vec<Attained> =
            goals.iter().enumerate().map(|(at, goal)| self.kept(at, goal).verdict).collect();
        if each.contains(&Attained::Missed) {
            Attained::Missed
        } else if each.contains(&Attained::CannotTell) {
            Attained::CannotTell
        } else {
            Attained::Met
        }
    }

    /// Whether all promises held by what was counted, certain or not.
    #[must_use]
    pub fn seems_met(&self, goals: &[Goal]) -> bool {
        goals.iter().enumerate().all(|(at, goal)| self.kept(at, goal).share >= goal.share)
    }
}
