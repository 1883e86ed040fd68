//! How far the log of the primary is, and since when.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgExecutor;
use tokio::sync::Notify;

use crate::clock::Stopwatch;
use crate::domain::Position;
use crate::store::Durability;
use crate::store::postgres::store::Connections;

/// Up to where everything is on disk. A commit is answered when its own record is, so this is never before it; and replicas
/// are sent nothing beyond it, so they reach it soon. The end of what was inserted would be beyond it by what others have
/// not committed yet.
const FLUSHED: &str = "select (pg_current_wal_flush_lsn() - '0/0')::bigint";
/// Up to where anything was written. Where a commit does not wait for the disk its record may lie beyond what is on it. At the
/// end of a page this is some bytes beyond the last record, which costs reads from the primary until there is another one.
const INSERTED: &str = "select (pg_current_wal_insert_lsn() - '0/0')::bigint";
/// Which server and which database of it; the same on each replica.
const IDENTITY: &str =
    "select system_identifier, (select oid::bigint from pg_database where datname = current_database())
       from pg_control_system()";
/// Time between two entries of the history.
const NOTED_EVERY: Duration = Duration::from_millis(200);
/// Entries of the history: more than [`super::LAG_MAX`], which is as far as it is asked about.
const NOTED: usize = 128;

/// A server and a database of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    server: i64,
    database: i64,
}

/// Asks which database this is.
pub(super) async fn identity(executor: impl PgExecutor<'_>) -> Result<Identity, sqlx::Error> {
    let (server, database) = sqlx::query_as(IDENTITY).fetch_one(executor).await?;
    Ok(Identity { server, database })
}

/// What is known of the primary's log.
pub(super) struct Primary {
    position: &'static str,
    pub(super) identity: Identity,
    known: AtomicU64,
    /// What everybody has to see.
    floor: AtomicU64,
    /// Writes of which it was not learned where they are, and how many of them are before the floor.
    lost: AtomicU64,
    found: AtomicU64,
    history: Mutex<VecDeque<(Position, Stopwatch)>>,
    /// Somebody wants to know at once.
    pub(super) wake: Notify,
}

impl Primary {
    /// Asks where its log is: what was written before must be on a replica before anybody reads from it.
    pub(super) async fn ask(connections: &Connections, durability: Durability) -> Result<Self, sqlx::Error> {
        let position = if durability == Durability::Full { FLUSHED } else { INSERTED };
        let identity = identity(connections.sql()).await?;
        let primary = Self::at(position, identity);
        let now = primary.position(connections).await?;
        primary.floor.store(now.bytes(), Ordering::Release);
        primary.saw(now);
        Ok(primary)
    }

    fn at(position: &'static str, identity: Identity) -> Self {
        Self {
            position,
            identity,
            known: AtomicU64::new(0),
            floor: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            found: AtomicU64::new(0),
            history: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// Where its log is after whatever was committed before this.
    pub(super) async fn position(&self, connections: &Connections) -> Result<Position, sqlx::Error> {
        self.position_by(connections.sql()).await
    }

    async fn position_by(&self, executor: impl PgExecutor<'_>) -> Result<Position, sqlx::Error> {
        let bytes: i64 = sqlx::query_scalar(self.position).fetch_one(executor).await?;
        Ok(Position::new(bytes.unsigned_abs()))
    }

    /// The same from beside; what was lost before is then found.
    pub(super) async fn look(&self, executor: impl PgExecutor<'_>) -> Result<(), sqlx::Error> {
        let lost = self.lost.load(Ordering::Acquire);
        let position = self.position_by(executor).await?;
        if lost > self.found.load(Ordering::Acquire) {
            self.floor.fetch_max(position.bytes(), Ordering::AcqRel);
            self.found.store(lost, Ordering::Release);
        }
        self.saw(position);
        Ok(())
    }

    /// Its log is at least here.
    pub(super) fn saw(&self, position: Position) {
        if self.known.fetch_max(position.bytes(), Ordering::AcqRel) >= position.bytes() {
            return;
        }
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        match history.back() {
            // The one before it says more: that so much was there so early.
            Some((_, since)) if since.so_far() < NOTED_EVERY => {}
            _ => history.push_back((position, Stopwatch::start())),
        }
        if history.len() > NOTED {
            history.pop_front();
        }
    }

    /// The furthest position that was seen.
    pub(super) fn known(&self) -> Position {
        Position::new(self.known.load(Ordering::Acquire))
    }

    /// For how long at least a replica that is at `position` has lacked something.
    pub(super) fn lag(&self, position: Position) -> Duration {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let lacking = history.iter().find(|(written, _)| *written > position);
        lacking.map_or(Duration::ZERO, |(_, since)| since.so_far())
    }

    /// Something was written, and it is not known where; until it is, everybody reads from the primary.
    pub(super) fn lose(&self) {
        self.lost.fetch_add(1, Ordering::AcqRel);
        self.wake.notify_one();
    }

    /// What everybody has to see; `None` while that is not known.
    pub(super) fn floor(&self) -> Option<Position> {
        // In this order: what is lost between the two looks counts.
        let found = self.found.load(Ordering::Acquire);
        let floor = self.floor.load(Ordering::Acquire);
        (self.lost.load(Ordering::Acquire) <= found).then(|| Position::new(floor))
    }
}

#[cfg(test)]
impl Primary {
    /// One whose log everybody has to have read up to `floor`.
    pub(super) fn made_up(floor: u64) -> Self {
        let primary = Self::at(FLUSHED, Identity { server: 1, database: 1 });
        primary.floor.store(floor, Ordering::Release);
        primary.saw(Position::new(floor));
        primary
    }

    /// As [`Primary::look`] does when the log is here.
    pub(super) fn found(&self, position: u64) {
        self.floor.fetch_max(position, Ordering::AcqRel);
        self.found.store(self.lost.load(Ordering::Acquire), Ordering::Release);
        self.saw(Position::new(position));
    }
}
