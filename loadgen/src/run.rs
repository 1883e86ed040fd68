//! One run from beginning to end: estimate, start, fill, load, measure, stop, and hold the one against the other.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use scenarios::Scenario;
use scenarios::estimate::Estimate;
use scenarios::report::{Report, TargetFacts, TlsFacts};
use scenarios::scenario::Model;
use scenarios::shape::Counts;
use scenarios::show;
use scenarios::target::{Connections, Policy};

use crate::config::{MOST_ACTIONS_PER_S, MOST_USERS, RunConfig};
use crate::course::Course;
use crate::drive::{self, Aim, Driven};
use crate::engine::Handshakes;
use crate::errands::{ErrandError, Errands};
use crate::journey::{self, Material, Plan};
use crate::live::Live;
use crate::offered::{self, Rate};
use crate::process;
use crate::redact::Secrets;
use crate::subject::{self, Subject};
use crate::target::Address;
use crate::{ask, both, care, material, results, summarise, write_up};

/// A scenario as it was read.
#[derive(Debug)]
pub struct Loaded {
    /// What it means.
    pub scenario: Scenario,
    /// What it is called in messages: the path, or the name of a shipped one.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Where its own files (CSV) are looked for.
    pub folder: PathBuf,
}

/// What a run leaves.
#[derive(Debug)]
pub struct Finished {
    /// What was measured.
    pub report: Report,
    /// Where it was written.
    pub folder: PathBuf,
}

/// Runs a scenario.
///
/// # Errors
/// It could not be done: the scenario cannot be run, the target cannot be reached, a folder cannot be written.
pub fn run(
    loaded: &Loaded,
    config: &RunConfig,
    interrupted: &Arc<AtomicBool>,
    is_quiet: bool,
) -> anyhow::Result<Finished> {
    let Loaded { scenario, file, .. } = loaded;
    let mut live = Live::new(is_quiet, Secrets::named_by([scenario]));
    let options = estimator::Options::default();
    let estimate =
        estimator::estimate(scenario, file, &options).map_err(|error| anyhow!("{file}: {error}"))?;
    let rates = offered::mean_rates(scenario, &estimate);
    let rate = rate(config, loaded, &estimate)?;
    let started = now_unix_s();
    let folder = results::folder(&config.out, &scenario.name, started)?;
    let (first, then) = config.parts();
    let secrets = RefCell::new(Secrets::default());
    let attempt = (|| {
        let mut material = material::gather(loaded)?;
        let mut subject = subject::prepare(scenario, config, &mut material, interrupted, &live)?;
        add_target(&mut material, &subject.address, started);
        *secrets.borrow_mut() = Secrets::of(&material);
        let mut plan = journey::compile(scenario, &rates, &material, &subject.address.host)
            .map_err(|error| anyhow!("{file}: {error}"))?;
        let wanted = requests_per_s(config, &plan, rate.as_ref())?;
        care::check(&config.target, &subject.address, wanted).map_err(anyhow::Error::msg)?;
        let mut errands = Errands::new(&plan, config.seed);
        let is_set_up = errands.set_up(&mut plan, &subject.address, interrupted);
        let plan = Arc::new(plan);
        let offer = Offer {
            scenario,
            plan: &plan,
            rate: rate.as_ref(),
            estimate: &estimate,
            subject: &subject,
            folder: &folder,
            interrupted,
        };
        let offered =
            is_set_up.map_err(anyhow::Error::from).and_then(|()| offer.parts(&first, then, &mut live));
        let left_over = errands.tear_down(&plan, &subject.address);
        let Parts { tls, driven, users } = offered.map_err(|error| with_notes(&error, &left_over))?;
        let trouble = subject.stop();
        let facts = target_facts(subject, facts_of(tls, driven.handshakes), config.target.connections);
        let open = write_up::Run {
            scenario,
            estimate: &estimate,
            config: &first,
            plan: &plan,
            rate: rate.as_ref(),
            driven: &driven,
            target: facts,
            provenance: provenance(loaded, config, started),
        };
        let mut report = write_up::report(&open);
        if let Some((config, driven)) = &users {
            let closed = write_up::report(&write_up::Run { config, driven, ..open });
            report.both = Some(both::worlds(&report, closed));
        }
        report.notes.extend(left_over.iter().map(ToString::to_string));
        if let Err(trouble) = trouble {
            report.notes.push(format!("{trouble:#}"));
        }
        let report = secrets.borrow().hide_in(report);
        results::write(&folder, &report)?;
        let names: Vec<&str> = plan.actions.iter().map(|action| action.name.as_str()).collect();
        results::write_recordings(&folder, &driven, users.as_ref().map(|(_, driven)| driven), &names)?;
        anyhow::Ok(report)
    })();
    match attempt {
        Ok(report) => Ok(Finished { report, folder }),
        Err(error) => {
            // A folder without a report would be mistaken for a run; what is in it is an empty log at most.
            drop(std::fs::remove_dir_all(&folder));
            Err(anyhow!(secrets.borrow().hide(&format!("{error:#}"))))
        }
    }
}

/// Seconds since 1970.
pub(crate) fn now_unix_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// What the journeys have to know of the target, and of the day.
pub(crate) fn add_target(material: &mut Material, address: &Address, now_unix_s: u64) {
    material.is_tls = address.tls.is_some();
    material.keeps_secure_cookies = material.is_tls || address.socket.ip().is_loopback();
    material.now_unix_s = now_unix_s;
}

pub(crate) fn target_facts(subject: Subject, tls: Option<TlsFacts>, connections: Connections) -> TargetFacts {
    let Subject { address, what, seeded, .. } = subject;
    let resolved_s = address.resolved_in.map(|took| took.as_secs_f64());
    let connections = connections_in_words(connections);
    TargetFacts { url: address.url, what, seeded, resolved_s, tls, connections }
}

/// The rate of a run. Users may be given outright; only otherwise does their number follow from it.
fn rate(
    config: &RunConfig,
    Loaded { scenario, file, .. }: &Loaded,
    estimate: &Estimate,
) -> anyhow::Result<Option<Rate>> {
    match config.model {
        Model::Open | Model::Both => offered::rate(scenario, estimate, config.rate)
            .map(Some)
            .map_err(|problem| anyhow!("{file}: {problem}")),
        Model::Users => Ok(offered::rate(scenario, estimate, None).ok()),
        Model::Connections => Ok(None),
    }
}

/// The load of a run, whichever model offers it.
struct Offer<'a> {
    scenario: &'a Scenario,
    plan: &'a Arc<Plan>,
    rate: Option<&'a Rate>,
    estimate: &'a Estimate,
    subject: &'a Subject,
    folder: &'a Path,
    interrupted: &'a Arc<AtomicBool>,
}

/// What came of the parts of a run.
struct Parts {
    /// What was agreed on in TLS.
    tls: Option<TlsFacts>,
    driven: Driven,
    /// The users of both worlds, and how they were let loose.
    users: Option<(RunConfig, Driven)>,
}

impl Offer<'_> {
    /// Asks once, and offers the parts of the run one after the other.
    fn parts(&self, first: &RunConfig, then: Option<RunConfig>, live: &mut Live) -> anyhow::Result<Parts> {
        let tls = ask::ask_once(self.plan, &self.subject.address, first.seed)?;
        let driven = self.load(first, "latency.hlog", Duration::ZERO, live)?;
        let users = then
            .filter(|_| !self.interrupted.load(Ordering::Relaxed))
            .map(|config| {
                let answer = driven.median_answer().mul_f64(self.plan.requests_per_visit());
                self.load(&config, "latency-users.hlog", answer, live).map(|driven| (config, driven))
            })
            .transpose()?;
        Ok(Parts { tls, driven, users })
    }

    /// Offers what `config` asks for, and logs it in this file; an answer is known to take so long.
    fn load(
        &self,
        config: &RunConfig,
        log: &'static str,
        answer: Duration,
        live: &mut Live,
    ) -> anyhow::Result<Driven> {
        let Offer { scenario, plan, rate, estimate: _, subject, folder, interrupted } = *self;
        let names: Vec<&str> = plan.actions.iter().map(|action| action.name.as_str()).collect();
        let attainments = summarise::attainments(&scenario.slo, &names);
        let (server, metrics) = subject.insight();
        let aim = Aim { address: &subject.address, server, metrics, folder, log, interrupted };
        let visits_per_s = rate.map(|rate| rate.actions_per_s / plan.actions_per_visit());
        live.begin();
        if config.model == Model::Connections {
            let connections = config.connections;
            live.say(&format!("{connections} connections, each asking again as soon as it is answered"));
            return drive::connections(plan, config, connections, attainments, &aim, live);
        }
        if config.model == Model::Users {
            let base = match users(config, plan, visits_per_s, answer) {
                // A shape that counts users says itself how many there are.
                Err(_) if config.shape.as_ref().is_some_and(|shape| shape.counts() == Counts::Users) => 1,
                base => base?,
            };
            let course = self.course(config, f64::from(base));
            let users = most(&course)?;
            live.say(&format!(
                "{users} users, each pausing {} on average",
                show::seconds(config.think.mean().as_secs_f64())
            ));
            return drive::users(plan, config, users, course, attainments, &aim, live);
        }
        let rate = rate.context("the open model needs a rate")?;
        let course = self.course(config, rate.actions_per_s);
        if course.highest() > MOST_ACTIONS_PER_S {
            return Err(anyhow!(
                "{} actions per second are more than any single machine makes ({})\n  hint: a flatter shape, or a lower --rate where its levels are multiples",
                show::digits(course.highest()),
                show::digits(MOST_ACTIONS_PER_S)
            ));
        }
        let course = course.scaled(1.0 / plan.actions_per_visit());
        drive::open(plan, config, scenario.load.arrivals, course, attainments, &aim, live)
    }

    /// What is asked for over time, where a run without a shape would ask for `level`.
    fn course(&self, config: &RunConfig, level: f64) -> Course {
        match &config.shape {
            Some(shape) => Course::new(shape, offered::base(self.scenario, self.estimate, level)),
            None => Course::constant(level, config.duration),
        }
    }
}

/// How many users a course has at most at the same time.
fn most(course: &Course) -> anyhow::Result<u32> {
    let most = course.highest().round();
    if !(1.0..=f64::from(MOST_USERS)).contains(&most) {
        return Err(anyhow!(
            "{most} users are more than one process carries ({MOST_USERS}), or none\n  hint: a flatter shape; fewer users with shorter pauses make the same load"
        ));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    Ok(most as u32)
}

/// How connections are kept, where it is not as usual.
fn connections_in_words(connections: Connections) -> String {
    let policy = match connections.policy {
        Policy::Reuse => None,
        Policy::PerVisitor => Some("one for each visit".to_owned()),
        Policy::New => Some("a new one for each request".to_owned()),
    };
    let most = connections.most.map(|most| format!("at most {most} at a time"));
    policy.into_iter().chain(most).collect::<Vec<_>>().join(", ")
}

/// About how many requests a second the run will send.
fn requests_per_s(config: &RunConfig, plan: &Plan, rate: Option<&Rate>) -> anyhow::Result<f64> {
    let visits_per_s = rate.map(|rate| rate.actions_per_s / plan.actions_per_visit());
    let visits = match config.model {
        Model::Open | Model::Both => visits_per_s.unwrap_or(f64::INFINITY),
        // Users who hardly pause are as fast as the server lets them.
        Model::Users => {
            let cycle = (config.think.mean() + plan.think_per_visit()).as_secs_f64();
            f64::from(users(config, plan, visits_per_s, Duration::ZERO)?) / cycle
        }
        Model::Connections => f64::INFINITY,
    };
    Ok(visits * plan.requests_per_visit())
}

/// An error, and what could not be put in order after it.
fn with_notes(error: &anyhow::Error, left_over: &[ErrandError]) -> anyhow::Error {
    let notes = left_over.iter().map(ToString::to_string);
    let lines: Vec<String> = std::iter::once(format!("{error:#}")).chain(notes).collect();
    anyhow!(lines.join("\n"))
}

/// How many users make this rate: Little's law. What an answer takes is known only where another part ran before; it
/// is small beside the pauses.
fn users(
    config: &RunConfig,
    plan: &Plan,
    visits_per_s: Option<f64>,
    answer: Duration,
) -> anyhow::Result<u32> {
    if let Some(users) = config.users {
        return Ok(users);
    }
    let rate = visits_per_s
        .context("the scenario's actions add up to no rate\n  hint: give the number of users: --users 100")?;
    let cycle = (config.think.mean() + plan.think_per_visit() + answer).as_secs_f64();
    let users = (rate * cycle).ceil();
    if !(1.0..=f64::from(MOST_USERS)).contains(&users) {
        return Err(anyhow!(
            "this rate takes {users} users, and one process has 1 to {MOST_USERS}\n  hint: give --users, or a shorter `load: think`"
        ));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    Ok(users as u32)
}

/// What was agreed on, and how often.
fn facts_of(agreed: Option<TlsFacts>, handshakes: Handshakes) -> Option<TlsFacts> {
    agreed.map(|agreed| TlsFacts { handshakes: handshakes.full, resumed: handshakes.resumed, ..agreed })
}

/// `loadgen 0.1.0 (release)`.
pub(crate) fn version() -> String {
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    format!("loadgen {} ({build})", env!("CARGO_PKG_VERSION"))
}

/// Fingerprint of a scenario's text.
pub(crate) fn scenario_hash(loaded: &Loaded) -> String {
    scenarios::calibration::fingerprint(&loaded.text)
}

pub(crate) fn provenance(
    loaded: &Loaded,
    config: &RunConfig,
    started_unix_s: u64,
) -> scenarios::report::Provenance {
    scenarios::report::Provenance {
        started_unix_s,
        version: version(),
        scenario_hash: scenario_hash(loaded),
        command: config.command.clone(),
        machine: process::machine(),
    }
}
