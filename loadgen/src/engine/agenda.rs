//! What is due next: the next new visit, or the follow-up of a running one, whichever comes first.
//!
//! The next request is always rendered before it is due. Follow-ups wait in a heap by due time; their buffers are used
//! again, so that a run in steady state allocates nothing.

use std::{cmp::Reverse, collections::BinaryHeap, mem};

use super::{Nanos, Operation, Outcome, Workload};

/// The most follow-ups that wait for their due time. At 14 requests a visit and 10 s of think time this is a hundred
/// thousand visitors a second, which no single thread carries; a workload that gets here is running away.
pub const MAX_WAITING_FOLLOW_UPS: usize = 1_000_000;

/// An operation that is due, taken from the agenda.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) operation: Operation,
    /// When it could have been sent at the earliest: at the end of its predecessor.
    pub(super) possible: Nanos,
}

/// What follows an operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Followed {
    /// Another, which waits for its due time.
    Waits,
    /// Nothing: the visit is over.
    Ended,
    /// Another, for which there is no room.
    Surplus(Operation),
}

#[derive(Debug, Default)]
struct Waiting {
    operation: Operation,
    possible: Nanos,
    request: Vec<u8>,
}

/// What is due next.
#[derive(Debug)]
pub(super) struct Agenda {
    /// What is due at this time or later is not offered.
    end: Nanos,
    next: Nanos,
    arrival: Option<Operation>,
    arrivals_ended: bool,
    arrival_request: Vec<u8>,
    /// Due time, order of entry, place in `waiting`.
    follow_ups: BinaryHeap<Reverse<(Nanos, u64, usize)>>,
    entered: u64,
    waiting: Vec<Waiting>,
    free: Vec<usize>,
    rendered: Vec<u8>,
}

impl Agenda {
    pub(super) fn new(end: Nanos) -> Agenda {
        Agenda {
            end,
            next: Nanos::MAX,
            arrival: None,
            arrivals_ended: false,
            arrival_request: Vec::new(),
            follow_ups: BinaryHeap::new(),
            entered: 0,
            waiting: Vec::new(),
            free: Vec::new(),
            rendered: Vec::new(),
        }
    }

    /// When something is due next; [`Nanos::MAX`] when nothing is.
    pub(super) fn next_due(&self) -> Nanos {
        self.next
    }

    /// Offers nothing that is due at `end` or later.
    pub(super) fn end_at(&mut self, end: Nanos) {
        self.end = self.end.min(end);
        self.find_next();
    }

    /// Renders the next new visit, unless one is waiting already.
    pub(super) fn refill(&mut self, workload: &mut impl Workload) {
        if self.arrival.is_none() && !self.arrivals_ended {
            self.arrival_request.clear();
            self.arrival = workload.arrive(&mut self.arrival_request);
            self.arrivals_ended = self.arrival.is_none();
        }
        self.find_next();
    }

    /// Takes what is due next; its request replaces what is in `request`.
    pub(super) fn take(&mut self, request: &mut Vec<u8>) -> Option<Due> {
        if self.next == Nanos::MAX {
            return None;
        }
        let due = match self.arrival {
            Some(operation) if operation.due == self.next => {
                self.arrival = None;
                mem::swap(&mut self.arrival_request, request);
                Due { operation, possible: Nanos::ZERO }
            }
            _ => {
                let Reverse((_, _, place)) = self.follow_ups.pop()?;
                let waiting = &mut self.waiting[place];
                mem::swap(&mut waiting.request, request);
                self.free.push(place);
                Due { operation: waiting.operation, possible: waiting.possible }
            }
        };
        self.find_next();
        Some(due)
    }

    /// Asks what follows an operation that has ended at `now`, and lets it wait. What cannot wait, because too many
    /// do, is given back.
    pub(super) fn follow(
        &mut self,
        workload: &mut impl Workload,
        ended: &Operation,
        outcome: Outcome,
        now: Nanos,
    ) -> Followed {
        self.rendered.clear();
        let Some(operation) = workload.follow(ended, outcome, &mut self.rendered) else {
            return Followed::Ended;
        };
        if self.follow_ups.len() >= MAX_WAITING_FOLLOW_UPS {
            return Followed::Surplus(operation);
        }
        let place = self.free.pop().unwrap_or_else(|| {
            self.waiting.push(Waiting::default());
            self.waiting.len() - 1
        });
        let waiting = &mut self.waiting[place];
        waiting.operation = operation;
        waiting.possible = now;
        mem::swap(&mut waiting.request, &mut self.rendered);
        self.follow_ups.push(Reverse((operation.due, self.entered, place)));
        self.entered += 1;
        self.find_next();
        Followed::Waits
    }

    fn find_next(&mut self) {
        let arrival = self.arrival.map_or(Nanos::MAX, |operation| operation.due);
        let follow_up = self.follow_ups.peek().map_or(Nanos::MAX, |Reverse((due, _, _))| *due);
        let next = arrival.min(follow_up);
        self.next = if next < self.end { next } else { Nanos::MAX };
    }
}
