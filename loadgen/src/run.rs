//! One run from beginning to end: estimate, start, fill, load, measure, stop, and hold the one against the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use scenarios::Scenario;
use scenarios::report::{Report, TargetFacts};
use scenarios::scenario::Model;
use scenarios::show;

use crate::config::{MOST_USERS, RunConfig};
use crate::drive::{self, Aim, Driven};
use crate::journey::{self, Plan};
use crate::live::Live;
use crate::offered::{self, Rate};
use crate::process;
use crate::schedule::Fingerprint;
use crate::subject::{self, Subject};
use crate::{material, results, summarise, target, write_up};

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
    let mut live = Live::new(is_quiet);
    let Loaded { scenario, file, .. } = loaded;
    let options = estimator::Options::default();
    let estimate =
        estimator::estimate(scenario, file, &options).map_err(|error| anyhow!("{file}: {error}"))?;
    let rates = offered::mean_rates(scenario, &estimate);
    let rate = match config.model {
        Model::Open => Some(
            offered::rate(scenario, &estimate, config.rate)
                .map_err(|problem| anyhow!("{file}: {problem}"))?,
        ),
        // Users may be given outright; only otherwise does their number follow from the rate.
        Model::Users => offered::rate(scenario, &estimate, None).ok(),
    };
    let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let folder = results::folder(&config.out, &scenario.name, started)?;
    let attempt = (|| {
        let mut material = material::gather(loaded)?;
        let mut subject = subject::prepare(scenario, config, &mut material, interrupted, &live)?;
        material.keeps_secure_cookies = subject.address.socket.ip().is_loopback();
        material.now_unix_s = started;
        let plan = Arc::new(
            journey::compile(scenario, &rates, &material, &subject.address.host)
                .map_err(|error| anyhow!("{file}: {error}"))?,
        );
        target::ask_once(&plan, subject.address.socket, config.seed)?;
        let driven = load(scenario, config, &plan, rate.as_ref(), &subject, &folder, interrupted, &mut live)?;
        let trouble = subject.stop();
        let facts =
            TargetFacts { url: subject.address.url.clone(), what: subject.what, seeded: subject.seeded };
        let mut report = write_up::report(&write_up::Run {
            scenario,
            estimate: &estimate,
            config,
            plan: &plan,
            rate: rate.as_ref(),
            driven: &driven,
            target: facts,
            provenance: provenance(loaded, config, started),
        });
        if let Err(trouble) = trouble {
            report.notes.push(format!("{trouble:#}"));
        }
        results::write(&folder, &report)?;
        anyhow::Ok(report)
    })();
    match attempt {
        Ok(report) => Ok(Finished { report, folder }),
        Err(error) => {
            // A folder without a report would be mistaken for a run; what is in it is an empty log at most.
            drop(std::fs::remove_dir_all(&folder));
            Err(error)
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the one place where all threads of a run come together")]
fn load(
    scenario: &Scenario,
    config: &RunConfig,
    plan: &Arc<Plan>,
    rate: Option<&Rate>,
    subject: &Subject,
    folder: &Path,
    interrupted: &Arc<AtomicBool>,
    live: &mut Live,
) -> anyhow::Result<Driven> {
    let names: Vec<&str> = plan.actions.iter().map(|action| action.name.as_str()).collect();
    let attainments = summarise::attainments(&scenario.slo, &names);
    let (server, metrics) = subject.insight();
    let aim = Aim { address: subject.address.socket, server, metrics, folder, interrupted };
    let visits_per_s = rate.map(|rate| rate.actions_per_s / plan.actions_per_visit());
    match config.model {
        Model::Open => {
            let visits_per_s = visits_per_s.context("the open model needs a rate")?;
            drive::open(plan, config, scenario.load.arrivals, visits_per_s, attainments, &aim, live)
        }
        Model::Users => {
            let users = users(config, plan, visits_per_s)?;
            live.say(&format!(
                "{users} users, each pausing {} on average",
                show::seconds(config.think.as_secs_f64())
            ));
            drive::users(plan, config, users, attainments, &aim, live)
        }
    }
}

/// How many users make the scenario's peak: Little's law, with the answers' own time left out (it is small beside the
/// pauses, and unknown before the run).
fn users(config: &RunConfig, plan: &Plan, visits_per_s: Option<f64>) -> anyhow::Result<u32> {
    if let Some(users) = config.users {
        return Ok(users);
    }
    let rate = visits_per_s
        .context("the scenario's actions add up to no rate\n  hint: give the number of users: --users 100")?;
    let cycle = (config.think + plan.think_per_visit()).as_secs_f64();
    let users = (rate * cycle).ceil();
    if !(1.0..=f64::from(MOST_USERS)).contains(&users) {
        return Err(anyhow!(
            "the scenario's peak takes {users} users, and one process has 1 to {MOST_USERS}\n  hint: give --users, or a shorter `load: think`"
        ));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    Ok(users as u32)
}

/// `loadgen 0.1.0 (release)`.
pub(crate) fn version() -> String {
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    format!("loadgen {} ({build})", env!("CARGO_PKG_VERSION"))
}

fn provenance(loaded: &Loaded, config: &RunConfig, started_unix_s: u64) -> scenarios::report::Provenance {
    let mut hash = Fingerprint::new();
    hash.bytes(loaded.text.as_bytes());
    scenarios::report::Provenance {
        started_unix_s,
        version: version(),
        scenario_hash: format!("{:016x}", hash.get()),
        command: config.command.clone(),
        machine: process::machine(),
    }
}
