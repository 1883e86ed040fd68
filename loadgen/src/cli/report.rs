//! `loadgen report`: the report of an earlier run again, or of several together.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use scenarios::report::Report;

use super::{Format, print, shown, write};
use crate::{answer, merge, results};

/// Folders that are merged at once: each is held in memory with its histograms, some megabytes.
const MOST_FOLDERS: usize = 256;

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// The folder that a run left, or its report.json; several folders become one report
    #[arg(required = true, num_args = 1..=MOST_FOLDERS, value_name = "FOLDER")]
    paths: Vec<PathBuf>,
    /// Merge folders though their scenarios differ
    #[arg(long)]
    force: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write to this file instead of printing
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Carries out `loadgen report`.
pub(super) fn execute(arguments: &ReportArguments) -> anyhow::Result<u8> {
    let report = match arguments.paths.as_slice() {
        [path] => results::read(path)?,
        paths => together(paths, arguments.force)?,
    };
    match &arguments.output {
        Some(path) => write(path, &shown(&report, arguments.format)?)?,
        None => print(&report, arguments.format)?,
    }
    Ok(answer::exit_code(&report))
}

/// The report of several folders.
fn together(paths: &[PathBuf], force: bool) -> anyhow::Result<Report> {
    let mut known = HashSet::new();
    for path in paths {
        let place = path.canonicalize().unwrap_or_else(|_| path.clone());
        if !known.insert(place) {
            bail!("{} is named twice, and would count twice\n  hint: name each folder once", path.display());
        }
    }
    let shares = paths.iter().map(|path| results::share(path)).collect::<anyhow::Result<Vec<_>>>()?;
    merge::merge(&shares, force)?.context("there is nothing to merge")
}
