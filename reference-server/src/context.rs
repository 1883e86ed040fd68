//! What goes along with a request without being handed from function to function: what it cost so far, who sent it,
//! and the key under which it may be sent again.
//!
//! It is bound to the task that serves the request (`tokio::task_local!`), because those who add to it (a connection
//! of a pool, the writer of a file) are far from those who read it, and every function between would only pass it on.
//! Work that is done by another task in the name of a request takes the context along with [`current`] and
//! [`within`]. Outside of a request there is none, and nothing is counted.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::domain::{Position, QuestionId, RetryKey, UserId};

tokio::task_local! {
    static CURRENT: Arc<Context>;
}

/// Parts of a request's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// In the store, the wait for the writer included.
    Store,
    /// Waiting for the writer.
    Queue,
    /// Hashing a password, the wait for a thread included.
    Hash,
    /// Waiting for a turn at the gate.
    Turn,
    /// Waiting for Redis.
    Redis,
}

/// What goes along with one request.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Where it comes from; `None` when there is no socket.
    pub(crate) address: Option<IpAddr>,
    statements: AtomicU32,
    nanoseconds: [AtomicU64; 5],
    user: OnceLock<UserId>,
    retry: OnceLock<RetryKey>,
    retry_taken: AtomicBool,
    replayed: AtomicBool,
    touched: OnceLock<QuestionId>,
    source: OnceLock<&'static str>,
    reads_after: OnceLock<Position>,
    copied: OnceLock<QuestionId>,
    log_in: OnceLock<u64>,
    written_at: AtomicU64,
}

impl Context {
    /// The context of a request from this address.
    pub(crate) fn new(address: Option<IpAddr>) -> Self {
        Self { address, ..Self::default() }
    }

    /// SQL statements sent for it, those that it shares with others (`begin`, `commit`) left out.
    pub(crate) fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Time spent on a part so far.
    pub(crate) fn spent(&self, part: Part) -> Duration {
        Duration::from_nanos(self.nanoseconds[part as usize].load(Ordering::Relaxed))
    }

    /// Adds to a part.
    pub(crate) fn spend(&self, part: Part, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds[part as usize].fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// Who sent it, once that is known.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.user.get().copied()
    }

    /// The key under which it may be sent again, as that of who sent it; only the first who asks is given it.
    pub(crate) fn take_retry(&self) -> Option<RetryKey> {
        let key = *self.retry.get()?;
        let taken = self.retry_taken.swap(true, Ordering::Relaxed);
        (!taken).then(|| key.owned_by(self.user(), self.address))
    }

    /// The question it has written to, if any.
    pub(crate) fn touched(&self) -> Option<QuestionId> {
        self.touched.get().copied()
    }

    /// What a copy of the database must have read to answer it; `None` when it may write, or nobody said that it does not.
    pub(crate) fn reads_after(&self) -> Option<Position> {
        let asked = *self.reads_after.get()?;
        Some(asked.max(self.written_at().unwrap_or(Position::START)))
    }

    /// The question of which its answer is kept as a copy for others, if any.
    pub(crate) fn copied(&self) -> Option<QuestionId> {
        self.copied.get().copied()
    }

    /// A number of the log-in that it carries, if any; whether that is valid is another question.
    pub(crate) fn log_in(&self) -> Option<u64> {
        self.log_in.get().copied()
    }

    /// The position in the log after its last write, if it has written and the position is of use.
    pub(crate) fn written_at(&self) -> Option<Position> {
        let written = self.written_at.load(Ordering::Relaxed);
        (written > 0).then(|| Position::new(written))
    }

    /// Where its answer came from, if there is a cache.
    pub(crate) fn source(&self) -> Option<&'static str> {
        self.source.get().copied()
    }

    /// Whether it was done before.
    pub(crate) fn replayed(&self) -> bool {
        self.replayed.load(Ordering::Relaxed)
    }
}

/// The context of the request being served, if one is.
pub(crate) fn current() -> Option<Arc<Context>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// Does something in the name of a request.
pub(crate) async fn within<T>(context: Option<Arc<Context>>, work: impl Future<Output = T>) -> T {
    match context {
        Some(context) => CURRENT.scope(context, work).await,
        None => work.await,
    }
}

/// Counts a statement for the request being served.
pub(crate) fn count_statement() {
    // Outside of a request there is nobody to count for.
    let _ = CURRENT.try_with(|context| context.statements.fetch_add(1, Ordering::Relaxed));
}

/// Adds to a part of the time of the request being served.
pub(crate) fn spend(part: Part, time: Duration) {
    let _ = CURRENT.try_with(|context| context.spend(part, time));
}

/// Says who sends the request being served.
pub(crate) fn identify(user: UserId) {
    // The first one stays: a request has one sender.
    let _ = CURRENT.try_with(|context| context.user.set(user));
}

/// Says which question the request being served writes to; it is one.
pub(crate) fn touch(question: QuestionId) {
    let _ = CURRENT.try_with(|context| context.touched.set(question));
}

/// Says that the request being served only reads, and what has to be there for it.
pub(crate) fn reads_after(position: Position) {
    let _ = CURRENT.try_with(|context| context.reads_after.set(position));
}

/// Says which log-in the request being served carries.
pub(crate) fn carries(log_in: u64) {
    let _ = CURRENT.try_with(|context| context.log_in.set(log_in));
}

/// Says that the answer to the request being served is kept as a copy of this question.
pub(crate) fn is_copied(question: QuestionId) {
    let _ = CURRENT.try_with(|context| context.copied.set(question));
}

/// Says where the log was after a write of the request being served.
pub(crate) fn wrote_at(position: Position) {
    let _ = CURRENT.try_with(|context| context.written_at.fetch_max(position.bytes(), Ordering::Relaxed));
}

/// Says where the answer to the request being served came from.
pub(crate) fn came_from(source: &'static str) {
    let _ = CURRENT.try_with(|context| context.source.set(source));
}

/// Says that the request being served was done before.
pub(crate) fn mark_replayed() {
    let _ = CURRENT.try_with(|context| context.replayed.store(true, Ordering::Relaxed));
}

/// Says under which key the request being served may be sent again.
pub(crate) fn may_be_repeated(key: RetryKey) {
    let _ = CURRENT.try_with(|context| context.retry.set(key));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_another_task_does_for_a_request_is_counted_for_it_and_nothing_else() {
        count_statement(); // for nobody
        let request = Arc::new(Context::new(None));
        within(Some(Arc::clone(&request)), async {
            count_statement();
            spend(Part::Hash, Duration::from_millis(2));
            let along = current();
            let other = tokio::spawn(async {
                count_statement(); // another task, for nobody
                within(along, async { count_statement() }).await;
            });
            other.await.expect("the other task");
        })
        .await;
        count_statement();
        assert_eq!(request.statements(), 2);
        assert_eq!(request.spent(Part::Hash), Duration::from_millis(2));
        assert_eq!(request.spent(Part::Store), Duration::ZERO);
    }
}
