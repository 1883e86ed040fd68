//! The engine in virtual time, against servers whose answers are known beforehand, and once over the loopback
//! interface.

mod failures;
mod limits;
mod loopback;
mod midway;
mod queues;
mod stalls;
mod visits;
mod worlds;

use std::time::Duration;

use super::{
    Nanos, Offered, Operation, Outcome, Sample, Settings, Sink, Stop, Verdict, Workload, World, offer,
    simulated::{Behaviour, Simulated},
};
use crate::{
    codec::{Answer, Keep},
    schedule::{Arrivals, PerSecond, Process, Segment},
};

const MS: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MS;

/// Visits of the same number of steps each, all alike.
struct Visits {
    arrivals: Box<dyn Iterator<Item = Duration>>,
    arrived: u32,
    steps: u16,
    /// From the due time of one step to that of the next.
    apart: u64,
    idempotent: bool,
    good_status: u16,
}

impl Visits {
    fn new(process: Process, rate: f64, seconds: f64, seed: u64) -> Visits {
        let rate = PerSecond::new(rate).unwrap();
        let segment = Segment::constant(Duration::from_secs_f64(seconds), rate);
        Visits {
            arrivals: Box::new(Arrivals::new(process, vec![segment], seed)),
            arrived: 0,
            steps: 1,
            apart: 0,
            idempotent: true,
            good_status: 200,
        }
    }

    fn constant(rate: f64, seconds: f64) -> Visits {
        Visits::new(Process::Constant, rate, seconds, 0)
    }

    fn operation(&self, due: Nanos, visit: u32, step: u16, request: &mut Vec<u8>) -> Operation {
        assert!(request.is_empty());
        request.extend_from_slice(format!("GET /{visit}/{step} HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes());
        Operation {
            due,
            action: step,
            visit,
            step,
            idempotent: self.idempotent,
            keep: Keep::Nothing,
            detour: false,
            head: false,
        }
    }
}

impl Workload for Visits {
    fn arrive(&mut self, request: &mut Vec<u8>) -> Option<Operation> {
        let due = Nanos::after_start(self.arrivals.next()?);
        self.arrived += 1;
        Some(self.operation(due, self.arrived - 1, 0, request))
    }

    fn judge(&mut self, _: &Operation, answer: &Answer<'_>) -> Verdict {
        if answer.status == self.good_status { Verdict::Good } else { Verdict::Bad }
    }

    fn follow(&mut self, ended: &Operation, _: Outcome, request: &mut Vec<u8>) -> Option<Operation> {
        let step = ended.step + 1;
        let due = Nanos(ended.due.0 + self.apart);
        (step < self.steps).then(|| self.operation(due, ended.visit, step, request))
    }
}

/// How a run is stopped.
type Ask = fn(&Stop);

/// Keeps every sample.
#[derive(Default)]
struct Kept {
    samples: Vec<Sample>,
    ticks: Vec<Nanos>,
    /// Sets this at this time, to stop the run.
    stop: Option<(Nanos, &'static Stop, Ask)>,
}

impl Sink for Kept {
    fn record(&mut self, sample: &Sample) {
        assert!(sample.sent >= sample.due && sample.connected >= sample.sent, "{sample:?}");
        assert!(sample.first_byte >= sample.connected && sample.last_byte >= sample.first_byte, "{sample:?}");
        self.samples.push(*sample);
    }

    fn tick(&mut self, now: Nanos) {
        self.ticks.push(now);
        if let Some((_, stop, ask)) = self.stop.filter(|(at, ..)| now >= *at) {
            ask(stop);
        }
    }
}

/// What a run brought.
struct Run {
    offered: Offered,
    kept: Kept,
}

impl Run {
    /// Checks what holds for every run: each operation that was due has exactly one outcome and one sample.
    fn checked(offered: Offered, kept: Kept) -> Run {
        let counted: u64 = Outcome::ALL.iter().map(|outcome| offered.count(*outcome)).sum();
        assert_eq!(offered.due, counted, "{offered:?}");
        assert_eq!(offered.due, kept.samples.len() as u64, "{offered:?}");
        assert!(kept.ticks.windows(2).all(|pair| pair[1] > pair[0] || pair[1] == offered.ended));
        Run { offered, kept }
    }

    /// Counts by outcome, in the order of [`Outcome::ALL`].
    fn outcomes(&self) -> [u64; 8] {
        Outcome::ALL.map(|outcome| self.offered.count(outcome))
    }

    /// The response times in order, in seconds.
    fn responses(&self) -> Vec<f64> {
        sorted(self.kept.samples.iter().map(|sample| sample.last_byte.since(sample.due)))
    }

    /// The service times in order, in seconds.
    fn services(&self) -> Vec<f64> {
        sorted(self.kept.samples.iter().map(|sample| sample.last_byte.since(sample.sent)))
    }
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<f64> {
    let mut times: Vec<f64> = times.map(|time| time.as_secs_f64()).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// The value that a share of `per_mille` of the values does not exceed.
fn quantile(sorted: &[f64], per_mille: usize) -> f64 {
    sorted[(sorted.len() * per_mille).div_ceil(1000) - 1]
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn settings(max_connections: usize) -> Settings {
    Settings { max_connections, ..Settings::default() }
}

fn run_in(
    world: &mut impl World,
    visits: &mut impl Workload,
    settings: &Settings,
    stop_at: Option<(u64, Ask)>,
) -> Run {
    let stop: &'static Stop = Box::leak(Box::new(Stop::new()));
    let mut kept = Kept { stop: stop_at.map(|(at, ask)| (Nanos(at), stop, ask)), ..Kept::default() };
    let offered = offer(world, visits, &mut kept, settings, stop).unwrap();
    Run::checked(offered, kept)
}

fn run(behaviour: Behaviour, mut visits: Visits, settings: &Settings) -> Run {
    run_in(&mut Simulated::new(behaviour), &mut visits, settings, None)
}
