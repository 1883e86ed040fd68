//! The command line: what can be typed, and what becomes of it.
//!
//! This module and those below it are the only ones with I/O: they read files, write results to stdout and errors to
//! stderr, and turn outcomes into exit codes. A command is a file of its own, with a line in `Command` and a line in
//! `execute`: a function of its arguments and a writer, so that tests need no process.

mod calibrate;
mod calibration;
mod compare;
mod completions;
mod estimate;
mod explain;
mod fit;
mod list;
mod new;
mod plan;
mod quick;
mod reference;
mod schema;
mod shell;
mod sketch;
mod source;
mod sweep;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use scenarios::verdict::{EXIT_FAILED, EXIT_UNKNOWN, EXIT_YES};

use crate::Options;

/// Back-of-the-envelope arithmetic that shows its working.
#[derive(Debug, Parser)]
#[command(name = "estimator", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Estimate(estimate::Arguments),
    Explain(explain::Arguments),
    Plan(plan::Arguments),
    Calibrate(calibrate::Arguments),
    Quick(quick::Arguments),
    Compare(compare::Arguments),
    Sweep(sweep::Arguments),
    Sketch(sketch::Arguments),
    New(new::Arguments),
    Reference(reference::Arguments),
    Fit(fit::Arguments),
    List(list::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

/// Carries out a command and returns its exit code.
fn execute(command: &Command, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let result = match command {
        Command::Estimate(arguments) => estimate::run(arguments, out, err),
        Command::Explain(arguments) => explain::run(arguments, out, err),
        Command::Plan(arguments) => plan::run(arguments, out, err),
        Command::Calibrate(arguments) => calibrate::run(arguments, out),
        Command::Compare(arguments) => compare::run(arguments, out, err),
        Command::Sweep(arguments) => sweep::run(arguments, out, err),
        Command::Sketch(arguments) => sketch::run(arguments, out, err),
        Command::Quick(arguments) => quick::run(arguments, out),
        Command::New(arguments) => new::run(arguments, out, err),
        Command::Reference(arguments) => reference::run(arguments, out),
        Command::Fit(arguments) => fit::run(arguments, out),
        Command::List(arguments) => list::run(arguments, out),
        Command::Schema(arguments) => schema::run(arguments, out),
        Command::Completions(arguments) => completions::run(arguments, out),
    };
    match result.and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => code,
        // The reader has seen enough: `estimator list | head -1`.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => EXIT_YES,
        Err(failure) => {
            let _ = writeln!(err, "{failure}");
            if matches!(failure, Failure::Untold(_)) { EXIT_UNKNOWN } else { EXIT_FAILED }
        }
    }
}

/// Runs the command that the arguments name, the program's own name first.
pub fn run(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            // Nothing is left to report to when this fails.
            let _ = anstream::stderr().write_all(refused(&error).as_bytes());
            return ExitCode::from(EXIT_FAILED);
        }
        // Help and version.
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(EXIT_YES);
        }
    };
    ExitCode::from(execute(&cli.command, &mut anstream::stdout(), &mut anstream::stderr()))
}

/// What clap says of a command line, with what to do in the words that all our errors have.
fn refused(error: &clap::Error) -> String {
    let said = error.render().ansi().to_string();
    let said = said.split("\n\nFor more information").next().unwrap_or_default().trim_end();
    let is_told = said.contains("tip:")
        || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    let said = said.replace("tip:", "hint:");
    let hint = "`--help` behind the command shows what it takes, with an example";
    if is_told { format!("{said}\n") } else { format!("{said}\n\n  hint: {hint}\n") }
}

/// Why a command did not finish.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// To be printed as it is.
    #[error("{0}")]
    Message(String),
    /// It cannot be told, and why: to be printed as it is.
    #[error("{0}")]
    Untold(String),
    #[error("error: the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

impl Failure {
    /// A value of `--with` or of `--vary` is set like one of `--set`, and a fault in it is a fault of that option.
    fn of_option(self, option: &str) -> Failure {
        match self {
            Failure::Message(text) => {
                Failure::Message(text.replacen("--> --set:", &format!("--> {option}:"), 1))
            }
            other @ (Failure::Untold(_) | Failure::Output(_)) => other,
        }
    }
}

/// Exit code, or why there is none.
type Outcome = Result<u8, Failure>;

/// A value of ours that is not expressible as JSON would be a mistake of ours.
fn not_json(error: &serde_json::Error) -> Failure {
    Failure::Message(format!("error: not expressible as JSON: {error}"))
}

/// How ranges are drawn.
#[derive(Clone, Copy, Debug, Args)]
struct Sampling {
    /// The same seed gives the same ranges
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Samples behind each range
    #[arg(long, default_value_t = Options::default().samples)]
    samples: u32,
}

impl From<Sampling> for Options {
    fn from(Sampling { seed, samples }: Sampling) -> Options {
        Options { seed, samples }
    }
}

#[cfg(test)]
mod tests;
