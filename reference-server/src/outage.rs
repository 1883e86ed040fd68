//! Whether the database is there.
//!
//! A database that has gone away is noticed by whoever needs it, after a wait; if everybody waited, requests would pile up
//! behind a door that does not open. So whoever suspects it has the database asked, from beside, again and again until it
//! answers. While it does not, nobody waits for it, and who does already gives up: what cannot be done without it is refused at once, and what was
//! read before is shown as it was (`cache`). No request is sacrificed to find out whether it is back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::limits::PING_TIME;
use crate::store::{SharedStore, StoreError};

/// Pause between two questions to a database that is away: it is used again so soon after its return.
const ASK_PAUSE: Duration = Duration::from_millis(250);

/// Marks an answer that could not be given because the database is away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DatabaseAway;

/// What is known of the database.
#[derive(Clone, Debug, Default)]
pub struct Outage(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    away: AtomicBool,
    begun: Notify,
    watched: AtomicBool,
    watch: Mutex<Option<JoinHandle<()>>>,
}

impl Outage {
    /// Whether the database is away.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.away.load(Ordering::Acquire)
    }

    /// Done when the database is away.
    pub(crate) async fn begun(&self) {
        // Before the look: what begins in between is not missed.
        let begun = self.0.begun.notified();
        if !self.is_on() {
            begun.await;
        }
    }

    /// Has the database asked until it answers, if nobody does already.
    pub(crate) fn suspect(&self, store: &SharedStore) {
        if !self.0.watched.swap(true, Ordering::AcqRel) {
            let watch = tokio::spawn(watch(Arc::downgrade(&self.0), Arc::clone(store)));
            *self.0.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(watch);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            watch.abort();
        }
    }
}

async fn watch(shared: Weak<Shared>, store: SharedStore) {
    loop {
        let answer = tokio::time::timeout(PING_TIME, store.ping()).await;
        let Some(shared) = shared.upgrade() else { return };
        let away = match answer {
            Ok(Ok(())) => false,
            Ok(Err(StoreError::Closed)) => return, // we are leaving
            Ok(Err(_)) | Err(_) => true,
        };
        if away != shared.away.swap(away, Ordering::AcqRel) {
            if away {
                shared.begun.notify_waiters();
                tracing::error!("the database is away; what was read before is shown, nothing is written");
            } else {
                tracing::warn!("the database is back");
            }
        }
        if !away {
            shared.watched.store(false, Ordering::Release);
            return;
        }
        drop(shared);
        tokio::time::sleep(ASK_PAUSE).await;
    }
}
