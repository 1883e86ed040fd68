//! One level on a real server: the load, its account, and the search that says after each block whether it goes on.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use scenarios::scenario::Arrivals as Spacing;

use super::ledger::{Ledger, Promise};
use super::trial::{Order, Pace, Seen};
use crate::codec::Answer;
use crate::drive::Line;
use crate::engine::{Nanos, Operation, Outcome, Sample, Settings, Sink, Stop, Verdict, Workload};
use crate::journey::Plan;
use crate::schedule::{Arrivals, PerSecond, Process, Segment};
use crate::standing::Standing;
use crate::visits::Visits;

/// Longest wait for what is still under way when a level has ended: the queue is to be empty before the next.
const DRAIN: Duration = Duration::from_secs(10);
/// Likewise when somebody does not want to wait.
const DRAIN_WHEN_STOPPED: Duration = Duration::from_millis(500);
/// A level that is not ended by the search ends by itself this long after its last block.
const OVERTIME: Duration = Duration::from_secs(30);

/// What all levels have in common.
pub(crate) struct Ground<'a> {
    pub(crate) plan: &'a Arc<Plan>,
    pub(crate) promises: &'a [Promise],
    pub(crate) spacing: Spacing,
    pub(crate) seed: u64,
    pub(crate) max_connections: usize,
    pub(crate) keep: scenarios::target::Policy,
    pub(crate) timeout: Duration,
    pub(crate) spin: Duration,
    pub(crate) interrupted: &'a AtomicBool,
}

/// What became of a level.
pub(crate) struct Level {
    pub(crate) ledger: Ledger,
    /// When counting began and when the load ended, in the line's time.
    pub(crate) from: Nanos,
    pub(crate) end: Nanos,
    /// Of this thread, from the beginning to the end of the load.
    pub(crate) cpu: Duration,
    /// Looking at the clock instead of sleeping, which is not in it.
    pub(crate) spun: Duration,
    /// The number of the first visit of the next level.
    pub(crate) next_visit: u64,
}

/// Loads as ordered, until `goes_on` says no after a block, and waits until nothing is under way.
///
/// # Errors
/// The machine refuses sockets.
pub(crate) fn level(
    line: &mut Line,
    ground: &Ground<'_>,
    order: &Order,
    number: u64,
    first_visit: u64,
    goes_on: &mut dyn FnMut(Seen) -> bool,
) -> anyhow::Result<Level> {
    let begins = line.now();
    let (skip, block) = (Duration::from_secs_f64(order.skip_s), Duration::from_secs_f64(order.block_s));
    let from = begins.plus(skip);
    let longest = skip + block * order.most_blocks + OVERTIME;
    let end = begins.plus(longest);
    let settings = Settings {
        max_connections: ground.max_connections,
        keep: ground.keep,
        timeout: ground.timeout,
        grace: ground.timeout.min(DRAIN),
        grace_when_stopped: DRAIN_WHEN_STOPPED,
        spin: ground.spin,
        end,
    };
    let by_end = matches!(order.pace, Pace::Connections(_));
    let ledger = RefCell::new(Ledger::new(ground.promises.to_vec(), from, block, by_end));
    let stop = Stop::new();
    let mut kept =
        Kept { ledger: &ledger, stop: &stop, goes_on, is_over: None, interrupted: ground.interrupted };
    let seed = ground.seed.wrapping_add(number.wrapping_mul(SEED_STEP));
    let cpu = line.cpu();
    let (offered, next_visit) = match order.pace {
        Pace::Rate(per_s) => {
            let visits_per_s = per_s / ground.plan.requests_per_visit();
            let rate = PerSecond::new(visits_per_s).context("the rate is not a number")?;
            let spread = match ground.spacing {
                Spacing::Poisson => Process::Poisson,
                Spacing::Constant => Process::Constant,
            };
            // The line's time goes on from level to level: nothing is due before this one begins.
            let before = Segment::constant(begins.since(Nanos::ZERO), PerSecond::default());
            let arrivals = Arrivals::new(spread, vec![before, Segment::constant(longest, rate)], seed);
            let visits = Visits::new(ground.plan.clone(), arrivals, ground.seed).numbered_from(first_visit);
            let mut visits = Counted { inner: visits, ledger: &ledger };
            let offered = line.carry(&mut visits, &mut kept, &settings, &stop)?;
            (offered, visits.inner.next_number())
        }
        Pace::Connections(connections) => {
            let visits = Standing::new(ground.plan.clone(), connections, seed).beginning_at(begins);
            let mut visits = Counted { inner: visits, ledger: &ledger };
            (line.carry(&mut visits, &mut kept, &settings, &stop)?, first_visit)
        }
    };
    let end = kept.is_over.unwrap_or_else(|| line.now());
    let cpu = line.cpu().saturating_sub(cpu).saturating_sub(offered.spun);
    Ok(Level { ledger: ledger.into_inner(), from, end, cpu, spun: offered.spun, next_visit })
}

/// Seeds of levels lie this far apart, so that no two searches with near seeds share levels.
const SEED_STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Visits that are written into the account as they come.
struct Counted<'a, L> {
    inner: L,
    ledger: &'a RefCell<Ledger>,
}

impl<L> Counted<'_, L> {
    fn noted(&self, operation: Option<Operation>) -> Option<Operation> {
        if let Some(operation) = &operation {
            self.ledger.borrow_mut().issued(operation.action, operation.due);
        }
        operation
    }
}

impl<L: Workload> Workload for Counted<'_, L> {
    fn arrive(&mut self, request: &mut Vec<u8>) -> Option<Operation> {
        let operation = self.inner.arrive(request);
        self.noted(operation)
    }

    fn judge(&mut self, operation: &Operation, answer: &Answer<'_>) -> Verdict {
        self.inner.judge(operation, answer)
    }

    fn ended(&mut self, sample: &Sample) {
        self.inner.ended(sample);
    }

    fn follow(
        &mut self,
        operation: &Operation,
        outcome: Outcome,
        request: &mut Vec<u8>,
    ) -> Option<Operation> {
        let operation = self.inner.follow(operation, outcome, request);
        self.noted(operation)
    }
}

/// Writes what has ended into the account, and asks the search at the end of each block.
struct Kept<'a, 'f> {
    ledger: &'a RefCell<Ledger>,
    stop: &'a Stop,
    goes_on: &'f mut dyn FnMut(Seen) -> bool,
    /// When the search had seen enough.
    is_over: Option<Nanos>,
    interrupted: &'a AtomicBool,
}

impl Sink for Kept<'_, '_> {
    fn record(&mut self, sample: &Sample) {
        self.ledger.borrow_mut().ended(sample);
    }

    fn tick(&mut self, now: Nanos) {
        if self.interrupted.load(Ordering::Relaxed) {
            self.stop.at_once();
            return;
        }
        while self.is_over.is_none() {
            let Some(seen) = self.ledger.borrow_mut().close(now) else { return };
            if !(self.goes_on)(seen) {
                self.is_over = Some(now);
                self.stop.enough();
            }
        }
    }
}
