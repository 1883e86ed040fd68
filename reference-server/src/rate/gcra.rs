//! The generic cell rate algorithm: one moment for each client.
//!
//! A client's moment is when he will have been quiet long enough for all he sent. Each request moves it on by
//! window / requests; a request that would move it further than a window beyond now is refused. So a client may send
//! a whole window's worth at once and then at the steady rate, and the state is one number.
//!
//! The table is bounded. When it is full, who is at rest is forgotten, which changes nothing for him. When nobody is
//! at rest, new clients share one place: an attacker with a million addresses then slows strangers down and not those
//! who are known, and memory stays.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::time::Duration;

use super::{Class, Rate};

/// How a client stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which of his rates.
    pub class: Class,
    /// That rate.
    pub rate: Rate,
    /// How many more may be sent now.
    pub remaining: u32,
    /// When the full number may be sent again, if nothing is sent until then.
    pub reset: Duration,
    /// When the next request may come, if this one was refused.
    pub retry: Option<Duration>,
}

/// The moments of the clients of one class.
#[derive(Debug)]
pub(super) struct Table<Key> {
    class: Class,
    rate: Rate,
    moments: HashMap<Key, Duration>,
    capacity: usize,
    shared: Duration,
    /// When those at rest may be looked for again.
    next_sweep: Duration,
}

/// How often a full table is looked through for clients at rest. At every request it would be the attack itself: with
/// all places taken, each request from a new address would read the whole table behind a lock.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

impl<Key: Eq + Hash> Table<Key> {
    /// A table for at most `capacity` clients.
    pub(super) fn new(class: Class, rate: Rate, capacity: usize) -> Self {
        Self {
            class,
            rate,
            moments: HashMap::new(),
            capacity,
            shared: Duration::ZERO,
            next_sweep: Duration::ZERO,
        }
    }

    /// Whether a client may send a request `now`.
    pub(super) fn ask(&mut self, client: Key, now: Duration) -> Standing {
        let full = self.moments.len() >= self.capacity;
        if full && now >= self.next_sweep && !self.moments.contains_key(&client) {
            self.moments.retain(|_, moment| *moment > now);
            self.next_sweep = now + SWEEP_EVERY;
        }
        let full = self.moments.len() >= self.capacity;
        let moment = match self.moments.entry(client) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if full => &mut self.shared,
            Entry::Vacant(place) => place.insert(Duration::ZERO),
        };
        step(self.class, self.rate, moment, now)
    }

    /// Clients that are remembered.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.moments.len()
    }
}

fn step(class: Class, rate: Rate, moment: &mut Duration, now: Duration) -> Standing {
    let each = rate.window / rate.requests;
    let next = (*moment).max(now) + each;
    // The parts need not add up to the window to the nanosecond; the whole number of requests counts.
    let furthest = now + each * rate.requests;
    let beyond = next.saturating_sub(furthest);
    if !beyond.is_zero() {
        let retry = Some(beyond);
        return Standing { class, rate, remaining: 0, reset: moment.saturating_sub(now), retry };
    }
    *moment = next;
    let room = furthest.saturating_sub(next).as_nanos() / each.as_nanos().max(1);
    let remaining = u32::try_from(room).unwrap_or(rate.requests);
    Standing { class, rate, remaining, reset: next.saturating_sub(now), retry: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(rate: &str, capacity: usize) -> Table<u32> {
        Table::new(Class::Read, rate.parse().expect("a rate"), capacity)
    }

    #[test]
    fn a_window_s_worth_may_come_at_once_and_then_at_the_steady_rate() {
        let mut table = table("6/min", 10);
        let at = Duration::from_secs;
        for remaining in (0..6).rev() {
            let standing = table.ask(1, at(100));
            assert_eq!((standing.remaining, standing.retry), (remaining, None));
        }
        let refused = table.ask(1, at(100));
        assert_eq!((refused.retry, refused.reset), (Some(at(10)), at(60)));
        assert_eq!(table.ask(2, at(100)).remaining, 5, "another client is not touched");
        assert_eq!(table.ask(1, at(109)).retry, Some(at(1)));
        assert_eq!(table.ask(1, at(110)).retry, None);
        assert_eq!(table.ask(1, at(110)).retry, Some(at(10)));
        assert_eq!(table.ask(1, at(1_000)).remaining, 5, "who was quiet for long has everything again");
    }

    #[test]
    fn the_table_is_bounded_and_full_of_busy_clients_it_is_shared_by_the_new_ones() {
        let mut table = table("2/min", 3);
        let at = Duration::from_secs;
        for client in 0..3 {
            table.ask(client, at(10));
        }
        assert_eq!(table.ask(3, at(10)).remaining, 1);
        assert_eq!(table.ask(4, at(10)).remaining, 0, "the same place as the one before");
        assert!(table.ask(5, at(10)).retry.is_some());
        assert_eq!(table.ask(0, at(10)).remaining, 0, "who is known has his own place");
        assert_eq!(table.len(), 3);
        assert_eq!(table.ask(6, at(200)).remaining, 1, "all are at rest and forgotten");
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn a_full_table_is_looked_through_once_a_second_and_not_for_every_stranger() {
        let mut table = table("2/min", 1);
        let at = Duration::from_millis;
        table.ask(0, at(10_000)); // at rest from 40 s on
        table.ask(1, at(10_000)); // a stranger: the shared place is taken until 40 s
        table.ask(2, at(39_900)); // looks and finds nobody at rest; the shared place until 70 s
        assert_eq!(table.ask(3, at(40_500)).remaining, 0, "not looked again yet, so the shared place");
        assert_eq!(table.ask(4, at(40_900)).remaining, 1, "a place of his own");
    }

    proptest! {
        /// However requests are spaced, no more than twice a window's worth passes in any window, and whoever waits as
        /// long as he is told is let in.
        #[test]
        fn the_rate_holds_and_the_promise_is_kept(gaps in prop::collection::vec(0_u64..30_000, 1..200)) {
            let mut table = table("5/min", 10);
            let window = Duration::from_mins(1);
            let (mut now, mut passed) = (Duration::ZERO, Vec::new());
            for gap in gaps {
                now += Duration::from_millis(gap);
                match table.ask(1, now).retry {
                    None => passed.push(now),
                    Some(wait) => {
                        now += wait;
                        prop_assert!(table.ask(1, now).retry.is_none());
                        passed.push(now);
                    }
                }
            }
            for (index, start) in passed.iter().enumerate() {
                let within = passed[index..].iter().take_while(|moment| **moment < *start + window).count();
                prop_assert!(within <= 10, "{within}");
            }
        }
    }
}
