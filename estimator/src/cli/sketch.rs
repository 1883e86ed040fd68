//! `sketch`: the tables and the REST resources that a scenario implies.

use std::io::Write;

use clap::{Args, ValueEnum};
use scenarios::verdict::EXIT_YES;

use super::estimate::estimate;
use super::source::{Changes, read};
use super::{Outcome, Sampling, calibration};
use crate::show::{json, sketch as show};
use crate::sketch::sketch;

/// Sketch the tables and the REST resources that a scenario implies
#[derive(Debug, Args)]
#[command(after_help = "Example: estimator sketch forum --format markdown")]
pub(super) struct Arguments {
    /// A scenario file, the name of a shipped scenario, or - for standard input
    #[arg(value_name = "FILE_OR_NAME")]
    file: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    sampling: Sampling,
}

/// The forms of a sketch.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// Prints tables, then resources.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Arguments { file, format, changes, sampling } = arguments;
    let source = read(file)?;
    let (scenario, estimate) = estimate(&source, changes, &(*sampling).into())?;
    if let Some(said) = calibration::said(&source, changes)? {
        writeln!(err, "{said}")?;
    }
    let sketch = sketch(&scenario, &estimate);
    let text = match format {
        Format::Text => show::text(&sketch),
        Format::Markdown => show::markdown(&sketch),
        Format::Json => json::value(&sketch).map_err(|error| super::not_json(&error))?,
    };
    out.write_all(text.as_bytes())?;
    Ok(EXIT_YES)
}

#[cfg(test)]
mod tests;
