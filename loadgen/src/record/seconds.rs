//! The run second by second. A request is counted in the second in which it was due, and may end some seconds later; so
//! the last few seconds stay open.

use std::time::Duration;

use super::{Portion, Times, add, clear, nanos, times};
use crate::engine::{Outcome, Sample};

/// Seconds whose histograms are kept open for late answers; later ones still count in all but the per-second figures.
const OPEN_SECONDS: usize = 12;

/// One second of the run.
#[derive(Debug)]
pub(crate) struct SecondRecord {
    pub(crate) scheduled: u64,
    pub(crate) good: u64,
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) max: u64,
}

/// All seconds, from the beginning of the measured time.
#[derive(Debug, Default)]
pub(super) struct Seconds {
    pub(super) records: Vec<SecondRecord>,
    open: Vec<(usize, Times)>,
}

impl Seconds {
    /// Takes all of a portion that was due in that second.
    pub(super) fn absorb(&mut self, second: usize, portion: &Portion) {
        let (record, mut open) = self.at(second);
        for action in portion.actions.iter().filter(|action| action.scheduled > 0) {
            record.scheduled += action.scheduled;
            record.good += action.good;
            if let Some(open) = &mut open {
                add(open, &action.response);
            }
        }
    }

    /// Takes one that was due in that second and ended later.
    pub(super) fn add(&mut self, second: usize, sample: &Sample) {
        let (record, open) = self.at(second);
        record.scheduled += 1;
        record.good += u64::from(sample.outcome == Outcome::Good);
        if let Some(open) = open {
            super::record(open, nanos(sample.last_byte, sample.due));
        }
    }

    fn at(&mut self, second: usize) -> (&mut SecondRecord, Option<&mut Times>) {
        while self.records.len() <= second {
            self.records.push(SecondRecord { scheduled: 0, good: 0, p50: 0, p99: 0, max: 0 });
            let fresh = if self.open.len() < OPEN_SECONDS {
                times()
            } else {
                let (oldest, mut histogram) = self.open.remove(0);
                close(&mut self.records[oldest], &histogram);
                clear(&mut histogram);
                histogram
            };
            self.open.push((self.records.len() - 1, fresh));
        }
        let open = self.open.iter_mut().rev().find(|(open, _)| *open == second);
        (&mut self.records[second], open.map(|(_, histogram)| histogram))
    }

    /// Closes the last seconds; call once, when the run is over.
    pub(super) fn finish(&mut self) {
        for (second, histogram) in std::mem::take(&mut self.open) {
            close(&mut self.records[second], &histogram);
        }
    }

    /// The 99th percentile of the last second that has some samples.
    pub(super) fn recent_p99(&self) -> Option<Duration> {
        let (_, histogram) = self.open.iter().rev().find(|(_, histogram)| histogram.len() >= 20)?;
        Some(Duration::from_nanos(histogram.value_at_quantile(0.99)))
    }
}

fn close(record: &mut SecondRecord, histogram: &Times) {
    record.p50 = histogram.value_at_quantile(0.5);
    record.p99 = histogram.value_at_quantile(0.99);
    record.max = histogram.max();
}
