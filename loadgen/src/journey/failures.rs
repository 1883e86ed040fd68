//! Which checks failed, and how often: counted where they fail, on whatever thread that is.
//!
//! A failure is rare and its count is read when the run is over, so a shared counter costs nothing that matters.

use std::sync::atomic::{AtomicU64, Ordering};

/// A counter for each check of a plan.
#[derive(Debug, Default)]
pub struct Failures {
    counters: Vec<Counter>,
}

#[derive(Debug)]
struct Counter {
    action: String,
    check: String,
    count: AtomicU64,
}

/// A check that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed<'a> {
    /// Of which action.
    pub action: &'a str,
    /// As the scenario writes it.
    pub check: &'a str,
    /// How often, warm-up included.
    pub count: u64,
}

impl Failures {
    /// A counter for one more check; its place.
    pub(crate) fn add(&mut self, action: &str, check: &str) -> usize {
        self.counters.push(Counter {
            action: action.to_owned(),
            check: check.to_owned(),
            count: AtomicU64::new(0),
        });
        self.counters.len() - 1
    }

    /// It has failed once more.
    pub(crate) fn count(&self, place: usize) {
        self.counters[place].count.fetch_add(1, Ordering::Relaxed);
    }

    /// All counts, for finding out what has failed since.
    pub(crate) fn counts(&self) -> Vec<u64> {
        self.counters.iter().map(|counter| counter.count.load(Ordering::Relaxed)).collect()
    }

    /// The check that has failed since.
    pub(crate) fn failed_since(&self, before: &[u64]) -> Option<&str> {
        let mut pairs = self.counters.iter().zip(before);
        let found = pairs.find(|(counter, before)| counter.count.load(Ordering::Relaxed) > **before);
        found.map(|(counter, _)| counter.check.as_str())
    }

    pub(crate) fn failed(&self) -> Vec<Failed<'_>> {
        self.counters
            .iter()
            .map(|counter| Failed {
                action: &counter.action,
                check: &counter.check,
                count: counter.count.load(Ordering::Relaxed),
            })
            .filter(|failed| failed.count > 0)
            .collect()
    }
}
