//! What failed when: failures by kind, over intervals that grow with the run.

use std::collections::BTreeMap;

use crate::engine::Outcome;

/// Kinds that are kept apart; a server that answers with every status there is fills no more.
const MOST_KINDS: usize = 8;
/// Intervals at most; beyond, neighbours merge and intervals become twice as long.
const MOST_INTERVALS: usize = 600;

/// Counts by kind and interval.
#[derive(Debug)]
pub(crate) struct Failures {
    /// Seconds in an interval.
    pub(crate) length: usize,
    /// By outcome and status, in the order in which they first came.
    pub(crate) kinds: Vec<((Outcome, u16), BTreeMap<usize, u64>)>,
    /// Of kinds that came when there were [`MOST_KINDS`].
    pub(crate) others: BTreeMap<usize, u64>,
}

impl Failures {
    pub(super) fn new() -> Failures {
        Failures { length: 1, kinds: Vec::new(), others: BTreeMap::new() }
    }

    /// Counts failures of a kind in a second of the run.
    pub(super) fn add(&mut self, second: usize, kind: (Outcome, u16), count: u64) {
        while second / self.length >= MOST_INTERVALS {
            self.merge();
        }
        let known = self.kinds.iter().position(|(known, _)| *known == kind);
        let counts = match known {
            Some(index) => &mut self.kinds[index].1,
            None if self.kinds.len() < MOST_KINDS => {
                self.kinds.push((kind, BTreeMap::new()));
                let last = self.kinds.len() - 1;
                &mut self.kinds[last].1
            }
            None => &mut self.others,
        };
        *counts.entry(second / self.length).or_default() += count;
    }

    fn merge(&mut self) {
        self.length *= 2;
        for counts in self.kinds.iter_mut().map(|(_, counts)| counts).chain([&mut self.others]) {
            let mut merged = BTreeMap::new();
            for (interval, count) in &*counts {
                *merged.entry(interval / 2).or_default() += count;
            }
            *counts = merged;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_of_failures_stays_small_and_loses_none() {
        let mut failures = Failures::new();
        for second in 0..10_000 {
            failures.add(second, (Outcome::CheckFailed, 503), 1);
            failures.add(second, (Outcome::TimedOut, 0), 1);
        }
        // 600 intervals of 16 s are 9,600 s; of 32 s they are enough.
        assert_eq!(failures.length, 32);
        for (_, counts) in &failures.kinds {
            assert!(counts.len() <= MOST_INTERVALS);
            assert_eq!((counts[&0], counts.values().sum::<u64>()), (32, 10_000));
        }
    }

    #[test]
    fn more_kinds_than_can_be_told_apart_are_others() {
        let mut failures = Failures::new();
        (400..500).for_each(|status| failures.add(0, (Outcome::CheckFailed, status), 1));
        assert_eq!((failures.kinds.len(), failures.others[&0]), (MOST_KINDS, 92));
    }
}
