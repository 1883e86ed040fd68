//! How a run is ended from outside, while the engine's thread is in the middle of it.

use std::sync::atomic::{AtomicU8, Ordering};

const GO_ON: u8 = 0;
const ENOUGH: u8 = 1;
const AT_ONCE: u8 = 2;

/// What whoever watches a run wants of it.
#[derive(Debug, Default)]
pub struct Stop(AtomicU8);

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
        self.0.fetch_max(ENOUGH, Ordering::Relaxed);
    }

    /// Somebody does not want to wait.
    pub fn at_once(&self) {
        self.0.fetch_max(AT_ONCE, Ordering::Relaxed);
    }

    pub(super) fn wanted(&self) -> Wanted {
        match self.0.load(Ordering::Relaxed) {
            GO_ON => Wanted::GoOn,
            ENOUGH => Wanted::Enough,
            _ => Wanted::AtOnce,
        }
    }
}
