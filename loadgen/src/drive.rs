//! Offering the load: the open model on the engine's thread, the closed model through goose.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use scenarios::scenario::Arrivals as Spacing;

use crate::closed;
use crate::config::RunConfig;
use crate::engine::{self, Linux, Nanos, Offered, Stop};
use crate::inbox::{Inbox, Outbox};
use crate::journey::Plan;
use crate::live::Live;
use crate::measured_time::{MeasuredTime, latest_end};
use crate::process;
use crate::punctuality::{self, Waiting};
use crate::record::{Attainment, Recorder};
use crate::schedule::{Arrivals, PerSecond, Process, Segment};
use crate::visits::Visits;
use crate::watch::{self, Seen, Watched};

/// How long answers are waited for when a run is ended before its time; well within the five seconds that a person
/// waits after Ctrl-C.
const GRACE_WHEN_STOPPED: Duration = Duration::from_secs(2);
/// Connections at most: sockets and their buffers take some 10 KiB each.
const MOST_CONNECTIONS: usize = 20_000;
/// Descriptors that are not connections.
const OTHER_DESCRIPTORS: u64 = 64;
/// Over how long the users of the closed model come.
const RAMP: Duration = Duration::from_secs(2);
/// Threads of the closed model's users.
pub(crate) const CLOSED_THREADS: usize = 2;

/// Whom to load, and what is to be seen of it.
#[derive(Debug)]
pub(crate) struct Aim<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) server: Option<Pid>,
    pub(crate) metrics: Option<String>,
    pub(crate) folder: &'a Path,
    pub(crate) interrupted: &'a Arc<AtomicBool>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Driven {
    pub(crate) recorder: Recorder,
    pub(crate) seen: Seen,
    /// Totals of the engine; `None` in the closed model.
    pub(crate) offered: Option<Offered>,
    /// Fingerprint of due times and payloads.
    pub(crate) schedule: String,
    pub(crate) connections: u64,
    /// Connections that could not even be tried on this side.
    pub(crate) exhausted: u64,
    pub(crate) lost: u64,
    /// Users of the closed model.
    pub(crate) users: Option<u32>,
    /// How the engine waited; `None` in the closed model.
    pub(crate) waiting: Option<Waiting>,
}

/// Offers visits at a rate, whatever the server does.
///
/// # Errors
/// The machine refuses sockets or files.
pub(crate) fn open(
    plan: &Arc<Plan>,
    config: &RunConfig,
    spacing: Spacing,
    visits_per_s: f64,
    attainments: Vec<Attainment>,
    aim: &Aim<'_>,
    live: &mut Live,
) -> anyhow::Result<Driven> {
    let from = Nanos::after_start(config.warmup);
    let end = latest_end(from, config.duration);
    let rate = PerSecond::new(visits_per_s).context("the rate is not a number")?;
    let spread = match spacing {
        Spacing::Poisson => Process::Poisson,
        Spacing::Constant => Process::Constant,
    };
    // The schedule goes on for as long as the run may have to; it is the same however much of it is needed.
    let longest = Segment::constant(end.since(Nanos::ZERO), rate);
    let arrivals = Arrivals::new(spread, vec![longest], config.seed);
    let mut visits =
        Visits::new(plan.clone(), arrivals, config.seed).identified_until(config.warmup + config.duration);
    let waiting = punctuality::try_out();
    let settings = engine::Settings {
        max_connections: connections_allowed(),
        timeout: config.timeout,
        grace: config.timeout,
        grace_when_stopped: GRACE_WHEN_STOPPED,
        spin: waiting.spin,
        end,
    };
    let mut recorder = Recorder::new(plan.actions.len(), from, attainments);
    let names: Vec<&str> = plan.actions.iter().map(|action| action.name.as_str()).collect();
    let mut log = watch::begin_log(aim.folder, &names)?;
    let inbox = Inbox::new(1);
    let (stop, thread) = (Stop::new(), AtomicI32::new(0));
    let start = Instant::now();
    let (offered, seen) = std::thread::scope(|scope| {
        let engine = std::thread::Builder::new().name("engine".to_owned()).spawn_scoped(scope, || {
            thread.store(rustix::thread::gettid().as_raw_pid(), Ordering::Relaxed);
            let mut world = Linux::new(aim.address, start)?;
            engine::offer(&mut world, &mut visits, &mut Outbox::new(&inbox), &settings, &stop)
        });
        let engine = engine.context("cannot start the engine's thread")?;
        let watched = Watched {
            inbox: &inbox,
            interrupted: aim.interrupted,
            server: aim.server,
            metrics: aim.metrics.clone(),
            start,
            waited: &|| process::waited(Some(Pid::from_raw(thread.load(Ordering::Relaxed))?)),
            asked_per_s: Some(visits_per_s * plan.requests_per_visit()),
            is_done: &|| engine.is_finished(),
            end: &|| {
                if aim.interrupted.load(Ordering::Relaxed) {
                    stop.at_once();
                } else {
                    stop.enough();
                }
            },
        };
        let seen = watch::watch(&watched, measured_time(config, from), &mut recorder, &mut log, live);
        if seen.is_err() {
            stop.at_once();
        }
        let offered = engine.join().map_err(|_| anyhow!("the engine's thread panicked"))?;
        anyhow::Ok((offered.context("the engine could not go on")?, seen?))
    })?;
    log.finish().context("cannot write latency.hlog")?;
    Ok(Driven {
        lost: inbox.lost() + recorder.lost,
        recorder,
        seen,
        schedule: format!("{:016x}", visits.fingerprint()),
        connections: offered.opened,
        exhausted: offered.exhausted,
        offered: Some(offered),
        users: None,
        waiting: Some(waiting),
    })
}

/// Lets users come, act, and think.
///
/// # Errors
/// The machine refuses sockets or files, or goose its configuration.
pub(crate) fn users(
    plan: &Arc<Plan>,
    config: &RunConfig,
    users: u32,
    attainments: Vec<Attainment>,
    aim: &Aim<'_>,
    live: &mut Live,
) -> anyhow::Result<Driven> {
    let allowed = connections_allowed();
    if usize::try_from(users).is_ok_and(|users| users > allowed) {
        bail!(
            "{users} users need as many connections, and this process may open {allowed}\n  hint: raise the limit with `ulimit -n`, or give fewer --users"
        );
    }
    let from = Nanos::after_start(RAMP + config.warmup);
    let mut recorder = Recorder::new(plan.actions.len(), from, attainments);
    let names: Vec<&str> = plan.actions.iter().map(|action| action.name.as_str()).collect();
    let mut log = watch::begin_log(aim.folder, &names)?;
    let inbox = Arc::new(Inbox::new(CLOSED_THREADS * 8));
    let exhausted = Arc::new(AtomicU64::new(0));
    let (stop, opened) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(CLOSED_THREADS)
        .enable_all()
        .build()
        .context("cannot start the threads of the users")?;
    let settings = closed::Settings {
        address: aim.address,
        users,
        ramp: RAMP,
        think: config.think,
        timeout: config.timeout,
        longest: latest_end(from, config.duration).since(Nanos::ZERO) + config.timeout,
        grace_when_stopped: GRACE_WHEN_STOPPED,
        seed: config.seed,
    };
    let start = Instant::now();
    let shared = closed::Shared {
        inbox: inbox.clone(),
        start,
        stop: stop.clone(),
        interrupted: aim.interrupted.clone(),
        opened: opened.clone(),
        exhausted: exhausted.clone(),
    };
    let load = runtime.spawn(closed::run(plan.clone(), settings, shared));
    let watched = Watched {
        inbox: &inbox,
        interrupted: aim.interrupted,
        server: aim.server,
        metrics: aim.metrics.clone(),
        start,
        waited: &|| process::waited(None),
        asked_per_s: None,
        is_done: &|| load.is_finished(),
        end: &|| {
            stop.store(true, Ordering::Relaxed);
            closed::end();
        },
    };
    let seen = watch::watch(&watched, measured_time(config, from), &mut recorder, &mut log, live)?;
    runtime.block_on(load).context("the users' task panicked")??;
    runtime.shutdown_timeout(GRACE_WHEN_STOPPED);
    log.finish().context("cannot write latency.hlog")?;
    Ok(Driven {
        lost: inbox.lost() + recorder.lost,
        recorder,
        seen,
        offered: None,
        schedule: String::new(),
        connections: opened.load(Ordering::Relaxed),
        exhausted: exhausted.load(Ordering::Relaxed),
        users: Some(users),
        waiting: None,
    })
}

fn measured_time(config: &RunConfig, from: Nanos) -> MeasuredTime {
    MeasuredTime::new(from, config.duration, config.count_every_second, process::tick())
}

/// Raises the limit on descriptors as far as it goes, and says how many connections that allows.
fn connections_allowed() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX).min(MOST_CONNECTIONS as u64 + OTHER_DESCRIPTORS);
    let wanted = Rlimit { current: Some(most.max(limit.current.unwrap_or(0))), maximum: limit.maximum };
    let allowed = match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => most,
        Err(_) => limit.current.unwrap_or(most),
    };
    usize::try_from(allowed.saturating_sub(OTHER_DESCRIPTORS)).unwrap_or(1).clamp(1, MOST_CONNECTIONS)
}
