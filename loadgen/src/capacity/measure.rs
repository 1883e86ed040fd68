//! A search on a real server, from beginning to end: start, fill, levels one after the other with nothing left over in between,
//! stop, and what it came to.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow};
use scenarios::capacity::Capacity;
use scenarios::show;
use scenarios::slo::{Goal as Promised, Objective};

use super::afresh::Afresh;
use super::beside::{Reading, Window};
use super::carry::{self, Ground, Level};
use super::ledger::{Promise, Totals};
use super::search::{Rules, Search};
use super::trial::{Goal, Order, Pace, Seen};
use super::write_up;
use crate::config::RunConfig;
use crate::drive::{Line, Room};
use crate::duet::cpu::Meter;
use crate::engine::Nanos;
use crate::errands::Errands;
use crate::journey::{self, Plan};
use crate::live::Live;
use crate::process::{self, MachineTime};
use crate::redact::Secrets;
use crate::run::{self, Loaded};
use crate::subject::{self, Subject};
use crate::{ask, care, material, offered, punctuality, results, summarise};

/// How long a server may take to be done with what it was asked, after its answers are there.
const MOST_DRAIN: Duration = Duration::from_secs(5);
/// Of the processors' time, what the host of a virtual machine may take from a block that counts: about as much as the interval
/// is to be narrow.
const STOLEN: f64 = 0.05;
/// Requests per second that one thread of this generator offers at most, by its own cost of some 7 µs each.
const MOST_PER_S: f64 = 150_000.0;

/// What is looked for, and how.
#[derive(Clone, Debug)]
pub struct CapacityConfig {
    /// The settings of a run: whom, seed, time-outs, data.
    pub run: RunConfig,
    /// How much load, in time.
    pub budget: Duration,
    /// Half of the interval, as a share of the capacity, that is narrow enough.
    pub precision: f64,
    /// Promises in place of the scenario's.
    pub promises: Option<Vec<Objective>>,
    /// A command that is run before each level but the first.
    pub between: Option<String>,
}

/// What a search leaves.
#[derive(Debug)]
pub struct Finished {
    /// What it came to.
    pub capacity: Capacity,
    /// Where it was written.
    pub folder: PathBuf,
}

/// A level with what was seen beside it.
pub(super) struct Measured {
    pub(super) totals: Totals,
    /// Readings while it counted.
    pub(super) readings: Vec<Reading>,
    /// Processor time of the engine's thread as a share of the time, looking at the clock on purpose left out.
    pub(super) engine_share: f64,
    /// Of one processor, what that took.
    pub(super) spun_share: f64,
    /// What the server had under way by its own count when the level was over, after the wait for it.
    pub(super) left_over: Option<f64>,
}

/// Looks for the capacity.
///
/// # Errors
/// It could not be done: the scenario promises nothing, the target cannot be reached, a folder cannot be written.
pub fn measure(
    loaded: &Loaded,
    config: &CapacityConfig,
    interrupted: &Arc<AtomicBool>,
    is_quiet: bool,
) -> anyhow::Result<Finished> {
    let objectives = objectives(loaded, config)?;
    let started = run::now_unix_s();
    let folder = results::folder(&config.run.out, &loaded.scenario.name, started)?;
    let secrets = RefCell::new(Secrets::default());
    let attempt = || {
        let capacity = search(loaded, config, &objectives, interrupted, is_quiet, started, &secrets)?;
        let capacity = secrets.borrow().hide_in(capacity);
        results::write_capacity(&folder, &capacity)?;
        anyhow::Ok(capacity)
    };
    match attempt() {
        Ok(capacity) => Ok(Finished { capacity, folder }),
        Err(error) => {
            // A folder without a result would be mistaken for one.
            drop(std::fs::remove_dir_all(&folder));
            Err(anyhow!(secrets.borrow().hide(&format!("{error:#}"))))
        }
    }
}

/// The promises that a search can measure.
fn objectives(loaded: &Loaded, config: &CapacityConfig) -> anyhow::Result<Vec<Objective>> {
    let all = config.promises.as_ref().unwrap_or(&loaded.scenario.slo);
    let measurable: Vec<Objective> = all
        .iter()
        .filter(|objective| !matches!(objective.goal, Promised::Available { .. }))
        .cloned()
        .collect();
    if measurable.is_empty() {
        return Err(anyhow!(
            "{}: nothing is promised that a search can measure, so that no rate is too high\n  hint: add a line like `slo: {{ all: p99 < 200 ms }}`, or give --slo 'p99 < 200 ms'",
            loaded.file
        ));
    }
    Ok(measurable)
}

fn search(
    loaded: &Loaded,
    config: &CapacityConfig,
    objectives: &[Objective],
    interrupted: &Arc<AtomicBool>,
    is_quiet: bool,
    started: u64,
    secrets: &RefCell<Secrets>,
) -> anyhow::Result<Capacity> {
    let Loaded { scenario, file, .. } = loaded;
    let live = Live::new(is_quiet, Secrets::named_by([scenario]));
    let options = estimator::Options::default();
    let estimate =
        estimator::estimate(scenario, file, &options).map_err(|error| anyhow!("{file}: {error}"))?;
    let rates = offered::mean_rates(scenario, &estimate);
    let mut material = material::gather(loaded)?;
    let mut subject = subject::prepare(scenario, &config.run, &mut material, interrupted, &live)?;
    run::add_target(&mut material, &subject.address, started);
    *secrets.borrow_mut() = Secrets::of(&material);
    let mut plan = journey::compile(scenario, &rates, &material, &subject.address.host)
        .map_err(|error| anyhow!("{file}: {error}"))?;
    let has_pauses = !plan.think_per_visit().is_zero();
    plan.leave_out_pauses();
    // Connections ask as fast as they can.
    care::check(&config.run.target, &subject.address, f64::INFINITY).map_err(anyhow::Error::msg)?;
    let mut errands = Errands::new(&plan, config.run.seed);
    let is_set_up = errands.set_up(&mut plan, &subject.address, interrupted);
    let plan = Arc::new(plan);
    let tried = is_set_up.map_err(anyhow::Error::from).and_then(|()| {
        let tls = ask::ask_once(&plan, &subject.address, config.run.seed)?;
        let mut stage = Stage::new(config, objectives, &plan, scenario, &subject, interrupted)?;
        stage.levels(&mut subject, &live)?;
        anyhow::Ok((tls, stage))
    });
    let mut left_over: Vec<String> =
        errands.tear_down(&plan, &subject.address).iter().map(ToString::to_string).collect();
    let (tls, Stage { search, measured, window, afresh, .. }) = tried?;
    if let Err(trouble) = subject.stop() {
        left_over.push(format!("{trouble:#}"));
    }
    if has_pauses {
        left_over.push("pauses of the visits are left out".to_owned());
    }
    let is_here = subject.address.socket.ip().to_canonical().is_loopback();
    Ok(write_up::capacity(&write_up::Done {
        scenario,
        estimate: &estimate,
        objectives,
        plan: &plan,
        search: &search,
        measured: &measured,
        afresh: &afresh,
        sees_server: !matches!(window.meter, Meter::Unknown),
        is_here,
        is_interrupted: interrupted.load(Ordering::Relaxed),
        target: run::target_facts(subject, tls, config.run.target.connections),
        provenance: run::provenance(loaded, &config.run, started),
        notes: left_over,
    }))
}

/// Levels on one server.
struct Stage<'a> {
    search: Search,
    measured: Vec<Measured>,
    promises: Vec<Promise>,
    plan: &'a Arc<Plan>,
    config: &'a RunConfig,
    spacing: scenarios::scenario::Arrivals,
    window: Window,
    afresh: Afresh,
    line: Line,
    room: Room,
    spin: Duration,
    interrupted: &'a AtomicBool,
}

impl<'a> Stage<'a> {
    fn new(
        config: &'a CapacityConfig,
        objectives: &[Objective],
        plan: &'a Arc<Plan>,
        scenario: &scenarios::Scenario,
        subject: &Subject,
        interrupted: &'a AtomicBool,
    ) -> anyhow::Result<Stage<'a>> {
        let names: Vec<&str> = plan.actions.iter().map(|action| action.name.as_str()).collect();
        let promises: Vec<Promise> = (objectives.iter().zip(summarise::attainments(objectives, &names)))
            .map(|(objective, counted)| Promise {
                action: counted.action,
                limit: counted.limit,
                share: summarise::promised_share(objective),
            })
            .collect();
        let goals = promises
            .iter()
            .map(|promise| Goal {
                share: promise.share,
                limit_s: promise.limit.map(|limit| Duration::from_nanos(limit).as_secs_f64()),
            })
            .collect();
        let rules = Rules {
            budget_s: config.budget.as_secs_f64(),
            precision: config.precision,
            most_per_s: MOST_PER_S,
            goals,
        };
        Ok(Stage {
            search: Search::new(rules),
            measured: Vec::new(),
            promises,
            plan,
            config: &config.run,
            spacing: scenario.load.arrivals,
            window: Window::of(subject),
            afresh: Afresh::of(plan, subject.can_be_put_back(), config.between.as_ref()),
            line: line(subject)?,
            room: Room::raised(config.run.target.connections.most),
            spin: punctuality::try_out(None).spin,
            interrupted,
        })
    }

    /// One after the other until the search has seen enough.
    fn levels(&mut self, subject: &mut Subject, live: &Live) -> anyhow::Result<()> {
        let mut next_visit = 0;
        let mut number = 0;
        while !self.interrupted.load(Ordering::Relaxed) {
            let Some(order) = self.search.next_level() else { break };
            if number > 0 {
                self.begin_afresh(subject)?;
            }
            live.say(&told(&order, self.search.load_s(), self.search.rules().budget_s));
            number += 1;
            let (level, readings) = self.level(&order, number, next_visit)?;
            subject.check()?;
            next_visit = level.next_visit;
            let left_over = self.window.drained(MOST_DRAIN);
            if level.ledger.has_closed() {
                self.measured.push(measured(level, order.skip_s, readings, left_over));
            }
        }
        // What was tried last has ended too.
        self.search.end();
        Ok(())
    }

    /// A target that was put back has no connections any more, and may be another process at another port.
    fn begin_afresh(&mut self, subject: &mut Subject) -> anyhow::Result<()> {
        if self.afresh.begin(subject, &self.config.folder)? {
            self.window = Window::of(subject);
            self.line = line(subject)?;
        }
        Ok(())
    }

    fn level(
        &mut self,
        order: &Order,
        number: u64,
        next_visit: u64,
    ) -> anyhow::Result<(Level, Vec<Reading>)> {
        let ground = Ground {
            plan: self.plan,
            promises: &self.promises,
            spacing: self.spacing,
            seed: self.config.seed,
            max_connections: self.room.connections,
            keep: self.config.target.connections.policy,
            timeout: self.config.timeout,
            spin: self.spin,
            interrupted: self.interrupted,
        };
        let over = AtomicBool::new(false);
        let Stage { search, window, line, .. } = self;
        std::thread::scope(|scope| {
            let start = line.start();
            let beside = std::thread::Builder::new()
                .name("beside".to_owned())
                .spawn_scoped(scope, {
                    let over = &over;
                    move || window.look_until(start, over)
                })
                .context("cannot start the thread that looks beside the load")?;
            let mut host = Host::now(order.skip_s);
            let level = carry::level(line, &ground, order, number, next_visit, &mut |seen| {
                let disturbed = host.took(seen.seconds);
                let goes_on = search.saw(Seen { disturbed, ..seen });
                // What the server does after the load is not of this level.
                over.store(!goes_on, Ordering::Relaxed);
                goes_on
            });
            over.store(true, Ordering::Relaxed);
            let readings = beside.join().map_err(|_| anyhow!("the thread beside the load panicked"))?;
            Ok((level?, readings))
        })
    }
}

/// What the host of this machine takes from it, block by block.
struct Host {
    before: Option<MachineTime>,
    /// Seconds since then that belong to no block.
    skipped_s: f64,
}

impl Host {
    fn now(skipped_s: f64) -> Host {
        Host { before: MachineTime::now(), skipped_s }
    }

    /// Whether it took too much in a block of so many seconds, in words.
    fn took(&mut self, seconds: f64) -> Option<String> {
        let now = MachineTime::now();
        let length = Duration::from_secs_f64(seconds + std::mem::take(&mut self.skipped_s));
        let before = std::mem::replace(&mut self.before, now);
        let share =
            now.zip(before).map(|(now, before)| now.stolen_share_since(before, length, process::tick()));
        share.filter(|share| *share > STOLEN).map(|share| {
            format!("the host of this machine took {} of its processors' time", show::share(share))
        })
    }
}

fn line(subject: &Subject) -> anyhow::Result<Line> {
    Line::new(&subject.address).context("the machine refuses what it takes to wait for sockets")
}

fn measured(level: Level, skip_s: f64, readings: Vec<Reading>, left_over: Option<f64>) -> Measured {
    let from = level.from.since(Nanos::ZERO);
    let lasted = level.end.since(level.from).as_secs_f64();
    Measured {
        readings: readings.into_iter().filter(|reading| reading.at >= from).collect(),
        engine_share: level.cpu.as_secs_f64() / lasted.max(f64::MIN_POSITIVE),
        spun_share: level.spun.as_secs_f64() / (skip_s + lasted).max(f64::MIN_POSITIVE),
        totals: level.ledger.into_totals(),
        left_over,
    }
}

/// A level, in a line of progress.
fn told(order: &Order, load_s: f64, budget_s: f64) -> String {
    let pace = match order.pace {
        Pace::Rate(rate) => format!("{}/s", show::digits((rate * 10.0).round() / 10.0)),
        Pace::Connections(1) => "1 connection".to_owned(),
        Pace::Connections(connections) => format!("{connections} connections"),
    };
    format!("{} s of {} s: {pace}", load_s.round(), budget_s.round())
}
