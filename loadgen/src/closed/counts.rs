//! What became of the users' connections, counted by all users together.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::codec::Malformed;
use crate::engine::{Handshakes, Outcome, Scarce};
use crate::troubles::Troubles;

/// What became of the users' connections.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Connections opened so far.
    pub(crate) opened: AtomicU64,
    /// Connections that could not even be tried: no descriptors or ports left on this side.
    pub(crate) exhausted: AtomicU64,
    /// Handshakes of TLS, with certificates and resumed.
    full: AtomicU64,
    resumed: AtomicU64,
    /// Only locked when something goes wrong.
    troubles: Mutex<Troubles>,
}

impl Counts {
    /// The handshakes so far.
    pub(crate) fn handshakes(&self) -> Handshakes {
        Handshakes { full: self.full.load(Ordering::Relaxed), resumed: self.resumed.load(Ordering::Relaxed) }
    }

    /// What went wrong, once the users are gone.
    pub(crate) fn troubles(&self) -> Troubles {
        std::mem::take(&mut self.troubles.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a handshake, where there was one.
    pub(super) fn shaken(&self, is_resumed: Option<bool>) {
        match is_resumed {
            Some(true) => self.resumed.fetch_add(1, Ordering::Relaxed),
            Some(false) => self.full.fetch_add(1, Ordering::Relaxed),
            None => 0,
        };
    }

    /// Takes note of a connection that did not come about, and of what this machine, and not the target, is to blame for.
    pub(super) fn not_connected(&self, error: io::Error) -> Outcome {
        let scarce = Scarce::of(&error);
        self.exhausted.fetch_add(u64::from(scarce.is_some()), Ordering::Relaxed);
        self.note(|troubles| {
            troubles.scarce = troubles.scarce.or(scarce);
            troubles.connect.get_or_insert(error);
        });
        Outcome::ConnectFailed
    }

    /// Takes note of an answer that is none.
    pub(super) fn malformed(&self, malformed: Malformed) -> Outcome {
        self.note(|troubles| {
            troubles.malformed.get_or_insert(malformed);
        });
        Outcome::Malformed
    }

    /// Takes note of a request that is sent again, since its kept connection had been closed.
    pub(super) fn retried(&self) {
        self.note(|troubles| troubles.retried += 1);
    }

    fn note(&self, note: impl FnOnce(&mut Troubles)) {
        note(&mut self.troubles.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
