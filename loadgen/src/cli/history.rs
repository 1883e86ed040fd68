//! `loadgen history`: in which run a step came in.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use scenarios::verdict::EXIT_YES;

use super::say;
use crate::{history, show};

#[derive(Debug, Args)]
pub(super) struct HistoryArguments {
    /// The file that `loadgen check --history` adds to
    file: PathBuf,
    /// Figures as they were measured, instead of those chained from pairs
    #[arg(long)]
    raw: bool,
    /// Look for steps by E-divisive means, as other tools do: quicker, and fooled by outliers and drift
    #[arg(long)]
    e_divisive: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: HistoryFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum HistoryFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Carries out `loadgen history`.
pub(super) fn execute(arguments: &HistoryArguments) -> anyhow::Result<u8> {
    let entries = history::read(&arguments.file)?;
    let series = history::series(&entries, arguments.raw, arguments.e_divisive);
    say(&match arguments.format {
        HistoryFormat::Text => show::history::page(&series),
        HistoryFormat::Json => serde_json::to_string_pretty(&series)? + "\n",
    })?;
    Ok(EXIT_YES)
}
