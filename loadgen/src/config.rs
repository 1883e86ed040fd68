//! What a run is asked to do, after the command line and the file have been put together.

use std::path::PathBuf;
use std::time::Duration;

use scenarios::Scenario;
use scenarios::scenario::Model;

use crate::offered::ScaleAsked;

/// Seconds that a run measures, unless said otherwise.
const DURATION: Duration = Duration::from_secs(20);
/// Seconds of load before that.
const WARMUP: Duration = Duration::from_secs(4);
/// How long a visitor waits: people leave after 10 s (Nielsen, "Response times", 1993).
const TIMEOUT: Duration = Duration::from_secs(10);
/// Mean pause of a user: that of the TPC-W benchmark.
const THINK: Duration = Duration::from_secs(7);
/// Connections of the model that goes by them: what other programs of its kind are compared at.
const CONNECTIONS: u32 = 64;
/// Of every random draw.
const SEED: u64 = 7;
/// Users of the closed model at most; more ask for more than one machine.
pub(crate) const MOST_USERS: u32 = 20_000;

/// What was typed; `None` where it was not.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Run the closed model.
    pub closed: bool,
    /// Actions per second.
    pub rate: Option<f64>,
    /// Users of the closed model.
    pub users: Option<u32>,
    /// Run on so many connections, without a pause.
    pub connections: Option<u32>,
    /// Seconds to measure.
    pub duration: Option<Duration>,
    /// Seconds to load before.
    pub warmup: Option<Duration>,
    /// Count also what the host of a virtual machine disturbed.
    pub count_every_second: bool,
    /// Of every random draw.
    pub seed: Option<u64>,
    /// Whom to load.
    pub target: Option<String>,
    /// How much data to seed.
    pub scale: Option<ScaleAsked>,
    /// Where results go.
    pub out: Option<PathBuf>,
    /// Where the server's database goes.
    pub data: Option<PathBuf>,
    /// The command, for the report.
    pub command: String,
}

/// What a run does.
#[derive(Clone, Debug)]
pub struct RunConfig {
    /// Which model of the users.
    pub model: Model,
    /// Actions per second, if asked for.
    pub rate: Option<f64>,
    /// Users, if asked for.
    pub users: Option<u32>,
    /// Connections of the model that goes by them.
    pub connections: u32,
    /// Mean pause in the closed model.
    pub think: Duration,
    /// How long it measures.
    pub duration: Duration,
    /// How long it loads before.
    pub warmup: Duration,
    /// Whether seconds count in which the host of a virtual machine took its processors away.
    pub count_every_second: bool,
    /// How long it waits for one answer.
    pub timeout: Duration,
    /// Of every random draw.
    pub seed: u64,
    /// Whom to load; the reference server when absent.
    pub target: Option<String>,
    /// How much data to seed.
    pub scale: ScaleAsked,
    /// Folder for the results of all runs.
    pub out: PathBuf,
    /// Folder for the server's database.
    pub data: PathBuf,
    /// The command, for the report.
    pub command: String,
}

impl RunConfig {
    /// The command line wins over the file, the file over the defaults.
    ///
    /// # Errors
    /// Two wishes exclude each other; with a hint.
    pub fn new(asked: Asked, scenario: &Scenario) -> Result<RunConfig, String> {
        let load = &scenario.load;
        let model = match (asked.connections, asked.closed) {
            (Some(_), _) => Model::Connections,
            (None, true) => Model::Users,
            (None, false) => load.model,
        };
        if model == Model::Users && asked.rate.is_some() {
            return Err("--rate belongs to the open model; users act when they have thought\n  hint: leave out --closed, or give --users".to_owned());
        }
        if model == Model::Connections && asked.rate.is_some() {
            return Err("--rate belongs to the open model; connections ask as soon as they are answered\n  hint: leave out --connections and `load: model`, or leave out --rate".to_owned());
        }
        if model != Model::Users && asked.users.is_some() {
            return Err(
                "--users belongs to the closed model\n  hint: add --closed, or give --rate".to_owned()
            );
        }
        if let Some(users) = asked.users.or(load.users).filter(|users| *users > MOST_USERS) {
            return Err(format!(
                "{users} users are more than one process carries ({MOST_USERS})\n  hint: fewer users with shorter pauses make the same load"
            ));
        }
        let target = asked.target.or_else(|| scenario.target.as_ref().map(|target| target.url.clone()));
        Ok(RunConfig {
            model,
            rate: asked.rate,
            users: asked.users.or(load.users),
            connections: asked.connections.or(load.connections).unwrap_or(CONNECTIONS),
            think: load.think.unwrap_or(THINK),
            duration: asked.duration.or(load.duration).unwrap_or(DURATION),
            warmup: asked.warmup.or(load.warmup).unwrap_or(WARMUP),
            count_every_second: asked.count_every_second,
            timeout: load.timeout.unwrap_or(TIMEOUT),
            seed: asked.seed.or(load.seed).unwrap_or(SEED),
            target,
            scale: asked.scale.unwrap_or(ScaleAsked::Small),
            out: asked.out.unwrap_or_else(|| PathBuf::from("results")),
            data: asked.data.unwrap_or_else(std::env::temp_dir),
            command: asked.command,
        })
    }
}
