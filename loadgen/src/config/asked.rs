//! What was typed about a run: the options of `loadgen run` that say what it does.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use scenarios::pause::Pause;
use scenarios::scenario::{Abort, Model};
use scenarios::shape::LoadShape;
use scenarios::target::Policy;

use super::MOST_ACTIONS_PER_S;
use crate::offered::{MOST_QUESTIONS, ScaleAsked};
use crate::target::TargetAsked;

/// What was typed; `None` where it was not. The comments are the help of the options.
#[derive(Args, Clone, Debug, Default)]
pub struct Asked {
    /// Which model to run; the file's unless said.
    #[arg(skip)]
    pub model: Option<Model>,
    /// Whom to load.
    #[arg(skip)]
    pub target: TargetAsked,
    /// The command, for the report.
    #[arg(skip)]
    pub command: String,
    /// Actions per second [default: the peak of the scenario's action table]
    #[arg(long, value_name = "PER_SECOND", value_parser = rate, allow_negative_numbers = true)]
    pub rate: Option<f64>,
    /// Set a switch of the reference server, like `durability=normal`; wins over the scenario's
    #[arg(long = "switch", value_name = "NAME=VALUE", value_parser = switch)]
    pub switches: Vec<(String, String)>,
    /// Users of the closed model [default: as many as make the peak]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub users: Option<u32>,
    /// That many connections, each of which asks again as soon as it is answered, as fast as that goes: for throughput,
    /// and to bracket a capacity; pauses are left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000), conflicts_with_all = ["open", "closed", "both", "rate", "users"])]
    pub connections: Option<u32>,
    /// What to offer over time instead of one rate, phases parted by commas: `300/s for 1 min`, `ramp 10/s..300/s for 30 s`,
    /// `steps 100/s..500/s by 100/s for 10 s each`, `spike 5x for 10 s`, `pause 5 s`, `daily in 60 s`; `50%` and `2x` are of
    /// the rate that a run offers otherwise, and `ramp 0..500 users for 30 s` is for the closed
    /// model; it takes the place of --duration, and what the host disturbs is set aside and not made up for
    #[arg(long, value_name = "PHASES", value_parser = scenarios::parse_shape)]
    pub shape: Option<LoadShape>,
    /// How long to measure, like `20s` or `5 min`; what the host of a virtual machine disturbs is made up for, at most by
    /// as long again [default: 20 s]
    #[arg(long, value_name = "TIME", value_parser = time_above_zero)]
    pub duration: Option<Duration>,
    /// How long to load before that; not counted [default: 4 s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub warmup: Option<Duration>,
    /// Count also the seconds in which the host of a virtual machine took its processors away, which are set aside
    /// otherwise and made up for by a longer run
    #[arg(long)]
    pub count_every_second: bool,
    /// Of every random draw: the same seed offers the same load, byte for byte [default: 7]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Pause of a user between two visits: `5 s`, `1..3 s`, `exponential 7 s`, `lognormal 8 s sigma 0.5`
    /// [default: exponential 7 s]
    #[arg(long, value_name = "PAUSE", value_parser = scenarios::parse_pause)]
    pub think: Option<Pause>,
    /// Over how long the users of the closed model come, one after the other; the warm-up begins when all are there
    /// [default: 2 s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub ramp: Option<Duration>,
    /// How connections are kept: for the next request, for the rest of the visit, or not at all [default: reuse]
    #[arg(long, value_name = "POLICY", value_parser = policy)]
    pub connection_policy: Option<Policy>,
    /// End when more than this share of the requests of the last ten seconds failed: `10%`, or `never` [default: 90%]
    #[arg(long, value_name = "SHARE", value_parser = scenarios::parse_abort)]
    pub abort: Option<Abort>,
    /// Questions to fill the reference server with: a number, or `full` for all of the scenario's [default: at most 10,000]
    #[arg(long, value_name = "N|full", value_parser = scale)]
    pub scale: Option<ScaleAsked>,
    /// Folder for results; each run makes one in it [default: results]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Folder for the reference server's database, removed after the run [default: the system's for temporary files]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `reuse`, `per-visitor` or `new`, as in `target: { connections: per visitor }`.
fn policy(text: &str) -> Result<Policy, String> {
    match text.replace('-', " ").as_str() {
        "reuse" => Ok(Policy::Reuse),
        "per visitor" => Ok(Policy::PerVisitor),
        "new" => Ok(Policy::New),
        _ => Err(format!("expected reuse, per-visitor or new, found `{text}`")),
    }
}

pub(crate) fn rate(text: &str) -> Result<f64, String> {
    match text.trim_end_matches("/s").parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= MOST_ACTIONS_PER_S => Ok(rate),
        _ => Err(format!("expected a number of actions per second above 0, found `{text}`")),
    }
}

/// `durability=normal`: as the server's command line has it, without the dashes.
pub(crate) fn switch(text: &str) -> Result<(String, String), String> {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    match text.split_once('=') {
        Some((name, value)) if is_name(name) && !name.starts_with('-') && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err(format!(
            "expected a name and a value like `durability=normal`, found `{text}` (`reference-server serve --help` lists them)"
        )),
    }
}

fn time(text: &str) -> Result<Duration, String> {
    scenarios::parse_duration(text)
}

pub(crate) fn time_above_zero(text: &str) -> Result<Duration, String> {
    match time(text)? {
        Duration::ZERO => Err("must be more than zero".to_owned()),
        time => Ok(time),
    }
}

pub(crate) fn scale(text: &str) -> Result<ScaleAsked, String> {
    if text == "full" {
        return Ok(ScaleAsked::Full);
    }
    match text.parse::<u64>() {
        Ok(questions) if (1..=MOST_QUESTIONS).contains(&questions) => Ok(ScaleAsked::Questions(questions)),
        _ => Err(format!("expected `full` or a number from 1 to {MOST_QUESTIONS}, found `{text}`")),
    }
}
