//! A value known only as a range.
//!
//! A point estimate is a range that lost its honesty, so the scenario keeps what was written: `3..8 MB` stays two
//! numbers until a program decides how to carry them (the estimator samples, see its `uncertain`). A range says that
//! the value lies between its ends nine times out of ten.

use crate::units::Unit;

/// Between `low` and `high`; a point when they are equal. `low <= high` always.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range<T> {
    low: T,
    high: T,
}

impl<T: Unit> Range<T> {
    /// `None` when `low` is above `high`.
    #[must_use]
    pub fn new(low: T, high: T) -> Option<Range<T>> {
        (low <= high).then_some(Range { low, high })
    }

    /// A value known exactly.
    #[must_use]
    pub fn point(value: T) -> Range<T> {
        Range { low: value, high: value }
    }

    /// The lower end.
    #[must_use]
    pub fn low(self) -> T {
        self.low
    }

    /// The upper end.
    #[must_use]
    pub fn high(self) -> T {
        self.high
    }

    /// Whether both ends are the same.
    #[must_use]
    pub fn is_point(self) -> bool {
        self.low == self.high
    }

    /// The middle, in base units: the geometric mean where the lower end is above zero (the median of the log-normal
    /// that the ends span), the arithmetic mean otherwise.
    #[must_use]
    pub fn middle(self) -> f64 {
        let (low, high) = (self.low.base(), self.high.base());
        if self.is_point() {
            low
        } else if low > 0.0 {
            (low * high).sqrt()
        } else {
            f64::midpoint(low, high)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bytes;

    #[test]
    fn the_middle_of_a_range_is_geometric_and_of_a_point_exact() {
        let bytes = |value| Bytes::new(value).unwrap();
        assert_eq!(Range::new(bytes(4.0), bytes(9.0)).unwrap().middle(), 6.0);
        assert_eq!(Range::new(bytes(0.0), bytes(9.0)).unwrap().middle(), 4.5);
        assert_eq!(Range::point(bytes(5e6)).middle(), 5e6);
        assert_eq!(Range::new(bytes(9.0), bytes(4.0)), None);
    }
}
