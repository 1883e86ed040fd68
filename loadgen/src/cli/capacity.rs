//! `loadgen capacity`: the highest rate at which the promises hold, with an interval.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use scenarios::Scenario;
use scenarios::capacity::{Capacity, Outcome};
use scenarios::slo::Objective;
use scenarios::target::Server;
use scenarios::verdict::{EXIT_NO, EXIT_UNKNOWN, EXIT_YES, Finding};

use super::interrupt::on_ctrl_c;
use super::target::TargetArguments;
use super::{load, say, write};
use crate::capacity::measure::{CapacityConfig, measure};
use crate::config::{Asked, RunConfig};
use crate::show::capacity::{markdown, text};
use crate::show::colour::coloured;
use crate::show::html;

/// Less load tells nothing; more is a matter of hours.
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_hours(4);

#[derive(Debug, Args)]
pub(super) struct CapacityArguments {
    /// A scenario file, or the name of one that ships (`forum`)
    scenario: String,
    /// How much load, in time: what is not decided by then is said, and the interval is wider
    #[arg(long, value_name = "TIME", value_parser = crate::config::time_above_zero, default_value = "300s")]
    budget: Duration,
    /// Half of the interval that is narrow enough, as a share of the capacity; the search ends when it has it
    #[arg(long, value_name = "SHARE", value_parser = precision, default_value = "6%")]
    precision: f64,
    /// What has to hold, for all requests, in place of the scenario's promises: `p99 < 50 ms`, `errors < 0.1%`; several times for
    /// several
    #[arg(long, value_name = "PROMISE", value_parser = promise)]
    slo: Vec<Objective>,
    /// Set a switch of the reference server, like `durability=normal`; wins over the scenario's
    #[arg(long = "switch", value_name = "NAME=VALUE", value_parser = crate::config::switch)]
    switches: Vec<(String, String)>,
    /// A command to run before each level but the first, with `TARGET_URL` in its environment, like a script that puts the data of
    /// your server back; the reference server is put back by itself
    #[arg(long, value_name = "COMMAND")]
    between: Option<String>,
    /// How many of this machine's processors the reference server may use; the generator uses them all [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    server_cores: Option<u16>,
    /// Of every random draw [default: 7]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Questions to fill the reference server with: a number, or `full` for all of the scenario's [default: at most 10,000]
    #[arg(long, value_name = "N|full", value_parser = crate::config::scale)]
    scale: Option<crate::offered::ScaleAsked>,
    #[command(flatten)]
    target: TargetArguments,
    /// Folder for the reference server's database, removed afterwards [default: the system's for temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder for results; each search makes one in it
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: CapacityFormat,
    /// Write that to this file, and print the text besides
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// No progress on stderr
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CapacityFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// A comment for a pull request
    Markdown,
    /// A page for a browser
    Html,
}

/// Carries out `loadgen capacity`.
pub(super) fn execute(arguments: CapacityArguments, command: String) -> anyhow::Result<u8> {
    let loaded = load(&arguments.scenario)?;
    if !(SHORTEST..=LONGEST).contains(&arguments.budget) {
        return Err(anyhow!(
            "--budget {} s is not between {} s and {} hours\n  hint: 60s for a first answer, 300s for a good one",
            arguments.budget.as_secs_f64(),
            SHORTEST.as_secs(),
            LONGEST.as_secs() / 3_600
        ));
    }
    // A shape says what a run offers over time, which is what is looked for here.
    let mut scenario = loaded.scenario.clone();
    scenario.load.shape = None;
    let asked = Asked {
        model: Some(scenarios::scenario::Model::Open),
        target: arguments.target.asked(),
        command,
        seed: arguments.seed,
        switches: arguments.switches,
        scale: arguments.scale,
        data: arguments.data,
        out: Some(arguments.out),
        ..Asked::default()
    };
    let run = RunConfig::new(asked, &scenario, &loaded.folder).map_err(anyhow::Error::msg)?;
    let run = RunConfig { keeps_copy: true, ..run };
    let processors = arguments.server_cores.map(usize::from);
    if processors.is_some() && !matches!(run.target.server, Server::Reference) {
        return Err(anyhow!(
            "--server-cores is for the reference server, and the target is another\n  hint: start yours under `taskset -c 0`"
        ));
    }
    #[cfg(feature = "reference-server")]
    let run = RunConfig { make: crate::launch::Make { processors, ..run.make.clone() }, ..run };
    let config = CapacityConfig {
        run,
        budget: arguments.budget,
        precision: arguments.precision,
        between: arguments.between,
        promises: (!arguments.slo.is_empty()).then_some(arguments.slo),
    };
    let interrupted = on_ctrl_c()?;
    let finished = measure(&loaded, &config, &interrupted, arguments.quiet)?;
    let capacity = &finished.capacity;
    if let Some(path) = &arguments.output {
        write(path, &shown(capacity, arguments.format)?)?;
    }
    let printed = if arguments.output.is_some() { CapacityFormat::Text } else { arguments.format };
    let page = shown(capacity, printed)?;
    say(&if printed == CapacityFormat::Text { coloured(&page) } else { page })?;
    if printed == CapacityFormat::Text {
        say(&format!("  {}/capacity.html · capacity.json\n", finished.folder.display()))?;
    }
    Ok(exit_code(capacity))
}

fn shown(capacity: &Capacity, format: CapacityFormat) -> anyhow::Result<String> {
    Ok(match format {
        CapacityFormat::Text => text::page(capacity),
        CapacityFormat::Json => serde_json::to_string_pretty(capacity)? + "\n",
        CapacityFormat::Markdown => markdown::page(capacity),
        CapacityFormat::Html => html::capacity::page(capacity),
    })
}

/// The promise is the user's: where it never holds, or a claim of the file is refuted, the answer is no. A coarse answer is one.
fn exit_code(capacity: &Capacity) -> u8 {
    let refuted = capacity.predictions.iter().any(|one| one.claimed && one.finding == Finding::Refuted);
    match capacity.outcome {
        Outcome::Never => EXIT_NO,
        Outcome::AtLeast | Outcome::CannotTell => EXIT_UNKNOWN,
        Outcome::Found | Outcome::Coarse if refuted => EXIT_NO,
        Outcome::Found | Outcome::Coarse => EXIT_YES,
    }
}

fn precision(text: &str) -> Result<f64, String> {
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map(|percent| percent / 100.0),
        None => text.parse(),
    };
    match share {
        Ok(share) if (0.005..=0.5).contains(&share) => Ok(share),
        _ => Err(format!("expected a share from 0.5% to 50%, found `{text}`")),
    }
}

/// One promise about all requests, read as in a file.
fn promise(text: &str) -> Result<Objective, String> {
    let quoted = serde_json::Value::from(text).to_string();
    let cannot = || format!("expected a promise like `p99 < 50 ms` or `errors < 0.1%`, found `{text}`");
    let scenario = Scenario::from_yaml(&format!("name: x\nslo: {quoted}\n")).map_err(|_| cannot())?;
    let mut objectives = scenario.slo.into_iter();
    match (objectives.next(), objectives.next()) {
        (Some(objective), None) => Ok(objective),
        _ => Err(format!("{}\n  give --slo once for each", cannot())),
    }
}
