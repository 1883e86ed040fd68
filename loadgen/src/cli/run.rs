//! `loadgen run`: one run, its report, and the exit code that follows from it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use scenarios::scenario::Model;
use scenarios::shape::LoadShape;

use super::target::TargetArguments;
use super::{Format, load, print, say, shown, write};
use crate::answer;
use crate::config::{Asked, MOST_ACTIONS_PER_S, RunConfig};
use crate::offered::{MOST_QUESTIONS, ScaleAsked};
use crate::run::run;
use crate::show;

/// Exit status after a second Ctrl-C, as shells have it (128 + SIGINT).
pub(super) const EXIT_INTERRUPTED: i32 = 130;

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// A scenario file, or the name of one that ships (`forum`)
    scenario: String,
    #[command(flatten)]
    model: ModelArguments,
    /// Actions per second [default: the peak of the scenario's action table]
    #[arg(long, value_name = "PER_SECOND", value_parser = rate, allow_negative_numbers = true)]
    rate: Option<f64>,
    /// Users of the closed model [default: as many as make the peak]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    users: Option<u32>,
    /// That many connections, each of which asks again as soon as it is answered, as fast as that goes: for throughput,
    /// and to bracket a capacity; pauses are left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000), conflicts_with_all = ["open", "closed", "both", "rate", "users"])]
    connections: Option<u32>,
    /// What to offer over time instead of one rate, phases parted by commas: `300/s for 1 min`, `ramp 10/s..300/s for 30 s`,
    /// `steps 100/s..500/s by 100/s for 10 s each`, `spike 5x for 10 s`, `pause 5 s`, `daily in 60 s`; `50%` and `2x` are of
    /// the rate that a run offers otherwise, and `ramp 0..500 users for 30 s` is for the closed
    /// model; it takes the place of --duration, and what the host disturbs is set aside and not made up for
    #[arg(long, value_name = "PHASES", value_parser = scenarios::parse_shape)]
    shape: Option<LoadShape>,
    /// How long to measure, like `20s` or `5 min`; what the host of a virtual machine disturbs is made up for, at most by
    /// as long again [default: 20 s]
    #[arg(long, value_name = "TIME", value_parser = time_above_zero)]
    duration: Option<Duration>,
    /// How long to load before that; not counted [default: 4 s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    warmup: Option<Duration>,
    /// Count also the seconds in which the host of a virtual machine took its processors away, which are set aside
    /// otherwise and made up for by a longer run
    #[arg(long)]
    count_every_second: bool,
    /// Of every random draw: the same seed offers the same load, byte for byte [default: 7]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    target: TargetArguments,
    /// Questions to fill the reference server with: a number, or `full` for all of the scenario's [default: at most 10,000]
    #[arg(long, value_name = "N|full", value_parser = scale)]
    scale: Option<ScaleAsked>,
    /// Folder for results; each run makes one in it
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Folder for the reference server's database, removed after the run [default: the system's for temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write that to this file, and print the text besides
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// No progress on stderr
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Args)]
struct ModelArguments {
    /// Open model: arrivals at a rate, whatever the server does [default, unless the scenario says otherwise]
    #[arg(long)]
    open: bool,
    /// Closed model: users who wait for the answer and think, instead of arrivals at a rate
    #[arg(long, conflicts_with = "open")]
    closed: bool,
    /// The open model, then the same throughput from users, side by side: what the closed model hides
    #[arg(long, conflicts_with_all = ["open", "closed"])]
    both: bool,
}

impl ModelArguments {
    fn asked(&self) -> Option<Model> {
        let ModelArguments { open, closed, both } = *self;
        let models = [(open, Model::Open), (closed, Model::Users), (both, Model::Both)];
        models.into_iter().find(|(is_asked, _)| *is_asked).map(|(_, model)| model)
    }
}

/// Carries out `loadgen run`.
pub(super) fn execute(arguments: RunArguments, command: String) -> anyhow::Result<u8> {
    let (format, output) = (arguments.format, arguments.output.clone());
    let scenario = arguments.scenario.clone();
    let done = carry_out(arguments, command);
    if let (Err(error), Format::Junit) = (&done, format) {
        // A build server that finds no file would show nothing at all.
        let text = show::junit::could_not_be_done(&scenario, &format!("{error:#}"));
        match &output {
            Some(path) => write(path, &text)?,
            None => say(&text)?,
        }
    }
    done
}

fn carry_out(arguments: RunArguments, command: String) -> anyhow::Result<u8> {
    let loaded = load(&arguments.scenario)?;
    let RunArguments {
        scenario: _,
        model,
        rate,
        users,
        connections,
        shape,
        duration,
        warmup,
        count_every_second,
        seed,
        target,
        scale,
        out,
        data,
        format,
        output,
        quiet,
    } = arguments;
    let asked = Asked {
        model: model.asked(),
        rate,
        users,
        connections,
        shape,
        duration,
        warmup,
        count_every_second,
        seed,
        target: target.asked(),
        scale,
        out: Some(out),
        data,
        command,
    };
    let config = RunConfig::new(asked, &loaded.scenario, &loaded.folder).map_err(anyhow::Error::msg)?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = interrupted.clone();
    // Before goose installs its own: the first handler stays. The second Ctrl-C ends at once, and the server with us.
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            #[cfg(feature = "reference-server")]
            crate::launch::clean_up();
            std::process::exit(EXIT_INTERRUPTED);
        }
    })?;
    let finished = run(&loaded, &config, &interrupted, quiet)?;
    let report = &finished.report;
    if let Some(path) = &output {
        write(path, &shown(report, format)?)?;
    }
    let printed = if output.is_some() { Format::Text } else { format };
    print(report, printed)?;
    if matches!(printed, Format::Text) {
        let folder = finished.folder.display();
        let users = if finished.report.both.is_some() { " · latency-users.hlog" } else { "" };
        say(&format!("  {folder}/report.html · report.json · latency.hlog{users}\n"))?;
    }
    Ok(answer::exit_code(&finished.report))
}

pub(super) fn rate(text: &str) -> Result<f64, String> {
    match text.trim_end_matches("/s").parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= MOST_ACTIONS_PER_S => Ok(rate),
        _ => Err(format!("expected a number of actions per second above 0, found `{text}`")),
    }
}

fn time(text: &str) -> Result<Duration, String> {
    scenarios::parse_duration(text)
}

pub(super) fn time_above_zero(text: &str) -> Result<Duration, String> {
    match time(text)? {
        Duration::ZERO => Err("must be more than zero".to_owned()),
        time => Ok(time),
    }
}

pub(super) fn scale(text: &str) -> Result<ScaleAsked, String> {
    if text == "full" {
        return Ok(ScaleAsked::Full);
    }
    match text.parse::<u64>() {
        Ok(questions) if (1..=MOST_QUESTIONS).contains(&questions) => Ok(ScaleAsked::Questions(questions)),
        _ => Err(format!("expected `full` or a number from 1 to {MOST_QUESTIONS}, found `{text}`")),
    }
}
