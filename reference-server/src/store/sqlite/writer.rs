//! The one writer of a SQLite file. It commits in groups.
//!
//! Writes wait in a bounded queue. The writer takes all that are waiting, carries them out in one
//! transaction, commits, and only then answers each: a thousand writes cost one `fsync`, and what was
//! answered is durable. A write that is refused by a rule is undone alone and its neighbours stay; any other
//! failure undoes the whole group, and everybody in it is told.
//!
//! When the queue is full a write is refused at once ([`StoreError::Busy`]): waiting would only make the
//! queue in memory longer.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{documents, retries};
use crate::clock::Stopwatch;
use crate::context::{self, Context, Part};
use crate::domain::{QuestionId, RetryKey};
use crate::store::retry::{Repeatable, key_for};
use crate::store::{Counters, DocumentWrites, GroupSizes, Layout, Setup, Statements, StoreError};

/// Writes that may wait, and the most one transaction takes; at 20,000 writes/s, some 25 ms of waiting.
const QUEUE_CAPACITY: usize = 512;

/// A write: what it needs as a value, and the statements that carry it out.
pub(super) trait Write: Send + Sync + 'static {
    /// What it answers.
    type Reply: Repeatable + Send + 'static;
    /// How many statements it takes. SQLite undoes a single failed statement by itself; several need a
    /// savepoint.
    const STATEMENTS: StatementsNeeded;
    /// Carries the write out, inside the group's transaction.
    fn apply(
        &self,
        connection: &mut WriteConnection,
    ) -> impl Future<Output = Result<Self::Reply, StoreError>> + Send;
}

/// Whether a write must be fenced to be undone alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StatementsNeeded {
    /// One.
    One,
    /// More than one.
    Several,
}

/// The connection that writes; it counts what is sent over it.
pub(super) struct WriteConnection {
    connection: SqliteConnection,
    statements: Statements,
    /// Where numbers come from.
    pub(super) counters: Counters,
    /// Whether documents are to be made anew, and how many were.
    pub(super) layout: Layout,
    pub(super) documents: DocumentWrites,
    /// The question that the write under way has written to.
    touched: Option<QuestionId>,
}

impl WriteConnection {
    /// The connection for one statement.
    pub(super) fn sql(&mut self) -> &mut SqliteConnection {
        self.statements.count();
        &mut self.connection
    }

    /// Says which question is being written to; it is one.
    pub(super) fn touch(&mut self, question: QuestionId) {
        self.touched = Some(question);
        context::touch(question);
    }

    async fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        sqlx::query(sql).execute(self.sql()).await?;
        Ok(())
    }
}

/// A write that waits, whatever it answers.
trait Waiting: Send {
    /// Carries it out. `Err` when the group's transaction must be given up.
    fn apply<'a>(
        &'a mut self,
        connection: &'a mut WriteConnection,
    ) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;
    /// Tells who waits for it how it went: `group` is the reason when nothing was committed.
    fn settle(self: Box<Self>, group: Option<&Failure>);
}

/// Why a group of writes was given up.
struct Failure {
    reason: Arc<str>,
    /// It may go better later: there was no room, or somebody else held the file.
    passing: bool,
}

struct Job<W: Write> {
    write: W,
    /// Under which it is done once only.
    key: Option<RetryKey>,
    /// In whose name it is done, and since when it waits.
    request: Option<Arc<Context>>,
    since: Stopwatch,
    outcome: Option<Result<W::Reply, StoreError>>,
    reply: oneshot::Sender<Result<W::Reply, StoreError>>,
}

impl<W: Write> Waiting for Job<W> {
    fn apply<'a>(
        &'a mut self,
        connection: &'a mut WriteConnection,
    ) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>> {
        Box::pin(async move {
            let several = W::STATEMENTS == StatementsNeeded::Several || connection.layout == Layout::Document;
            let fenced = several || self.key.is_some();
            if let Some(request) = &self.request {
                request.spend(Part::Queue, self.since.so_far());
            }
            if fenced {
                connection.control("savepoint one_write").await?;
            }
            connection.touched = None;
            let work = async {
                let reply = retries::once(&self.write, self.key, connection).await?;
                if let Some(question) = connection.touched {
                    documents::remake(connection, question).await?;
                }
                Ok::<_, StoreError>(reply)
            };
            let outcome = context::within(self.request.clone(), work).await;
            match outcome {
                Err(error) if !error.is_refusal() => return Err(error),
                Err(_) if fenced => connection.control("rollback to one_write").await?,
                _ => {}
            }
            if fenced {
                connection.control("release one_write").await?;
            }
            self.outcome = Some(outcome);
            Ok(())
        })
    }

    fn settle(self: Box<Self>, group: Option<&Failure>) {
        let outcome = match (group, self.outcome) {
            (None, Some(outcome)) => outcome,
            // A refusal stands whether or not the neighbours were committed.
            (Some(_), Some(Err(refusal))) => Err(refusal),
            (Some(Failure { reason, passing: true }), _) => Err(StoreError::Unavailable(Arc::clone(reason))),
            (Some(Failure { reason, passing: false }), _) => Err(StoreError::Group(Arc::clone(reason))),
            (None, None) => Err(StoreError::Closed),
        };
        // Who no longer waits does not need the answer; the write is committed all the same.
        drop(self.reply.send(outcome));
    }
}

/// The queue in front of the writing connection, and the task that owns the connection.
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Waiting>>,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<Result<(), sqlx::Error>>>>,
}

impl Writer {
    /// Starts the task that owns `connection`; what waits is committed together, or one by one if that is how it is set up.
    pub(super) fn start(
        connection: SqliteConnection,
        statements: Statements,
        groups: GroupSizes,
        documents: DocumentWrites,
        setup: Setup,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_CAPACITY);
        let stop = CancellationToken::new();
        let connection = WriteConnection {
            connection,
            statements,
            counters: setup.counters,
            layout: setup.layout,
            documents,
            touched: None,
        };
        let most = if setup.group_commit { QUEUE_CAPACITY } else { 1 };
        let task = tokio::spawn(run(connection, waiting, stop.clone(), groups, most));
        Self { queue, stop, task: Mutex::new(Some(task)) }
    }

    /// Hands in a write and waits until it is durable.
    pub(super) async fn write<W: Write>(&self, write: W) -> Result<W::Reply, StoreError> {
        let (reply, answer) = oneshot::channel();
        let (key, request) = (key_for::<W::Reply>(), context::current());
        let job = Job { write, key, request, since: Stopwatch::start(), outcome: None, reply };
        self.queue.try_send(Box::new(job)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Writes that wait for their turn.
    pub(super) fn depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Carries out what waits, moves the write-ahead log into the file and closes the connection.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        self.stop.cancel();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        match task {
            Some(task) => match task.await {
                Ok(closed) => Ok(closed?),
                Err(_) => Err(StoreError::Closed),
            },
            None => Ok(()), // closed before
        }
    }
}

async fn run(
    mut connection: WriteConnection,
    mut waiting: mpsc::Receiver<Box<dyn Waiting>>,
    stop: CancellationToken,
    groups: GroupSizes,
    most: usize,
) -> Result<(), sqlx::Error> {
    let mut group = Vec::with_capacity(most);
    loop {
        // Waiting writes win over the wish to stop; `recv_many` loses nothing when it is dropped.
        let taken = tokio::select! {
            biased;
            taken = waiting.recv_many(&mut group, most) => taken,
            () = stop.cancelled() => {
                waiting.close(); // from here on `write` says that the store is closed
                waiting.recv_many(&mut group, most).await
            }
        };
        if taken == 0 {
            break;
        }
        groups.add(taken);
        let watch = Stopwatch::start();
        commit(&mut connection, &mut group).await;
        groups.spent(watch.so_far());
    }
    sqlx::query("pragma wal_checkpoint(truncate)").execute(connection.sql()).await?;
    connection.connection.close().await
}

async fn commit(connection: &mut WriteConnection, group: &mut Vec<Box<dyn Waiting>>) {
    let failure = match transaction(connection, group).await {
        Ok(()) => None,
        Err(error) => {
            tracing::error!(writes = group.len(), %error, "a group of writes was given up");
            // Fails when SQLite has already rolled back by itself (disk full), which is as good.
            drop(connection.control("rollback").await);
            let passing = matches!(error, StoreError::Unavailable(_));
            Some(Failure { reason: Arc::from(error.to_string()), passing })
        }
    };
    for job in group.drain(..) {
        job.settle(failure.as_ref());
    }
}

/// `begin immediate`, because a transaction that begins by reading cannot always become a writing one.
async fn transaction(
    connection: &mut WriteConnection,
    group: &mut [Box<dyn Waiting>],
) -> Result<(), StoreError> {
    connection.control("begin immediate").await?;
    for job in group {
        job.apply(connection).await?;
    }
    connection.control("commit").await
}

#[cfg(test)]
mod tests;
