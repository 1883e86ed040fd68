//! The command line: `estimate`, `explain` and `list`.
//!
//! The only module with I/O. It reads files, writes results to stdout and errors to stderr, and turns outcomes into
//! exit codes; commands are functions of their arguments and two writers, so that tests need no process.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use scenarios::Scenario;
use scenarios::error::nearest;
use scenarios::estimate::Estimate;
use scenarios::shipped::{SHIPPED, shipped};
use scenarios::verdict::{EXIT_FAILED, EXIT_NO, EXIT_YES, Finding};

use crate::Options;
use crate::show;

/// Back-of-the-envelope arithmetic that shows its working.
#[derive(Debug, Parser)]
#[command(name = "estimator", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Estimate traffic, storage, bandwidth, servers and cost of a scenario
    Estimate {
        /// Scenario files, names of shipped scenarios (see `list`), or - for standard input
        #[arg(required = true, value_name = "FILE_OR_NAME")]
        files: Vec<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        sampling: Sampling,
    },
    /// Show where a number comes from, down to the lines of the file
    Explain {
        /// A scenario file, or the name of a shipped scenario
        #[arg(value_name = "FILE_OR_NAME")]
        file: String,
        /// Which number, as `estimate` names it: "peak actions"
        quantity: String,
        #[command(flatten)]
        sampling: Sampling,
    },
    /// List the scenarios that ship with the tool
    List,
}

#[derive(Clone, Copy, Debug, Args)]
struct Sampling {
    /// The same seed gives the same ranges
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Samples behind each range
    #[arg(long, default_value_t = Options::default().samples)]
    samples: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// The largest input that is read; the parser's own limit is a little lower and has the better message.
const MAX_INPUT_BYTES: u64 = 2_000_000;

/// Why a command did not finish.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// To be printed as it is.
    #[error("{0}")]
    Message(String),
    #[error("error: the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Runs the command that the arguments name, the program's own name first.
pub fn run(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing is left to report to when this fails.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { EXIT_FAILED } else { EXIT_YES });
        }
    };
    ExitCode::from(execute(&cli.command, &mut anstream::stdout(), &mut anstream::stderr()))
}

/// Carries out a command and returns its exit code.
fn execute(command: &Command, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let result = match command {
        Command::Estimate { files, format, sampling } => {
            estimate_all(files, *format, (*sampling).into(), out, err)
        }
        Command::Explain { file, quantity, sampling } => {
            explain(file, quantity, &(*sampling).into(), out).map(|()| EXIT_YES)
        }
        Command::List => list(out).map(|()| EXIT_YES),
    };
    match result.and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => code,
        // The reader has seen enough: `estimator list | head -1`.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => EXIT_YES,
        Err(failure) => {
            let _ = writeln!(err, "{failure}");
            EXIT_FAILED
        }
    }
}

impl From<Sampling> for Options {
    fn from(Sampling { seed, samples }: Sampling) -> Options {
        Options { seed, samples }
    }
}

/// One after the other; a file that cannot be estimated does not stop the others.
fn estimate_all(
    files: &[String],
    format: Format,
    options: Options,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let mut code = EXIT_YES;
    let mut is_first = true;
    for file in files {
        match estimate(file, &options) {
            Ok((scenario, estimate)) => {
                if !is_first && !matches!(format, Format::Json) {
                    writeln!(out)?;
                }
                is_first = false;
                out.write_all(printed(&scenario, &estimate, file, format)?.as_bytes())?;
                let refuted = estimate.claims.iter().any(|claim| claim.verdict == Finding::Refuted);
                code = code.max(if refuted { EXIT_NO } else { EXIT_YES });
            }
            Err(failure) => {
                writeln!(err, "{failure}")?;
                code = EXIT_FAILED;
            }
        }
    }
    Ok(code)
}

fn estimate(file: &str, options: &Options) -> Result<(Scenario, Estimate), Failure> {
    let Source { name, text } = read(file)?;
    let scenario = parse(&name, &text)?;
    let estimate = crate::estimate(&scenario, &name, options).map_err(refused)?;
    Ok((scenario, estimate))
}

fn printed(scenario: &Scenario, estimate: &Estimate, file: &str, format: Format) -> Result<String, Failure> {
    Ok(match format {
        Format::Text => show::text::text(estimate, &next(scenario, estimate, file)),
        Format::Markdown => show::markdown::markdown(estimate),
        Format::Json => show::json::json(estimate)
            .map_err(|error| Failure::Message(format!("error: not expressible as JSON: {error}")))?,
    })
}

/// Commands worth running now: the number with the longest way, and a run where there is something to ask.
fn next(scenario: &Scenario, estimate: &Estimate, file: &str) -> Vec<String> {
    if file == "-" {
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

/// As one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else if text.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        format!("\"{text}\"")
    }
}

fn explain(file: &str, quantity: &str, options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let Source { name, text } = read(file)?;
    let scenario = parse(&name, &text)?;
    let explanation = crate::explain(&scenario, &name, options, quantity).map_err(refused)?;
    write!(out, "{}", show::explanation::explanation(&explanation, &scenario.conventions))?;
    Ok(())
}

fn list(out: &mut dyn Write) -> Result<(), Failure> {
    let width = SHIPPED.iter().map(|shipped| shipped.name.len()).max().unwrap_or(0);
    let about_width = SHIPPED.iter().map(|shipped| shipped.about.chars().count()).max().unwrap_or(0);
    for shipped in SHIPPED {
        writeln!(out, "{:<width$}  {:<about_width$}  {}", shipped.name, shipped.about, shipped.source)?;
    }
    Ok(())
}

fn parse(name: &str, text: &str) -> Result<Scenario, Failure> {
    Scenario::from_yaml(text).map_err(|error| Failure::Message(error.render(name, text)))
}

#[expect(clippy::needless_pass_by_value, reason = "used as the function of `map_err`")]
fn refused(error: crate::EstimateError) -> Failure {
    Failure::Message(format!("error: {error}"))
}

/// A scenario's text and what its sources are called.
struct Source {
    name: String,
    text: String,
}

/// A path first, then a shipped name.
fn read(file: &str) -> Result<Source, Failure> {
    if file == "-" {
        return Ok(Source { name: "stdin".to_owned(), text: text_of("stdin", std::io::stdin())? });
    }
    let path = Path::new(file);
    let shipped = shipped(file);
    match (std::fs::metadata(path), shipped) {
        (Ok(metadata), _) if !metadata.is_dir() => {
            let opened = std::fs::File::open(path).map_err(|error| unreadable(file, &error))?;
            Ok(Source { name: file.to_owned(), text: text_of(file, opened)? })
        }
        (_, Some(shipped)) => {
            Ok(Source { name: format!("{}.yaml", shipped.name), text: shipped.text.to_owned() })
        }
        (Ok(_), None) => Err(Failure::Message(format!(
            "error: {file}: is a folder, expected a scenario file\n  hint: name a file in it, like `{}`",
            path.join("my-system.yaml").display()
        ))),
        (Err(error), None) if error.kind() == ErrorKind::NotFound => {
            let names = || SHIPPED.iter().map(|shipped| shipped.name);
            let hint = match nearest(file, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`estimator list` shows the scenarios that ship".to_owned(),
            };
            Err(Failure::Message(format!(
                "error: {file}: no such file, and no scenario of this name ships\n  hint: {hint}"
            )))
        }
        (Err(error), None) => Err(unreadable(file, &error)),
    }
}

fn unreadable(file: &str, error: &std::io::Error) -> Failure {
    Failure::Message(format!(
        "error: {file}: cannot be read: {error}\n  hint: check its name and its permissions"
    ))
}

fn text_of(file: &str, input: impl Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    input.take(MAX_INPUT_BYTES).read_to_end(&mut bytes).map_err(|error| unreadable(file, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Message(format!(
            "error: {file}: is not UTF-8 text (at byte {at}), expected a scenario in YAML\n  hint: is this the right file?"
        ))
    })
}

#[cfg(test)]
mod tests;
