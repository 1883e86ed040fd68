//! What one forum knows of writes: how often each question was written to.
//!
//! A copy remembers what was known when the database was asked for it. If more is known now, the copy is worthless; so a
//! copy that was read before a write and put away after it is, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::shared::Hears;
use crate::domain::QuestionId;

/// Counters of writes: questions that share one only lose copies too often.
const COUNTERS: usize = 4096;

/// What is known of writes to a question at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Writes {
    /// How often it was written to.
    counted: u64,
    /// How often something may have been written of which nobody told.
    gaps: u64,
}

/// What is known of writes.
#[derive(Clone, Debug)]
pub(super) struct Known(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    counted: Box<[AtomicU64]>,
    gaps: AtomicU64,
}

impl Known {
    pub(super) fn new() -> Self {
        let counted = (0..COUNTERS).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Counters { counted, gaps: AtomicU64::new(0) }))
    }

    /// What is known of a question now.
    pub(super) fn of(&self, question: QuestionId) -> Writes {
        let gaps = self.0.gaps.load(Ordering::Acquire);
        Writes { counted: self.counter(question).load(Ordering::Acquire), gaps }
    }

    /// Whether a question was not written to since, as far as it was told.
    pub(super) fn is_as_it_was(&self, question: QuestionId, then: Writes) -> bool {
        self.of(question).counted == then.counted
    }

    /// Whether it was not, and it would have been told.
    pub(super) fn is_surely_as_it_was(&self, question: QuestionId, then: Writes) -> bool {
        self.of(question) == then
    }

    fn counter(&self, question: QuestionId) -> &AtomicU64 {
        let place = question.get().unsigned_abs() % COUNTERS as u64;
        &self.0.counted[usize::try_from(place).unwrap_or_default()]
    }
}

impl Hears for Known {
    fn written(&self, question: QuestionId) {
        self.counter(question).fetch_add(1, Ordering::AcqRel);
    }

    fn anything_written(&self) {
        self.0.gaps.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_and_a_gap_are_told_apart() {
        let known = Known::new();
        let (one, other) = (QuestionId::new(1), QuestionId::new(2));
        let (of_one, of_other) = (known.of(one), known.of(other));
        known.written(one);
        assert!(!known.is_as_it_was(one, of_one) && known.is_surely_as_it_was(other, of_other));
        known.anything_written();
        assert!(known.is_as_it_was(other, of_other) && !known.is_surely_as_it_was(other, of_other));
    }
}
