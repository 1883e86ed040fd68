//! The parts of a shaped load: what was due in each, counted by itself.
//!
//! What is due in the open second waits beside its part, as it does in the whole: at a border two parts have some.

use std::time::Duration;

use super::{ActionRecord, Attainment};
use crate::engine::{Nanos, Sample};

/// One part of the measured time.
#[derive(Debug)]
pub(crate) struct PhaseRecord {
    pub(crate) from: Nanos,
    pub(crate) until: Nanos,
    /// Whether promises are judged in it.
    pub(crate) is_judged: bool,
    pub(crate) all: ActionRecord,
    pub(crate) attainments: Vec<Attainment>,
}

/// All parts, one after the other; none where the load has no shape.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    pub(crate) parts: Vec<PhaseRecord>,
    /// What was due in the open second, by part.
    open: Vec<(usize, PhaseRecord)>,
}

impl PhaseRecord {
    fn new(from: Nanos, until: Nanos, is_judged: bool, attainments: &[Attainment]) -> PhaseRecord {
        PhaseRecord { from, until, is_judged, all: ActionRecord::new(), attainments: attainments.to_vec() }
    }

    fn add(&mut self, sample: &Sample) {
        self.all.add(sample);
        if self.is_judged {
            self.attainments.iter_mut().for_each(|attainment| attainment.add(sample));
        }
    }

    fn absorb(&mut self, second: usize, other: &PhaseRecord) {
        self.all.absorb(&other.all);
        for step in other.all.response.iter_recorded() {
            self.all.blocks.add(second, step.value_iterated_to(), step.count_at_value());
        }
        for (mine, others) in self.attainments.iter_mut().zip(&other.attainments) {
            mine.kept += others.kept;
            mine.scheduled += others.scheduled;
        }
    }
}

impl Phases {
    /// Phases of these lengths, the first of which begins at `from`.
    pub(super) fn new(
        from: Nanos,
        parts: impl IntoIterator<Item = (Duration, bool)>,
        attainments: &[Attainment],
    ) -> Phases {
        let mut border = from;
        let part = |(length, is_judged)| {
            let from = border;
            border = from.plus(length);
            PhaseRecord::new(from, border, is_judged, attainments)
        };
        Phases { parts: parts.into_iter().map(part).collect(), open: Vec::new() }
    }

    fn index(&self, due: Nanos) -> Option<usize> {
        let index = self.parts.partition_point(|part| part.until <= due);
        self.parts.get(index).filter(|part| part.from <= due).map(|_| index)
    }

    /// Whether promises are judged then: always, where the load has no shape.
    pub(super) fn is_judged(&self, due: Nanos) -> bool {
        self.index(due).is_none_or(|index| self.parts[index].is_judged)
    }

    /// Keeps one that is due in the open second.
    pub(super) fn add_open(&mut self, sample: &Sample) {
        let Some(index) = self.index(sample.due) else { return };
        let place = self.open.iter().position(|(part, _)| *part == index).unwrap_or_else(|| {
            let PhaseRecord { from, until, is_judged, attainments, .. } = &self.parts[index];
            let mut fresh = PhaseRecord::new(*from, *until, *is_judged, attainments);
            fresh
                .attainments
                .iter_mut()
                .for_each(|attainment| (attainment.kept, attainment.scheduled) = (0, 0));
            self.open.push((index, fresh));
            self.open.len() - 1
        });
        self.open[place].1.add(sample);
    }

    /// Counts one that ended after its second.
    pub(super) fn add_late(&mut self, second: usize, sample: &Sample, response: u64) {
        let Some(index) = self.index(sample.due) else { return };
        self.parts[index].add(sample);
        self.parts[index].all.blocks.add(second, response, 1);
    }

    /// Counts what was due in the open second.
    pub(super) fn count_open(&mut self, second: usize) {
        for (index, open) in &self.open {
            self.parts[*index].absorb(second, open);
        }
    }

    /// The open second is over.
    pub(super) fn clear_open(&mut self) {
        self.open.clear();
    }
}
