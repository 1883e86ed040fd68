//! `loadgen report`: the report of an earlier run again.

use std::path::PathBuf;

use clap::Args;

use super::{Format, say, shown, write};
use crate::{answer, results};

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// The folder that a run left, or its report.json
    path: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write to this file instead of printing
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Carries out `loadgen report`.
pub(super) fn execute(arguments: &ReportArguments) -> anyhow::Result<u8> {
    let report = results::read(&arguments.path)?;
    let text = shown(&report, arguments.format)?;
    match &arguments.output {
        Some(path) => write(path, &text)?,
        None => say(&text)?,
    }
    Ok(answer::exit_code(&report))
}
