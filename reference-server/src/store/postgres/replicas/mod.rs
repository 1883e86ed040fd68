//! Reads from streaming replicas.
//!
//! Each read is asked where it may be answered: from a replica that has carried out the log as far as the reader has to
//! see, else from the primary. How far that is, is the greatest of what he brought along (`reading_after`), what his log-in
//! wrote through this forum, where its log was when the forum started (a replica may still lack a table), and, for an answer
//! of which a copy is kept, the last write to its question. What is known of a replica is a little old, which costs a read
//! from the primary and never a stale one. Nobody's position is forgotten because a replica has reached it: another one
//! may not have.
//!
//! What decides who somebody is (log-ins, passwords) is always read from the primary, and so is everything for a request
//! that may write.
//!
//! `primary` knows how far the log is, `replica` how far each copy is, `slots` what was written by whom, `watch` asks them
//! all from beside.

mod primary;
mod replica;
mod slots;
mod visible;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinSet;

use super::connect;
use super::store::Connections;
use crate::clock::Stopwatch;
use crate::context::{self, Context};
use crate::domain::{Position, QuestionId};
use crate::store::replicas::{Counted, ReplicaReport};
use crate::store::{Database, Durability, OpenError, ReplicaReads, ReplicaSet, StoreError, Why};
use primary::Primary;
use replica::Replica;
use slots::Slots;

/// A replica that lags so far behind is read by nobody, whatever he has to see.
const LAG_MAX: Duration = Duration::from_secs(10);

/// The replicas of one primary.
pub(super) struct Replicas {
    reads: ReplicaReads,
    all: Vec<Arc<Replica>>,
    next: AtomicUsize,
    primary: Arc<Primary>,
    log_ins: Slots,
    questions: Slots,
    counted: Counted,
    /// Asks how far each is; ends with this.
    _watches: JoinSet<()>,
}

/// Where a read is answered.
enum Place<'r> {
    Replica(&'r Arc<Replica>, Why),
    Primary(Why),
}

impl Replicas {
    /// Begins to watch the replicas; one that is not there yet is used as soon as it is.
    ///
    /// # Errors
    /// When one has no address of a PostgreSQL server, or the primary does not say where its log is.
    pub(super) async fn open(
        set: &ReplicaSet,
        options: &PgConnectOptions,
        primary: &Connections,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        let place = |problem: String| OpenError::Replica { problem };
        let used_there = primary;
        let primary = Primary::ask(used_there, durability).await.map_err(|error| place(error.to_string()))?;
        let primary = Arc::new(primary);
        let mut watches = JoinSet::new();
        watches.spawn(watch::primary(Arc::clone(&primary), options.clone()));
        let mut all = Vec::new();
        for (index, database) in set.databases.iter().enumerate() {
            let Database::Postgres(options) = database else {
                return Err(place(format!("{database} is no PostgreSQL server")));
            };
            let connections = used_there.alike(connect::replica_pool(options));
            let replica = Arc::new(Replica::new(index + 1, database.to_string(), connections));
            let options = connect::named(options);
            watches.spawn(watch::replica(Arc::clone(&replica), Arc::clone(&primary), options));
            all.push(replica);
        }
        Ok(Self {
            reads: set.reads,
            all,
            next: AtomicUsize::new(0),
            primary,
            log_ins: Slots::default(),
            questions: Slots::default(),
            counted: Counted::default(),
            _watches: watches,
        })
    }

    /// Reads from a replica if that will do; from the primary if it will not, or if the replica fails.
    pub(super) async fn read<'a, T, F>(
        &'a self,
        primary: &'a Connections,
        read: impl Fn(&'a Connections) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let (replica, why) = match self.place(context::current().as_deref()) {
            Place::Replica(replica, why) => (replica, why),
            Place::Primary(why) => {
                self.counted.count(why);
                return read(primary).await;
            }
        };
        // Who waits for a replica that hangs gives up as soon as that is known.
        let found = tokio::select! {
            biased;
            found = read(&replica.connections) => Some(found),
            () = replica.gone() => None,
        };
        match found {
            Some(Ok(found)) => {
                replica.count(why);
                Ok(found)
            }
            Some(Err(StoreError::Closed)) => Err(StoreError::Closed), // we are leaving
            failed => {
                if let Some(Err(error)) = failed {
                    tracing::debug!(replica = replica.number, %error, "a replica did not answer");
                    replica.suspect(&error);
                }
                self.counted.count(Why::Failed);
                read(primary).await
            }
        }
    }

    fn place(&self, context: Option<&Context>) -> Place<'_> {
        if self.reads == ReplicaReads::Off {
            return Place::Primary(Why::Off);
        }
        let Some((context, asked)) = context.and_then(|context| Some((context, context.reads_after()?)))
        else {
            return Place::Primary(Why::Writes);
        };
        let Some(floor) = self.primary.floor() else { return Place::Primary(Why::Unknown) };
        let wanted = match self.reads {
            ReplicaReads::Token => {
                asked.max(context.log_in().map_or(Position::START, |number| self.log_ins.get(number))).max(
                    context
                        .copied()
                        .map_or(Position::START, |question| self.questions.get(number_of(question))),
                )
            }
            ReplicaReads::Any | ReplicaReads::Off => Position::START,
        };
        let why = if wanted > Position::START { Why::Reached } else { Why::Anything };
        self.choose(wanted.max(floor), why)
    }

    /// The next replica in turn that has what is wanted.
    fn choose(&self, wanted: Position, why: Why) -> Place<'_> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let mut instead = Why::Away;
        for step in 0..self.all.len() {
            let replica = &self.all[first.wrapping_add(step) % self.all.len()];
            let hindrance = match replica.replayed() {
                None => continue,
                Some(replayed) if replayed < wanted => {
                    replica.hurry();
                    Why::Behind
                }
                Some(_) if replica.lag() > LAG_MAX => Why::Late,
                Some(_) => return Place::Replica(replica, why),
            };
            if instead != Why::Behind {
                instead = hindrance;
            }
        }
        Place::Primary(instead)
    }

    /// Learns where the log is after a write, for the log-in that wrote it (or that was begun by it) and for the question it
    /// was written to.
    pub(super) async fn wrote(&self, primary: &Connections, begun: Option<u64>) {
        if self.reads == ReplicaReads::Off {
            return;
        }
        let since = Stopwatch::start();
        // What happens to a request in the middle of this: the write is done, and nobody knows where.
        let mut lost = Lost(Some(&self.primary));
        match self.primary.position(primary).await {
            Ok(position) => lost.found(position, self, begun, since),
            Err(error) => tracing::warn!(%error, "where the log is after a write is not known"),
        }
    }

    fn written(&self, position: Position, begun: Option<u64>, since: Stopwatch) {
        context::wrote_at(position);
        let context = context::current();
        let log_ins = [begun, context.as_ref().and_then(|context| context.log_in())];
        for number in log_ins.into_iter().flatten() {
            self.log_ins.raise(number, position);
        }
        if let Some(question) = context.and_then(|context| context.touched()) {
            self.questions.raise(number_of(question), position);
        }
        self.primary.saw(position);
        for replica in &self.all {
            replica.expect(position, since);
        }
    }

    /// What was counted so far.
    pub(super) fn report(&self) -> ReplicaReport {
        let known = self.primary.known();
        ReplicaReport {
            replicas: self.all.iter().map(|replica| replica.figures(known)).collect(),
            primary: Why::ALL
                .into_iter()
                .filter(|why| !why.is_of_replica())
                .map(|why| (why, self.counted.get(why)))
                .collect(),
        }
    }

    /// Closes every connection that reads.
    pub(super) async fn close(&self) {
        for replica in &self.all {
            replica.connections.close().await;
        }
    }
}

fn number_of(question: QuestionId) -> u64 {
    question.get().unsigned_abs()
}

/// A write after which the log's position is not known yet; if it never gets known, all wait for the next time it is.
struct Lost<'p>(Option<&'p Primary>);

impl Lost<'_> {
    fn found(&mut self, position: Position, replicas: &Replicas, begun: Option<u64>, since: Stopwatch) {
        self.0 = None;
        replicas.written(position, begun, since);
    }
}

impl Drop for Lost<'_> {
    fn drop(&mut self) {
        if let Some(primary) = self.0 {
            primary.lose();
        }
    }
}

#[cfg(test)]
mod tests;
