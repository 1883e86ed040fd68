//! From samples to distributions: HDR histograms by action, counts by outcome, and blocks of time.
//!
//! Memory does not grow with the run: histograms have a fixed size (three significant digits), blocks merge when
//! there are many, and one number per second is kept. Failures stay in the response time as waits of at least so
//! long. A sample is held until `measured_time` knows whether its second counts. What the numbers mean is the business
//! of `summarise`; whether they can be believed, of `honesty`.

mod blocks;

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::engine::{Nanos, Outcome, Sample};
use crate::measured_time::{MeasuredTime, Phase};

pub(crate) use blocks::Blocks;

/// The smallest difference that is kept, in nanoseconds: a loopback answer takes some 20,000.
const FINEST: u64 = 64;
/// The longest time that can be recorded; ten times the longest time-out would be longer than any wait that ends.
const LONGEST: Duration = Duration::from_hours(2);
/// Significant digits of every histogram.
const DIGITS: u8 = 3;

/// A distribution of times, in nanoseconds.
pub(crate) type Times = Histogram<u32>;

pub(crate) fn times() -> Times {
    let longest = u64::try_from(LONGEST.as_nanos()).unwrap_or(u64::MAX);
    Histogram::new_with_bounds(FINEST, longest, DIGITS)
        .expect("the bounds are in order and the digits below six")
}

/// What is known of one action.
#[derive(Debug)]
pub(crate) struct ActionRecord {
    /// Due within the measured time.
    pub(crate) scheduled: u64,
    /// Answered well.
    pub(crate) good: u64,
    /// By outcome and status.
    pub(crate) errors: Vec<((Outcome, u16), u64)>,
    /// From due to last byte; failures as waits of at least so long.
    pub(crate) response: Times,
    /// Shortest wait of a request that never ended; quantiles above it are lower bounds.
    pub(crate) censored_from: Option<u64>,
    /// From sent to last byte, of answers.
    pub(crate) service: Times,
    /// From sent to first byte, of answers.
    pub(crate) first_byte: Times,
    /// Response times by blocks of time, coarsely.
    pub(crate) blocks: Blocks,
    /// Of answers, heads included.
    pub(crate) bytes_received: u64,
    /// Answers behind `bytes_received`.
    pub(crate) answers: u64,
}

impl ActionRecord {
    fn new() -> ActionRecord {
        ActionRecord {
            scheduled: 0,
            good: 0,
            errors: Vec::new(),
            response: times(),
            censored_from: None,
            service: times(),
            first_byte: times(),
            blocks: Blocks::new(),
            bytes_received: 0,
            answers: 0,
        }
    }

    fn add(&mut self, sample: &Sample, second: usize) {
        self.scheduled += 1;
        let response = nanos(sample.last_byte, sample.due);
        // The histogram takes up to two hours; a longer wait is recorded as that.
        self.response.saturating_record(response);
        self.blocks.add(second, response);
        if sample.outcome.is_answered() {
            self.service.saturating_record(nanos(sample.last_byte, sample.sent));
            self.first_byte.saturating_record(nanos(sample.first_byte, sample.sent));
            self.bytes_received += u64::from(sample.bytes_received);
            self.answers += 1;
        }
        if sample.outcome == Outcome::Good {
            self.good += 1;
        } else {
            // A refusal that came quickly is no quick answer: who needs one would have had to go on waiting.
            self.censored_from = Some(self.censored_from.map_or(response, |least| least.min(response)));
            let key = (sample.outcome, sample.status);
            match self.errors.iter_mut().find(|(known, _)| *known == key) {
                Some((_, count)) => *count += 1,
                None => self.errors.push((key, 1)),
            }
        }
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

/// What the figures would be if nothing were set aside.
#[derive(Debug)]
pub(crate) struct Every {
    /// Due after the warm-up and before the end.
    pub(crate) scheduled: u64,
    pub(crate) response: Times,
    pub(crate) lag: Times,
}

/// One second of the run.
#[derive(Debug)]
pub(crate) struct SecondRecord {
    pub(crate) scheduled: u64,
    pub(crate) good: u64,
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) max: u64,
}

/// Everything that a run records.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// When measuring begins.
    from: Nanos,
    pub(crate) actions: Vec<ActionRecord>,
    pub(crate) all: ActionRecord,
    /// How late requests left, of all that were sent: not counting the wait for a predecessor in the same visit.
    pub(crate) lag: Times,
    pub(crate) attainments: Vec<Attainment>,
    pub(crate) seconds: Vec<SecondRecord>,
    /// Requests of the warm-up, for the note.
    pub(crate) warmup: u64,
    /// Requests of seconds that were set aside.
    pub(crate) set_aside: u64,
    /// With every second counted.
    pub(crate) every: Every,
    /// Requests that are due in a second of which is not known yet whether it counts.
    held: Vec<Sample>,
    /// Requests for which there was no room among those.
    pub(crate) lost: u64,
    /// Requests that went over a fresh connection.
    pub(crate) fresh: u64,
    /// Since the start of the run, for the progress line.
    pub(crate) seen: Seen,
    /// The last few seconds of response times: a request is counted in the second in which it was due, and may end
    /// some seconds later.
    open: Vec<(usize, Times)>,
}

/// For the progress line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) ended: u64,
    pub(crate) good: u64,
    pub(crate) failed: u64,
}

/// Seconds whose histograms are kept open for late answers; later ones still count in all but the per-second figures.
const OPEN_SECONDS: usize = 12;
/// Samples that are held until their second is known: three seconds at the highest rate, 40 MiB.
const MOST_HELD: usize = 500_000;

impl Recorder {
    /// For so many actions, measuring from then on.
    pub(crate) fn new(actions: usize, from: Nanos, attainments: Vec<Attainment>) -> Recorder {
        Recorder {
            from,
            actions: (0..actions).map(|_| ActionRecord::new()).collect(),
            all: ActionRecord::new(),
            lag: times(),
            attainments,
            seconds: Vec::new(),
            warmup: 0,
            set_aside: 0,
            every: Every { scheduled: 0, response: times(), lag: times() },
            held: Vec::new(),
            lost: 0,
            fresh: 0,
            seen: Seen::default(),
            open: Vec::new(),
        }
    }

    /// Takes one sample that counts for what `time` says; holds it while that does not know.
    pub(crate) fn add(&mut self, sample: &Sample, time: &MeasuredTime) -> Phase {
        self.seen.ended += 1;
        match sample.outcome {
            Outcome::Good => self.seen.good += 1,
            _ => self.seen.failed += 1,
        }
        let phase = time.phase(sample.due);
        if phase != Phase::Unknown {
            self.count(sample, phase);
        } else if self.held.len() < MOST_HELD {
            self.held.push(*sample);
        } else {
            self.lost += 1;
        }
        phase
    }

    /// Counts what was held and is known now; appends it to `known`.
    pub(crate) fn release(&mut self, time: &MeasuredTime, known: &mut Vec<(Sample, Phase)>) {
        let before = known.len();
        self.held.retain(|sample| {
            let phase = time.phase(sample.due);
            if phase != Phase::Unknown {
                known.push((*sample, phase));
            }
            phase == Phase::Unknown
        });
        for (sample, phase) in known.iter().skip(before) {
            self.count(sample, *phase);
        }
    }

    fn count(&mut self, sample: &Sample, phase: Phase) {
        match phase {
            Phase::Unknown => {}
            Phase::Warmup => self.warmup += 1,
            Phase::SetAside => {
                self.set_aside += 1;
                self.every.add(sample);
            }
            Phase::Sound => {
                self.every.add(sample);
                self.count_sound(sample);
            }
        }
    }

    fn count_sound(&mut self, sample: &Sample) {
        let second = usize::try_from(sample.due.since(self.from).as_secs()).unwrap_or(usize::MAX);
        if let Some(action) = self.actions.get_mut(usize::from(sample.action)) {
            action.add(sample, second);
        }
        self.all.add(sample, second);
        if !matches!(sample.outcome, Outcome::Shed) {
            self.lag.saturating_record(nanos(sample.sent, sample.possible));
        }
        self.fresh += u64::from(!sample.reused);
        self.attain(sample);
        self.in_second(sample, second);
    }

    fn attain(&mut self, sample: &Sample) {
        let response = nanos(sample.last_byte, sample.due);
        for attainment in &mut self.attainments {
            if attainment.action.is_none_or(|action| action == sample.action) {
                attainment.scheduled += 1;
                let within = attainment.limit.is_none_or(|limit| response < limit);
                attainment.kept += u64::from(within && sample.outcome == Outcome::Good);
            }
        }
    }

    fn in_second(&mut self, sample: &Sample, second: usize) {
        while self.seconds.len() <= second {
            self.seconds.push(SecondRecord { scheduled: 0, good: 0, p50: 0, p99: 0, max: 0 });
            self.open.push((self.seconds.len() - 1, times()));
            if self.open.len() > OPEN_SECONDS {
                let (closed, histogram) = self.open.remove(0);
                close(&mut self.seconds[closed], &histogram);
            }
        }
        let record = &mut self.seconds[second];
        record.scheduled += 1;
        record.good += u64::from(sample.outcome == Outcome::Good);
        if let Some((_, histogram)) = self.open.iter_mut().find(|(open, _)| *open == second) {
            histogram.saturating_record(nanos(sample.last_byte, sample.due));
        }
    }

    /// Closes the last seconds; call once, when the run is over.
    pub(crate) fn finish(&mut self) {
        for (second, histogram) in std::mem::take(&mut self.open) {
            close(&mut self.seconds[second], &histogram);
        }
    }

    /// The 99th percentile of the last second that has some samples, for the progress line.
    pub(crate) fn recent_p99(&self) -> Option<Duration> {
        let (_, histogram) = self.open.iter().rev().find(|(_, histogram)| histogram.len() >= 20)?;
        Some(Duration::from_nanos(histogram.value_at_quantile(0.99)))
    }
}

impl Every {
    fn add(&mut self, sample: &Sample) {
        self.scheduled += 1;
        self.response.saturating_record(nanos(sample.last_byte, sample.due));
        if !matches!(sample.outcome, Outcome::Shed) {
            self.lag.saturating_record(nanos(sample.sent, sample.possible));
        }
    }
}

fn close(record: &mut SecondRecord, histogram: &Times) {
    record.p50 = histogram.value_at_quantile(0.5);
    record.p99 = histogram.value_at_quantile(0.99);
    record.max = histogram.max();
}

fn nanos(later: Nanos, earlier: Nanos) -> u64 {
    later.0.saturating_sub(earlier.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measured_time::Look;
    use crate::process::MachineTime;

    fn at(ms: u64) -> Nanos {
        Nanos::after_start(Duration::from_millis(ms))
    }

    /// Sent so late, answered 5 ms after that.
    fn sample(due_ms: u64, late_ms: u64) -> Sample {
        let (due, sent, last) = (at(due_ms), at(due_ms + late_ms), at(due_ms + late_ms + 5));
        Sample {
            action: 0,
            outcome: Outcome::Good,
            status: 200,
            due,
            possible: due,
            sent,
            connected: sent,
            first_byte: last,
            last_byte: last,
            bytes_received: 1,
            bytes_sent: 1,
            reused: true,
        }
    }

    #[test]
    fn a_request_waits_for_its_second_to_be_known_and_counts_for_that_alone() {
        // Warm-up until 1 s, then two seconds; the host takes a tenth of the first of them.
        let mut time = MeasuredTime::new(at(1_000), Duration::from_secs(2), false, Duration::from_millis(10));
        let look = |ms, stolen| Look { at: at(ms), machine: Some(MachineTime::of(stolen, 2)), waited: None };
        let mut recorder = Recorder::new(1, at(1_000), Vec::new());
        time.look(look(1_000, 0));
        let phases: Vec<Phase> = [sample(900, 0), sample(1_100, 80), sample(1_900, 90), sample(2_100, 0)]
            .iter()
            .map(|sample| recorder.add(sample, &time))
            .collect();
        assert_eq!(phases, [Phase::Warmup, Phase::Unknown, Phase::Unknown, Phase::Unknown]);
        assert_eq!((recorder.warmup, recorder.all.scheduled, recorder.every.scheduled), (1, 0, 0));
        let mut known = Vec::new();
        time.look(look(2_000, 20));
        recorder.release(&time, &mut known);
        assert_eq!(known.iter().map(|(_, phase)| *phase).collect::<Vec<_>>(), [Phase::SetAside; 2]);
        // One that was due in it and ends late is known at once.
        assert_eq!(recorder.add(&sample(1_990, 70), &time), Phase::SetAside);
        assert_eq!((recorder.set_aside, recorder.all.scheduled, recorder.lag.len()), (3, 0, 0));
        time.look(look(3_000, 20));
        recorder.release(&time, &mut known);
        assert_eq!((recorder.all.scheduled, recorder.lag.max(), recorder.every.scheduled), (1, 0, 4));
        assert!(recorder.every.lag.max() >= 90_000_000 && recorder.all.response.max() < 6_000_000);
    }
}
