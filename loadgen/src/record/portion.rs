//! What the requests of some stretch of time came to: of all that counts, or of a second of which is not known yet
//! whether it does.

use super::{ActionRecord, Attainment, Times, add, clear, nanos, record, times};
use crate::engine::{Nanos, Outcome, Sample};

/// What some requests came to.
#[derive(Debug)]
pub(crate) struct Portion {
    /// When one of them was due; `None`: there are none.
    pub(super) due: Option<Nanos>,
    pub(crate) actions: Vec<ActionRecord>,
    /// How late requests left, of all that were sent: not counting the wait for a predecessor in the same visit.
    pub(crate) lag: Times,
    pub(crate) attainments: Vec<Attainment>,
    /// Requests that went over a fresh connection.
    pub(crate) fresh: u64,
}

impl Portion {
    pub(super) fn new(actions: usize, attainments: Vec<Attainment>) -> Portion {
        Portion {
            due: None,
            actions: (0..actions).map(|_| ActionRecord::new()).collect(),
            lag: times(),
            attainments,
            fresh: 0,
        }
    }

    /// Takes one sample; promises are judged by it, or not.
    pub(super) fn add(&mut self, sample: &Sample, is_judged: bool) {
        self.due.get_or_insert(sample.due);
        if let Some(action) = self.actions.get_mut(usize::from(sample.action)) {
            action.add(sample);
        }
        if sample.outcome != Outcome::Shed {
            record(&mut self.lag, nanos(sample.sent, sample.possible));
        }
        self.fresh += u64::from(!sample.reused);
        if is_judged {
            self.attainments.iter_mut().for_each(|attainment| attainment.add(sample));
        }
    }

    /// Takes all of another portion, of the same actions and promises, but the blocks.
    pub(super) fn absorb(&mut self, other: &Portion) {
        self.due = self.due.or(other.due);
        for (mine, others) in
            self.actions.iter_mut().zip(&other.actions).filter(|(_, other)| other.scheduled > 0)
        {
            mine.absorb(others);
        }
        add(&mut self.lag, &other.lag);
        for (mine, others) in self.attainments.iter_mut().zip(&other.attainments) {
            mine.kept += others.kept;
            mine.scheduled += others.scheduled;
        }
        self.fresh += other.fresh;
    }

    pub(super) fn scheduled(&self) -> u64 {
        self.actions.iter().map(|action| action.scheduled).sum()
    }

    /// Forgets everything but the memory it holds.
    pub(super) fn clear(&mut self) {
        self.due = None;
        self.actions.iter_mut().for_each(ActionRecord::clear);
        clear(&mut self.lag);
        self.attainments.iter_mut().for_each(|attainment| (attainment.kept, attainment.scheduled) = (0, 0));
        self.fresh = 0;
    }
}
