//! A count by size, in the buckets of a Prometheus histogram.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts values up to each of `N` bounds, and those beyond.
#[derive(Debug)]
pub(crate) struct Histogram<const N: usize> {
    bounds: [u64; N],
    counts: [AtomicU64; N],
    beyond: AtomicU64,
    sum: AtomicU64,
}

/// What a histogram held at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Each bound, and how many values are not above it.
    pub(crate) up_to: Vec<(u64, u64)>,
    /// How many values there are.
    pub(crate) count: u64,
    /// Their sum.
    pub(crate) sum: u64,
}

impl<const N: usize> Histogram<N> {
    /// An empty one; `bounds` grow.
    pub(crate) const fn new(bounds: [u64; N]) -> Self {
        Self {
            bounds,
            counts: [const { AtomicU64::new(0) }; N],
            beyond: AtomicU64::new(0),
            sum: AtomicU64::new(0),
        }
    }

    /// Counts a value.
    pub(crate) fn add(&self, value: u64) {
        let place = self.bounds.iter().position(|bound| value <= *bound);
        place.map_or(&self.beyond, |place| &self.counts[place]).fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// What it holds. The count is that of the buckets, so that both agree while others add.
    pub(crate) fn read(&self) -> Reading {
        let mut count = 0;
        let up_to = self.bounds.iter().zip(&self.counts).map(|(bound, bucket)| {
            count += bucket.load(Ordering::Relaxed);
            (*bound, count)
        });
        let up_to = up_to.collect();
        Reading {
            up_to,
            count: count + self.beyond.load(Ordering::Relaxed),
            sum: self.sum.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_in_every_bucket_that_it_fits() {
        let histogram = Histogram::new([1, 10, 100]);
        for value in [0, 1, 2, 10, 11, 100, 101, 1_000] {
            histogram.add(value);
        }
        let expected = Reading { up_to: vec![(1, 2), (10, 4), (100, 6)], count: 8, sum: 1_225 };
        assert_eq!(histogram.read(), expected);
    }
}
