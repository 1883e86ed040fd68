//! Response times by blocks of time, coarsely: enough to see how much slow answers come in bunches.
//!
//! Answers of a server resemble their neighbours, so n of them tell less than n independent ones would. How much
//! less is seen from how the share of slow answers varies between blocks. That needs counts above a threshold that is
//! known only at the end; a table of 8 steps per octave is fine enough for it and never grows.

/// Steps per octave.
pub(crate) const STEPS: u32 = 8;
/// From 1 µs to about an hour: 32 octaves.
const BUCKETS: usize = 32 * STEPS as usize;
/// Blocks at most; beyond, neighbours merge and blocks become twice as long.
const MOST_BLOCKS: usize = 64;

/// Counts by block and coarse time.
#[derive(Debug)]
pub(crate) struct Blocks {
    /// Seconds in a block.
    length: usize,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
struct Block {
    counts: Vec<u32>,
    total: u64,
}

impl Blocks {
    pub(crate) fn new() -> Blocks {
        Blocks { length: 1, blocks: Vec::new() }
    }

    /// Counts a time, in nanoseconds, in a second of the run, so many times.
    pub(crate) fn add(&mut self, second: usize, nanos: u64, count: u32) {
        while second / self.length >= MOST_BLOCKS {
            self.merge();
        }
        let index = second / self.length;
        while self.blocks.len() <= index {
            self.blocks.push(Block { counts: vec![0; BUCKETS], total: 0 });
        }
        let block = &mut self.blocks[index];
        block.counts[bucket(nanos)] += count;
        block.total += u64::from(count);
    }

    fn merge(&mut self) {
        let pairs = self.blocks.chunks(2).map(|pair| {
            let mut sum = pair[0].clone();
            if let Some(second) = pair.get(1) {
                sum.counts.iter_mut().zip(&second.counts).for_each(|(a, b)| *a += b);
                sum.total += second.total;
            }
            sum
        });
        self.blocks = pairs.collect();
        self.length *= 2;
    }

    /// Seconds in a block.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The counts of each block by step, from 1 µs on.
    pub(crate) fn counts(&self) -> impl Iterator<Item = &[u32]> {
        self.blocks.iter().map(|block| block.counts.as_slice())
    }

    /// For each block: how many times lay above `nanos` (to the nearest step), and how many there were.
    pub(crate) fn above(&self, nanos: u64) -> Vec<(u64, u64)> {
        let from = (bucket(nanos) + 1).min(BUCKETS);
        self.blocks
            .iter()
            .map(|block| (block.counts[from..].iter().map(|count| u64::from(*count)).sum(), block.total))
            .collect()
    }
}

fn bucket(nanos: u64) -> usize {
    let micros = (nanos / 1_000).max(1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the logarithm of at least 1, bounded"
    )]
    let bucket = (micros.log2() * f64::from(STEPS)) as usize;
    bucket.min(BUCKETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_merge_and_lose_nothing() {
        let mut blocks = Blocks::new();
        for second in 0..1_000 {
            blocks.add(second, 1_000_000, 1);
            blocks.add(second, 100_000_000, 3);
        }
        let above = blocks.above(10_000_000);
        assert!(above.len() <= MOST_BLOCKS);
        assert_eq!(above.iter().map(|(hits, _)| hits).sum::<u64>(), 3_000);
        assert_eq!(above.iter().map(|(_, of)| of).sum::<u64>(), 4_000);
    }
}
