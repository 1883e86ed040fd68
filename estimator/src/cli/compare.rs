//! `compare`: scenarios, or changes to one, side by side.

use std::io::Write;

use clap::{Args, ValueEnum};
use scenarios::verdict::EXIT_YES;

use super::estimate::estimate;
use super::source::{Changes, Source, once, read};
use super::{Failure, Outcome, Sampling, calibration};
use crate::compare::compare;
use crate::show::comparison::{self, Rows};
use crate::show::json;

/// Put scenarios, or changes to one, side by side with the ratio of each number
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  estimator compare forum stack-exchange-2016
  estimator compare forum --with users.daily=10M --with 'users.daily=10M; node.cores=16'")]
pub(super) struct Arguments {
    /// Scenario files, names of shipped scenarios, or - for standard input; the first is what the
    /// others are held against
    #[arg(required = true, value_name = "FILE_OR_NAME")]
    files: Vec<String>,
    /// A further side: the first scenario with these changes (several with ; between); may be repeated
    #[arg(long = "with", value_name = "KEY=VALUE")]
    variants: Vec<String>,
    /// Show every number, not only those that differ
    #[arg(long)]
    all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Tabular::Text)]
    format: Tabular,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    sampling: Sampling,
}

/// The forms of a table.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Tabular {
    Text,
    Json,
    Markdown,
    Csv,
}

/// As many as fit beside each other on a screen.
const MOST_SIDES: usize = 4;

/// Prints the table and the advice that differs.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Arguments { files, variants, all, format, changes, sampling } = arguments;
    let sides = sides(files, variants, changes)?;
    let options = (*sampling).into();
    let estimates = sides
        .iter()
        .map(|(label, source, changes)| match estimate(source, changes, &options) {
            Ok((_, estimate)) => Ok((label.clone(), estimate)),
            Err(failure) if variants.contains(label) => Err(failure.of_option("--with")),
            Err(failure) => Err(failure),
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let mut told: Vec<String> = Vec::new();
    for (_, source, changes) in &sides {
        told.extend(calibration::said(source, changes)?.filter(|said| !told.contains(said)));
    }
    for said in told {
        writeln!(err, "{said}")?;
    }
    let compared = compare(&estimates);
    let text = match format {
        Tabular::Text => comparison::text(&compared, if *all { Rows::All } else { Rows::Differing }),
        Tabular::Markdown => comparison::markdown(&compared),
        Tabular::Csv => comparison::csv(&compared),
        Tabular::Json => json::value(&compared).map_err(|error| super::not_json(&error))?,
    };
    out.write_all(text.as_bytes())?;
    Ok(EXIT_YES)
}

/// What each side is called, its text and its changes.
type Sides = Vec<(String, Source, Changes)>;

fn sides(files: &[String], variants: &[String], changes: &Changes) -> Result<Sides, Failure> {
    let number = files.len() + variants.len();
    if !(2..=MOST_SIDES).contains(&number) {
        return Err(Failure::Message(format!(
            "error: {number} to compare; between 2 and {MOST_SIDES} are possible\n  \
             hint: name another scenario, or change this one: `--with users.daily=10M`"
        )));
    }
    once(files.iter().map(String::as_str), changes)?;
    let mut sides: Sides = Vec::new();
    for file in files {
        sides.push((file.clone(), read(file)?, changes.clone()));
    }
    if let Some((_, first, _)) = sides.first().cloned() {
        for variant in variants {
            let own = variant.split(';').map(|setting| setting.trim().to_owned());
            let settings = changes.settings.iter().cloned().chain(own).collect();
            sides.push((variant.clone(), first.clone(), Changes { settings, ..changes.clone() }));
        }
    }
    Ok(sides)
}

#[cfg(test)]
mod tests;
