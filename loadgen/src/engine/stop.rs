//! What is told from outside to the engine's thread, while it is in the middle of a run: to end, or not to sleep.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

const GO_ON: u8 = 0;
const ENOUGH: u8 = 1;
const AT_ONCE: u8 = 2;

/// What whoever watches a run wants of it.
#[derive(Debug, Default)]
pub struct Stop {
    wanted: AtomicU8,
    /// Nanoseconds.
    spin: AtomicU64,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// That it goes on.
    GoOn,
    /// That nothing more is offered, and what was is waited for as long as at any end.
    Enough,
    /// That nothing more is offered, and little is waited for.
    AtOnce,
}

impl Stop {
    /// Nothing is wanted yet.
    #[must_use]
    pub fn new() -> Stop {
        Stop::default()
    }

    /// There has been enough load: the run ends as it would at the end of its schedule.
    pub fn enough(&self) {
        self.wanted.fetch_max(ENOUGH, Ordering::Relaxed);
    }

    /// Somebody does not want to wait.
    pub fn at_once(&self) {
        self.wanted.fetch_max(AT_ONCE, Ordering::Relaxed);
    }

    /// From now on the engine looks at the clock for so long before a due time, at least, instead of sleeping: this
    /// machine turned out to wake threads late.
    pub fn stay_awake(&self, spin: Duration) {
        self.spin.store(u64::try_from(spin.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn spin(&self) -> Duration {
        Duration::from_nanos(self.spin.load(Ordering::Relaxed))
    }

    pub(super) fn wanted(&self) -> Wanted {
        match self.wanted.load(Ordering::Relaxed) {
            GO_ON => Wanted::GoOn,
            ENOUGH => Wanted::Enough,
            _ => Wanted::AtOnce,
        }
    }
}
