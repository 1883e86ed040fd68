//! `reference`: the table to memorise.

use std::collections::BTreeMap;
use std::io::Write;

use clap::{Args, ValueEnum};
use scenarios::verdict::EXIT_YES;

use super::Outcome;
use super::compare::Tabular;
use crate::reference::Topic;
use crate::show::{json, reference as show};

/// Print units, sizes, latencies, prices, nines and defaults, each with its source
#[derive(Debug, Args)]
#[command(after_help = "Example: estimator reference latencies prices")]
pub(super) struct Arguments {
    /// Which parts [without any, all]
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Tabular::Text)]
    format: Tabular,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    Units,
    Powers,
    Sizes,
    Latencies,
    Prices,
    Nines,
    Defaults,
}

impl From<Part> for Topic {
    fn from(part: Part) -> Topic {
        match part {
            Part::Units => Topic::Units,
            Part::Powers => Topic::Powers,
            Part::Sizes => Topic::Sizes,
            Part::Latencies => Topic::Latencies,
            Part::Prices => Topic::Prices,
            Part::Nines => Topic::Nines,
            Part::Defaults => Topic::Defaults,
        }
    }
}

/// Prints the parts.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> Outcome {
    let Arguments { parts, format } = arguments;
    let topics: Vec<Topic> = match parts[..] {
        [] => Topic::ALL.to_vec(),
        _ => parts.iter().map(|part| (*part).into()).collect(),
    };
    let text = match format {
        Tabular::Text => show::text(&topics),
        Tabular::Markdown => show::markdown(&topics),
        Tabular::Csv => show::csv(&topics),
        Tabular::Json => {
            let all: BTreeMap<&str, _> = topics.iter().map(|topic| (topic.name(), topic.facts())).collect();
            json::value(&all).map_err(|error| super::not_json(&error))?
        }
    };
    out.write_all(text.as_bytes())?;
    Ok(EXIT_YES)
}
