//! The command line: what was typed becomes a call of the library, and its result becomes text and an exit code.

mod capacity;
mod check;
mod compare;
mod history;
mod how;
mod interrupt;
mod report;
mod run;
mod selftest;
mod target;
mod workflow;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Parser, Subcommand, ValueEnum};
use scenarios::Scenario;
use scenarios::report::Report;
use scenarios::verdict::EXIT_FAILED;

use crate::run::Loaded;
use crate::show;

/// Offers load, measures honestly, and holds the result against the estimate
///
/// Exit codes: 0 what was promised holds, 1 it does not (SLO missed, expectation refuted), 2 could not be done,
/// 3 cannot tell (the generator was the limit, or too few samples).
#[derive(Debug, Parser)]
#[command(name = "loadgen", version, propagate_version = true, args_override_self = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario: estimate it, load the reference server or a target, and report
    Run(Box<run::RunArguments>),
    /// Show the report of an earlier run again, or of several together
    Report(report::ReportArguments),
    /// Find the highest rate at which the promises hold, with an interval, and what the limit is
    Capacity(Box<capacity::CapacityArguments>),
    Compare(Box<compare::CompareArguments>),
    /// The gate for a build: is this variant slower than that one?
    Check(Box<check::CheckArguments>),
    /// Find the run in which a step came into a history of checks
    History(history::HistoryArguments),
    /// Print a workflow for GitHub Actions or GitLab that checks every change
    Workflow(workflow::WorkflowArguments),
    /// Test the generator itself on this machine: stalls whose effect is known, and whose processor is crowded
    #[command(name = "selftest")]
    SelfTest(selftest::SelfTestArguments),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// A page for a browser
    Html,
    /// A comment for a pull request
    Markdown,
    /// A row for each action and quantile
    Csv,
    /// A row for each second
    CsvSeconds,
    /// Test cases for a build server: each promise, each expectation, the measurement itself
    Junit,
}

/// Runs the program with these arguments, the first of which is its name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let [_, hidden, rest @ ..] = &arguments[..] {
        if hidden == crate::child::AS_CHILD {
            return crate::child::become_child(rest);
        }
        if hidden == crate::keeper::AS_KEEPER {
            return crate::keeper::become_keeper(rest);
        }
        #[cfg(feature = "reference-server")]
        if hidden == crate::launch::AS_SERVER {
            return crate::launch::become_server(rest);
        }
    }
    let command_line = typed(&arguments);
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            drop(say_usage(&error));
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(EXIT_FAILED));
        }
    };
    let done = match cli.command {
        Command::Run(arguments) => run::execute(*arguments, command_line),
        Command::Capacity(arguments) => capacity::execute(*arguments, command_line),
        Command::Report(arguments) => report::execute(&arguments),
        Command::Compare(arguments) => compare::execute(&arguments, &command_line),
        Command::Check(arguments) => check::execute(&arguments, &command_line),
        Command::History(arguments) => history::execute(&arguments),
        Command::Workflow(arguments) => workflow::execute(&arguments),
        Command::SelfTest(arguments) => selftest::execute(&arguments),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            drop(writeln!(std::io::stderr(), "{}", complaint(&error)));
            ExitCode::from(EXIT_FAILED)
        }
    }
}

/// Help, or what was typed wrongly, which may be an address with a login.
fn say_usage(error: &clap::Error) -> std::io::Result<()> {
    let text = crate::redact::without_logins(&error.render().ansi().to_string());
    if error.use_stderr() {
        anstream::stderr().write_all(text.as_bytes())
    } else {
        anstream::stdout().write_all(text.as_bytes())
    }
}

/// Errors begin with `error:`; those of a scenario file are laid out already.
fn complaint(error: &anyhow::Error) -> String {
    let text = crate::redact::without_logins(&format!("{error:#}"));
    if text.starts_with("error:") { text } else { format!("error: {text}") }
}

/// The command as it can be repeated, without the folder that this program happens to lie in.
fn typed(arguments: &[OsString]) -> String {
    let words = arguments.iter().skip(1).map(|word| {
        let word = word.to_string_lossy();
        if word.contains(char::is_whitespace) { format!("'{word}'") } else { word.into_owned() }
    });
    std::iter::once("loadgen".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// A report in the form that was asked for.
fn shown(report: &Report, format: Format) -> anyhow::Result<String> {
    Ok(match format {
        Format::Text => show::text::page(report),
        Format::Json => serde_json::to_string_pretty(report)? + "\n",
        Format::Html => show::html::page(report),
        Format::Markdown => show::markdown::page(report),
        Format::Csv => show::csv::quantiles(report),
        Format::CsvSeconds => show::csv::seconds(report),
        Format::Junit => show::junit::page(report),
    })
}

/// Writes a report to the file that was named.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).map_err(|source| {
        anyhow!(
            "cannot write {}: {source}\n  hint: name a file in a folder that is there, with -o FILE",
            path.display()
        )
    })
}

/// Prints a report; the text with colour, where the terminal wants it.
fn print(report: &Report, format: Format) -> anyhow::Result<()> {
    let text = shown(report, format)?;
    say(&if matches!(format, Format::Text) { show::colour::coloured(&text) } else { text })
}

/// A closed pipe is not an error.
fn say(text: &str) -> anyhow::Result<()> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Reads a scenario by path or by the name of one that ships.
fn load(name: &str) -> anyhow::Result<Loaded> {
    let path = Path::new(name);
    let (file, text, folder) = match std::fs::read_to_string(path) {
        Ok(text) => (name.to_owned(), text, path.parent().unwrap_or(Path::new("")).to_path_buf()),
        Err(error) => match scenarios::shipped::shipped(name) {
            Some(shipped) => (format!("{name}.yaml"), shipped.text.to_owned(), PathBuf::new()),
            None => return Err(unreadable(name, &error)),
        },
    };
    let scenario = Scenario::from_yaml(&text).map_err(|error| anyhow!("{}", error.render(&file, &text)))?;
    Ok(Loaded { scenario, file, text, folder })
}

fn unreadable(name: &str, error: &std::io::Error) -> anyhow::Error {
    let names: Vec<&str> = scenarios::shipped::SHIPPED.iter().map(|shipped| shipped.name).collect();
    let hint = match scenarios::error::nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("name a file, or one that ships: {}", names.join(", ")),
    };
    anyhow!("cannot read {name}: {error}\n  hint: {hint}")
}
