//! The account of one level: what was due in each block, what became of it, and when a block says enough.
//!
//! What is due and what has ended are counted apart. A block is closed when all of it has ended, or when what has not is later than
//! every promise allows: waiting any longer would not change the answer, while the load goes on. Pure: times come as arguments.
//!
//! **When the generator is the limit.** Responses count from the due time, so that a late generator makes a server look worse, never
//! better. Misses that would have been none had the request left in time are counted apart; where they decide, the block says
//! nothing about the server.

use std::time::Duration;

use scenarios::show;

use super::trial::{Seen, Tally};
use crate::engine::{Nanos, Outcome, Sample};
use crate::record::{self, Times};

/// Of the misses, what the generator's own lag may make where it does not decide.
const BLAMED: f64 = 0.5;
/// Requests that found no descriptor, port or connection, as a share of those due.
const UNSENT: f64 = 0.001;
/// Longest wait for the last requests of a block where no promise has a limit.
const USUAL_WAIT: Duration = Duration::from_secs(1);

/// A promise as it is counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Promise {
    /// About which action; `None`: all.
    pub(crate) action: Option<u16>,
    /// Answered well, and within so many nanoseconds.
    pub(crate) limit: Option<u64>,
    /// The share that has to.
    pub(crate) share: f64,
}

impl Promise {
    fn is_about(&self, action: u16) -> bool {
        self.action.is_none_or(|own| own == action)
    }

    fn keeps(&self, outcome: Outcome, nanos: u64) -> bool {
        outcome == Outcome::Good && self.limit.is_none_or(|limit| nanos <= limit)
    }
}

/// One block.
#[derive(Debug)]
struct Block {
    /// By promise, then by second: due, and kept.
    seconds: Vec<Vec<(u64, u64)>>,
    /// By promise: missed, though not by the server's own doing.
    blamed: Vec<u64>,
    due: u64,
    ended: u64,
    good: u64,
    unsent: u64,
    response: Times,
    lag: Times,
    sum_s: f64,
    sum_s2: f64,
}

impl Block {
    fn new(promises: usize, seconds: usize) -> Block {
        Block {
            seconds: vec![vec![(0, 0); seconds]; promises],
            blamed: vec![0; promises],
            due: 0,
            ended: 0,
            good: 0,
            unsent: 0,
            response: record::times(),
            lag: record::times(),
            sum_s: 0.0,
            sum_s2: 0.0,
        }
    }
}

/// What a level came to, beside what the search wants to know.
#[derive(Debug)]
pub(crate) struct Totals {
    /// Response times of all blocks.
    pub(crate) response: Times,
    /// How late requests left.
    pub(crate) lag: Times,
    /// Due, and not answered well.
    pub(crate) due: u64,
    pub(crate) failed: u64,
    /// Of answers, heads included.
    pub(crate) bytes: u64,
    pub(crate) answers: u64,
    /// Status codes of answers that were not good ones.
    pub(crate) statuses: Vec<(u16, u64)>,
}

/// The account of one level.
#[derive(Debug)]
pub(crate) struct Ledger {
    promises: Vec<Promise>,
    /// When counting begins.
    from: Nanos,
    length: Duration,
    wait: Duration,
    /// Whether what counts is due then, or ends then: connections that ask back to back have no due times of their own.
    by_end: bool,
    blocks: Vec<Block>,
    closed: usize,
    totals: Totals,
}

impl Ledger {
    /// An account that begins at `from`, in blocks of this length.
    pub(crate) fn new(promises: Vec<Promise>, from: Nanos, length: Duration, by_end: bool) -> Ledger {
        let longest = promises.iter().filter_map(|promise| promise.limit).max().map(Duration::from_nanos);
        Ledger {
            promises,
            from,
            length,
            wait: longest.unwrap_or(USUAL_WAIT),
            by_end,
            blocks: Vec::new(),
            closed: 0,
            totals: Totals {
                response: record::times(),
                lag: record::times(),
                due: 0,
                failed: 0,
                bytes: 0,
                answers: 0,
                statuses: Vec::new(),
            },
        }
    }

    /// The block and the second of it in which a moment lies.
    fn place(&self, at: Nanos) -> Option<(usize, usize)> {
        if at < self.from {
            return None;
        }
        let (into, length) = (at.since(self.from).as_nanos(), self.length.as_nanos().max(1));
        let block = usize::try_from(into / length).ok()?;
        let second = usize::try_from(into % length / 1_000_000_000).ok()?;
        Some((block, second))
    }

    fn block(&mut self, at: usize) -> &mut Block {
        let seconds = usize::try_from(self.length.as_millis().div_ceil(1_000)).unwrap_or(1).max(1);
        while self.blocks.len() <= at {
            self.blocks.push(Block::new(self.promises.len(), seconds));
        }
        &mut self.blocks[at]
    }

    /// Takes what will be due.
    pub(crate) fn issued(&mut self, action: u16, due: Nanos) {
        if self.by_end {
            return;
        }
        self.count_due(action, due);
    }

    fn count_due(&mut self, action: u16, due: Nanos) {
        let Some((at, second)) = self.place(due).filter(|(at, _)| *at >= self.closed) else { return };
        let about: Vec<bool> = self.promises.iter().map(|promise| promise.is_about(action)).collect();
        let block = self.block(at);
        block.due += 1;
        for (promise, _) in about.iter().enumerate().filter(|(_, about)| **about) {
            if let Some(tally) = block.seconds[promise].get_mut(second) {
                tally.0 += 1;
            }
        }
    }

    /// Takes what became of it.
    pub(crate) fn ended(&mut self, sample: &Sample) {
        let counted = if self.by_end { sample.last_byte } else { sample.due };
        let Some((at, second)) = self.place(counted).filter(|(at, _)| *at >= self.closed) else { return };
        if self.by_end {
            self.count_due(sample.action, counted);
        }
        let nanos = |later: Nanos, earlier: Nanos| later.0.saturating_sub(earlier.0);
        let (response, lag) = (nanos(sample.last_byte, sample.due), nanos(sample.sent, sample.possible));
        let promises = std::mem::take(&mut self.promises);
        let block = self.block(at);
        block.ended += 1;
        for (number, promise) in promises.iter().enumerate().filter(|(_, one)| one.is_about(sample.action)) {
            let kept = promise.keeps(sample.outcome, response);
            if let Some(tally) = block.seconds[number].get_mut(second).filter(|_| kept) {
                tally.1 += 1;
            }
            let without_lag = promise.keeps(sample.outcome, response.saturating_sub(lag));
            block.blamed[number] += u64::from(!kept && without_lag);
        }
        block.good += u64::from(sample.outcome == Outcome::Good);
        block.unsent += u64::from(sample.outcome == Outcome::Shed);
        block.sum_s += response as f64 / 1e9;
        block.sum_s2 += (response as f64 / 1e9).powi(2);
        record::record(&mut block.response, response);
        if sample.outcome != Outcome::Shed {
            record::record(&mut block.lag, lag);
        }
        self.promises = promises;
        if sample.outcome.is_answered() {
            self.totals.bytes += u64::from(sample.bytes_received);
            self.totals.answers += 1;
        }
        if sample.outcome == Outcome::CheckFailed {
            match self.totals.statuses.iter_mut().find(|(status, _)| *status == sample.status) {
                Some((_, count)) => *count += 1,
                None => self.totals.statuses.push((sample.status, 1)),
            }
        }
    }

    /// The next block, if it is over by now.
    pub(crate) fn close(&mut self, now: Nanos) -> Option<Seen> {
        let number = u32::try_from(self.closed + 1).ok()?;
        let end = self.from.plus(self.length * number);
        if now < end {
            return None;
        }
        let at = self.closed;
        let block = self.block(at);
        let is_complete = block.ended >= block.due;
        if !is_complete && now < end.plus(self.wait) {
            return None;
        }
        Some(self.sum_up(at))
    }

    fn sum_up(&mut self, at: usize) -> Seen {
        let seconds = self.length.as_secs_f64();
        let limited = self.limited(at);
        let block = &mut self.blocks[at];
        let promises = block.seconds.iter().map(|seconds| {
            // Whatever has not ended by now has missed all that has a limit.
            seconds
                .iter()
                .map(|(due, kept)| Tally { scheduled: *due, missed: due.saturating_sub(*kept) })
                .collect()
        });
        let seen = Seen {
            seconds,
            due: block.due,
            done_per_s: block.good as f64 / seconds,
            mean_s: block.sum_s / block.ended.max(1) as f64,
            mean_square_s2: block.sum_s2 / block.ended.max(1) as f64,
            promises: promises.collect(),
            limited,
            disturbed: None,
        };
        self.totals.due += block.due;
        self.totals.failed += block.ended.saturating_sub(block.good);
        record::add(&mut self.totals.response, &block.response);
        record::add(&mut self.totals.lag, &block.lag);
        // What comes late is not counted any more: its memory can go.
        *block = Block::new(0, 0);
        self.closed = at + 1;
        seen
    }

    /// Why a block says nothing about the server.
    fn limited(&self, at: usize) -> Option<String> {
        let block = &self.blocks[at];
        if block.unsent as f64 > UNSENT * block.due as f64 {
            return Some(format!(
                "{} requests found every connection in use and were not sent",
                block.unsent
            ));
        }
        for (promise, blamed) in self.promises.iter().zip(&block.blamed) {
            let (due, kept) = block.seconds[self.promises.iter().position(|one| one == promise)?]
                .iter()
                .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            let may_miss = (1.0 - promise.share) * due as f64;
            let missed = due.saturating_sub(kept) as f64;
            let blamed_share = *blamed as f64 / missed.max(1.0);
            if missed > may_miss && (missed - *blamed as f64 <= may_miss || blamed_share > BLAMED) {
                let late = Duration::from_nanos(block.lag.value_at_quantile(0.99));
                return Some(format!(
                    "{blamed} requests missed the promise because they left late (lag p99 {})",
                    show::seconds(late.as_secs_f64())
                ));
            }
        }
        None
    }

    /// Whether a block was closed.
    pub(crate) fn has_closed(&self) -> bool {
        self.closed > 0
    }

    /// All blocks that were closed, together.
    pub(crate) fn into_totals(self) -> Totals {
        self.totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn at(ms: u64) -> Nanos {
        Nanos(ms * MS)
    }

    /// p99 within 100 ms for all, and no more than 1 % errors for action 1.
    fn ledger() -> Ledger {
        let promises = vec![
            Promise { action: None, limit: Some(100 * MS), share: 0.99 },
            Promise { action: Some(1), limit: None, share: 0.99 },
        ];
        Ledger::new(promises, at(1_000), Duration::from_secs(2), false)
    }

    fn sample(action: u16, due: u64, lag: u64, took: u64, outcome: Outcome) -> Sample {
        Sample {
            action,
            outcome,
            status: 200,
            due: at(due),
            possible: at(due),
            sent: at(due + lag),
            reached: at(due + lag),
            connected: at(due + lag),
            first_byte: at(due + took),
            last_byte: at(due + took),
            bytes_received: 10,
            bytes_sent: 10,
            reused: true,
        }
    }

    fn does(ledger: &mut Ledger, sample: &Sample) {
        ledger.issued(sample.action, sample.due);
        ledger.ended(sample);
    }

    #[test]
    fn a_block_counts_what_was_due_in_it_second_by_second() {
        let mut ledger = ledger();
        does(&mut ledger, &sample(0, 999, 0, 500, Outcome::Good)); // before it counts
        does(&mut ledger, &sample(0, 1_000, 0, 100, Outcome::Good)); // just in time
        does(&mut ledger, &sample(0, 1_500, 0, 101, Outcome::Good));
        does(&mut ledger, &sample(1, 2_100, 0, 10, Outcome::CheckFailed));
        does(&mut ledger, &sample(1, 3_000, 0, 10, Outcome::Good)); // the next block
        assert_eq!(ledger.close(at(2_999)), None, "it is not over");
        let seen = ledger.close(at(3_000)).unwrap();
        let tally = |scheduled, missed| Tally { scheduled, missed };
        assert_eq!(seen.promises, [vec![tally(2, 1), tally(1, 1)], vec![tally(0, 0), tally(1, 1)]]);
        assert_eq!((seen.due, seen.limited.clone()), (3, None));
        assert!((seen.done_per_s - 1.0).abs() < 1e-9, "two good ones in two seconds: {seen:?}");
        assert!((seen.mean_s - (0.1 + 0.101 + 0.01) / 3.0).abs() < 1e-9);
        assert_eq!(ledger.close(at(3_500)), None, "the next is not over");
        assert_eq!(ledger.into_totals().failed, 1);
    }

    #[test]
    fn what_is_not_answered_is_waited_for_as_long_as_a_promise_allows_and_then_missed() {
        let mut ledger = ledger();
        ledger.issued(0, at(2_950));
        assert_eq!(ledger.close(at(3_050)), None, "it may still come in time");
        let seen = ledger.close(at(3_100)).unwrap();
        assert_eq!(seen.tally(0), Tally { scheduled: 1, missed: 1 });
        // It comes at last, and changes nothing any more.
        ledger.ended(&sample(0, 2_950, 0, 400, Outcome::Good));
        assert_eq!(ledger.into_totals().due, 1);
    }

    #[test]
    fn misses_of_a_late_generator_are_not_held_against_the_server() {
        for (lag, took, limited) in [(0, 150, false), (60, 150, true), (40, 150, false)] {
            let mut ledger = ledger();
            for number in 0..100 {
                does(&mut ledger, &sample(0, 1_000 + number * 10, lag, took, Outcome::Good));
            }
            let seen = ledger.close(at(4_000)).unwrap();
            assert_eq!(seen.tally(0).missed, 100);
            assert_eq!(seen.limited.is_some(), limited, "lag {lag}: {:?}", seen.limited);
        }
        let mut ledger = ledger();
        does(&mut ledger, &sample(0, 1_000, 0, 0, Outcome::Shed));
        assert!(ledger.close(at(4_000)).unwrap().limited.unwrap().contains("every connection in use"));
    }

    #[test]
    fn connections_count_by_when_they_are_answered() {
        let mut ledger = Ledger::new(Vec::new(), at(1_000), Duration::from_secs(1), true);
        does(&mut ledger, &sample(0, 0, 0, 999, Outcome::Good));
        does(&mut ledger, &sample(0, 900, 0, 200, Outcome::Good));
        does(&mut ledger, &sample(0, 1_900, 0, 200, Outcome::Good));
        let seen = ledger.close(at(2_000)).unwrap();
        assert_eq!(seen.due, 1);
        assert!((seen.done_per_s - 1.0).abs() < 1e-9);
    }
}
