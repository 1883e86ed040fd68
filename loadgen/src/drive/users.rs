//! The closed model: users, through goose.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};

use super::{Aim, CLOSED_THREADS, Driven, GRACE_WHEN_STOPPED, Room, begin, measured_time, warmup};
use crate::closed;
use crate::config::RunConfig;
use crate::course::Course;
use crate::engine::Nanos;
use crate::inbox::Inbox;
use crate::journey::Plan;
use crate::live::Live;
use crate::measured_time::latest_end;
use crate::process;
use crate::record::Attainment;
use crate::watch::{self, Ending, Watched};

/// Lets users come, act, and think.
///
/// # Errors
/// The machine refuses sockets or files, or goose its configuration.
pub(crate) fn users(
    plan: &Arc<Plan>,
    config: &RunConfig,
    users: u32,
    course: Course,
    attainments: Vec<Attainment>,
    aim: &Aim<'_>,
    live: &mut Live,
) -> anyhow::Result<Driven> {
    let room = enough_room(users, config)?;
    let from = Nanos::after_start(config.ramp + warmup(config, &course));
    let (mut recorder, mut log) = begin(plan, config, &course, from, attainments, aim)?;
    let inbox = Arc::new(Inbox::new(CLOSED_THREADS * 8, from));
    let (stop, hurry) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let counts = Arc::new(closed::Counts::default());
    let runtime = threads()?;
    let settings = closed::Settings {
        address: aim.address.socket,
        tls: aim.address.tls.clone(),
        connections: config.target.connections,
        users,
        course: course.clone(),
        begins: from.since(Nanos::ZERO),
        ramp: config.ramp,
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
        hurry: hurry.clone(),
        counts: counts.clone(),
    };
    let load = runtime.spawn(closed::run(plan.clone(), settings, shared));
    let watched = Watched {
        inbox: &inbox,
        interrupted: aim.interrupted,
        server: aim.server,
        metrics: aim.metrics.clone(),
        start,
        waited: &|| process::waited(None),
        asked_per_s: &|_| None,
        is_done: &|| load.is_finished(),
        abort: config.abort,
        end: &|ending| {
            stop.store(true, Ordering::Relaxed);
            hurry.store(ending == Ending::AtOnce, Ordering::Relaxed);
            closed::end();
        },
    };
    let seen = watch::watch(&watched, measured_time(config, from), &mut recorder, &mut log, live)?;
    runtime.block_on(load).context("the users' task panicked")??;
    runtime.shutdown_timeout(GRACE_WHEN_STOPPED);
    log.finish().with_context(|| format!("cannot write {}", aim.log))?;
    Ok(Driven {
        lost: inbox.lost(),
        timings: inbox.timings(),
        recorder,
        seen,
        offered: None,
        schedule: String::new(),
        started_midway: None,
        connections: counts.opened.load(Ordering::Relaxed),
        handshakes: counts.handshakes(),
        troubles: counts.troubles(),
        exhausted: counts.exhausted.load(Ordering::Relaxed),
        room,
        users: Some(users),
        waiting: None,
        course,
    })
}

/// The threads that carry the users.
fn threads() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(CLOSED_THREADS)
        .enable_all()
        .build()
        .context("cannot start the threads of the users")
}

/// Room for a connection for each user, or for as many as they share.
///
/// # Errors
/// There is less.
fn enough_room(users: u32, config: &RunConfig) -> anyhow::Result<Room> {
    let needed = config.target.connections.most.unwrap_or(users).min(users);
    let room = Room::raised(Some(needed));
    if usize::try_from(needed)? > room.connections {
        bail!(
            "{users} users need {needed} connections, and {}\n  hint: raise the hard limit (`ulimit -Hn`), give fewer --users, or let them share: `target: {{ connections: {} }}`",
            room.in_words(),
            room.connections
        );
    }
    Ok(room)
}
