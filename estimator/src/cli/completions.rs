//! `completions`: what a shell needs to complete our commands and options.

use std::io::Write;

use clap::{Args, CommandFactory};
use scenarios::verdict::EXIT_YES;

use super::{Cli, Outcome};

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  estimator completions bash > ~/.local/share/bash-completion/completions/estimator
  estimator completions zsh > \"${fpath[1]}/_estimator\"
  estimator completions fish > ~/.config/fish/completions/estimator.fish")]
pub(super) struct Arguments {
    /// Which shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Prints the script.
pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> Outcome {
    // The generator panics when writing fails, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "estimator", &mut script);
    out.write_all(&script)?;
    Ok(EXIT_YES)
}
