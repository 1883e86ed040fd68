//! `fit`: measurements of throughput at several concurrencies become a law, its peak and its predictions.

use std::io::Write;

use clap::{Args, ValueEnum};
use scenarios::show::count;
use scenarios::verdict::{EXIT_UNKNOWN, EXIT_YES};

use super::source::measurements;
use super::{Failure, not_json};
use crate::laws::usl::fit::Ceilings;
use crate::laws::usl::{self, FitError, Reach};
use crate::scaling::report::{GUESS, Options, Outcome};
use crate::scaling::{Asked, ScalingReport, Table, report};
use crate::show::{json, scaling};

/// Fit the Universal Scalability Law to measurements: where is the peak, and what bounds it
#[derive(Debug, Args)]
#[command(
    after_help = "The file has a header and a row for each measurement; columns by name, parted by commas,
semicolons, tabs or blanks; # begins a comment:

  clients,queries/s            any two of concurrency (n, clients, threads, ...),
  1,955.16                     throughput (x, throughput, queries/s, scripts/h, ...) and
  2,1878.91                    latency (latency_ms, response (s), ...); weight if they differ

Examples:
  estimator fit measured.csv --predict 64 --predict 11k/s --predict '30 ms'
  estimator fit - --format json < measured.csv

Exit code: 0 fitted, 2 impossible, 3 when a prediction is beyond what the measurements can tell:
further out than twice the largest measured N, or past a peak where nothing was measured."
)]
pub(super) struct Arguments {
    /// A file of measurements, or - for standard input
    #[arg(value_name = "DATA.csv")]
    file: String,
    /// How the coefficients are found
    #[arg(long, value_enum, default_value_t = Method::LeastSquares)]
    method: Method,
    /// The throughput of one, where it is known, in the unit of the file [without it, it is fitted]
    #[arg(long, value_name = "THROUGHPUT", allow_negative_numbers = true)]
    lambda: Option<f64>,
    /// What to expect at an N (64), at a throughput (11k/s) or at a latency ('30 ms'); may be repeated
    #[arg(long, value_name = "AT", allow_negative_numbers = true, value_delimiter = ',')]
    predict: Vec<String>,
    /// Show a guess further than twice the largest measured N, or past the peak; exit code 3 all the same
    #[arg(long)]
    beyond: bool,
    /// Fit all measurements, also those at a hard ceiling
    #[arg(long)]
    all_points: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Method {
    /// Least squared residuals of the throughput
    LeastSquares,
    /// Gunther's parabola through the transformed measurements, as in older tools; needs N = 1
    Transform,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Text,
    Json,
    Markdown,
}

/// Prints the report.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> super::Outcome {
    let Arguments { file, method: _, lambda: _, predict: _, beyond: _, all_points: _, format } = arguments;
    let options = options(arguments)?;
    let source = measurements(file)?;
    let table = Table::parse(&source.text).map_err(|error| Failure::Message(error.render(&source.name)))?;
    let report = report(&table, &source.name, &options).map_err(|error| refused(&source.name, &error))?;
    let text = match format {
        Form::Text => scaling::text(&report),
        Form::Markdown => scaling::markdown(&report),
        Form::Json => json::value(&report).map_err(|error| not_json(&error))?,
    };
    out.write_all(text.as_bytes())?;
    Ok(answer(&report))
}

/// Cannot tell, where that is what became of a prediction; a guess is none, though it is shown when asked for.
fn answer(report: &ScalingReport) -> u8 {
    let untold = report.predictions.iter().any(|row| match &row.outcome {
        Outcome::CannotTell { .. } => true,
        Outcome::At { remark, .. } => remark.starts_with(GUESS),
        Outcome::Never { .. } => false,
    });
    if untold { EXIT_UNKNOWN } else { EXIT_YES }
}

fn options(arguments: &Arguments) -> Result<Options, Failure> {
    let Arguments { method, lambda, predict, beyond, all_points, .. } = arguments;
    if let Some(lambda) = lambda.filter(|lambda| !lambda.is_finite() || *lambda <= 0.0) {
        let hint = "the throughput of one, above 0, in the unit of the file";
        return Err(Failure::Message(format!("error: --lambda is {lambda}\n  hint: {hint}")));
    }
    let asked = |text: &String| {
        let asked =
            Asked::parse(text).map_err(|error| Failure::Message(format!("error: --predict: {error}")))?;
        Ok((text.clone(), asked))
    };
    Ok(Options {
        fit: usl::Options {
            method: match method {
                Method::LeastSquares => usl::Method::LeastSquares,
                Method::Transform => usl::Method::Transform,
            },
            lambda: *lambda,
            ceilings: if *all_points { Ceilings::Through } else { Ceilings::Below },
        },
        asked: predict.iter().map(asked).collect::<Result<_, Failure>>()?,
        reach: if *beyond { Reach::Anywhere } else { Reach::Measured },
    })
}

fn refused(file: &str, error: &FitError) -> Failure {
    let hint = match error {
        FitError::TooFew { needed: 3, .. } => {
            "measure at more concurrencies, at least 3 and better 6; or give --lambda, which leaves two coefficients"
        }
        FitError::TooFew { .. } => "measure at more concurrencies",
        FitError::NoSingle => {
            "measure N = 1, give it with --lambda, or leave --method out: least squares needs no N = 1"
        }
        FitError::NoLaw | FitError::Law(_) => {
            "are concurrency and throughput in the right columns and above 0?"
        }
        FitError::Beyond { largest, .. } => {
            return Failure::Message(format!(
                "error: {file}: {error}\n  hint: measure further out than {}, or add --beyond",
                count(*largest)
            ));
        }
    };
    Failure::Message(format!("error: {file}: {error}\n  hint: {hint}"))
}

#[cfg(test)]
mod tests;
