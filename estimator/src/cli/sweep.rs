//! `sweep`: numbers over the range of an input.

use std::io::Write;

use clap::Args;
use scenarios::verdict::EXIT_YES;

use super::compare::Tabular;
use super::estimate::estimate;
use super::source::{Changes, read};
use super::{Failure, Outcome, calibration};
use crate::Options;
use crate::show::{json, sweep as show};
use crate::sweep::{Scale, SweepError, Vary, sweep};

/// Follow numbers over the range of an input, and find where a count steps or an advice turns
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  estimator sweep forum --vary users.daily=10k..10M
  estimator sweep forum --vary node.cores=1..16 --of servers --of 'total cost' --format csv")]
pub(super) struct Arguments {
    /// A scenario file, the name of a shipped scenario, or - for standard input
    #[arg(value_name = "FILE_OR_NAME")]
    file: String,
    /// What is varied, and from where to where: users.daily=10k..10M
    #[arg(long, value_name = "KEY=LOW..HIGH")]
    vary: String,
    /// A number to follow, as `estimate` names it; may be repeated [without it, the usual ones]
    #[arg(long, value_name = "QUANTITY")]
    of: Vec<String>,
    /// How many steps
    #[arg(long, default_value_t = 10)]
    steps: usize,
    /// Steps of equal ratio [the default for wide ranges]
    #[arg(long, conflicts_with = "linear")]
    log: bool,
    /// Steps of equal difference
    #[arg(long)]
    linear: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Tabular::Text)]
    format: Tabular,
    #[command(flatten)]
    changes: Changes,
    /// The same seed gives the same ranges
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Samples behind each range
    #[arg(long, default_value_t = SAMPLES)]
    samples: u32,
}

/// Fewer than an estimate takes, since there are dozens of them; odd, so that the median of a count is a count.
const SAMPLES: u32 = 1_001;

/// Prints the table, its curves and its turning points.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> Outcome {
    let Arguments { file, vary, of, steps, log, linear, format, changes, seed, samples } = arguments;
    let scale = if *log { Some(Scale::Log) } else { linear.then_some(Scale::Linear) };
    let vary = Vary::parse(vary, *steps, scale)
        .map_err(|error| Failure::Message(format!("error: --vary: {error}")))?;
    let source = read(file)?;
    let options = Options { seed: *seed, samples: *samples };
    let swept = sweep(&vary, &each(of), |setting| {
        let settings = changes.settings.iter().cloned().chain([setting.to_owned()]).collect();
        estimate(&source, &Changes { settings, ..changes.clone() }, &options)
            .map(|(_, estimate)| estimate)
            .map_err(
                |failure| if changes.settings.is_empty() { failure.of_option("--vary") } else { failure },
            )
    })?;
    if let Some(said) = calibration::said(&source, changes)? {
        writeln!(err, "{said}")?;
    }
    let text = match format {
        Tabular::Text => show::text(&swept),
        Tabular::Markdown => show::markdown(&swept),
        Tabular::Csv => show::csv(&swept),
        Tabular::Json => json::value(&swept).map_err(|error| super::not_json(&error))?,
    };
    out.write_all(text.as_bytes())?;
    Ok(EXIT_YES)
}

/// `servers,total cost` names two, `song, 3 copies` one: a comma within a name has a blank behind it.
fn each(of: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in of.iter().flat_map(|names| names.split(',').enumerate()) {
        match (part, names.last_mut()) {
            ((index, part), Some(last)) if index > 0 && part.starts_with(' ') => {
                last.push(',');
                last.push_str(part);
            }
            ((_, part), _) => names.push(part.to_owned()),
        }
    }
    names
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Failure {
        Failure::Message(format!("error: --of: {error}"))
    }
}

#[cfg(test)]
mod tests;
