//! One at a time for each key: who comes second waits for the first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::key::Key;

/// The keys that somebody is fetching; as many as requests are served at a time.
#[derive(Clone, Debug, Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>>);

/// The right to fetch, until it is dropped.
pub(super) struct Flight {
    flights: Flights,
    key: Key,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Flights {
    /// Waits until nobody else fetches this.
    pub(super) async fn board(&self, key: Key) -> Flight {
        let turn = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        // Made first, so that who gives up while he waits leaves nothing behind.
        let mut flight = Flight { flights: self.clone(), key, turn: None };
        flight.turn = Some(turn.lock_owned().await);
        flight
    }

    #[cfg(test)]
    fn under_way(&self) -> usize {
        self.0.lock().expect("a lock").len()
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.turn = None;
        let mut flights = self.flights.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those who wait hold it as well.
        if flights.get(&self.key).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::QuestionId;

    const KEY: Key = Key::Json(QuestionId::new(1));

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_fetches_and_nothing_is_left_behind() {
        let flights = Flights::default();
        let first = flights.board(KEY).await;
        let other = flights.board(Key::Json(QuestionId::new(2))).await;
        let soon = Duration::from_secs(1);
        assert!(tokio::time::timeout(soon, flights.board(KEY)).await.is_err(), "somebody fetches it");
        let mut next = Box::pin(flights.board(KEY));
        assert!(tokio::time::timeout(soon, &mut next).await.is_err());
        drop(first);
        let next = next.await;
        assert_eq!(flights.under_way(), 2);
        drop((next, other));
        assert_eq!(flights.under_way(), 0);
    }
}
