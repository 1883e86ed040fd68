//! `plan`: what it takes until when, by a capacity that was measured.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use scenarios::Scenario;
use scenarios::calendar::Day;
use scenarios::capacity::{CAPACITY_SCHEMA, Capacity};
use scenarios::plan::Plan;

use super::estimate::{Format, saved};
use super::shell::quoted;
use super::source::{Changes, STDIN, Source, once, plain, read, schema};
use super::{Failure, Outcome, calibration};
use crate::Options;
use crate::calibration::{CapacityRefusal, calibrate};
use crate::plan::{Asked, PlanError, answer, plan};
use crate::show::{json, plan as show};

/// Odd, so that the median of a count is a count.
const SAMPLES: u32 = 10_001;
/// What to do where the file is not one of ours.
const HINT: &str = "it is written by `loadgen capacity FILE_OR_NAME`";

/// Plan servers, database and cost until the horizon, by a capacity that `loadgen capacity` measured
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  estimator plan forum --measured capacity.json
  estimator plan forum --measured capacity.json --from 2027-01-01 --format html -o plan.html
  estimator plan forum --measured capacity.json --calibrate

One node is planned with the measured capacity times the capacity limit (80 %, or the scenario's
`limits: { capacity: ... }`). --calibrate writes SCENARIO.calibration.json beside the scenario (for
a shipped one: into the current folder); later estimates use its numbers and say so.

Exit code: 0 planned, and what the file expects holds; 1 measured numbers refute it; 2 impossible;
3 they leave it open, or the measurement does not tell how much one node holds.")]
pub(super) struct Arguments {
    /// A scenario file, the name of a shipped scenario, or - for standard input
    #[arg(value_name = "FILE_OR_NAME")]
    file: String,
    /// What `loadgen capacity` measured of it
    #[arg(long, value_name = "FILE")]
    measured: String,
    /// The first day of the plan: 2026-12-01 [without it, the day of the measurement]
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Let later estimates of this scenario use what was measured
    #[arg(long)]
    calibrate: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where to write it, instead of the terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Change a value of the file, or add or (with nothing behind the =) remove one; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Your own prices in place of ours: a file with the keys of `prices:`
    #[arg(long, value_name = "FILE")]
    prices: Option<String>,
    /// The same seed gives the same ranges
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Samples behind each range
    #[arg(long, default_value_t = SAMPLES)]
    samples: u32,
}

/// Prints the plan, and writes the calibration where that is asked for.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Arguments {
        file, measured, from, calibrate: is_asked, output, settings, prices, seed, samples, ..
    } = arguments;
    // The plan takes what was measured from its own file.
    let changes = &Changes { settings: settings.clone(), prices: prices.clone(), no_calibration: true };
    once([file.as_str(), measured.as_str()], changes)?;
    let from = from.as_deref().map(str::parse::<Day>).transpose();
    let from = from.map_err(|error| Failure::Message(format!("error: --from: {error}")))?;
    let source = read(file)?;
    let scenario = source.scenario(changes)?;
    let (name, capacity) = capacity(measured)?;
    let options = Options { seed: *seed, samples: *samples };
    let asked = Asked { capacity: &capacity, from, text: &source.text };
    let refused = |error: PlanError| refused(error, &name, &source, changes);
    let plan = plan(&scenario, &source.name, &options, asked).map_err(refused)?;
    let page = printed(&plan, arguments)?;
    match output {
        Some(path) => saved(path, &page)?,
        None => out.write_all(page.as_bytes())?,
    }
    if *is_asked {
        let Some(path) = &source.calibration else {
            return Err(Failure::Message(
                "error: --calibrate: what is read from standard input has no place for a calibration\n  \
                 hint: name the scenario's file"
                    .to_owned(),
            ));
        };
        // It is the file's, whatever this plan changes about it.
        let scenario = Scenario::from_yaml(&source.text).unwrap_or(scenario);
        let calibration = calibrate(&scenario, &capacity).map_err(|error| refused(error.into()))?;
        writeln!(err, "{}", calibration::write(path, &calibration)?)?;
    }
    Ok(answer(&plan))
}

fn printed(plan: &Plan, arguments: &Arguments) -> Result<String, Failure> {
    Ok(match arguments.format {
        Format::Text => show::text(plan, &next(arguments)),
        Format::Markdown => show::markdown(plan),
        Format::Html => show::html(plan),
        Format::Json => json::value(plan).map_err(|error| super::not_json(&error))?,
    })
}

/// Commands worth running now.
fn next(arguments: &Arguments) -> Vec<String> {
    let Arguments { file, measured, calibrate, settings, .. } = arguments;
    if file == STDIN || measured == STDIN || !settings.is_empty() {
        return Vec::new();
    }
    let command = format!("estimator plan {} --measured {}", quoted(file), quoted(measured));
    let mut next = vec![format!("{command} --format html -o plan.html")];
    if *calibrate {
        next.push(format!("estimator estimate {}", quoted(file)));
    } else {
        next.push(format!("{command} --calibrate"));
    }
    next
}

/// Reads what was measured; also what it is called in errors.
fn capacity(file: &str) -> Result<(String, Capacity), Failure> {
    let Source { name, text, .. } = plain(file, HINT)?;
    let refused = |what: String| Failure::Message(format!("error: {name}: {what}\n  hint: {HINT}"));
    let schema = schema(&text).map_err(|what| refused(format!("{what}, expected a measured capacity")))?;
    if schema != CAPACITY_SCHEMA {
        let error = CapacityRefusal::Schema { found: schema };
        return Err(Failure::Message(format!("error: {name}: {error}")));
    }
    let capacity = serde_json::from_str(&text);
    let capacity = capacity.map_err(|error| refused(format!("is no measured capacity: {error}")))?;
    Ok((name, capacity))
}

fn refused(error: PlanError, measured: &str, source: &Source, changes: &Changes) -> Failure {
    match error {
        PlanError::Estimate(error) => source.refused(changes, &error),
        PlanError::Capacity(_) if error.untold().is_some() => {
            Failure::Untold(format!("cannot tell: {measured}: {error}"))
        }
        PlanError::Capacity(error) => Failure::Message(format!("error: {measured}: {error}")),
        PlanError::NoActions => Failure::Message(format!("error: {}: {error}", source.name)),
        PlanError::NoGrowth { .. } | PlanError::TooFar => Failure::Message(format!("error: {error}")),
    }
}

#[cfg(test)]
mod tests;
