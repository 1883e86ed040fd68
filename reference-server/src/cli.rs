//! The command line, and the only place that prints.
//!
//! Results go to stdout, errors and the log to stderr. Exit codes: 0 done, 2 could not be done. A server that
//! was told to stop and stopped has done what it was asked.

mod replicas;
mod seeded;
mod switches;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use serde_json::json;
use tracing::Level;

use crate::app::{self, AppState};
use crate::clock::Clock;
use crate::config::ServeConfig;
use crate::configuration::Configuration;
use crate::derived::Worker;
use crate::log;
use crate::seed::{self, Content, Seed};
use crate::serve::{self, Drained, ServeLimits};
use crate::store::{self, Database};
use switches::Switches;

/// The exit code of what could not be done: bad input, an address in use, a database that cannot be reached.
const COULD_NOT: u8 = 2;

/// A question-and-answer forum to measure.
#[derive(Debug, Parser)]
#[command(name = "reference-server", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// What to log on stderr
    #[arg(long, global = true, default_value = "warn", value_name = "LEVEL", env = "FORUM_LOG")]
    log: Level,
    /// How to log
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT", env = "FORUM_LOG_FORMAT")]
    log_format: log::Format,
    /// Threads that serve [default: one for each core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the forum
    #[command(args_override_self = true)]
    Serve(Box<ServeArguments>),
    /// Fill an empty database with made-up content, the same for the same seed
    ///
    /// The visitors' tokens follow from the seed: who knows the seed can log in as them. Never seed a forum
    /// that people use.
    Seed(SeedArguments),
    /// Put a SQLite database back to the copy that `seed --snapshot` has kept
    ///
    /// Everything since then is gone. The server must be stopped.
    Reset(ResetArguments),
    /// Bring a database up to date, making it if there is none
    Migrate(DatabaseArgument),
    /// Print the description of the interface: OpenAPI 3.1
    Openapi,
}

#[derive(Debug, Args)]
struct DatabaseArgument {
    #[arg(
        help = "A file, sqlite:PATH or postgres://USER@HOST/DATABASE",
        long,
        default_value = "forum.sqlite",
        value_name = "DATABASE",
        env = "FORUM_DATABASE",
        hide_env_values = true
    )]
    database: String,
}

#[derive(Debug, Args)]
struct ServeArguments {
    /// Where to listen; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "HOST:PORT", env = "FORUM_LISTEN")]
    listen: String,
    #[command(flatten)]
    database: DatabaseArgument,
    /// Connections open at a time; more wait
    #[arg(long, default_value_t = crate::limits::CONNECTIONS, value_name = "N", value_parser = connections)]
    max_connections: usize,
    #[command(flatten)]
    switches: Switches,
    /// Send a span for each request to the collector at this address, over OTLP
    #[cfg(feature = "opentelemetry")]
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    otlp: Option<String>,
    /// How to say where it listens
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, Args)]
struct SeedArguments {
    #[command(flatten)]
    database: DatabaseArgument,
    /// How many questions; half as many members write them and their answers
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    questions: u32,
    /// The same seed gives the same content, byte for byte
    #[arg(long, default_value_t = 7, value_name = "N")]
    seed: u64,
    /// What members do
    #[arg(long, default_value = "posts", value_name = "WHAT")]
    content: ContentArgument,
    /// Where to keep a copy of the filled database, for `reset`; SQLite only
    #[arg(long, value_name = "PATH")]
    snapshot: Option<PathBuf>,
    /// How many members for a load test, logged in already
    #[arg(long, default_value_t = 500, value_name = "N")]
    visitors: u32,
    /// Where to write their tokens [default: visitors.csv beside the database]
    #[arg(long, value_name = "PATH")]
    visitors_file: Option<PathBuf>,
    /// How to say what was made
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, Args)]
struct ResetArguments {
    #[command(flatten)]
    database: DatabaseArgument,
    /// The copy that `seed --snapshot` has kept
    #[arg(long, value_name = "PATH")]
    snapshot: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ContentArgument {
    /// They ask and answer: questions are of the size that the shipped scenarios count with
    Posts,
    /// They also vote, comment and accept answers, as much as on a large forum
    All,
}

impl From<ContentArgument> for Content {
    fn from(argument: ContentArgument) -> Self {
        match argument {
            ContentArgument::Posts => Self::Posts,
            ContentArgument::All => Self::All,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

fn connections(text: &str) -> Result<usize, String> {
    let number = text.parse().map_err(|_| format!("expected a whole number, found {text:?}"))?;
    if (1..=1_000_000).contains(&number) { Ok(number) } else { Err("expected 1 to 1000000".to_owned()) }
}

/// Runs the program with these arguments, the first of which is its name. For a `main`, and for a program
/// that starts itself as this one.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = Cli::command().try_get_matches_from(arguments).and_then(|typed| {
        let cli = Cli::from_arg_matches(&typed)?;
        let configuration =
            typed.subcommand_matches("serve").map(switches::configuration).unwrap_or_default();
        Ok((cli, configuration))
    });
    let (cli, configuration) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version are no errors and go to stdout; a closed pipe is not one either.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(COULD_NOT));
        }
    };
    log::start(cli.log, cli.log_format);
    match execute(cli, configuration) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("error: {error:#}"));
            ExitCode::from(COULD_NOT)
        }
    }
}

fn execute(cli: Cli, configuration: Configuration) -> anyhow::Result<()> {
    if let Command::Openapi = cli.command {
        say(crate::http::openapi_text());
        return Ok(());
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(workers) = cli.workers {
        runtime.worker_threads(usize::from(workers));
    }
    let runtime = runtime.enable_all().build().context("cannot start threads")?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(arguments) => serve(*arguments, configuration).await,
            Command::Seed(arguments) => seed(arguments).await,
            Command::Reset(arguments) => reset(arguments).await,
            Command::Migrate(arguments) => migrate(&arguments.database).await,
            Command::Openapi => Ok(()), // answered above: it needs no threads
        }
    })
}

async fn serve(arguments: ServeArguments, configuration: Configuration) -> anyhow::Result<()> {
    #[cfg(feature = "opentelemetry")]
    let traces = arguments.otlp.as_deref().map(traces).transpose()?;
    let ServeArguments { listen, database, max_connections, switches, format, .. } = arguments;
    let config = ServeConfig::new(listen, &database.database, max_connections)?;
    // Asked for before anything else: a signal that comes while starting must not be lost.
    let stop = stop_signal().context("cannot wait for signals")?;
    let listener = tokio::net::TcpListener::bind(&config.listen).await.map_err(|cause| {
        anyhow::anyhow!("cannot listen on {}: {cause}\n  hint: {}", config.listen, listen_hint(&cause))
    })?;
    let address = listener.local_addr().context("cannot tell the address")?;
    let store = store::open_with_replicas(&config.database, switches.setup(), &switches.replicas()?).await?;
    let limited = switches.limits();
    let state = switches.apply(AppState::new(store.clone(), Clock::system()))?;
    let worker = Worker::start(store.clone(), Clock::system());
    let version = env!("CARGO_PKG_VERSION");
    say(&match format {
        Format::Text => {
            format!("listening on http://{address} · {} · {}", store.engine(), config.database)
        }
        Format::Json => json!({
            "listening": address.to_string(),
            "version": version,
            "database": store.engine(),
            "limits": limited,
            "switched": switched(&configuration),
        })
        .to_string(),
    });
    let state = AppState { configuration, ..state };
    #[cfg(feature = "opentelemetry")]
    let state = AppState { traces: traces.clone(), ..state };
    let limits = ServeLimits { connections: config.max_connections, ..ServeLimits::default() };
    let readiness = state.readiness.clone();
    let drained = serve::run(listener, app::router(state), limits, &readiness, stop).await;
    if drained == Drained::InPart {
        tracing::warn!(seconds = limits.drain_time.as_secs(), "some requests did not finish in time");
    }
    #[cfg(feature = "opentelemetry")]
    if let Some(traces) = traces {
        traces.finish().await;
    }
    worker.finish().await;
    store.close().await.context("cannot close the database")
}

/// Where spans go.
#[cfg(feature = "opentelemetry")]
fn traces(collector: &str) -> anyhow::Result<crate::traces::Traces> {
    crate::traces::Traces::to(collector).map_err(|problem| {
        anyhow::anyhow!("cannot send spans to {collector}: {problem}\n  hint: give the address of a collector, such as --otlp http://127.0.0.1:4318")
    })
}

/// What is not as it is unless set, in words.
fn switched(configuration: &Configuration) -> Vec<String> {
    let others = configuration.settings().iter().filter(|setting| !setting.is_default());
    others.map(|setting| format!("{} {}", setting.name, setting.value)).collect()
}

fn listen_hint(cause: &std::io::Error) -> &'static str {
    match cause.kind() {
        std::io::ErrorKind::AddrInUse => {
            "another program listens there; choose another port with --listen, or 0 for any free one"
        }
        std::io::ErrorKind::PermissionDenied => {
            "ports below 1024 need a privilege; choose a higher one with --listen"
        }
        _ => "give an address of this machine and a port, such as --listen 127.0.0.1:8080",
    }
}

/// Done when the process is told to end (SIGTERM) or interrupted (SIGINT).
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        // Either will do; nothing is lost when the other is dropped.
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn migrate(database: &str) -> anyhow::Result<()> {
    let database: Database = database.parse()?;
    store::migrate(&database).await?;
    say(&format!("{database} is up to date"));
    Ok(())
}

async fn reset(arguments: ResetArguments) -> anyhow::Result<()> {
    let ResetArguments { database, snapshot } = arguments;
    let database: Database = database.database.parse()?;
    store::restore(&database, &snapshot).await?;
    say(&format!("{database} is as in {}", snapshot.display()));
    Ok(())
}

async fn seed(arguments: SeedArguments) -> anyhow::Result<()> {
    let SeedArguments { database, questions, seed, content, snapshot, visitors, visitors_file, format } =
        arguments;
    let database: Database = database.database.parse()?;
    let visitors_file = visitors_file.unwrap_or_else(|| match &database {
        Database::Sqlite(path) => path.with_file_name("visitors.csv"),
        Database::Postgres(_) => PathBuf::from("visitors.csv"),
    });
    let content = content.into();
    let order = Seed { database: database.clone(), questions, seed, content, visitors, visitors_file };
    let seeded = seed::run(order).await?;
    if let Some(snapshot) = snapshot {
        store::keep(&database, &snapshot).await?;
    }
    say(&match format {
        Format::Text => seeded::for_people(&seeded),
        Format::Json => seeded::for_programs(&seeded),
    });
    Ok(())
}

/// One line on stdout, at once: whoever started the server waits for it. A closed pipe is not an error.
fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    drop(writeln!(stdout, "{line}").and_then(|()| stdout.flush()));
}

#[expect(clippy::print_stderr, reason = "this is where the program says what went wrong")]
fn complain(message: &str) {
    eprintln!("{message}");
}
