//! `explain`: one number, down to the lines of the file.

use std::io::Write;

use clap::Args;
use scenarios::verdict::EXIT_YES;

use super::source::{Changes, read};
use super::{Outcome, Sampling, calibration};
use crate::show;

/// Show where a number comes from, down to the lines of the file
#[derive(Debug, Args)]
#[command(after_help = "Example: estimator explain forum \"peak actions\" --set users.daily=2M")]
pub(super) struct Arguments {
    /// A scenario file, the name of a shipped scenario, or - for standard input
    #[arg(value_name = "FILE_OR_NAME")]
    file: String,
    /// Which number, as `estimate` names it: "peak actions"
    quantity: String,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    sampling: Sampling,
}

/// Prints the chain of formulas.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Arguments { file, quantity, changes, sampling } = arguments;
    let source = read(file)?;
    let scenario = source.scenario(changes)?;
    let calibration = calibration::of(&source, changes)?;
    let options = (*sampling).into();
    let explanation =
        crate::explain_calibrated(&scenario, &source.name, &options, calibration.as_ref(), quantity)
            .map_err(|error| source.refused(changes, &error))?;
    if let Some(said) = calibration::said(&source, changes)? {
        writeln!(err, "{said}")?;
    }
    write!(out, "{}", show::explanation::explanation(&explanation, &scenario.conventions))?;
    Ok(EXIT_YES)
}
