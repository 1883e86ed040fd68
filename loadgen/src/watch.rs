//! Watching a run from beside: collects samples, reads the processes' clocks, shows progress, and ends it in time.
//!
//! Runs on the thread that called for the run, some ten times a second, while the load is offered elsewhere.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use rustix::process::Pid;

use crate::engine::Nanos;
use crate::inbox::Inbox;
use crate::live::{Live, Moment};
use crate::process::{MachineTime, Usage, usage};
use crate::record::Recorder;
use crate::scrape::{Counters, scrape};
use crate::show::hlog::HdrLog;

/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

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
    /// When the load ends.
    pub(crate) whole: Duration,
    pub(crate) asked_per_s: Option<f64>,
    /// Whether those who offer the load are done.
    pub(crate) is_done: &'a dyn Fn() -> bool,
    /// Tells those who offer the load to end.
    pub(crate) end: &'a dyn Fn(),
}

/// Processes' clocks and counters at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) at: Nanos,
    pub(crate) generator: Option<Usage>,
    pub(crate) server: Option<Usage>,
    pub(crate) counters: Option<Counters>,
    pub(crate) machine: Option<MachineTime>,
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// At the beginning and at the end of the measured time.
    pub(crate) window: Option<(Reading, Reading)>,
    /// Whether it was ended by Ctrl-C.
    pub(crate) cut_short: bool,
}

/// Watches until the load has ended.
///
/// # Errors
/// The log cannot be written.
pub(crate) fn watch(
    watched: &Watched<'_>,
    recorder: &mut Recorder,
    log: &mut HdrLog<BufWriter<File>>,
    live: &mut Live,
) -> anyhow::Result<Seen> {
    let warmup = recorder.from.since(Nanos::ZERO);
    let (mut first, mut last): (Option<Reading>, Option<Reading>) = (None, None);
    let mut cut_short = false;
    let mut samples = Vec::new();
    let (mut rate_since, mut rate) = ((Duration::ZERO, 0), 0.0);
    loop {
        let is_done = (watched.is_done)();
        let elapsed = watched.start.elapsed();
        watched.inbox.take(&mut samples);
        for sample in samples.drain(..) {
            recorder.add(&sample);
            log.add(&sample).context("cannot write latency.hlog")?;
        }
        if first.is_none() && elapsed >= warmup {
            first = Some(watched.read());
        }
        let interrupted = watched.interrupted.load(Ordering::Relaxed);
        let is_over = is_done || interrupted || elapsed >= watched.whole;
        if last.is_none() && is_over {
            last = Some(watched.read());
            cut_short = interrupted;
        }
        if is_over {
            // Again and again: Ctrl-C may come while the last answers are waited for.
            (watched.end)();
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
            whole: watched.whole,
            warmup,
            asked_per_s: watched.asked_per_s,
            done_per_s: rate,
            p99: recorder.recent_p99(),
            failed: recorder.seen.failed,
        });
        std::thread::sleep(LOOK);
    }
    live.done();
    recorder.finish();
    Ok(Seen { window: first.zip(last), cut_short })
}

impl Watched<'_> {
    fn read(&self) -> Reading {
        Reading {
            at: Nanos::after_start(self.start.elapsed()),
            generator: usage(rustix::process::getpid()),
            server: self.server.and_then(usage),
            counters: self.metrics.as_deref().and_then(scrape),
            machine: MachineTime::now(),
        }
    }
}

/// Begins the log of a run.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn begin_log(
    folder: &Path,
    actions: &[&str],
    from: Nanos,
) -> anyhow::Result<HdrLog<BufWriter<File>>> {
    let path = folder.join("latency.hlog");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    HdrLog::new(BufWriter::new(file), actions, from, SystemTime::now()).context("cannot write latency.hlog")
}
