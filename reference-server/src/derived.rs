//! Does the work that writes have left for later: one task, a batch at a time.
//!
//! It is woken by a write and looks from time to time, because other forums may have left some on the same database, or
//! this one before it was started. When the forum ends it does what waits, for as long as that may take, and the rest is done
//! after the next start.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::store::{DerivedWork, SharedStore, StoreError};

/// Time between two looks when nothing was added, and after one that failed.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// What is added within this time after the first is done together with it.
const GATHER: Duration = Duration::from_millis(2);
/// How long the end may take.
const FINISH_TIME: Duration = Duration::from_secs(3);

/// The task.
#[derive(Debug)]
pub struct Worker {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Worker {
    /// Starts it. Where nothing is left for later it does what it finds and ends.
    #[must_use]
    pub fn start(store: SharedStore, clock: Clock) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(work(store, clock, stop.clone()));
        Self { stop, task }
    }

    /// Lets it do what waits, and ends it.
    pub async fn finish(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(FINISH_TIME, &mut self.task).await.is_err() {
            tracing::warn!("derived work is left for the next start");
            self.task.abort();
        }
    }
}

async fn work(store: SharedStore, clock: Clock, stop: CancellationToken) {
    loop {
        let stopping = stop.is_cancelled();
        match store.derive().await {
            Ok(derived) => {
                store.backlog().saw(&derived, clock.now());
                if !derived.done.is_empty() {
                    continue;
                }
                // Nothing that could be done: what waits is being done by another forum.
                if stopping || (derived.waiting == 0 && store.backlog().work() == DerivedWork::Now) {
                    return;
                }
            }
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::warn!(%error, "derived work has to wait");
                if stopping {
                    return;
                }
            }
        }
        let added = async {
            store.backlog().added().await;
            tokio::time::sleep(GATHER).await;
        };
        tokio::select! {
            () = added => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}
