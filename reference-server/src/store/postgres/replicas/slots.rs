//! What was last written for whom, in a table of fixed size.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::Position;

/// Places: those who share one only read from the primary too often.
const SLOTS: usize = 4096;

/// The position after the last write for each of many, by their numbers.
pub(super) struct Slots(Box<[AtomicU64]>);

impl Default for Slots {
    fn default() -> Self {
        Self((0..SLOTS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Slots {
    /// A write; an older one that is told of later changes nothing.
    pub(super) fn raise(&self, number: u64, position: Position) {
        self.slot(number).fetch_max(position.bytes(), Ordering::AcqRel);
    }

    /// What has to be there for this one, or more.
    pub(super) fn get(&self, number: u64) -> Position {
        Position::new(self.slot(number).load(Ordering::Acquire))
    }

    fn slot(&self, number: u64) -> &AtomicU64 {
        &self.0[usize::try_from(number % SLOTS as u64).unwrap_or_default()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_never_goes_back_and_neighbours_have_their_own() {
        let slots = Slots::default();
        for (number, written, kept) in
            [(1, 10, 10), (1, 5, 10), (2, 7, 7), (1, 11, 11), (4097, 13, 13), (u64::MAX, 14, 14)]
        {
            slots.raise(number, Position::new(written));
            assert_eq!(slots.get(number), Position::new(kept), "{number}");
        }
        assert_eq!(slots.get(1), Position::new(13), "shared with 4097: too much, never too little");
        assert_eq!(slots.get(3), Position::START);
    }
}
