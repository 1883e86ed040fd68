//! `list`: the scenarios that ship.

use std::io::Write;

use clap::Args;
use scenarios::shipped::{SHIPPED, Shipped};
use scenarios::verdict::EXIT_YES;

use super::Outcome;

/// List the scenarios that ship with the tool
#[derive(Debug, Args)]
#[command(after_help = "Example: estimator list")]
pub(super) struct Arguments {}

/// Prints a line for each.
pub(super) fn run(_: &Arguments, out: &mut dyn Write) -> Outcome {
    let width = SHIPPED.iter().map(|shipped| shipped.name.len()).max().unwrap_or(0);
    let about_width = SHIPPED.iter().map(|shipped| shipped.about.chars().count()).max().unwrap_or(0);
    let line = |shipped: &Shipped| {
        format!("{:<width$}  {:<about_width$}  {}", shipped.name, shipped.about, shipped.source)
    };
    for shipped in SHIPPED.iter().filter(|shipped| !shipped.is_lever()) {
        writeln!(out, "{}", line(shipped))?;
    }
    writeln!(
        out,
        "\nlevers of the reference forum, each with what is predicted of it (loadgen compare NAME):"
    )?;
    for shipped in SHIPPED.iter().filter(|shipped| shipped.is_lever()) {
        writeln!(out, "{}", line(shipped))?;
    }
    Ok(EXIT_YES)
}
