//! The open model, and whatever else the engine's thread carries.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use rustix::process::Pid;
use scenarios::scenario::Arrivals as Spacing;

use super::{Aim, Driven, GRACE_WHEN_STOPPED, Room, begin, measured_time, speak, warmup};
use crate::config::RunConfig;
use crate::course::Course;
use crate::engine::{self, Nanos, Stop, Workload};
use crate::inbox::{Inbox, Outbox};
use crate::journey::Plan;
use crate::live::Live;
use crate::measured_time::latest_end;
use crate::process;
use crate::punctuality::{self, Waiting};
use crate::record::Attainment;
use crate::schedule::{Arrivals, PerSecond, Process, Segment};
use crate::troubles::Troubles;
use crate::visits::{Beginning, Visits};
use crate::watch::{self, Ending, Watched};

/// Offers visits at the rates of `course`, whatever the server does.
///
/// # Errors
/// The machine refuses sockets or files.
pub(crate) fn open(
    plan: &Arc<Plan>,
    config: &RunConfig,
    spacing: Spacing,
    course: Course,
    attainments: Vec<Attainment>,
    aim: &Aim<'_>,
    live: &mut Live,
) -> anyhow::Result<Driven> {
    let warmup = warmup(config, &course);
    let from = Nanos::after_start(warmup);
    let spread = match spacing {
        Spacing::Poisson => Process::Poisson,
        Spacing::Constant => Process::Constant,
    };
    let segments = if config.shape.is_some() {
        course.segments(warmup)
    } else {
        // The schedule goes on for as long as the run may have to; it is the same however much of it is needed.
        let rate = PerSecond::new(course.first_level()).context("the rate is not a number")?;
        let end = latest_end(from, config.duration);
        vec![Segment::constant(end.since(Nanos::ZERO), rate)]
    };
    let beginning = Beginning {
        rate: PerSecond::new(course.first_level()).unwrap_or_default(),
        process: spread,
        warmup,
        seed: config.seed,
    };
    let arrivals = Arrivals::new(spread, segments, config.seed);
    let mut visits = Visits::new(plan.clone(), arrivals, config.seed)
        .begun(&beginning)
        .identified_until(warmup + config.duration);
    let load = Load {
        asks: true,
        course,
        room: Room::raised(config.target.connections.most),
        punctual: if warmup < punctuality::LEAST_WARMUP {
            Punctual::Tried(punctuality::try_out(None))
        } else {
            Punctual::TryBeside
        },
    };
    let driven = carry(&mut visits, &load, plan, config, attainments, aim, live)?;
    let schedule = format!("{:016x}", visits.fingerprint());
    Ok(Driven { schedule, started_midway: visits.started_midway(), ..driven })
}

/// What the models on the engine's thread differ in, beside the visits.
pub(super) struct Load {
    /// Whether there is a rate that is asked for.
    pub(super) asks: bool,
    /// What is asked for over time: visits per second, or connections.
    pub(super) course: Course,
    pub(super) room: Room,
    pub(super) punctual: Punctual,
}

/// What is known of how late this machine wakes the engine's thread.
#[derive(Clone, Copy, Debug)]
pub(super) enum Punctual {
    /// Nothing is due at a time of its own, so that it does not matter.
    NoMatter,
    /// It has been tried.
    Tried(Waiting),
    /// It is tried during the warm-up.
    TryBeside,
}

impl Punctual {
    fn known(self) -> Option<Waiting> {
        match self {
            Punctual::Tried(waiting) => Some(waiting),
            Punctual::NoMatter | Punctual::TryBeside => None,
        }
    }
}

/// Carries visits on the engine's thread until the run is over.
///
/// # Errors
/// The machine refuses sockets or files.
pub(super) fn carry(
    visits: &mut (impl Workload + Send),
    load: &Load,
    plan: &Plan,
    config: &RunConfig,
    attainments: Vec<Attainment>,
    aim: &Aim<'_>,
    live: &mut Live,
) -> anyhow::Result<Driven> {
    let warmup = warmup(config, &load.course);
    let from = Nanos::after_start(warmup);
    let end =
        if config.shape.is_some() { from.plus(config.duration) } else { latest_end(from, config.duration) };
    let settings = engine::Settings {
        max_connections: load.room.connections,
        keep: config.target.connections.policy,
        timeout: config.timeout,
        grace: config.timeout,
        grace_when_stopped: GRACE_WHEN_STOPPED,
        spin: load.punctual.known().map_or(Duration::ZERO, |waiting| waiting.spin),
        end,
    };
    let (mut recorder, mut log) = begin(plan, config, &load.course, from, attainments, aim)?;
    let inbox = Inbox::new(1, from);
    let (stop, thread) = (Stop::new(), AtomicI32::new(0));
    let start = Instant::now();
    let ((mut offered, handshakes), seen, tried) = std::thread::scope(|scope| {
        let beside = matches!(load.punctual, Punctual::TryBeside)
            .then(|| std::thread::Builder::new().spawn_scoped(scope, || try_beside(start + warmup, &stop)));
        let engine = std::thread::Builder::new().name("engine".to_owned()).spawn_scoped(scope, || {
            thread.store(rustix::thread::gettid().as_raw_pid(), Ordering::Relaxed);
            speak(aim.address, start, visits, &mut Outbox::new(&inbox), &settings, &stop)
        });
        let engine = engine.context("cannot start the engine's thread")?;
        let watched = Watched {
            inbox: &inbox,
            interrupted: aim.interrupted,
            server: aim.server,
            metrics: aim.metrics.clone(),
            start,
            waited: &|| process::waited(Some(Pid::from_raw(thread.load(Ordering::Relaxed))?)),
            asked_per_s: &|elapsed| {
                let level = load.course.at(elapsed.saturating_sub(warmup));
                load.asks.then(|| level * plan.requests_per_visit())
            },
            is_done: &|| engine.is_finished(),
            abort: config.abort,
            end: &|ending| match ending {
                Ending::AtOnce => stop.at_once(),
                Ending::InTime => stop.enough(),
            },
        };
        let seen = watch::watch(&watched, measured_time(config, from), &mut recorder, &mut log, live);
        if seen.is_err() {
            stop.at_once();
        }
        let offered = engine.join().map_err(|_| anyhow!("the engine's thread panicked"))?;
        let beside = beside.transpose().context("cannot start the thread that tries sleeping")?;
        // It has ended long ago: with the warm-up at the latest.
        let tried = beside.and_then(|thread| thread.join().ok());
        anyhow::Ok((offered.context("the engine could not go on")?, seen?, tried))
    })?;
    log.finish().with_context(|| format!("cannot write {}", aim.log))?;
    Ok(Driven {
        lost: inbox.lost(),
        timings: inbox.timings(),
        recorder,
        seen,
        schedule: String::new(),
        started_midway: None,
        connections: offered.opened,
        handshakes,
        exhausted: offered.exhausted,
        room: load.room,
        troubles: Troubles::of(&mut offered),
        offered: Some(offered),
        users: None,
        waiting: load.punctual.known().or(tried),
        course: load.course.clone(),
    })
}

/// Tries how late this machine wakes threads until the warm-up is over, and keeps the engine awake where that is late.
fn try_beside(end: Instant, stop: &Stop) -> Waiting {
    let waiting = punctuality::try_out(Some(end));
    stop.stay_awake(waiting.spin);
    waiting
}
