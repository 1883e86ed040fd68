//! Counts the SQL statements of a store, so that "how many statements does a page cost" is a measured number.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::context;
use crate::telemetry::{Histogram, Reading};

/// A shared count of the statements sent to the database, transaction control included.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<AtomicU64>);

impl Statements {
    /// Counts one statement, also for the request in whose name it is sent.
    pub(super) fn count(&self) {
        // Only ever summed up for a reader; no other memory depends on its order.
        self.0.fetch_add(1, Ordering::Relaxed);
        context::count_statement();
    }

    /// How many statements were sent so far.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bounds of the sizes of groups.
const SIZES: [u64; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// How many writes were committed together, each time, and how long the writer was at it.
#[derive(Clone, Debug)]
pub struct GroupSizes {
    sizes: Arc<Histogram<{ SIZES.len() }>>,
    /// In nanoseconds.
    at_work: Arc<AtomicU64>,
}

impl GroupSizes {
    /// Counts a group.
    pub(super) fn add(&self, writes: usize) {
        self.sizes.add(writes as u64);
    }

    /// What was counted.
    pub(crate) fn read(&self) -> Reading {
        self.sizes.read()
    }

    /// Counts how long the writer was at work.
    pub(super) fn spent(&self, time: Duration) {
        self.at_work.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How long it was in all.
    pub(crate) fn at_work(&self) -> Duration {
        Duration::from_nanos(self.at_work.load(Ordering::Relaxed))
    }
}

impl Default for GroupSizes {
    fn default() -> Self {
        Self { sizes: Arc::new(Histogram::new(SIZES)), at_work: Arc::default() }
    }
}
