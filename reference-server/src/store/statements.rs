//! Counts the SQL statements of a store, so that "how many statements does a page cost" is a measured number.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A shared count of the statements sent to the database, transaction control included.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<AtomicU64>);

impl Statements {
    /// Counts one statement.
    pub(super) fn count(&self) {
        // Only ever summed up for a reader; no other memory depends on its order.
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many statements were sent so far.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
