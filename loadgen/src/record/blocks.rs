//! Response times by blocks of time, coarsely: enough to see how much slow answers come in bunches.
//!
//! Answers of a server resemble their neighbours, so n of them tell less than n independent ones would. How much
//! less is seen from how the share of slow answers varies between blocks. That needs counts above a threshold that is
//! known only at the end; a table of 8 steps per octave is fine enough for it and never grows.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Steps per octave.
pub(crate) const STEPS: u32 = 8;
/// From 1 µs to about an hour: 32 octaves.
const BUCKETS: usize = 32 * STEPS as usize;
/// Blocks at most; beyond, neighbours merge and blocks become twice as long.
const MOST_BLOCKS: usize = 64;

/// Counts by block and coarse time.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
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

/// As it stands in a file: steps that have some, with how many.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    length_s: usize,
    blocks: Vec<Vec<(usize, u32)>>,
}

impl From<Blocks> for Written {
    fn from(blocks: Blocks) -> Written {
        let sparse = |block: Block| {
            block.counts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect::<Vec<_>>()
        };
        Written { length_s: blocks.length, blocks: blocks.blocks.into_iter().map(sparse).collect() }
    }
}

impl TryFrom<Written> for Blocks {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Blocks, &'static str> {
        if !written.length_s.is_power_of_two() || written.blocks.len() > MOST_BLOCKS {
            return Err("the blocks are not those of a run");
        }
        let mut blocks = Blocks { length: written.length_s, blocks: Vec::new() };
        for sparse in written.blocks {
            let mut block = Block { counts: vec![0; BUCKETS], total: 0 };
            for (step, count) in sparse {
                *block.counts.get_mut(step).ok_or("a step of a block is too high")? = count;
                block.total += u64::from(count);
            }
            blocks.blocks.push(block);
        }
        Ok(blocks)
    }
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

    /// Adds the blocks of another run, which begins at second `offset` of this one.
    pub(crate) fn append(&mut self, other: &Blocks, offset: usize) {
        while self.length < other.length {
            self.merge();
        }
        for (index, block) in other.blocks.iter().enumerate() {
            let second = index.saturating_mul(other.length).saturating_add(offset);
            while second / self.length >= MOST_BLOCKS {
                self.merge();
            }
            let place = second / self.length;
            while self.blocks.len() <= place {
                self.blocks.push(Block { counts: vec![0; BUCKETS], total: 0 });
            }
            let sum = &mut self.blocks[place];
            sum.counts.iter_mut().zip(&block.counts).for_each(|(a, b)| *a = a.saturating_add(*b));
            sum.total += block.total;
        }
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

    /// For each block: how many times lay above `nanos` (to the nearest step), and how many there were. Where the step
    /// of `nanos` is the last one, what lies in it is counted: it is what there is of the slow answers.
    pub(crate) fn above(&self, nanos: u64) -> Vec<(u64, u64)> {
        let own = bucket(nanos);
        let is_last = self.blocks.iter().all(|block| block.counts[own + 1..].iter().all(|count| *count == 0));
        let from = if is_last { own } else { own + 1 };
        self.blocks
            .iter()
            .map(|block| (block.counts[from..].iter().map(|count| u64::from(*count)).sum(), block.total))
            .collect()
    }

    /// About the quantile `q` of what was due from that second on, to the end of its step; `None` where blocks are too
    /// long to know, or nothing was.
    pub(crate) fn quantile_from(&self, second: usize, q: f64) -> Option<u64> {
        let blocks =
            self.blocks.get(second / self.length..).filter(|_| second.is_multiple_of(self.length))?;
        let total: u64 = blocks.iter().map(|block| block.total).sum();
        let mut below = 0;
        let step = (0..BUCKETS).find(|step| {
            below += blocks.iter().map(|block| u64::from(block.counts[*step])).sum::<u64>();
            total > 0 && below as f64 >= q * total as f64
        })?;
        Some(end_of(step))
    }
}

/// The longest time of a step, in nanoseconds.
fn end_of(step: usize) -> u64 {
    let micros = ((step + 1) as f64 / f64::from(STEPS)).exp2();
    Duration::from_secs_f64(micros / 1e6).as_nanos().try_into().unwrap_or(u64::MAX)
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
    fn two_runs_after_each_other_are_one_and_a_file_holds_it() {
        let (mut whole, mut first, mut second) = (Blocks::new(), Blocks::new(), Blocks::new());
        for at in 0..100 {
            let nanos = 1_000_000 * (at as u64 % 7 + 1);
            whole.add(at, nanos, 1);
            if at < 60 { first.add(at, nanos, 1) } else { second.add(at - 60, nanos, 1) }
        }
        first.append(&second, 60);
        assert_eq!((first.length, first.above(3_000_000)), (whole.length, whole.above(3_000_000)));
        let text = serde_json::to_string(&first).unwrap();
        let read: Blocks = serde_json::from_str(&text).unwrap();
        assert_eq!(read.above(3_000_000), whole.above(3_000_000));
        for damaged in ["{\"length_s\":0,\"blocks\":[]}", "{\"length_s\":1,\"blocks\":[[[256,1]]]}"] {
            assert!(serde_json::from_str::<Blocks>(damaged).is_err());
        }
    }

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

    #[test]
    fn slow_answers_that_are_all_alike_are_counted_in_their_own_step() {
        // 8 steps an octave: 1.97 s and 1.99 s share one, and nothing is slower.
        let mut blocks = Blocks::new();
        for (second, nanos) in [(0, 1_000_000), (1, 1_000_000), (1, 1_970_000_000), (1, 1_990_000_000)] {
            blocks.add(second, nanos, 1);
        }
        assert_eq!(blocks.above(1_970_000_000), [(0, 1), (2, 3)]);
        assert_eq!(blocks.above(1_000_000), [(0, 1), (2, 3)]);
    }

    #[test]
    fn a_quantile_without_the_first_seconds_is_known_to_its_step() {
        // 100 ms in the first two seconds, 1 ms in the others; a step of 1/8 octave ends at most 9.1 % above.
        let mut blocks = Blocks::new();
        for second in 0..20 {
            blocks.add(second, if second < 2 { 100_000_000 } else { 1_000_000 }, 50);
        }
        for (from, expected) in [(0, 100e6), (1, 100e6), (2, 1e6), (19, 1e6)] {
            let found = blocks.quantile_from(from, 0.99).unwrap() as f64;
            assert!(found >= expected && found <= expected * 1.091, "from {from}: {found}");
        }
        assert_eq!(blocks.quantile_from(20, 0.99), None);
        // When blocks have grown to two seconds, the border of an odd one is not known any more.
        blocks.add(64, 1_000_000, 1);
        assert_eq!(blocks.quantile_from(3, 0.99), None);
        assert!(blocks.quantile_from(2, 0.99).is_some());
    }
}
