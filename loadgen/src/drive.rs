//! Offering the load: the open model and fixed connections on the engine's thread, the closed model through goose.

mod connections;
mod line;
mod open;
mod room;
mod speak;
mod users;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rustix::process::Pid;
use scenarios::report::StartedMidway;

use crate::config::RunConfig;
use crate::course::Course;
use crate::engine::{Handshakes, Nanos, Offered};
use crate::journey::Plan;
use crate::measured_time::MeasuredTime;
use crate::process;
use crate::punctuality::Waiting;
use crate::record::{Attainment, Recorder};
use crate::server_timing::Timings;
use crate::target::Address;
use crate::troubles::Troubles;
use crate::watch::{self, Log, Seen};

pub(crate) use connections::connections;
pub(crate) use line::Line;
pub(crate) use open::open;
pub(crate) use room::Room;
pub(crate) use speak::speak;
pub(crate) use users::users;

/// How long answers are waited for when a run is ended before its time; well within the five seconds that a person
/// waits after Ctrl-C.
const GRACE_WHEN_STOPPED: Duration = Duration::from_secs(2);
/// Threads of the closed model's users.
pub(crate) const CLOSED_THREADS: usize = 2;

/// Whom to load, and what is to be seen of it.
#[derive(Debug)]
pub(crate) struct Aim<'a> {
    pub(crate) address: &'a Address,
    pub(crate) server: Option<Pid>,
    pub(crate) metrics: Option<String>,
    pub(crate) folder: &'a Path,
    /// Name of the HDR log in the folder.
    pub(crate) log: &'static str,
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
    /// Visits that began in the middle.
    pub(crate) started_midway: Option<StartedMidway>,
    pub(crate) connections: u64,
    /// Those of TLS, where it is spoken.
    pub(crate) handshakes: Handshakes,
    /// Connections that could not even be tried on this side.
    pub(crate) exhausted: u64,
    /// How many there could be at a time, and why no more.
    pub(crate) room: Room,
    /// The first failures of each kind.
    pub(crate) troubles: Troubles,
    pub(crate) lost: u64,
    /// What servers said of their own time.
    pub(crate) timings: Timings,
    /// Users of the closed model.
    pub(crate) users: Option<u32>,
    /// What was asked for over time: visits per second, or users.
    pub(crate) course: Course,
    /// How the engine waited; `None` where nothing is due at a time of its own.
    pub(crate) waiting: Option<Waiting>,
}

impl Driven {
    /// What an answer took in the middle, seen from when it was due.
    pub(crate) fn median_answer(&self) -> Duration {
        Duration::from_nanos(self.recorder.all.response.value_at_quantile(0.5))
    }
}

/// What every model begins with: where samples are recorded, and the log of their distributions.
fn begin(
    plan: &Plan,
    config: &RunConfig,
    course: &Course,
    from: Nanos,
    attainments: Vec<Attainment>,
    aim: &Aim<'_>,
) -> anyhow::Result<(Recorder, Log)> {
    let names: Vec<&str> = plan.actions.iter().map(|action| action.name.as_str()).collect();
    let log = watch::begin_log(&aim.folder.join(aim.log), &names)?;
    Ok((recorder(plan, config, course, from, attainments), log))
}

fn measured_time(config: &RunConfig, from: Nanos) -> MeasuredTime {
    let time = MeasuredTime::new(from, config.duration, config.count_every_second, process::tick());
    if config.shape.is_some() { time.without_extra() } else { time }
}

/// How long is warmed up: not at all where the load begins at nothing, since that warms nothing.
fn warmup(config: &RunConfig, course: &Course) -> Duration {
    if course.first_level() > 0.0 { config.warmup } else { Duration::ZERO }
}

/// A recorder that counts the parts of a shape by themselves too.
fn recorder(
    plan: &Plan,
    config: &RunConfig,
    course: &Course,
    from: Nanos,
    attainments: Vec<Attainment>,
) -> Recorder {
    let recorder = Recorder::new(plan.actions.len(), from, attainments);
    match config.shape {
        Some(_) => recorder.with_parts(course.parts.iter().map(|part| (part.length, part.kind.is_judged()))),
        None => recorder,
    }
}
