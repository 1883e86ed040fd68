//! Who was here lately: a memory so small that asking it costs nothing to speak of.
//!
//! One place for each of a few thousand numbers, in which the last key with that number is remembered by another number. Who
//! comes again before somebody else takes his place is known. It errs both ways, seldom: that costs a copy more or less.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicU32, Ordering};

use super::key::Key;

/// Places: as many as copies of usual pages fit into the memory that is kept for them by default (16 MB of 4 kB).
const PLACES: usize = 4096;

/// The last keys that came.
#[derive(Debug)]
pub(super) struct Doorkeeper(Box<[AtomicU32]>);

impl Default for Doorkeeper {
    fn default() -> Self {
        Self((0..PLACES).map(|_| AtomicU32::new(0)).collect())
    }
}

impl Doorkeeper {
    /// Whether this key came shortly before; from now on it has.
    pub(super) fn knows(&self, key: Key) -> bool {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        let place = usize::try_from(hash % PLACES as u64).unwrap_or_default();
        // Never 0, which is what an empty place has.
        let mark = u32::try_from(hash >> 32).unwrap_or_default() | 1;
        // No other memory depends on it.
        self.0[place].swap(mark, Ordering::Relaxed) == mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::QuestionId;

    #[test]
    fn who_comes_again_soon_is_known_and_who_comes_late_is_not() {
        let doorkeeper = Doorkeeper::default();
        let key = |id| Key::Json(QuestionId::new(id));
        assert!(!doorkeeper.knows(key(1)));
        assert!(doorkeeper.knows(key(1)));
        assert!(!doorkeeper.knows(Key::Page(QuestionId::new(1), None)), "another thing of the same question");
        // After a hundred times as many as there are places, hardly anybody's is still his.
        let crowd = i64::try_from(100 * PLACES).expect("a small number");
        let strangers = (2..crowd).filter(|id| doorkeeper.knows(key(*id))).count();
        assert!(strangers < PLACES, "{strangers} were taken for somebody else");
        assert!(!doorkeeper.knows(key(1)), "that was long ago");
    }
}
