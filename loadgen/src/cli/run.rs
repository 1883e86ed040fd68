//! `loadgen run`: one run, its report, and the exit code that follows from it.

use std::path::PathBuf;

use clap::Args;
use scenarios::scenario::Model;

use super::interrupt::on_ctrl_c;
use super::target::TargetArguments;
use super::{Format, load, print, say, shown, write};
use crate::answer;
use crate::config::{Asked, RunConfig};
use crate::run::run;
use crate::show;

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// A scenario file, or the name of one that ships (`forum`)
    scenario: String,
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    target: TargetArguments,
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
    let RunArguments { scenario: _, model, asked, target, format, output, quiet } = arguments;
    let asked = Asked { model: model.asked(), target: target.asked(), command, ..asked };
    let config = RunConfig::new(asked, &loaded.scenario, &loaded.folder).map_err(anyhow::Error::msg)?;
    let interrupted = on_ctrl_c()?;
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
