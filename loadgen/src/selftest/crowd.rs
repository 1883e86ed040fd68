//! Busy threads on one processor, to see whether the generator notices whose processor they take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// How often a busy thread looks whether it is to end.
const ROUNDS: u32 = 10_000;

/// Two processors of those that this program may use: one for the generator, one for its target.
pub(super) fn two_cores() -> Option<[usize; 2]> {
    let allowed = sched_getaffinity(None).ok()?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    Some([cores.next()?, cores.next()?])
}

/// Keeps the calling thread, and the threads that it starts from now on, on one processor until it is dropped.
pub(super) struct Pinned(Option<CpuSet>);

/// Pins the calling thread.
pub(super) fn pin(core: usize) -> Pinned {
    let before = sched_getaffinity(None).ok();
    let mut one = CpuSet::new();
    one.set(core);
    let is_done = sched_setaffinity(None, &one).is_ok();
    Pinned(before.filter(|_| is_done))
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // It was allowed before; where it no longer is, nothing is to be done about it.
            let _ = sched_setaffinity(None, before);
        }
    }
}

/// Threads that compute for nothing.
pub(super) struct Crowd {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// So many busy threads on that processor, which end by themselves after `longest`.
    ///
    /// # Errors
    /// The machine refuses threads.
    pub(super) fn on(core: usize, count: usize, longest: Duration) -> anyhow::Result<Crowd> {
        let is_over = Arc::new(AtomicBool::new(false));
        let mut crowd = Crowd { is_over: is_over.clone(), threads: Vec::new() };
        let end = Instant::now() + longest;
        for _ in 0..count {
            let over = is_over.clone();
            let thread = std::thread::Builder::new().name("crowd".to_owned()).spawn(move || {
                let _pinned = pin(core);
                while !over.load(Ordering::Relaxed) && Instant::now() < end {
                    (0..ROUNDS).for_each(|round| {
                        std::hint::black_box(round);
                    });
                }
            });
            crowd.threads.push(thread.context("cannot start a busy thread")?);
        }
        Ok(crowd)
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // A thread that panicked has ended, which is all that is wanted.
            drop(thread.join());
        }
    }
}
