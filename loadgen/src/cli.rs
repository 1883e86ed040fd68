//! The command line: what was typed becomes a call of the library, and its result becomes text and an exit code.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use clap::{Args, Parser, Subcommand, ValueEnum};
use scenarios::Scenario;
use scenarios::report::Report;
use scenarios::verdict::EXIT_FAILED;

use crate::config::{Asked, RunConfig};
use crate::offered::{MOST_QUESTIONS, ScaleAsked};
use crate::run::{Loaded, run};
use crate::{answer, results, show};

/// Exit status after a second Ctrl-C, as shells have it (128 + SIGINT).
const EXIT_INTERRUPTED: i32 = 130;

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
    Run(Box<RunArguments>),
    /// Show the report of an earlier run again
    Report(ReportArguments),
}

#[derive(Debug, Args)]
struct RunArguments {
    /// A scenario file, or the name of one that ships (`forum`)
    scenario: String,
    /// Closed model: users who wait for the answer and think, instead of arrivals at a rate
    #[arg(long)]
    closed: bool,
    /// Actions per second [default: the peak of the scenario's action table]
    #[arg(long, value_name = "PER_SECOND", value_parser = rate, allow_negative_numbers = true)]
    rate: Option<f64>,
    /// Users of the closed model [default: as many as make the peak]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    users: Option<u32>,
    /// How long to measure, like `20s` or `5 min`; what the host of a virtual machine disturbs is made up for, at most by
    /// as long again [default: 20 s]
    #[arg(long, value_name = "TIME", value_parser = time_above_zero)]
    duration: Option<Duration>,
    /// How long to load before that; not counted [default: 4 s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    warmup: Option<Duration>,
    /// Count also the seconds in which the host of a virtual machine took its processors away, which are set aside
    /// otherwise and made up for by a longer run
    #[arg(long)]
    count_every_second: bool,
    /// Of every random draw: the same seed offers the same load, byte for byte [default: 7]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Load this server instead of starting the reference server
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// Questions to fill the reference server with: a number, or `full` for all of the scenario's [default: at most 10,000]
    #[arg(long, value_name = "N|full", value_parser = scale)]
    scale: Option<ScaleAsked>,
    /// Folder for results; each run makes one in it
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Folder for the reference server's database, removed after the run [default: the system's for temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// No progress on stderr
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Args)]
struct ReportArguments {
    /// The folder that a run left, or its report.json
    path: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// A page for a browser
    Html,
}

fn rate(text: &str) -> Result<f64, String> {
    /// More than any single machine makes.
    const MOST: f64 = 10_000_000.0;
    match text.trim_end_matches("/s").parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= MOST => Ok(rate),
        _ => Err(format!("expected a number of actions per second above 0, found `{text}`")),
    }
}

fn time(text: &str) -> Result<Duration, String> {
    scenarios::parse_duration(text)
}

fn time_above_zero(text: &str) -> Result<Duration, String> {
    match time(text)? {
        Duration::ZERO => Err("must be more than zero".to_owned()),
        time => Ok(time),
    }
}

fn scale(text: &str) -> Result<ScaleAsked, String> {
    if text == "full" {
        return Ok(ScaleAsked::Full);
    }
    match text.parse::<u64>() {
        Ok(questions) if (1..=MOST_QUESTIONS).contains(&questions) => Ok(ScaleAsked::Questions(questions)),
        _ => Err(format!("expected `full` or a number from 1 to {MOST_QUESTIONS}, found `{text}`")),
    }
}

/// Runs the program with these arguments, the first of which is its name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    #[cfg(feature = "reference-server")]
    if let [_, hidden, rest @ ..] = &arguments[..] {
        if hidden == crate::launch::AS_CHILD {
            return crate::launch::become_child(rest);
        }
        if hidden == crate::launch::AS_SERVER {
            return crate::launch::become_server(rest);
        }
    }
    let command_line = typed(&arguments);
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(EXIT_FAILED));
        }
    };
    let done = match cli.command {
        Command::Run(arguments) => run_command(*arguments, command_line),
        Command::Report(arguments) => report_command(&arguments),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            drop(writeln!(std::io::stderr(), "{}", complaint(&error)));
            ExitCode::from(EXIT_FAILED)
        }
    }
}

/// Errors begin with `error:`; those of a scenario file are laid out already.
fn complaint(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
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

fn run_command(arguments: RunArguments, command: String) -> anyhow::Result<u8> {
    let loaded = load(&arguments.scenario)?;
    let RunArguments {
        scenario: _,
        closed,
        rate,
        users,
        duration,
        warmup,
        count_every_second,
        seed,
        target,
        scale,
        out,
        data,
        format,
        quiet,
    } = arguments;
    let asked = Asked {
        closed,
        rate,
        users,
        duration,
        warmup,
        count_every_second,
        seed,
        target,
        scale,
        out: Some(out),
        data,
        command,
    };
    let config = RunConfig::new(asked, &loaded.scenario).map_err(anyhow::Error::msg)?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = interrupted.clone();
    // Before goose installs its own: the first handler stays. The second Ctrl-C ends at once, and the server with us.
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            #[cfg(feature = "reference-server")]
            crate::launch::clean_up();
            std::process::exit(EXIT_INTERRUPTED);
        }
    })?;
    let finished = run(&loaded, &config, &interrupted, quiet)?;
    print(&finished.report, format)?;
    if matches!(format, Format::Text) {
        let folder = finished.folder.display();
        say(&format!("  {folder}/report.html · report.json · latency.hlog\n"))?;
    }
    Ok(answer::exit_code(&finished.report))
}

fn report_command(arguments: &ReportArguments) -> anyhow::Result<u8> {
    let report = results::read(&arguments.path)?;
    print(&report, arguments.format)?;
    Ok(answer::exit_code(&report))
}

fn print(report: &Report, format: Format) -> anyhow::Result<()> {
    say(&match format {
        Format::Text => show::text::page(report),
        Format::Json => serde_json::to_string_pretty(report)? + "\n",
        Format::Html => show::html::page(report),
    })
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
