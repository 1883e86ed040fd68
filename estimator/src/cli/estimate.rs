//! `estimate`: all numbers of one or more scenarios.

use std::io::Write;

use clap::{Args, ValueEnum};
use scenarios::Scenario;
use scenarios::estimate::Estimate;
use scenarios::verdict::{EXIT_FAILED, EXIT_NO, EXIT_YES, Finding};

use super::shell::quoted;
use super::source::{STDIN, read};
use super::{Failure, Outcome, Sampling, refused};
use crate::{Options, show};

/// Estimate traffic, storage, bandwidth, servers and cost of a scenario
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Scenario files, names of shipped scenarios (see `list`), or - for standard input
    #[arg(required = true, value_name = "FILE_OR_NAME")]
    files: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    sampling: Sampling,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Markdown,
}

/// Prints one after the other; a file that cannot be estimated does not stop the others.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Arguments { files, format, sampling } = arguments;
    let options = (*sampling).into();
    let mut code = EXIT_YES;
    let mut is_first = true;
    for file in files {
        match estimate(file, &options) {
            Ok((scenario, estimate)) => {
                if !is_first && !matches!(format, Format::Json) {
                    writeln!(out)?;
                }
                is_first = false;
                out.write_all(printed(&scenario, &estimate, file, *format)?.as_bytes())?;
                code = code.max(answer(&estimate));
            }
            Err(failure) => {
                writeln!(err, "{failure}")?;
                code = EXIT_FAILED;
            }
        }
    }
    Ok(code)
}

/// No, where a claim of the file is refuted.
pub(super) fn answer(estimate: &Estimate) -> u8 {
    let refuted = estimate.claims.iter().any(|claim| claim.verdict == Finding::Refuted);
    if refuted { EXIT_NO } else { EXIT_YES }
}

fn estimate(file: &str, options: &Options) -> Result<(Scenario, Estimate), Failure> {
    let source = read(file)?;
    let scenario = source.scenario()?;
    let estimate = crate::estimate(&scenario, &source.name, options).map_err(refused)?;
    Ok((scenario, estimate))
}

/// An estimate as `format` asks for it.
pub(super) fn printed(
    scenario: &Scenario,
    estimate: &Estimate,
    file: &str,
    format: Format,
) -> Result<String, Failure> {
    Ok(match format {
        Format::Text => show::text::text(estimate, &next(scenario, estimate, file)),
        Format::Markdown => show::markdown::markdown(estimate),
        Format::Json => show::json::json(estimate)
            .map_err(|error| Failure::Message(format!("error: not expressible as JSON: {error}")))?,
    })
}

/// Commands worth running now: the number with the longest way, and a run where there is something to ask.
fn next(scenario: &Scenario, estimate: &Estimate, file: &str) -> Vec<String> {
    if file == STDIN {
        // What was piped in is gone.
        return Vec::new();
    }
    let file = quoted(file);
    let worth = ["peak requests", "total, kept"];
    let found = |name: &&str| estimate.quantities.iter().any(|quantity| quantity.name == **name);
    let copies = estimate.quantities.iter().find(|quantity| quantity.name.ends_with(" copies"));
    let explained =
        copies.map(|quantity| quantity.name.as_str()).or(worth.into_iter().find(|name| found(name)));
    let mut next: Vec<String> =
        explained.map(|name| format!("estimator explain {file} {}", quoted(name))).into_iter().collect();
    if !scenario.requests.is_empty() {
        next.push(format!("loadgen run {file}"));
    }
    next
}
