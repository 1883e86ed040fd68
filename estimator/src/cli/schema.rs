//! `schema`: what an editor needs to complete and check a scenario file.

use std::io::Write;

use clap::Args;
use scenarios::verdict::EXIT_YES;

use super::Outcome;
use crate::show::json;

/// Print the JSON Schema of a scenario file, for editors
#[derive(Debug, Args)]
#[command(after_help = "Example:
  estimator schema > scenario.schema.json
and as the first line of a scenario, for editors with a YAML language server:
  # yaml-language-server: $schema=scenario.schema.json")]
pub(super) struct Arguments {}

/// Prints the schema.
pub(super) fn run(_: &Arguments, out: &mut dyn Write) -> Outcome {
    let schema = json::value(&scenarios::schema::scenario()).map_err(|error| super::not_json(&error))?;
    out.write_all(schema.as_bytes())?;
    Ok(EXIT_YES)
}
