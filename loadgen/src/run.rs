//! One run from beginning to end: estimate, start, fill, load, measure, stop, and hold the one against the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use scenarios::Scenario;
use scenarios::report::{Report, Seeded, TargetFacts};
use scenarios::requests::VariableSource;
use scenarios::scenario::Model;
use scenarios::show;

use crate::config::{MOST_USERS, RunConfig};
use crate::drive::{self, Aim, Driven};
use crate::journey::{self, Material, Plan};
use crate::live::Live;
use crate::offered::{self, Rate};
use crate::process;
use crate::schedule::Fingerprint;
use crate::target::{self, Address};
use crate::{results, summarise, write_up};

/// Sessions that the seed prepares for visitors.
const VISITORS: u32 = 500;

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

/// Whom a run loads.
struct Subject {
    address: Address,
    what: String,
    seeded: Option<Seeded>,
    #[cfg(feature = "reference-server")]
    server: Option<crate::launch::Launched>,
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
        let mut material = materials(loaded)?;
        let mut subject = subject(scenario, config, &mut material, interrupted, &live)?;
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

/// Reads what the scenario's variables come from.
fn materials(loaded: &Loaded) -> anyhow::Result<Material> {
    let mut material = Material::default();
    for variable in &loaded.scenario.variables {
        match &variable.source {
            VariableSource::Environment(name) => {
                if let Ok(value) = std::env::var(name) {
                    material.environment.insert(name.clone(), value);
                }
            }
            VariableSource::Csv { file, .. } => {
                let table = crate::table::read(&loaded.folder.join(file))?;
                material.files.insert(file.clone(), table);
            }
            VariableSource::Zipf { .. } | VariableSource::Seeded(_) => {}
        }
    }
    Ok(material)
}

fn subject(
    scenario: &Scenario,
    config: &RunConfig,
    material: &mut Material,
    interrupted: &AtomicBool,
    live: &Live,
) -> anyhow::Result<Subject> {
    if let Some(url) = &config.target {
        let address = target::resolve(url)?;
        return Ok(Subject {
            what: address.host.clone(),
            address,
            seeded: None,
            #[cfg(feature = "reference-server")]
            server: None,
        });
    }
    own_server(scenario, config, material, interrupted, live)
}

#[cfg(feature = "reference-server")]
fn own_server(
    scenario: &Scenario,
    config: &RunConfig,
    material: &mut Material,
    interrupted: &AtomicBool,
    live: &Live,
) -> anyhow::Result<Subject> {
    use crate::launch::{Filling, launch};

    refuse_choices(scenario)?;
    let scale = offered::scale(scenario, config.scale);
    let filling = Filling { questions: scale.questions, visitors: VISITORS, seed: config.seed };
    live.say(&format!("filling the reference server with {} questions", show::count(scale.questions as f64)));
    let server = launch(&config.data, &filling, interrupted)?;
    let seeded = Seeded {
        questions: server.seeded.questions,
        scenario_questions: scale.scenario_questions,
        rule: scale.rule,
        database_bytes: server.seeded.database_bytes,
        seconds: server.seeded.seconds,
        storage: server.seeded.storage.clone(),
    };
    live.say(&format!(
        "{} on {} · seeded {} questions in {}",
        server.what,
        server.address,
        show::count(seeded.questions as f64),
        show::seconds(seeded.seconds)
    ));
    material.seeded.insert("question".to_owned(), server.seeded.questions);
    material.seeded.insert("user".to_owned(), server.seeded.users);
    material.visitors = server.visitors.clone();
    // The port differs from run to run; were it in the Host header, equal seeds would not give equal bytes.
    let address = Address {
        host: "localhost".to_owned(),
        socket: server.address,
        url: format!("http://{}", server.address),
    };
    Ok(Subject { address, what: server.what.clone(), seeded: Some(seeded), server: Some(server) })
}

#[cfg(not(feature = "reference-server"))]
fn own_server(
    _: &Scenario,
    _: &RunConfig,
    _: &mut Material,
    _: &AtomicBool,
    _: &Live,
) -> anyhow::Result<Subject> {
    Err(anyhow!(
        "this loadgen was built without the reference server\n  hint: name a target with --target URL"
    ))
}

/// The reference server obeys what it can; what it cannot is refused, so that no report speaks of a cache that was
/// never there.
#[cfg(feature = "reference-server")]
fn refuse_choices(scenario: &Scenario) -> anyhow::Result<()> {
    for choice in &scenario.choices {
        let is_default = matches!(
            (choice.name.as_str(), choice.value.as_str()),
            ("database", "sqlite") | ("writes", "sync") | ("replicas" | "cache", "0")
        );
        if !is_default {
            return Err(anyhow!(
                "line {}: the reference server has no `{}: {}` yet\n  hint: leave the line out to measure it as it is, or measure a server of your own with --target",
                choice.line,
                choice.name,
                choice.value
            ));
        }
    }
    Ok(())
}

impl Subject {
    /// Its process and the address of its counters, if they can be seen.
    fn insight(&self) -> (Option<rustix::process::Pid>, Option<String>) {
        #[cfg(feature = "reference-server")]
        if let Some(server) = &self.server {
            return (Some(server.pid()), Some(format!("http://{}/metrics", server.address)));
        }
        (None, None)
    }

    fn stop(&mut self) -> anyhow::Result<()> {
        #[cfg(feature = "reference-server")]
        if let Some(server) = &mut self.server {
            return server.stop();
        }
        Ok(())
    }
}

fn provenance(loaded: &Loaded, config: &RunConfig, started_unix_s: u64) -> scenarios::report::Provenance {
    let mut hash = Fingerprint::new();
    hash.bytes(loaded.text.as_bytes());
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    scenarios::report::Provenance {
        started_unix_s,
        version: format!("loadgen {} ({build})", env!("CARGO_PKG_VERSION")),
        scenario_hash: format!("{:016x}", hash.get()),
        command: config.command.clone(),
        machine: process::machine(),
    }
}
