//! The gate in front of everything that costs: so many requests are served at a time, so many may wait for their turn,
//! and none of them for long. What is more is refused at once (503), so that what was let in stays fast.
//!
//! A queue that is never empty only makes everybody late. So whoever comes may wait [`Shedding::wait`] while the queue
//! has been empty of late, and a tenth of that when it has not ("controlled delay", Maurer, "Fail at Scale", ACM Queue
//! 13 (8), 2015, after Nichols and Jacobson's `CoDel`). A burst is then served, and an overload is turned away.
//!
//! Only what waits inside the forum is seen here. Connections that were not looked at wait in the system's queue, which
//! `serve` bounds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::Stopwatch;
use crate::context::{self, Part};
use crate::error::ApiError;
use crate::limits;

/// A standing queue may be waited in for so much less.
const STANDING_PART: u32 = 10;

/// What is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shedding {
    /// Requests being served at a time.
    pub served: usize,
    /// Requests that may wait for their turn.
    pub waiting: usize,
    /// How long each of them may wait.
    pub wait: Duration,
}

impl Default for Shedding {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let served = cores * limits::SERVED_PER_CORE;
        Self { served, waiting: served * limits::WAITING_PER_SERVED, wait: limits::TURN_WAIT }
    }
}

/// Why a request was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shed {
    /// As many waited as may.
    Full,
    /// Its turn did not come in time.
    Waited,
}

impl Shed {
    /// All of them.
    pub(crate) const ALL: [Shed; 2] = [Shed::Full, Shed::Waited];

    /// The name in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Waited => "waited",
        }
    }
}

/// The gate; `off`, everybody is let in, and only the number of connections is a limit.
#[derive(Clone, Debug)]
pub struct Gate(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    shedding: Shedding,
    places: Semaphore,
    queue: Mutex<Queue>,
    shed: [AtomicU64; 2],
}

#[derive(Clone, Copy, Debug, Default)]
struct Queue {
    waiting: usize,
    /// The most that ever waited.
    longest: usize,
    /// Since when somebody waits.
    since: Option<Stopwatch>,
}

/// A place among those who are served; it is free again when this is dropped.
pub(crate) struct Place<'g>(
    #[expect(dead_code, reason = "it is held, not looked at")] Option<SemaphorePermit<'g>>,
);

impl Gate {
    /// A gate with these limits.
    #[must_use]
    pub fn new(shedding: Shedding) -> Self {
        Self(Some(Arc::new(Shared {
            shedding,
            places: Semaphore::new(shedding.served),
            queue: Mutex::default(),
            shed: Default::default(),
        })))
    }

    /// No gate: for measuring what happens without one.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// Its limits, if it has any.
    #[must_use]
    pub fn shedding(&self) -> Option<Shedding> {
        self.0.as_ref().map(|shared| shared.shedding)
    }

    /// Requests that wait for their turn, and the most that ever did.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        self.0.as_ref().map_or((0, 0), |shared| {
            let queue = shared.queue();
            (queue.waiting, queue.longest)
        })
    }

    /// Requests that were not let in.
    pub(crate) fn shed(&self, why: Shed) -> u64 {
        self.0.as_ref().map_or(0, |shared| shared.shed[why as usize].load(Ordering::Relaxed))
    }

    /// Refuses a request that would only find the queue full, before anything is done for it.
    pub(crate) fn knock(&self) -> Result<(), ApiError> {
        match &self.0 {
            Some(shared) if shared.is_full() => Err(shared.refuse(Shed::Full)),
            _ => Ok(()),
        }
    }

    /// Waits for a place, if there may be one soon.
    pub(crate) async fn enter(&self) -> Result<Place<'_>, ApiError> {
        let Some(shared) = &self.0 else { return Ok(Place(None)) };
        // Never ahead of those who wait: a place that becomes free is theirs.
        if let Ok(place) = shared.places.try_acquire() {
            return Ok(Place(Some(place)));
        }
        let Some(turn) = shared.queue_up() else { return Err(shared.refuse(Shed::Full)) };
        let watch = Stopwatch::start();
        let place = tokio::time::timeout(turn.patience, shared.places.acquire()).await;
        context::spend(Part::Turn, watch.so_far());
        match place {
            Ok(Ok(place)) => Ok(Place(Some(place))),
            Ok(Err(_)) | Err(_) => Err(shared.refuse(Shed::Waited)),
        }
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(Shedding::default())
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full(&self) -> bool {
        self.places.available_permits() == 0 && self.queue().waiting >= self.shedding.waiting
    }

    fn refuse(&self, why: Shed) -> ApiError {
        self.shed[why as usize].fetch_add(1, Ordering::Relaxed);
        ApiError::Busy
    }

    /// Takes a place in the queue; `None` when there is none.
    fn queue_up(&self) -> Option<Turn<'_>> {
        let mut queue = self.queue();
        if queue.waiting >= self.shedding.waiting {
            return None;
        }
        queue.waiting += 1;
        queue.longest = queue.longest.max(queue.waiting);
        let since = *queue.since.get_or_insert_with(Stopwatch::start);
        let wait = self.shedding.wait;
        let patience = if since.so_far() > wait { wait / STANDING_PART } else { wait };
        Some(Turn { shared: self, patience })
    }
}

/// A place in the queue, until it is dropped.
struct Turn<'g> {
    shared: &'g Shared,
    patience: Duration,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queue = self.shared.queue();
        queue.waiting -= 1;
        if queue.waiting == 0 {
            queue.since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    const WAIT: Duration = Duration::from_millis(100);

    fn gate(served: usize, waiting: usize) -> Gate {
        Gate::new(Shedding { served, waiting, wait: WAIT })
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_are_served_so_many_wait_and_the_next_one_is_refused_at_once() {
        let gate = gate(2, 3);
        let served = (gate.enter().await, gate.enter().await);
        let mut waiting = JoinSet::new();
        for _ in 0..3 {
            let gate = gate.clone();
            waiting.spawn(async move { gate.enter().await.map(drop) });
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.waiting(), (3, 3));
        let watch = Stopwatch::start();
        assert!(gate.knock().is_err() && gate.enter().await.is_err());
        assert_eq!((watch.so_far(), gate.shed(Shed::Full)), (Duration::ZERO, 2));
        drop(served);
        assert!(waiting.join_all().await.iter().all(Result::is_ok), "each had its turn");
        assert_eq!((gate.waiting(), gate.shed(Shed::Waited)), ((0, 3), 0));
        assert!(gate.knock().is_ok() && gate.enter().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_standing_queue_nobody_waits_for_long() {
        let gate = gate(1, 100);
        let _served = gate.enter().await;
        let waited = |gate: Gate| async move {
            let watch = Stopwatch::start();
            assert!(gate.enter().await.is_err(), "there is no place");
            watch.so_far()
        };
        let mut others = JoinSet::new();
        for _ in 0..20 {
            others.spawn(waited(gate.clone()));
            tokio::time::sleep(Duration::from_millis(9)).await;
        }
        let all: Vec<Duration> = others.join_all().await;
        // Those who came at 0, 9, ... 99 ms had the whole time; when the next one came at 108 ms, somebody had been
        // waiting for more than 100 ms, and so it was until the last one.
        let long = all.iter().filter(|took| **took >= WAIT).count();
        let short = all.iter().filter(|took| **took < WAIT / 5).count();
        assert_eq!((long, short), (12, 8), "{all:?}");
        assert_eq!(gate.shed(Shed::Waited), 20);
        // The queue was empty: there is time again.
        assert!(waited(gate.clone()).await >= WAIT);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_gate_everybody_is_let_in() {
        let gate = Gate::off();
        let mut all = Vec::new();
        for _ in 0..10_000 {
            all.push(gate.enter().await.expect("a place"));
        }
        assert!(gate.knock().is_ok());
    }
}
