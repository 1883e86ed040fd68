//! One connection to a Redis server, kept up from beside, and done without while it does not answer.
//!
//! What is kept in Redis is there to help, and nothing depends on it. So no request waits for it for longer than a short
//! time, no request opens a connection, and none is sacrificed to find out whether it is back: a task of its own (`keep`)
//! connects, asks again and again, and hands the connection over when it has been answered. The first answer that does not
//! come in time takes the connection away from everybody, for `SKIP_TIME` at the least; meanwhile `Link::ask` says at
//! once that there is no answer, and whoever asked does without.
//!
//! All requests share the connection: commands are sent one after the other without waiting for answers.

mod address;
mod keep;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{PushInfo, RedisError, RedisResult};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::clock::Stopwatch;
use crate::context::{self, Part};
pub use address::Address;

/// How long a request waits for Redis unless something else is said: on one network it answers within a millisecond.
pub const WAIT: Duration = Duration::from_millis(50);
/// The longest that can be said: a request that waits for longer would rather ask the database.
pub const WAIT_MAX: Duration = Duration::from_secs(1);
/// How long it is done without when it did not answer in time, even if it answers again: so often at the most, requests
/// wait in vain.
const SKIP_TIME: Duration = Duration::from_secs(1);

/// How a question to Redis ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was answered.
    Answered,
    /// It was refused, or not answered in time.
    Failed,
    /// It was not asked, because Redis is away.
    Skipped,
}

impl Outcome {
    /// All of them.
    pub(crate) const ALL: [Outcome; 3] = [Outcome::Answered, Outcome::Failed, Outcome::Skipped];

    /// The name in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// What is done beside the questions of requests.
pub(crate) trait Tending: Send + Sync + 'static {
    /// Before a new connection is used by anybody.
    fn begin(
        &self,
        connection: MultiplexedConnection,
    ) -> impl Future<Output = RedisResult<()>> + Send + 'static;
    /// Redis says something by itself.
    fn told(&self, push: PushInfo);
}

/// Nothing is.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Tending for Nothing {
    fn begin(&self, _: MultiplexedConnection) -> impl Future<Output = RedisResult<()>> + Send + 'static {
        std::future::ready(Ok(()))
    }

    fn told(&self, _: PushInfo) {}
}

/// A connection that may be there.
#[derive(Clone, Debug)]
pub(crate) struct Link(Arc<Shared>);

struct Shared {
    /// What it is for, in metrics and logs.
    purpose: &'static str,
    wait: Duration,
    /// The connection and its number, while it answers.
    connection: Mutex<Option<(u64, MultiplexedConnection)>>,
    /// Whether it answers: `connection` without its lock.
    up: AtomicBool,
    lost: Arc<Notify>,
    counted: [AtomicU64; 3],
    keeper: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Shared({}, up: {:?})", self.purpose, self.up)
    }
}

impl Link {
    /// Begins to connect, and goes on with it for as long as the link is held. Needs a runtime.
    pub(crate) fn open(
        purpose: &'static str,
        address: &Address,
        wait: Duration,
        tending: Arc<impl Tending>,
    ) -> RedisResult<Self> {
        let client = redis::Client::open(address.info().clone())?;
        let shared = Arc::new(Shared {
            purpose,
            wait,
            connection: Mutex::new(None),
            up: AtomicBool::new(false),
            lost: Arc::default(),
            counted: Default::default(),
            keeper: Mutex::new(None),
        });
        let keeper = tokio::spawn(keep::keep(Arc::downgrade(&shared), client, tending));
        *shared.keeper.lock().unwrap_or_else(PoisonError::into_inner) = Some(keeper);
        Ok(Self(shared))
    }

    /// What it is for.
    pub(crate) fn purpose(&self) -> &'static str {
        self.0.purpose
    }

    /// Whether Redis is asked at present.
    pub(crate) fn is_up(&self) -> bool {
        self.0.up.load(Ordering::Acquire)
    }

    /// How long is waited for an answer.
    pub(crate) fn wait(&self) -> Duration {
        self.0.wait
    }

    /// Questions that ended in this way.
    pub(crate) fn counted(&self, outcome: Outcome) -> u64 {
        self.0.counted[outcome as usize].load(Ordering::Relaxed)
    }

    /// Asks Redis. `None` when it is away, when it refuses, and when the answer does not come in time.
    pub(crate) async fn ask<T, Work>(&self, work: impl FnOnce(MultiplexedConnection) -> Work) -> Option<T>
    where
        Work: Future<Output = RedisResult<T>>,
    {
        let Some((number, connection)) = self.0.current() else {
            self.count(Outcome::Skipped);
            return None;
        };
        let watch = Stopwatch::start();
        let answer = tokio::time::timeout(self.0.wait, work(connection)).await;
        context::spend(Part::Redis, watch.so_far());
        match answer {
            Ok(Ok(answer)) => {
                self.count(Outcome::Answered);
                return Some(answer);
            }
            Ok(Err(error)) if is_refusal(&error) => {
                tracing::debug!(purpose = self.0.purpose, %error, "Redis refuses");
            }
            Ok(Err(_)) | Err(_) => self.0.lose(number),
        }
        self.count(Outcome::Failed);
        None
    }

    fn count(&self, outcome: Outcome) {
        self.0.counted[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether the server said so itself (no memory, a replica, a script that fails), so that it is there.
fn is_refusal(error: &RedisError) -> bool {
    error.code().is_some() && !error.is_io_error() && !error.is_timeout()
}

impl Shared {
    fn current(&self) -> Option<(u64, MultiplexedConnection)> {
        if !self.up.load(Ordering::Acquire) {
            return None;
        }
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on this connection is used.
    fn put(&self, number: u64, connection: MultiplexedConnection) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, connection));
        self.up.store(true, Ordering::Release);
    }

    /// From now on this connection is not used; one that has taken its place already is.
    fn lose(&self, number: u64) {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.as_ref().is_some_and(|(current, _)| *current == number) {
            *connection = None;
            self.up.store(false, Ordering::Release);
            self.lost.notify_one();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            keeper.abort();
        }
    }
}
