//! `estimate`: all numbers of one or more scenarios.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use scenarios::Scenario;
use scenarios::estimate::Estimate;
use scenarios::verdict::{EXIT_FAILED, EXIT_NO, EXIT_YES, Finding};

use super::shell::quoted;
use super::source::{Changes, STDIN, Source, once, read};
use super::{Failure, Outcome, Sampling, calibration};
use crate::{Options, estimate_calibrated, show};

/// Estimate traffic, storage, bandwidth, servers and cost of a scenario
#[derive(Debug, Args)]
#[command(
    after_help = "Example: estimator estimate forum --set users.daily=2M --set 'actions.ask.per user=0.1..0.5'"
)]
pub(super) struct Arguments {
    /// Scenario files, names of shipped scenarios (see `list`), or - for standard input
    #[arg(required = true, value_name = "FILE_OR_NAME")]
    files: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where to write it, instead of the terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    sampling: Sampling,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Markdown,
    /// One page with pictures, to look at in a browser
    Html,
}

/// Prints them, or writes them to the file that is asked for.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Some(path) = &arguments.output else { return print(arguments, out, err) };
    let mut page = anstream::StripStream::new(Vec::new());
    let code = print(arguments, &mut page, err)?;
    let page = page.into_inner();
    // Where there is no estimate, what was there before stays.
    if !page.is_empty() {
        saved(path, &String::from_utf8_lossy(&page))?;
    }
    Ok(code)
}

/// Writes a page to a file; colours are for terminals.
pub(super) fn saved(path: &Path, page: &str) -> Result<(), Failure> {
    std::fs::write(path, anstream::adapter::strip_str(page).to_string()).map_err(|error| {
        let shown = path.display();
        let hint = match error.kind() {
            ErrorKind::NotFound => "its folder does not exist: make it, or name another",
            ErrorKind::IsADirectory => "name a file in it",
            _ => "check its folder and its permissions",
        };
        Failure::Message(format!("error: {shown}: cannot be written: {error}\n  hint: {hint}"))
    })
}

/// One after the other; a file that cannot be estimated does not stop the others.
fn print(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Arguments { files, format, output: _, changes, sampling } = arguments;
    once(files.iter().map(String::as_str), changes)?;
    let options = (*sampling).into();
    let mut code = EXIT_YES;
    let mut is_first = true;
    for file in files {
        match read(file).and_then(|source| estimate(&source, changes, &options)) {
            Ok((scenario, estimate)) => {
                if !is_first && !matches!(format, Format::Json) {
                    writeln!(out)?;
                }
                is_first = false;
                out.write_all(
                    printed(&estimate, *format, &next(&scenario, &estimate, file, changes))?.as_bytes(),
                )?;
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

/// Reads a scenario with its changes and computes its numbers.
pub(super) fn estimate(
    source: &Source,
    changes: &Changes,
    options: &Options,
) -> Result<(Scenario, Estimate), Failure> {
    let scenario = source.scenario(changes)?;
    let calibration = calibration::of(source, changes)?;
    let estimate = estimate_calibrated(&scenario, &source.name, options, calibration.as_ref())
        .map_err(|error| source.refused(changes, &error))?;
    Ok((scenario, estimate))
}

/// An estimate as `format` asks for it.
pub(super) fn printed(estimate: &Estimate, format: Format, next: &[String]) -> Result<String, Failure> {
    Ok(match format {
        Format::Text => show::text::text(estimate, next),
        Format::Markdown => show::markdown::markdown(estimate),
        Format::Html => show::html::html(estimate),
        Format::Json => show::json::json(estimate).map_err(|error| super::not_json(&error))?,
    })
}

/// Commands worth running now: the number with the longest way, and a run where there is something to ask.
fn next(scenario: &Scenario, estimate: &Estimate, file: &str, changes: &Changes) -> Vec<String> {
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
    let set = changes.settings.iter().flat_map(|setting| [" --set ".to_owned(), quoted(setting)]);
    let set: String = set.collect();
    let mut next: Vec<String> =
        explained.map(|name| format!("estimator explain {file} {}{set}", quoted(name))).into_iter().collect();
    // A run knows the file alone.
    if !scenario.requests.is_empty() && changes.settings.is_empty() {
        next.push(format!("loadgen run {file}"));
        if scenario.users.growth.is_some() {
            next.push(format!("estimator plan {file} --measured capacity.json"));
        }
    }
    next
}
