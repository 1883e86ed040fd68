//! What a run is asked to do, after the command line and the file have been put together.

mod asked;

use std::path::{Path, PathBuf};
use std::time::Duration;

use scenarios::Scenario;
use scenarios::pause::Pause;
use scenarios::scenario::{Abort, Load, Model};
use scenarios::shape::{Counts, LoadShape};
use scenarios::target::{Server, Target};

use crate::offered::ScaleAsked;
use crate::target;

pub use asked::Asked;
pub(crate) use asked::{rate, scale, switch, time_above_zero};

/// More than any single machine makes.
pub(crate) const MOST_ACTIONS_PER_S: f64 = 10_000_000.0;
/// Seconds that a run measures, unless said otherwise.
const DURATION: Duration = Duration::from_secs(20);
/// Seconds of load before that.
const WARMUP: Duration = Duration::from_secs(4);
/// How long a visitor waits: people leave after 10 s (Nielsen, "Response times", 1993).
const TIMEOUT: Duration = Duration::from_secs(10);
/// Pause of a user: that of the TPC-W benchmark.
const THINK: Pause = Pause::Exponential(Duration::from_secs(7));
/// Over how long the users of the closed model come.
const RAMP: Duration = Duration::from_secs(2);
/// Connections of the model that goes by them: what other programs of its kind are compared at.
const CONNECTIONS: u32 = 64;
/// Of every random draw.
const SEED: u64 = 7;
/// Users of the closed model at most; more ask for more than one machine.
pub(crate) const MOST_USERS: u32 = 20_000;

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
    /// Pause between a user's visits in the closed model.
    pub think: Pause,
    /// Over how long its users come, one after the other.
    pub ramp: Duration,
    /// What is offered over time; the same all the time when absent.
    pub shape: Option<LoadShape>,
    /// How long it measures: as long as the shape, if there is one.
    pub duration: Duration,
    /// How long it loads before.
    pub warmup: Duration,
    /// Whether seconds count in which the host of a virtual machine took its processors away.
    pub count_every_second: bool,
    /// How long it waits for one answer.
    pub timeout: Duration,
    /// Of every random draw.
    pub seed: u64,
    /// Whom to load.
    pub target: Target,
    /// Which build of the reference server, and how it is set.
    #[cfg(feature = "reference-server")]
    pub make: crate::launch::Make,
    /// Where a command that starts the target is run.
    pub folder: PathBuf,
    /// When it ends by itself.
    pub abort: Abort,
    /// How much data to seed.
    pub scale: ScaleAsked,
    /// Whether a copy of the filled database is kept, so that the reference server can be put back to it.
    pub keeps_copy: bool,
    /// Folder for the results of all runs.
    pub out: PathBuf,
    /// Folder for the server's database.
    pub data: PathBuf,
    /// The command, for the report.
    pub command: String,
}

/// Switches were typed, and nobody is there who would obey them.
fn refuse_switches_of_others(sets_switches: bool, target: &Target) -> Result<(), String> {
    if sets_switches && !matches!(target.server, Server::Reference) {
        return Err("`--switch` sets a switch of the reference server, and the target is another\n  hint: leave one of the two out".to_owned());
    }
    Ok(())
}

/// The switches of the reference server as words of its command, of which the last of a name counts.
#[cfg(feature = "reference-server")]
fn switches(scenario: &Scenario, asked: &Asked) -> Vec<String> {
    let of_the_file = scenario.switches.iter().map(|switch| (&switch.name, &switch.value));
    let typed = asked.switches.iter().map(|(name, value)| (name, value));
    of_the_file.chain(typed).map(|(name, value)| format!("--{name}={value}")).collect()
}

impl RunConfig {
    /// The command line wins over the file, the file over the defaults; paths of the file are below `folder`.
    ///
    /// # Errors
    /// Two wishes exclude each other; with a hint.
    pub fn new(asked: Asked, scenario: &Scenario, folder: &Path) -> Result<RunConfig, String> {
        let load = &scenario.load;
        let model = match asked.connections {
            Some(_) => Some(Model::Connections),
            None => asked.model,
        };
        let model = model_of(model, load, asked.shape.as_ref())?;
        refuse_beside_a_shape(&asked, load)?;
        refuse_beside_a_model(&asked, model)?;
        let sets_switches = !asked.switches.is_empty();
        #[cfg(feature = "reference-server")]
        let switches = switches(scenario, &asked);
        let shape = asked.shape.or_else(|| load.shape.clone());
        if let Some(users) = asked.users.or(load.users).filter(|users| *users > MOST_USERS) {
            return Err(format!(
                "{users} users are more than one process carries ({MOST_USERS})\n  hint: fewer users with shorter pauses make the same load"
            ));
        }
        let folder = if asked.target.command.is_some() { Path::new("") } else { folder };
        let mut target = target::settle(asked.target, scenario.target.as_ref(), folder)?;
        refuse_switches_of_others(sets_switches, &target)?;
        target.connections.policy = asked.connection_policy.unwrap_or(target.connections.policy);
        Ok(RunConfig {
            model,
            rate: asked.rate,
            users: asked.users.or(load.users),
            connections: asked.connections.or(load.connections).unwrap_or(CONNECTIONS),
            think: asked.think.or(load.think).unwrap_or(THINK),
            // A shape says how users come; the first of them need a moment nevertheless.
            ramp: asked.ramp.or(load.ramp).filter(|_| shape.is_none()).unwrap_or(RAMP),
            duration: shape
                .as_ref()
                .map(LoadShape::length)
                .or(asked.duration)
                .or(load.duration)
                .unwrap_or(DURATION),
            shape,
            warmup: asked.warmup.or(load.warmup).unwrap_or(WARMUP),
            count_every_second: asked.count_every_second,
            timeout: load.timeout.unwrap_or(TIMEOUT),
            seed: asked.seed.or(load.seed).unwrap_or(SEED),
            target,
            #[cfg(feature = "reference-server")]
            make: crate::launch::Make { program: None, switches, processors: None },
            folder: folder.to_path_buf(),
            abort: asked.abort.unwrap_or(load.abort),
            scale: asked.scale.unwrap_or(ScaleAsked::Small),
            keeps_copy: false,
            out: asked.out.unwrap_or_else(|| PathBuf::from("results")),
            data: asked.data.unwrap_or_else(std::env::temp_dir),
            command: asked.command,
        })
    }

    /// What runs one after the other: of both models the open one first, then users who do other visits than it did.
    #[must_use]
    pub fn parts(&self) -> (RunConfig, Option<RunConfig>) {
        let part = |model, seed| RunConfig { model, seed, ..self.clone() };
        match self.model {
            Model::Both => (
                part(Model::Open, self.seed),
                // The server has what the first part wrote: the same visits again would write the same once more.
                Some(part(Model::Users, self.seed.wrapping_add(1))),
            ),
            model => (part(model, self.seed), None),
        }
    }
}

/// Which model runs: what was typed wins over the file, and a shape of rates or of users belongs to one of them.
fn model_of(asked: Option<Model>, load: &Load, typed: Option<&LoadShape>) -> Result<Model, String> {
    let Some(shape) = typed.or(load.shape.as_ref()) else { return Ok(asked.unwrap_or(load.model)) };
    // A shape that is typed is of a run of its own: what the file says of its model was meant for another load.
    let said = asked.or_else(|| (typed.is_none() && load.model != Model::Open).then_some(load.model));
    match (shape.counts(), said) {
        (_, Some(Model::Both)) => {
            Err("a shape is offered by one model\n  hint: --open or --closed, without --both".to_owned())
        }
        (_, Some(Model::Connections)) => Err("connections ask as soon as they are answered, so that nothing has a shape\n  hint: leave out the shape, or the connections".to_owned()),
        (Counts::Rates, Some(Model::Users)) => {
            Err("rates belong to the open model\n  hint: `ramp 0..500 users for 30 s` is for users"
                .to_owned())
        }
        (Counts::Users, Some(Model::Open)) => {
            Err("users belong to the closed model\n  hint: `ramp 0..500/s for 30 s` is for rates".to_owned())
        }
        (Counts::Users, _) => Ok(Model::Users),
        (Counts::Rates, _) => Ok(Model::Open),
        (Counts::Either, said) => {
            Ok(said.unwrap_or(if load.model == Model::Users { Model::Users } else { Model::Open }))
        }
    }
}

/// What was typed for another model than the one that runs.
fn refuse_beside_a_model(asked: &Asked, model: Model) -> Result<(), String> {
    if model == Model::Users && asked.rate.is_some() {
        return Err("--rate belongs to the open model; users act when they have thought\n  hint: leave out --closed, or give --users".to_owned());
    }
    if model == Model::Connections && asked.rate.is_some() {
        return Err("--rate belongs to the open model; connections ask as soon as they are answered\n  hint: leave out --connections and `load: model`, or leave out --rate".to_owned());
    }
    if model != Model::Users && asked.users.is_some() {
        return Err(
            "--users belongs to the closed model\n  hint: add --closed or --both, or give --rate".to_owned()
        );
    }
    let has_users = matches!(model, Model::Users | Model::Both);
    for (option, is_asked) in [("--think", asked.think.is_some()), ("--ramp", asked.ramp.is_some())] {
        if is_asked && !has_users {
            return Err(format!(
                "{option} belongs to the users of the closed model\n  hint: add --closed or --both"
            ));
        }
    }
    Ok(())
}

/// What else was typed and would say nothing beside a shape.
fn refuse_beside_a_shape(asked: &Asked, load: &Load) -> Result<(), String> {
    let Some(shape) = asked.shape.as_ref().or(load.shape.as_ref()) else { return Ok(()) };
    if asked.duration.is_some() {
        return Err("the shape says how long the run is\n  hint: leave out --duration, or give --shape with other times".to_owned());
    }
    if asked.ramp.is_some() {
        return Err("the shape says how users come\n  hint: leave out --ramp, or write `ramp 0..500 users for 30 s` into the shape".to_owned());
    }
    let base = match (asked.rate, asked.users) {
        (Some(_), _) => "--rate",
        (None, Some(_)) => "--users",
        (None, None) => return Ok(()),
    };
    if shape.is_relative() {
        return Ok(());
    }
    Err(format!(
        "the shape says by itself how much is offered\n  hint: leave out {base}, or write levels that are multiples of it, like `50%` or `2x`"
    ))
}

#[cfg(test)]
mod tests {
    use scenarios::target::Policy;

    use super::*;

    fn config(asked: Asked, load: &str) -> RunConfig {
        let text = format!("name: a\ntarget: {{ url: http://h:1, connections: per visitor }}\n{load}\n");
        let scenario = Scenario::from_yaml(&text).unwrap();
        RunConfig::new(asked, &scenario, Path::new("")).unwrap()
    }

    #[test]
    fn what_is_typed_wins_over_the_file_and_the_file_over_the_defaults() {
        let s = Duration::from_secs;
        let none = config(Asked::default(), "");
        assert_eq!((none.think, none.ramp, none.abort), (Pause::Exponential(s(7)), s(2), Abort::Default));
        let load = "load: { model: users, think: lognormal 8 s sigma 0.5, ramp: 30 s, abort: errors > 50% }";
        let file = config(Asked::default(), load);
        assert_eq!(file.think, Pause::LogNormal { median: s(8), sigma: 0.5 });
        assert_eq!((file.ramp, file.target.connections.policy), (s(30), Policy::PerVisitor));
        let asked = Asked {
            think: scenarios::parse_pause("1..3 s").ok(),
            ramp: Some(s(5)),
            abort: scenarios::parse_abort("10%").ok(),
            connection_policy: Some(Policy::New),
            ..Asked::default()
        };
        let typed = config(asked, load);
        assert_eq!((typed.think.to_string().as_str(), typed.ramp), ("1 s..3 s", s(5)));
        assert_eq!(typed.target.connections.policy, Policy::New);
        assert_eq!(Ok(typed.abort), scenarios::parse_abort("errors > 10%"));
        assert_eq!(scenarios::parse_abort("never"), Ok(Abort::Never));
    }
}
