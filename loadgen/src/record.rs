//! From samples to distributions: HDR histograms by action, counts by outcome, and blocks of time.
//!
//! Memory does not grow with the run or with the rate: histograms are as large as the longest time in them asks for (three
//! significant digits; 8 KiB up to 131 µs, 4 KiB more whenever that doubles, 112 KiB at most), blocks merge when there are
//! many, and one number per second is kept. Failures stay in the response time as waits of at least
//! so long. No sample is kept: what is due in the open second goes into a portion of its own, which joins the rest once
//! `measured_time` knows whether that second counts. What the numbers mean is the business of `summarise`; whether they
//! can be believed, of `honesty`.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `action.rs` | one action: counts and times |
//! | `portion.rs` | all actions over some time, lag, and promises kept |
//! | `phases.rs` | the phases of a shaped load |
//! | `blocks.rs` | response times by blocks of time, coarsely |
//! | `seconds.rs` | the run second by second |
//! | `failures.rs` | what failed when |
//! | `parts.rs` | where the time of answers went |

mod action;
mod blocks;
mod failures;
mod parts;
mod phases;
mod portion;
mod seconds;

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::engine::{Nanos, Outcome, Sample};
use crate::measured_time::{MeasuredTime, Phase};

pub(crate) use action::ActionRecord;
pub(crate) use blocks::{Blocks, STEPS};
pub(crate) use failures::Failures;
pub(crate) use parts::Parts;
use phases::Phases;
pub(crate) use portion::Portion;
pub(crate) use seconds::SecondRecord;
use seconds::Seconds;

/// The smallest difference that is kept, in nanoseconds: a loopback answer takes some 20,000.
const FINEST: u64 = 64;
/// The longest time that can be recorded; ten times the longest time-out would be longer than any wait that ends.
const LONGEST: Duration = Duration::from_hours(2);
/// Significant digits of every histogram.
const DIGITS: u8 = 3;

/// A distribution of times, in nanoseconds.
pub(crate) type Times = Histogram<u32>;

pub(crate) fn times() -> Times {
    times_of(DIGITS)
}

/// One of so many significant digits. It begins with the least memory that there is, and [`record`] gives it more.
fn times_of(digits: u8) -> Times {
    let mut times = Histogram::new_with_bounds(FINEST, 2 * FINEST, digits)
        .expect("the bounds are in order and the digits below six");
    times.auto(true);
    times
}

/// Adds a time; the longest that can be recorded stands for all that are longer.
pub(crate) fn record(times: &mut Times, nanos: u64) {
    times.record(nanos.min(longest())).expect("a distribution grows as far as the longest time");
}

/// Whether all that is in a distribution can have been recorded.
pub(crate) fn fits(times: &Times) -> bool {
    times.lowest_equivalent(times.max()) <= longest()
}

fn longest() -> u64 {
    u64::try_from(LONGEST.as_nanos()).unwrap_or(u64::MAX)
}

/// Adds a distribution to another.
pub(crate) fn add(times: &mut Times, more: &Times) {
    times.add(more).expect("a distribution grows as far as the longest time");
}

/// Empties a distribution; one that is empty is not touched, so that its memory need not even be there.
pub(crate) fn clear(times: &mut Times) {
    if !times.is_empty() {
        times.reset();
    }
}

/// One promise as the recorder sees it: how many requests kept it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attainment {
    /// Of which action; `None`: of all.
    pub(crate) action: Option<u16>,
    /// Answered well, and within this; `None`: answered well.
    pub(crate) limit: Option<u64>,
    /// Kept the promise.
    pub(crate) kept: u64,
    /// Due.
    pub(crate) scheduled: u64,
}

/// Requests of seconds that were set aside, or of every second.
#[derive(Debug)]
pub(crate) struct Every {
    pub(crate) scheduled: u64,
    pub(crate) response: Times,
    pub(crate) lag: Times,
}

/// Everything that a run records.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// When measuring begins.
    from: Nanos,
    /// What counts.
    pub(crate) counted: Portion,
    /// All actions together; but for its blocks filled in when the run is over.
    pub(crate) all: ActionRecord,
    /// What failed when.
    pub(crate) failures: Failures,
    /// Requests of the warm-up, for the note.
    pub(crate) warmup: u64,
    /// Requests of seconds that were set aside.
    pub(crate) aside: Every,
    /// Since the start of the run, for the progress line.
    pub(crate) seen: Seen,
    /// What was due in the open second.
    open: Portion,
    /// The parts of a shaped load.
    pub(crate) phases: Phases,
    seconds: Seconds,
}

/// For the progress line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) ended: u64,
    pub(crate) good: u64,
    pub(crate) failed: u64,
}

impl Recorder {
    /// For so many actions, measuring from then on.
    pub(crate) fn new(actions: usize, from: Nanos, attainments: Vec<Attainment>) -> Recorder {
        Recorder {
            from,
            counted: Portion::new(actions, attainments.clone()),
            all: ActionRecord::new(),
            failures: Failures::new(),
            warmup: 0,
            aside: Every { scheduled: 0, response: times(), lag: times() },
            seen: Seen::default(),
            open: Portion::new(actions, attainments),
            phases: Phases::default(),
            seconds: Seconds::default(),
        }
    }

    /// Counts these parts of the measured time, and whether promises are judged in each, by themselves too.
    pub(crate) fn with_parts(self, parts: impl IntoIterator<Item = (Duration, bool)>) -> Recorder {
        let phases = Phases::new(self.from, parts, &self.counted.attainments);
        Recorder { phases, ..self }
    }

    /// Takes one sample for what `time` says that it counts for. One that is ahead of the open second is not taken: it
    /// has to be shown again after the next look at the time.
    pub(crate) fn add(&mut self, sample: &Sample, time: &MeasuredTime) -> Phase {
        let phase = time.phase(sample.due);
        match phase {
            Phase::Ahead => return phase,
            Phase::Warmup => self.warmup += 1,
            Phase::Open => {
                self.open.add(sample, self.phases.is_judged(sample.due));
                self.phases.add_open(sample);
            }
            Phase::SetAside => self.aside.add(sample),
            Phase::Sound => self.add_late(sample),
            Phase::Beyond => {}
        }
        self.seen.ended += 1;
        match sample.outcome {
            Outcome::Good => self.seen.good += 1,
            _ => self.seen.failed += 1,
        }
        phase
    }

    /// One that counts and ended after its second.
    fn add_late(&mut self, sample: &Sample) {
        let (second, response) = (self.second(sample.due), nanos(sample.last_byte, sample.due));
        self.counted.add(sample, self.phases.is_judged(sample.due));
        self.phases.add_late(second, sample, response);
        if let Some(action) = self.counted.actions.get_mut(usize::from(sample.action)) {
            action.blocks.add(second, response, 1);
        }
        self.all.blocks.add(second, response, 1);
        if sample.outcome != Outcome::Good {
            self.failures.add(second, (sample.outcome, sample.status), 1);
        }
        self.seconds.add(second, sample);
    }

    /// Counts what was due in the open second, if `time` knows by now what that counts for; `known` sees it before it is
    /// forgotten.
    pub(crate) fn release<E>(
        &mut self,
        time: &MeasuredTime,
        known: impl FnOnce(Phase, Nanos, &Portion) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(due) = self.open.due else { return Ok(()) };
        let phase = time.phase(due);
        match phase {
            Phase::Sound => self.count_open(due),
            Phase::SetAside => {
                self.aside.scheduled += self.open.scheduled();
                self.open.actions.iter().for_each(|action| add(&mut self.aside.response, &action.response));
                add(&mut self.aside.lag, &self.open.lag);
            }
            // The run has ended before the second had begun to be measured.
            Phase::Beyond => {}
            Phase::Warmup | Phase::Open | Phase::Ahead => return Ok(()),
        }
        known(phase, due, &self.open)?;
        self.open.clear();
        self.phases.clear_open();
        Ok(())
    }

    fn count_open(&mut self, due: Nanos) {
        let second = self.second(due);
        self.counted.absorb(&self.open);
        for (action, open) in self.counted.actions.iter_mut().zip(&self.open.actions) {
            for step in open.response.iter_recorded() {
                let (nanos, count) = (step.value_iterated_to(), step.count_at_value());
                action.blocks.add(second, nanos, count);
                self.all.blocks.add(second, nanos, count);
            }
            for (kind, count) in &open.errors {
                self.failures.add(second, *kind, *count);
            }
        }
        self.phases.count_open(second);
        self.seconds.absorb(second, &self.open);
    }

    fn second(&self, due: Nanos) -> usize {
        usize::try_from(due.since(self.from).as_secs()).unwrap_or(usize::MAX)
    }

    /// Closes the books; call once, when the run is over.
    pub(crate) fn finish(&mut self) {
        self.counted.actions.iter().for_each(|action| self.all.absorb(action));
        self.seconds.finish();
    }

    /// The run second by second.
    pub(crate) fn seconds(&self) -> &[SecondRecord] {
        &self.seconds.records
    }

    /// What the figures would be if nothing were set aside.
    pub(crate) fn every(&self) -> Every {
        let Every { scheduled, response, lag } = &self.aside;
        let mut every = Every {
            scheduled: scheduled + self.counted.scheduled(),
            response: response.clone(),
            lag: lag.clone(),
        };
        self.counted.actions.iter().for_each(|action| add(&mut every.response, &action.response));
        add(&mut every.lag, &self.counted.lag);
        every
    }

    /// The 99th percentile of the last second that has some samples, for the progress line.
    pub(crate) fn recent_p99(&self) -> Option<Duration> {
        self.seconds.recent_p99()
    }
}

impl Attainment {
    fn add(&mut self, sample: &Sample) {
        if self.action.is_none_or(|action| action == sample.action) {
            self.scheduled += 1;
            let response = nanos(sample.last_byte, sample.due);
            let within = self.limit.is_none_or(|limit| response < limit);
            self.kept += u64::from(within && sample.outcome == Outcome::Good);
        }
    }
}

impl Every {
    fn add(&mut self, sample: &Sample) {
        self.scheduled += 1;
        record(&mut self.response, nanos(sample.last_byte, sample.due));
        if !matches!(sample.outcome, Outcome::Shed) {
            record(&mut self.lag, nanos(sample.sent, sample.possible));
        }
    }
}

fn nanos(later: Nanos, earlier: Nanos) -> u64 {
    later.0.saturating_sub(earlier.0)
}

#[cfg(test)]
pub(crate) mod tests;
