//! What the visitors do.
//!
//! The engine knows times and bytes; which request comes next, and whether an answer is a good one, is the business of
//! a [`Workload`]. It is asked for the next request before that is due, so that rendering never makes one late.

use super::{Nanos, Outcome, Sample};
use crate::codec::{Answer, Keep};

/// One HTTP request that is due at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// When it is to be sent; its response time counts from here.
    pub due: Nanos,
    /// Which action of the scenario it is.
    pub action: u16,
    /// Which visit it belongs to.
    pub visit: u32,
    /// Which step of the visit it is.
    pub step: u16,
    /// Whether it goes where the answer before it pointed.
    pub detour: bool,
    /// Whether it may be sent again when a reused connection turns out to have been closed.
    pub idempotent: bool,
    /// What of the answer [`Workload::judge`] wants to see.
    pub keep: Keep,
    /// Whether it is a HEAD request, whose answer has no body.
    pub head: bool,
}

/// Whether a complete answer passed its checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did.
    Good,
    /// It did not.
    Bad,
}

/// New visits in due order, and what follows an answer within a visit.
pub trait Workload {
    /// The next new visit in order of due time; its first request is appended to `request`, which is empty. `None`
    /// means that there are no more.
    fn arrive(&mut self, request: &mut Vec<u8>) -> Option<Operation>;

    /// Judges a complete answer: did it pass its checks?
    fn judge(&mut self, operation: &Operation, answer: &Answer<'_>) -> Verdict;

    /// Sees what became of an operation, with all its stamps, before [`follow`](Workload::follow) is asked. A workload
    /// of connections without think time takes from here when the next request is due.
    fn ended(&mut self, sample: &Sample) {
        let _ = sample;
    }

    /// After an operation has ended, whatever the outcome: the next one of the same visit, its request appended to
    /// `request`, which is empty. Its due time is the intended one (the due time of this one, the response that was
    /// expected, and think time), and may have passed: a slow predecessor makes it late, and that counts.
    fn follow(&mut self, operation: &Operation, outcome: Outcome, request: &mut Vec<u8>)
    -> Option<Operation>;
}
