//! One block: a second or so of load on one server, and what it cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::arm::Arm;
use crate::drive::speak;
use crate::engine::{Nanos, Outcome, Sample, Settings, Sink, Stop, Workload};
use crate::process::{self, MachineTime};
use crate::schedule::{Arrivals, PerSecond, Process, Segment};
use crate::scrape;
use crate::standing::Standing;
use crate::visits::Visits;

/// How long the servers are left alone after a block, so that what one of them does late is not in the next block.
pub(super) const DRAIN: Duration = Duration::from_millis(150);
/// How long answers are waited for after a block.
const GRACE: Duration = Duration::from_secs(3);
/// Likewise when somebody does not want to wait.
const GRACE_WHEN_STOPPED: Duration = Duration::from_millis(500);
/// Requests of one block whose times are kept; what comes beyond is counted and not timed.
const MOST_REQUESTS: usize = 2_000_000;
/// The generator's own delay may be this share of the mean response time; beyond it, the block tells of the generator.
const MOST_LAG: f64 = 0.25;
/// What the host of a virtual machine may take of the processors' time; the same for all who are compared.
const MOST_STOLEN: f64 = 0.05;
/// Failed requests may be this share unless asked otherwise; beyond it, times are those of something else than answers.
pub(crate) const MOST_FAILED: f64 = 0.01;

/// What is offered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pace {
    /// Visits per second, whatever the server does.
    Visits(f64),
    /// So many connections, each of which asks again as soon as it is answered.
    Connections(u32),
}

/// How a block is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) pace: Pace,
    pub(super) length: Duration,
    /// Of the due times.
    pub(super) seed: u64,
    /// Of everything else about the visits.
    pub(super) visits_seed: u64,
    /// The number of the first visit.
    pub(super) first_visit: u64,
    pub(super) max_connections: usize,
    pub(super) keep: scenarios::target::Policy,
    pub(super) timeout: Duration,
    pub(super) spin: Duration,
    /// The share of requests that may fail in a block that counts.
    pub(super) most_failed: f64,
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) requests: u64,
    pub(super) failed: u64,
    /// The most frequent failure, in words.
    pub(super) failure: Option<String>,
    pub(super) bytes: u64,
    pub(super) sql: Option<u64>,
    /// What was asked to be shown of the server's own counters.
    pub(super) shown: Vec<Option<f64>>,
    /// Processor time for each request, in seconds.
    pub(super) cpu: Option<f64>,
    pub(super) per_second: f64,
    /// Response times of answered requests by action, in seconds, sorted.
    pub(super) times: Vec<Vec<f32>>,
    /// All of them together, sorted.
    pub(super) all: Vec<f32>,
    pub(super) memory: Option<u64>,
    /// Why it does not count.
    pub(super) unsound: Option<&'static str>,
    pub(super) next_visit: u64,
}

/// Loads one server for the length of a block.
///
/// # Errors
/// The machine refuses sockets.
pub(super) fn block(arm: &Arm, setting: &Setting, interrupted: &AtomicBool) -> anyhow::Result<Block> {
    let counters = |arm: &Arm| arm.counters.as_deref().and_then(scrape::read);
    let counted_before = counters(arm);
    let (machine, cpu, begun) = (MachineTime::now(), arm.meter.read(), Instant::now());
    let (samples, next_visit) = offer(arm, setting, interrupted)?;
    if !interrupted.load(Ordering::Relaxed) {
        std::thread::sleep(DRAIN);
    }
    let spent = cpu.zip(arm.meter.read()).map(|(before, after)| after.saturating_sub(before));
    let lasted = begun.elapsed();
    let stolen = machine
        .zip(MachineTime::now())
        .map_or(0.0, |(before, after)| after.stolen_share_since(before, lasted, process::tick()));
    let mut block = summed(&samples, arm.plan.actions.len(), setting);
    let counted = counted_before.zip(counters(arm));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count from a counter")]
    let statements = (counted.as_ref())
        .and_then(|(before, after)| scrape::grown(before, after, scrape::STATEMENTS))
        .map(|statements| statements.round() as u64);
    block.sql = statements;
    block.shown = (arm.show.iter())
        .map(|series| {
            let (before, after) = counted.as_ref()?;
            scrape::change(before, after, series, block.requests)
        })
        .collect();
    block.cpu = spent.filter(|_| block.requests > 0).map(|spent| spent.as_secs_f64() / block.requests as f64);
    block.memory = arm.meter.memory();
    block.next_visit = next_visit;
    if block.unsound.is_none() && stolen > MOST_STOLEN {
        block.unsound = Some("the host of the machine took the processors away");
    }
    Ok(block)
}

fn offer(arm: &Arm, setting: &Setting, interrupted: &AtomicBool) -> anyhow::Result<(Vec<Sample>, u64)> {
    let settings = Settings {
        max_connections: setting.max_connections,
        keep: setting.keep,
        timeout: setting.timeout,
        grace: setting.timeout.min(GRACE),
        grace_when_stopped: GRACE_WHEN_STOPPED,
        spin: setting.spin,
        end: Nanos::after_start(setting.length),
    };
    match setting.pace {
        Pace::Visits(rate) => {
            let rate = PerSecond::new(rate).context("the rate is not a number")?;
            let segments = vec![Segment::constant(setting.length, rate)];
            let arrivals = Arrivals::new(Process::Poisson, segments, setting.seed);
            let mut visits = Visits::new(arm.plan.clone(), arrivals, setting.visits_seed)
                .numbered_from(setting.first_visit);
            let samples = carry(arm, &mut visits, &settings, interrupted)?;
            Ok((samples, visits.next_number()))
        }
        Pace::Connections(connections) => {
            let settings = Settings { max_connections: connections.try_into()?, ..settings };
            // Each block makes other visits than the one before.
            let mut visits = Standing::new(Arc::clone(&arm.plan), connections, setting.seed);
            Ok((carry(arm, &mut visits, &settings, interrupted)?, 0))
        }
    }
}

fn carry(
    arm: &Arm,
    visits: &mut impl Workload,
    settings: &Settings,
    interrupted: &AtomicBool,
) -> anyhow::Result<Vec<Sample>> {
    let stop = Stop::new();
    let mut kept = Kept { samples: Vec::with_capacity(4_096), stop: &stop, interrupted };
    speak(arm.address(), Instant::now(), visits, &mut kept, settings, &stop)
        .context("the engine could not go on")?;
    Ok(kept.samples)
}

/// Keeps the samples of a block, and ends it when somebody does not want to wait.
struct Kept<'a> {
    samples: Vec<Sample>,
    stop: &'a Stop,
    interrupted: &'a AtomicBool,
}

impl Sink for Kept<'_> {
    fn record(&mut self, sample: &Sample) {
        if self.samples.len() < MOST_REQUESTS {
            self.samples.push(*sample);
        }
    }

    fn tick(&mut self, _: Nanos) {
        if self.interrupted.load(Ordering::Relaxed) {
            self.stop.at_once();
        }
    }
}

fn summed(samples: &[Sample], actions: usize, setting: &Setting) -> Block {
    let Setting { length, most_failed, .. } = *setting;
    let mut block = Block { times: vec![Vec::new(); actions], ..Block::default() };
    let end = Nanos::after_start(length);
    let (mut lag, mut response, mut in_time) = (0.0, 0.0, 0u64);
    let mut failures: Vec<(Outcome, u16, u64)> = Vec::new();
    for sample in samples {
        block.requests += 1;
        block.bytes += u64::from(sample.bytes_received);
        lag += sample.sent.since(sample.possible).as_secs_f64();
        response += sample.last_byte.since(sample.due).as_secs_f64();
        if sample.outcome == Outcome::Good {
            in_time += u64::from(sample.last_byte <= end);
            let took = sample.last_byte.since(sample.due).as_secs_f32();
            block.times[usize::from(sample.action)].push(took);
            block.all.push(took);
        } else {
            block.failed += 1;
            match failures
                .iter_mut()
                .find(|(outcome, status, _)| (*outcome, *status) == (sample.outcome, sample.status))
            {
                Some((.., times)) => *times += 1,
                None => failures.push((sample.outcome, sample.status, 1)),
            }
        }
    }
    block.per_second = in_time as f64 / length.as_secs_f64();
    block.times.iter_mut().chain([&mut block.all]).for_each(|times| times.sort_by(f32::total_cmp));
    block.failure = failures
        .iter()
        .max_by_key(|(.., times)| *times)
        .map(|(outcome, status, _)| in_words(*outcome, *status));
    block.unsound = if block.requests == 0 {
        Some("nothing was sent")
    } else if block.failed as f64 > most_failed * block.requests as f64 {
        Some("more failed than may")
    } else if lag > MOST_LAG * response {
        Some("the generator was late itself")
    } else {
        None
    };
    block
}

fn in_words(outcome: Outcome, status: u16) -> String {
    match outcome {
        Outcome::CheckFailed if status >= 400 => format!("answered with status {status}"),
        Outcome::CheckFailed => format!("answered with status {status}, and not as the checks ask for"),
        Outcome::TimedOut => "not answered in time".to_owned(),
        Outcome::ConnectFailed => "no connection came about".to_owned(),
        Outcome::Reset => "the connection was closed or reset".to_owned(),
        Outcome::Malformed => "the answer was not HTTP".to_owned(),
        Outcome::Shed => "not sent, as every connection was in use".to_owned(),
        Outcome::CutShort | Outcome::Good => "cut short by the end of the block".to_owned(),
    }
}

/// The quantile of sorted values: the smallest that so many are not above.
pub(super) fn quantile(sorted: &[f32], q: f64) -> Option<f64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the length")]
    let rank = (q * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).map(|value| f64::from(*value))
}

/// The mean; `None` of nothing.
pub(super) fn mean(values: &[f32]) -> Option<f64> {
    let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
    (!values.is_empty()).then(|| sum / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(outcome: Outcome, lag_ms: u64, took_ms: u64) -> Sample {
        let at = |ms: u64| Nanos::after_start(Duration::from_millis(ms));
        Sample {
            action: 0,
            outcome,
            status: 200,
            due: at(100),
            possible: at(100),
            sent: at(100 + lag_ms),
            reached: at(100 + lag_ms),
            connected: at(100 + lag_ms),
            first_byte: at(100 + took_ms),
            last_byte: at(100 + took_ms),
            bytes_received: 10,
            bytes_sent: 10,
            reused: true,
        }
    }

    fn of(samples: &[Sample]) -> Block {
        summed(samples, 1, &setting(MOST_FAILED))
    }

    fn setting(most_failed: f64) -> Setting {
        Setting {
            pace: Pace::Visits(1.0),
            length: Duration::from_secs(1),
            seed: 0,
            visits_seed: 0,
            first_visit: 0,
            max_connections: 1,
            keep: scenarios::target::Policy::default(),
            timeout: Duration::from_secs(1),
            spin: Duration::ZERO,
            most_failed,
        }
    }

    #[test]
    fn a_block_is_summed_up() {
        let samples: Vec<Sample> = (1..=100).map(|ms| sample(Outcome::Good, 0, ms)).collect();
        let block = of(&samples);
        assert_eq!((block.requests, block.failed, block.bytes, block.unsound), (100, 0, 1_000, None));
        assert!((block.per_second - 100.0).abs() < 1e-9);
        for (q, expected) in [(0.5, 0.050), (0.9, 0.090), (0.99, 0.099), (1.0, 0.1), (0.0, 0.001)] {
            assert!((quantile(&block.all, q).unwrap() - expected).abs() < 1e-6, "{q}");
        }
        assert!((mean(&block.times[0]).unwrap() - 0.0505).abs() < 1e-6);
        assert_eq!((quantile(&[], 0.5), mean(&[])), (None, None));
    }

    #[test]
    fn a_block_that_tells_of_something_else_does_not_count() {
        let good = |lag| sample(Outcome::Good, lag, 10);
        assert_eq!(of(&[]).unsound, Some("nothing was sent"));
        assert_eq!(of(&[good(2)]).unsound, None);
        assert_eq!(of(&[good(3)]).unsound, Some("the generator was late itself"));
        let mut samples = vec![good(0); 200];
        samples[0] = sample(Outcome::TimedOut, 0, 10);
        samples[1] = sample(Outcome::TimedOut, 0, 10);
        assert_eq!(of(&samples).unsound, None);
        samples[2] = sample(Outcome::CheckFailed, 0, 10);
        let block = of(&samples);
        assert_eq!(block.unsound, Some("more failed than may"));
        assert_eq!(block.failure.as_deref(), Some("not answered in time"));
        let patient = summed(&samples, 1, &setting(0.02));
        assert_eq!((patient.unsound, patient.failed), (None, 3), "where failures are what is looked at");
    }
}
