//! Work that follows from a write: done by its transaction, or written down by it and done afterwards.
//!
//! What is written down are the notifications. Counts, the order of lists, tags and the words of searches are derived too,
//! and stay in the transaction of the write: whoever wrote sees them on the next page, rules decide by some of them, and what
//! is taken back has to be gone from everywhere at once. A notification is for somebody else, who does not know when to expect it.
//!
//! What waits is in a table, so that the end of a process loses nothing, and is done in order for each question. It is taken
//! out by the transaction that does it: done once, whatever ends when. More than a limit of it may not wait: a write that would
//! add to it is refused (`StoreError::Busy`, 503 with `Retry-After`). It could do its work itself instead, but would overtake
//! what waits and write more in a moment in which the database cannot keep up with what is written.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tokio::sync::Notify;

use super::StoreError;
use crate::domain::Timestamp;
use crate::telemetry::{Histogram, Reading};

/// Derived work that may wait unless another limit is set: at 1,000 notifications a second, 10 s of it.
pub const DERIVED_BACKLOG: u64 = 10_000;
/// Notifications that one transaction gives at the most: so many that its commit costs each of them little.
pub(super) const BATCH: i64 = 256;
/// Bounds of the times in milliseconds: from a commit to ten minutes without a worker.
const TIMES: [u64; 13] = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000, 60_000, 600_000];

/// When derived work is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DerivedWork {
    /// By the transaction of the write.
    #[default]
    Now,
    /// Afterwards.
    Later,
}

impl DerivedWork {
    /// As typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Later => "later",
        }
    }
}

impl fmt::Display for DerivedWork {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for DerivedWork {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = [Self::Now, Self::Later].into_iter().find(|work| work.name() == text);
        found.ok_or_else(|| format!("expected now or later, found `{text}`"))
    }
}

/// What one look at the work that waits has done.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    /// When what was done now had been written.
    pub done: Vec<Timestamp>,
    /// How much still waits.
    pub waiting: u64,
    /// Since when the oldest of it does.
    pub oldest: Option<Timestamp>,
}

/// What is known of the work that waits.
#[derive(Clone, Debug)]
pub struct Backlog(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    work: DerivedWork,
    limit: u64,
    waiting: AtomicU64,
    oldest: AtomicI64,
    added: Notify,
    times: Histogram<{ TIMES.len() }>,
}

impl Backlog {
    /// Nothing waits, and no more than `limit` may.
    pub(super) fn new(work: DerivedWork, limit: u64) -> Self {
        Self(Arc::new(Shared {
            work,
            limit,
            waiting: AtomicU64::new(0),
            oldest: AtomicI64::new(i64::MAX),
            added: Notify::new(),
            times: Histogram::new(TIMES),
        }))
    }

    /// When work is done.
    #[must_use]
    pub fn work(&self) -> DerivedWork {
        self.0.work
    }

    /// A write from which work follows; refused when too much waits already. Writes under way may exceed the limit by their
    /// number, and other forums on the same database are counted as often as somebody looks.
    pub(super) async fn adds<T>(
        &self,
        write: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if self.0.work == DerivedWork::Now {
            return write.await;
        }
        if self.waiting() >= self.0.limit {
            return Err(StoreError::Busy);
        }
        let done = write.await?;
        self.0.waiting.fetch_add(1, Ordering::Relaxed);
        self.0.added.notify_one();
        Ok(done)
    }

    /// Done when work was added.
    pub(crate) async fn added(&self) {
        self.0.added.notified().await;
    }

    /// What a look has found and done.
    pub(crate) fn saw(&self, derived: &Derived, now: Timestamp) {
        self.0.waiting.store(derived.waiting, Ordering::Relaxed);
        self.0.oldest.store(derived.oldest.map_or(i64::MAX, Timestamp::unix_ms), Ordering::Relaxed);
        for written in &derived.done {
            self.0.times.add(now.unix_ms().saturating_sub(written.unix_ms()).max(0).unsigned_abs());
        }
    }

    /// How much waits, as far as is known.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.0.waiting.load(Ordering::Relaxed)
    }

    /// For how many milliseconds the oldest of it has waited.
    pub(crate) fn lag_ms(&self, now: Timestamp) -> u64 {
        let oldest = self.0.oldest.load(Ordering::Relaxed);
        now.unix_ms().saturating_sub(oldest).max(0).unsigned_abs()
    }

    /// Milliseconds from a write until its work was done.
    pub(crate) fn times(&self) -> Reading {
        self.0.times.read()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn beyond_the_limit_a_write_is_refused_until_some_of_it_is_done() {
        assert_eq!("later".parse(), Ok(DerivedWork::Later));
        assert_eq!("never".parse::<DerivedWork>(), Err("expected now or later, found `never`".to_owned()));
        let now = Timestamp::from_unix_ms(10_000);
        let backlog = Backlog::new(DerivedWork::Later, 2);
        for allowed in [true, true, false] {
            let added = backlog.adds(async { Ok(()) }).await;
            assert_eq!(added.is_ok(), allowed);
            assert!(added.is_ok() || matches!(added, Err(StoreError::Busy)), "{added:?}");
        }
        let refused: Result<(), StoreError> = backlog.adds(async { Err(StoreError::NotTheAuthor) }).await;
        assert!(matches!(refused, Err(StoreError::Busy)), "not even tried");
        let done = vec![Timestamp::from_unix_ms(9_970)];
        backlog.saw(&Derived { done, waiting: 1, oldest: Some(Timestamp::from_unix_ms(9_000)) }, now);
        assert_eq!((backlog.waiting(), backlog.lag_ms(now)), (1, 1_000));
        // 30 ms: not within 25 ms, but within 50 ms.
        assert_eq!(backlog.times().up_to[3..5], [(25, 0), (50, 1)]);
        let refused: Result<(), StoreError> = backlog.adds(async { Err(StoreError::NotTheAuthor) }).await;
        assert!(matches!(refused, Err(StoreError::NotTheAuthor)), "tried");
        assert_eq!(backlog.waiting(), 1, "what was refused adds nothing");
        let synchronous = Backlog::new(DerivedWork::Now, 0);
        assert!(synchronous.adds(async { Ok(()) }).await.is_ok());
        assert_eq!(synchronous.waiting(), 0);
        assert_eq!(synchronous.lag_ms(now), 0);
    }
}
