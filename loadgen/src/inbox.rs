//! Samples on their way from those who measure to the one who counts.
//!
//! The engine's thread and the users of the closed model put samples into shards and never wait; one thread empties them
//! some ten times a second, and is woken earlier when many have come: what waits is a share of a megabyte at any rate. A
//! shard holds at most [`MOST_WAITING`] samples: what comes then is counted as lost, and a run that lost samples says so
//! and is not believed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, Thread};

use crate::engine::{Nanos, Sample, Sink};
use crate::server_timing::Timings;

/// Samples that may wait in one shard: some seconds at the highest rate, 32 MiB. The reader is late by that much only
/// where it is kept from running.
const MOST_WAITING: usize = 500_000;
/// The reader is woken when so many wait in a shard: 256 KiB.
const MANY: usize = 4_096;
/// A buffer that has grown beyond this, because the reader came late, is given back.
const KEPT_CAPACITY: usize = 4 * MANY;
/// Samples that the engine keeps to itself before it hands them over.
const HANDOVER: usize = 1_024;

/// Where samples wait.
#[derive(Debug)]
pub(crate) struct Inbox {
    shards: Vec<Mutex<Vec<Sample>>>,
    lost: AtomicU64,
    reader: Thread,
    /// What servers say of their own time in answers to what was due from then on; few servers say anything.
    from: Nanos,
    timings: Mutex<Timings>,
}

impl Inbox {
    /// An inbox that is read by the thread that makes it, for a run that measures `from` then on.
    pub(crate) fn new(shards: usize, from: Nanos) -> Inbox {
        let shards = (0..shards.max(1)).map(|_| Mutex::default()).collect();
        Inbox { shards, lost: AtomicU64::new(0), reader: thread::current(), from, timings: Mutex::default() }
    }

    /// Puts samples into a shard; leaves `samples` empty.
    pub(crate) fn put(&self, shard: usize, samples: &mut Vec<Sample>) {
        let mut waiting = lock(&self.shards[shard % self.shards.len()]);
        let before = waiting.len();
        if before + samples.len() > MOST_WAITING {
            self.lost.fetch_add(samples.len() as u64, Ordering::Relaxed);
            samples.clear();
        } else {
            waiting.append(samples);
        }
        if before < MANY && waiting.len() >= MANY {
            drop(waiting);
            self.reader.unpark();
        }
    }

    /// Takes what the server says of its own time; nothing where it says nothing.
    pub(crate) fn server_timing(&self, sample: &Sample, value: &[u8]) {
        if !value.is_empty() && sample.due >= self.from {
            lock(&self.timings).add(sample.action, value);
        }
    }

    /// What servers said of their own time so far.
    pub(crate) fn timings(&self) -> Timings {
        lock(&self.timings).clone()
    }

    /// Appends all that wait to `out`.
    pub(crate) fn take(&self, out: &mut Vec<Sample>) {
        if out.is_empty() && out.capacity() > KEPT_CAPACITY {
            *out = Vec::new();
        }
        for shard in &self.shards {
            let mut waiting = lock(shard);
            if out.is_empty() {
                // The two change places, so that whoever puts is not kept waiting while they are copied.
                std::mem::swap(out, &mut waiting);
            } else {
                out.append(&mut waiting);
            }
        }
    }

    /// Waits for so long at most, until there is much to take.
    pub(crate) fn wait(&self, longest: std::time::Duration) {
        debug_assert_eq!(self.reader.id(), thread::current().id(), "only the reader is woken");
        thread::park_timeout(longest);
    }

    /// Samples that found no place.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

/// A thread that panicked while it held the lock leaves whole samples behind.
fn lock<T>(shard: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shard.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The engine's end of an inbox.
#[derive(Debug)]
pub(crate) struct Outbox<'a> {
    inbox: &'a Inbox,
    samples: Vec<Sample>,
}

impl<'a> Outbox<'a> {
    pub(crate) fn new(inbox: &'a Inbox) -> Outbox<'a> {
        Outbox { inbox, samples: Vec::with_capacity(HANDOVER) }
    }
}

impl Sink for Outbox<'_> {
    fn record(&mut self, sample: &Sample) {
        self.samples.push(*sample);
        if self.samples.len() >= HANDOVER {
            self.inbox.put(0, &mut self.samples);
        }
    }

    fn server_timing(&mut self, sample: &Sample, value: &[u8]) {
        self.inbox.server_timing(sample, value);
    }

    fn tick(&mut self, _now: Nanos) {
        self.inbox.put(0, &mut self.samples);
    }
}

impl Drop for Outbox<'_> {
    fn drop(&mut self) {
        self.inbox.put(0, &mut self.samples);
    }
}
