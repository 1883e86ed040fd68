//! Watching a run from beside: collects samples, reads the processes' clocks, shows progress, and ends it in time.
//!
//! Runs on the thread that called for the run, some ten times a second, while the load is offered elsewhere.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use rustix::process::Pid;
use scenarios::report::Aborted;
use scenarios::scenario::Abort;

use crate::abort::Failing;
use crate::engine::{Nanos, Sample};
use crate::inbox::Inbox;
use crate::live::{Live, Moment};
use crate::measured_time::{Look, MeasuredTime, Phase};
use crate::process::{MachineTime, Usage, usage, usage_of_tree};
use crate::record::Recorder;
use crate::scrape::{Counters, scrape};
use crate::show::hlog::HdrLog;
use crate::vitals::{Both, Vitals};

/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

/// The HDR log of a run, as a file.
pub(crate) type Log = HdrLog<BufWriter<File>>;

/// What is watched.
pub(crate) struct Watched<'a> {
    pub(crate) inbox: &'a Inbox,
    /// Set by Ctrl-C.
    pub(crate) interrupted: &'a AtomicBool,
    /// The server's process, if it is ours.
    pub(crate) server: Option<Pid>,
    /// Where the server's counters are, if it has some.
    pub(crate) metrics: Option<String>,
    pub(crate) start: Instant,
    /// How long the generator has waited for a processor so far.
    pub(crate) waited: &'a dyn Fn() -> Option<Duration>,
    /// What is asked for at a moment of the run; nothing in the closed model.
    pub(crate) asked_per_s: &'a dyn Fn(Duration) -> Option<f64>,
    /// Whether those who offer the load are done.
    pub(crate) is_done: &'a dyn Fn() -> bool,
    /// When it ends by itself.
    pub(crate) abort: Abort,
    /// Tells those who offer the load to end; again and again from the end on.
    pub(crate) end: &'a dyn Fn(Ending),
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As it was to: the last answers are waited for.
    InTime,
    /// Somebody does not want to wait, or there is nothing to wait for.
    AtOnce,
}

/// Processes' clocks and counters at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) at: Nanos,
    pub(crate) generator: Option<Usage>,
    pub(crate) server: Option<Usage>,
    pub(crate) counters: Option<Counters>,
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// At the beginning and at the end of the measured time.
    pub(crate) window: Option<(Reading, Reading)>,
    /// Which seconds count.
    pub(crate) time: MeasuredTime,
    /// Whether it was ended by Ctrl-C.
    pub(crate) cut_short: bool,
    /// What the processes used, second by second.
    pub(crate) vitals: Vitals,
    /// Whether it ended by itself, and why.
    pub(crate) aborted: Option<Aborted>,
}

/// Watches until the load has ended, which it does when `time` says so.
///
/// # Errors
/// The log cannot be written.
pub(crate) fn watch(
    watched: &Watched<'_>,
    mut time: MeasuredTime,
    recorder: &mut Recorder,
    log: &mut HdrLog<BufWriter<File>>,
    live: &mut Live,
) -> anyhow::Result<Seen> {
    let warmup = time.from().since(Nanos::ZERO);
    let (mut first, mut last): (Option<Reading>, Option<Reading>) = (None, None);
    let mut cut_short = false;
    let (mut failing, mut aborted) = (Failing::new(watched.abort), None);
    let (mut samples, mut vitals) = (Vec::new(), Vitals::new(time.from()));
    let (mut rate_since, mut rate) = ((Duration::ZERO, 0), 0.0);
    loop {
        let is_done = (watched.is_done)();
        let interrupted = watched.interrupted.load(Ordering::Relaxed);
        let look = watched.look();
        let elapsed = look.at.since(Nanos::ZERO);
        time.look(look);
        if last.is_none() {
            aborted = failing.look(look.at, recorder.seen.ended, recorder.seen.good);
        }
        let is_over = is_done || interrupted || aborted.is_some() || look.at >= time.end();
        if first.is_none() && elapsed >= warmup {
            first = Some(watched.read());
        }
        if last.is_none() && is_over {
            last = Some(watched.read());
            cut_short = interrupted;
            time.finish(look);
        }
        if last.is_none() {
            vitals.look(look.at, || watched.both());
        }
        watched.inbox.take(&mut samples);
        take_in(&mut samples, &time, recorder, log).context("cannot write the HDR log")?;
        if is_over {
            // Again and again: Ctrl-C may come while the last answers are waited for.
            let hurries = interrupted || aborted.is_some();
            (watched.end)(if hurries { Ending::AtOnce } else { Ending::InTime });
        }
        if is_done {
            break;
        }
        if elapsed >= rate_since.0 + Duration::from_secs(1) {
            let done = recorder.seen.good;
            rate = (done - rate_since.1) as f64 / elapsed.saturating_sub(rate_since.0).as_secs_f64();
            rate_since = (elapsed, done);
        }
        live.show(&Moment {
            elapsed,
            whole: time.end().since(Nanos::ZERO),
            set_aside: time.set_aside(),
            warmup,
            asked_per_s: (watched.asked_per_s)(elapsed),
            done_per_s: rate,
            p99: recorder.recent_p99(),
            failed: recorder.seen.failed,
        });
        // A reading at the end of each second, so that it is known what the host took within it.
        let next = if last.is_some() { Nanos::MAX } else { time.next_look() };
        let next = next.min(watched.now().plus(LOOK));
        while watched.now() < next {
            watched.inbox.wait(next.since(watched.now()));
            if watched.now() < next {
                // Woken because many samples wait; it is not yet time to look at anything else.
                watched.inbox.take(&mut samples);
                take_in(&mut samples, &time, recorder, log).context("cannot write the HDR log")?;
            }
        }
    }
    live.done();
    recorder.finish();
    Ok(Seen { window: first.zip(last), time, cut_short, vitals, aborted })
}

/// Records and logs what has come; leaves in `samples` what is due later than anybody has looked.
fn take_in(
    samples: &mut Vec<Sample>,
    time: &MeasuredTime,
    recorder: &mut Recorder,
    log: &mut HdrLog<impl Write>,
) -> io::Result<()> {
    recorder.release(time, |phase, due, portion| log.add_all(phase, due, portion))?;
    let mut kept = 0;
    for at in 0..samples.len() {
        let sample = samples[at];
        let phase = recorder.add(&sample, time);
        if phase == Phase::Ahead {
            samples[kept] = sample;
            kept += 1;
        } else {
            log.add(&sample, phase)?;
        }
    }
    samples.truncate(kept);
    Ok(())
}

impl Watched<'_> {
    fn now(&self) -> Nanos {
        Nanos::after_start(self.start.elapsed())
    }

    fn read(&self) -> Reading {
        let Both { server, generator } = self.both();
        Reading { at: self.now(), generator, server, counters: self.metrics.as_deref().and_then(scrape) }
    }

    fn both(&self) -> Both {
        Both { server: self.server.and_then(usage_of_tree), generator: usage(rustix::process::getpid()) }
    }

    fn look(&self) -> Look {
        let (machine, waited) = (MachineTime::now(), (self.waited)());
        Look { at: self.now(), machine, waited }
    }
}

/// Begins the log of a run.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn begin_log(path: &Path, actions: &[&str]) -> anyhow::Result<Log> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    HdrLog::new(BufWriter::new(file), actions, SystemTime::now()).context("cannot write the HDR log")
}
