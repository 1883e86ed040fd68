//! What is seen of the server beside the load, about once a second: processor time, the scheduler, its own counters.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, getpid};

use crate::duet::cpu::Meter;
use crate::process;
use crate::process::busy::{Busy, busy};
use crate::scrape::{Counters, scrape};
use crate::subject::Subject;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(1);
/// A short level is looked at more often.
const EVERY_AT_FIRST: Duration = Duration::from_millis(400);
/// How often it is seen whether the level is over.
const LOOK: Duration = Duration::from_millis(20);
/// Readings of one level at most; more than an hour of them.
const MOST_READINGS: usize = 4_000;

/// What can be seen of a server.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) meter: Meter,
    pub(crate) pid: Option<Pid>,
    /// Where its counters are.
    pub(crate) counters: Option<String>,
}

/// One look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// Since the line began.
    pub(crate) at: Duration,
    pub(crate) server_cpu: Option<Duration>,
    pub(crate) generator_cpu: Option<Duration>,
    /// Of the processors that the server may use, whoever uses them.
    pub(crate) busy: Option<Busy>,
    /// Of the server's threads: how long they waited to run, how often they were put off.
    pub(crate) scheduled: Option<(Duration, u64)>,
    pub(crate) counters: Option<Counters>,
}

impl Window {
    /// What can be seen of this target.
    pub(crate) fn of(subject: &Subject) -> Window {
        let (pid, counters) = subject.insight();
        let meter = match pid {
            Some(pid) => Meter::Process(pid),
            None => Meter::of_url(&subject.address.url, subject.address.socket),
        };
        let pid = match (pid, &meter) {
            (None, Meter::Process(pid)) => Some(*pid),
            (pid, _) => pid,
        };
        Window { meter, pid, counters }
    }

    pub(crate) fn look(&self, start: Instant) -> Reading {
        let counters = self.counters.as_deref().and_then(scrape);
        Reading {
            at: start.elapsed(),
            server_cpu: self.meter.read(),
            generator_cpu: process::usage(getpid()).map(|usage| usage.cpu),
            busy: self.pid.and_then(busy),
            scheduled: self.pid.and_then(process::scheduled),
            counters,
        }
    }

    /// Looks until it is over.
    pub(crate) fn look_until(&self, start: Instant, over: &AtomicBool) -> Vec<Reading> {
        let mut readings = vec![self.look(start)];
        while !over.load(Ordering::Relaxed) && readings.len() < MOST_READINGS {
            let every = if readings.len() < 8 { EVERY_AT_FIRST } else { EVERY };
            let next = Instant::now() + every;
            while Instant::now() < next && !over.load(Ordering::Relaxed) {
                std::thread::sleep(LOOK);
            }
            readings.push(self.look(start));
        }
        readings
    }

    /// Waits until nothing is under way in the server by its own count, but not for long; what was left.
    pub(crate) fn drained(&self, most: Duration) -> Option<f64> {
        let begun = Instant::now();
        loop {
            // The request that asks is itself under way.
            let left = self.counters.as_deref().and_then(scrape)?.in_flight? - 1.0;
            if left <= 0.0 || begun.elapsed() > most {
                return Some(left.max(0.0));
            }
            std::thread::sleep(LOOK);
        }
    }
}
