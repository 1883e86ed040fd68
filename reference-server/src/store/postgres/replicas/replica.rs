//! One replica: how far it is, as far as is known.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::primary::Primary;
use super::visible::Visible;
use crate::clock::Stopwatch;
use crate::domain::Position;
use crate::store::StoreError;
use crate::store::Why;
use crate::store::postgres::store::Connections;
use crate::store::replicas::{Counted, ReplicaFigures};

/// A replica that is not there is nowhere.
const NOWHERE: u64 = 0;

pub(super) struct Replica {
    /// Its number on the command line, from 1 on.
    pub(super) number: usize,
    /// Where it is, for the log.
    pub(super) place: String,
    pub(super) connections: Connections,
    replayed: AtomicU64,
    lag_millis: AtomicU64,
    went_away: Notify,
    /// Somebody wants to know at once.
    pub(super) wake: Notify,
    pub(super) visible: Visible,
    counted: Counted,
}

impl Replica {
    pub(super) fn new(number: usize, place: String, connections: Connections) -> Self {
        Self {
            number,
            place,
            connections,
            replayed: AtomicU64::new(NOWHERE),
            lag_millis: AtomicU64::new(0),
            went_away: Notify::new(),
            wake: Notify::new(),
            visible: Visible::default(),
            counted: Counted::default(),
        }
    }

    /// It has carried out the log up to here, or further by now; `None` while it is away.
    pub(super) fn replayed(&self) -> Option<Position> {
        let replayed = self.replayed.load(Ordering::Acquire);
        (replayed > NOWHERE).then(|| Position::new(replayed))
    }

    /// For how long it has lacked something that the primary has.
    pub(super) fn lag(&self) -> Duration {
        Duration::from_millis(self.lag_millis.load(Ordering::Relaxed))
    }

    /// It said that it is here. Whether that is news: it was away.
    pub(super) fn reached(&self, position: Position, primary: &Primary) -> bool {
        primary.saw(position);
        self.visible.reached(position);
        let lag = u64::try_from(primary.lag(position).as_millis()).unwrap_or(u64::MAX);
        self.lag_millis.store(lag, Ordering::Relaxed);
        self.replayed.swap(position.bytes(), Ordering::AcqRel) == NOWHERE
    }

    /// It does not answer; whoever waits for it gives up. Whether that is news.
    pub(super) fn lost(&self) -> bool {
        let was_there = self.replayed.swap(NOWHERE, Ordering::AcqRel) > NOWHERE;
        self.went_away.notify_waiters();
        was_there
    }

    /// A read failed there: if it went away it is asked at once, and by no other reader until it has answered.
    pub(super) fn suspect(&self, error: &StoreError) {
        if matches!(error, StoreError::Unavailable(_)) {
            self.lost();
            self.hurry();
        }
    }

    /// Done when it goes away.
    pub(super) async fn gone(&self) {
        // Before the look: what begins in between is not missed.
        let gone = self.went_away.notified();
        if self.replayed().is_some() {
            gone.await;
        }
    }

    /// Somebody waits for what it does not have yet.
    pub(super) fn hurry(&self) {
        self.wake.notify_one();
    }

    /// A write was committed there: how long until it is seen here?
    pub(super) fn expect(&self, position: Position, since: Stopwatch) {
        self.visible.expect(position, since);
        self.hurry();
    }

    pub(super) fn count(&self, why: Why) {
        self.counted.count(why);
    }

    /// What was counted so far, when the primary's log is at `known`.
    pub(super) fn figures(&self, known: Position) -> ReplicaFigures {
        let replayed = self.replayed();
        let count = |why| (why, self.counted.get(why));
        ReplicaFigures {
            number: self.number,
            is_up: replayed.is_some(),
            lag_bytes: replayed.map_or(0, |replayed| known.bytes().saturating_sub(replayed.bytes())),
            lag_seconds: self.lag().max(self.visible.longest()).as_secs_f64(),
            reads: [count(Why::Reached), count(Why::Anything)],
            visible: self.visible.times(),
        }
    }
}
