//! The time of a run: whole nanoseconds since its start.
//!
//! Stamps of one run are compared and subtracted all the time and never leave it, so they are one number; a length of
//! time is a [`Duration`] as everywhere else.

use std::time::Duration;

/// Nanoseconds since the start of the run; 584 years fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub u64);

impl Nanos {
    /// The start of the run.
    pub const ZERO: Nanos = Nanos(0);
    /// Never.
    pub const MAX: Nanos = Nanos(u64::MAX);

    /// So long after the start of the run.
    #[must_use]
    pub fn after_start(offset: Duration) -> Nanos {
        Nanos::ZERO.plus(offset)
    }

    /// So much later, or never when that is too far away to be counted.
    #[must_use]
    pub fn plus(self, length: Duration) -> Nanos {
        let seconds = length.as_secs().saturating_mul(1_000_000_000);
        Nanos(self.0.saturating_add(seconds).saturating_add(u64::from(length.subsec_nanos())))
    }

    /// So much earlier, but not before the start of the run.
    #[must_use]
    pub fn minus(self, length: Duration) -> Nanos {
        Nanos(self.0.saturating_sub(Nanos::after_start(length).0))
    }

    /// The time from `earlier` until this; nothing when it is the later one.
    #[must_use]
    pub fn since(self, earlier: Nanos) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_saturate_at_both_ends() {
        let second = Duration::from_secs(1);
        assert_eq!(Nanos::after_start(second), Nanos(1_000_000_000));
        assert_eq!(Nanos(1_500_000_000).minus(second), Nanos(500_000_000));
        assert_eq!(Nanos(5).minus(second), Nanos::ZERO);
        assert_eq!(Nanos(5).plus(Duration::MAX), Nanos::MAX);
        assert_eq!(Nanos(7).since(Nanos(5)), Duration::from_nanos(2));
        assert_eq!(Nanos(5).since(Nanos(7)), Duration::ZERO);
    }
}
