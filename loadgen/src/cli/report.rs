//! `loadgen report`: the report of an earlier run again.

use std::path::PathBuf;

use clap::Args;

use super::{Format, print};
use crate::{answer, results};

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// The folder that a run left, or its report.json
    path: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Carries out `loadgen report`.
pub(super) fn execute(arguments: &ReportArguments) -> anyhow::Result<u8> {
    let report = results::read(&arguments.path)?;
    print(&report, arguments.format)?;
    Ok(answer::exit_code(&report))
}
