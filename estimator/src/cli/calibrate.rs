//! `calibrate`: lets later estimates of a scenario use what was measured of it.

use std::io::Write;

use clap::Args;
use scenarios::calibration::Calibration;
use scenarios::capacity::{CAPACITY_SCHEMA, Capacity};
use scenarios::report::{REPORT_SCHEMA, Report};
use scenarios::scenario::Scenario;
use scenarios::verdict::EXIT_YES;

use super::source::{Changes, Source, once, plain, read, schema};
use super::{Failure, Outcome, calibration};
use crate::calibration::{CapacityRefusal, RunRefusal, calibrate, calibrate_by_run};

const HINT: &str = "give the report.json that `loadgen run` wrote into its folder, or the capacity.json of `loadgen capacity`";

/// Let later estimates of a scenario use what a run or a search for capacity measured of it
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  estimator calibrate forum --measured results/forum-20261130-101500/report.json
  estimator calibrate board.yaml --measured capacity.json

From a run: processor time and SQL statements of a request, bytes of an answer and of a row. From a search for
capacity: also how much one node holds. SCENARIO.calibration.json is written beside the scenario (for a
shipped one: into the current folder); later estimates use its numbers and say so, until you delete it.

Exit code: 0 written; 2 impossible; 3 the measurement does not tell.")]
pub(super) struct Arguments {
    /// A scenario file, or the name of a shipped scenario
    #[arg(value_name = "FILE_OR_NAME")]
    file: String,
    /// What was measured of it
    #[arg(long, value_name = "FILE")]
    measured: String,
}

/// Writes the calibration, and says what it holds.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> Outcome {
    let Arguments { file, measured } = arguments;
    let changes = &Changes { no_calibration: true, ..Changes::default() };
    once([file.as_str(), measured.as_str()], changes)?;
    let source = read(file)?;
    let scenario = source.scenario(changes)?;
    let Some(path) = &source.calibration else {
        return Err(Failure::Message(
            "error: what is read from standard input has no place for a calibration\n  \
             hint: name the scenario's file"
                .to_owned(),
        ));
    };
    let calibration = found(&scenario, &source, measured)?;
    for quantity in &calibration.quantities {
        let shown = scenarios::show::value(quantity.value.p50, quantity.unit, &scenario.conventions);
        writeln!(out, "{}: {shown} ({})", quantity.quantity, quantity.how)?;
    }
    writeln!(out, "{}", calibration::write(path, &calibration)?)?;
    Ok(EXIT_YES)
}

/// What the file tells, whichever of the two it is: both say their schema, and one has a generator's verdict.
fn found(scenario: &Scenario, source: &Source, measured: &str) -> Result<Calibration, Failure> {
    let Source { name, text, .. } = plain(measured, HINT)?;
    let refused = |what: String| Failure::Message(format!("error: {name}: {what}\n  hint: {HINT}"));
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| refused(format!("is no JSON: {error}")))?;
    let schema = schema(&text).map_err(|what| refused(format!("{what}, expected a report or a capacity")))?;
    if value.get("generator").is_some() {
        if schema != REPORT_SCHEMA {
            return Err(said(&name, false, &RunRefusal::Schema { found: schema }));
        }
        let report: Report = serde_json::from_value(value)
            .map_err(|error| refused(format!("is no report of a run: {error}")))?;
        return calibrate_by_run(scenario, &source.text, &report)
            .map_err(|error| said(&name, error.is_untold(), &error));
    }
    if schema != CAPACITY_SCHEMA {
        return Err(said(&name, false, &CapacityRefusal::Schema { found: schema }));
    }
    let capacity: Capacity = serde_json::from_value(value)
        .map_err(|error| refused(format!("is neither a report nor a measured capacity: {error}")))?;
    calibrate(scenario, &capacity)
        .map_err(|error| said(&name, matches!(error, CapacityRefusal::Untold(_)), &error))
}

fn said(name: &str, is_untold: bool, why: &dyn std::fmt::Display) -> Failure {
    if is_untold {
        Failure::Untold(format!("cannot tell: {name}: {why}"))
    } else {
        Failure::Message(format!("error: {name}: {why}"))
    }
}
