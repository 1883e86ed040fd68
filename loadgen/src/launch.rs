//! Starting the reference server as a child process, and stopping it. The only file that names the reference server.
//!
//! The program starts itself again: a hidden subcommand runs the server's own command line, so that one binary is all
//! a newcomer builds.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use rustix::process::{Pid, Signal};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use scenarios::report::StoredEntity;
use serde::Deserialize;

use crate::child::{Started, mortal, wait};
use crate::journey::Table;

/// The hidden subcommand under which this program is the reference server.
pub(crate) const AS_SERVER: &str = "__reference-server";

/// How long filling the database may take: five million questions at the slowest disk seen.
const SEED_WAIT: Duration = Duration::from_mins(30);
/// How long putting the data back may take: a copy of some gigabytes on a slow disk.
const RESET_WAIT: Duration = Duration::from_mins(5);
/// How long the server may take to say where it listens.
const LISTEN_WAIT: Duration = Duration::from_secs(20);
/// How long it may take to stop; it takes notice for 1 s and drains for 12 s at most.
const STOP_WAIT: Duration = Duration::from_secs(15);

/// What to fill the server with.
#[derive(Clone, Debug)]
pub(crate) struct Filling {
    pub(crate) questions: u64,
    pub(crate) visitors: u32,
    pub(crate) seed: u64,
    /// Whether a copy is kept, so that the server can be put back to it.
    pub(crate) keeps_copy: bool,
}

/// A server that was started.
#[derive(Debug)]
pub(crate) struct Launched {
    server: Started,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// `reference server 0.1.0, SQLite 3.51.3`.
    pub(crate) what: String,
    /// What it was filled with.
    pub(crate) seeded: SeedSummary,
    /// The sessions of its visitors.
    pub(crate) visitors: Table,
    make: Make,
    database: OsString,
    /// Of the filled database, where one is kept.
    copy: Option<PathBuf>,
    /// Removed with everything in it when the server has stopped.
    _folder: tempfile::TempDir,
}

/// What filling the database printed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SeedSummary {
    pub(crate) questions: u64,
    pub(crate) users: u64,
    pub(crate) database_bytes: u64,
    pub(crate) storage: Vec<StoredEntity>,
    pub(crate) seconds: f64,
}

#[derive(Deserialize)]
struct Announcement {
    listening: SocketAddr,
    version: String,
    database: String,
    /// Whether it limits each client; a build from before there were limits does not say.
    #[serde(default)]
    limits: Option<String>,
    /// What else is not as it is unless set.
    #[serde(default)]
    switched: Vec<String>,
}

/// The folders of servers' databases while there are some, for whoever ends this program on the spot.
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Which reference server: that of this program, as it is, unless said otherwise.
#[derive(Clone, Debug, Default)]
pub struct Make {
    /// Another build of this program, whose server is measured.
    pub program: Option<PathBuf>,
    /// Further words for its `serve` command.
    pub switches: Vec<String>,
    /// How many of the processors that this program may use it may use; all of them unless said.
    pub processors: Option<usize>,
}

/// Lets a server that has just been started use the first so many processors alone, before it looks how many there are.
fn pin(server: &Started, processors: usize) -> anyhow::Result<()> {
    let allowed = sched_getaffinity(None).context("cannot find which processors may be used")?;
    let mut first = CpuSet::new();
    (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).take(processors).for_each(|cpu| first.set(cpu));
    if usize::try_from(first.count()).is_ok_and(|found| found < processors) {
        bail!(
            "--server-cores {processors}: there are {} processors\n  hint: leave it out to use all",
            first.count()
        );
    }
    sched_setaffinity(Some(server.pid()), &first).context("cannot choose the server's processors")
}

impl Make {
    /// The database that the words name, if they do; the last counts.
    fn database(&self) -> Option<&str> {
        let words = self.switches.iter().enumerate().rev();
        words.into_iter().find_map(|(at, word)| match word.strip_prefix("--database")? {
            "" => self.switches.get(at + 1).map(String::as_str),
            rest => rest.strip_prefix('='),
        })
    }
}

/// Removes the server's database as well as it can be, just before this program ends with everything in the middle.
pub(crate) fn clean_up() {
    // Whoever holds the lock is about to make or remove a folder; there is no time to wait for that.
    if let Ok(mut folders) = FOLDERS.try_lock() {
        for folder in folders.drain(..) {
            // The server still has its files open, which keeps nobody from removing them, and dies with this program.
            drop(std::fs::remove_dir_all(folder));
        }
    }
}

/// Fills a fresh database below `parent` and serves it on a free loopback port.
///
/// # Errors
/// The folder cannot be written, or the server did not start; with what it said.
pub(crate) fn launch(
    make: &Make,
    parent: &Path,
    filling: &Filling,
    interrupted: &AtomicBool,
) -> anyhow::Result<Launched> {
    let folder = tempfile::Builder::new().prefix("headroom-").tempdir_in(parent).map_err(|source| {
        anyhow!("cannot make a folder for the server's database in {}: {source}\n  hint: name one that can be written with --data DIR, or set TMPDIR", parent.display())
    })?;
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).push(folder.path().to_path_buf());
    let database = make.database().map_or_else(|| folder.path().join("forum.sqlite").into(), OsString::from);
    let visitors_file = folder.path().join("visitors.csv");
    let mut seed: Vec<OsString> = ["seed", "--format", "json", "--database"].map(OsString::from).to_vec();
    seed.push(database.clone());
    seed.extend(
        ["--questions", &filling.questions.to_string(), "--seed", &filling.seed.to_string()]
            .map(OsString::from),
    );
    seed.extend(["--visitors", &filling.visitors.to_string(), "--visitors-file"].map(OsString::from));
    seed.push(visitors_file.clone().into());
    // A database that somebody else runs is not put back.
    let keeps_copy = filling.keeps_copy && make.database().is_none();
    let copy = keeps_copy.then(|| folder.path().join("filled.sqlite"));
    if let Some(copy) = &copy {
        seed.extend(["--snapshot".into(), copy.clone().into()]);
    }
    let seeded = run_to_end(make, &seed, SEED_WAIT, interrupted)
        .context("the reference server's database could not be filled")?;
    let seeded: SeedSummary =
        serde_json::from_str(&seeded).context("what filling the database printed is not understood")?;
    let visitors = crate::table::read(&visitors_file)?;

    let (server, announcement) = serve(make, &database)?;
    Ok(Launched {
        server,
        address: announcement.listening,
        what: announcement.what(),
        seeded,
        visitors,
        make: make.clone(),
        database,
        copy,
        _folder: folder,
    })
}

/// Serves a filled database on a free loopback port.
fn serve(make: &Make, database: &OsStr) -> anyhow::Result<(Started, Announcement)> {
    let mut serve: Vec<OsString> =
        ["serve", "--format", "json", "--listen", "127.0.0.1:0", "--database"].map(OsString::from).to_vec();
    serve.push(database.to_owned());
    serve.extend(make.switches.iter().map(OsString::from));
    let mut server = spawn(make, &serve)?;
    if let Some(Err(error)) = make.processors.map(|processors| pin(&server, processors)) {
        drop(server.end());
        return Err(error);
    }
    let announcement = match first_line(&mut server.child) {
        Ok(line) => line,
        Err(problem) => {
            let words = server.end();
            bail!("the reference server did not start: {problem}{words}");
        }
    };
    let announcement =
        serde_json::from_str(&announcement).context("where the server listens is not understood")?;
    Ok((server, announcement))
}

impl Announcement {
    /// The server as a report names it.
    fn what(&self) -> String {
        let Announcement { listening: _, version, database, limits, switched } = self;
        let limits =
            limits.as_ref().map_or(String::new(), |limits| format!(", limits for each client {limits}"));
        let mut what = format!("reference server {version}, {database}{limits}");
        for switched in switched.iter().filter(|switched| !switched.starts_with("limits ")) {
            what.push_str(", ");
            what.push_str(switched);
        }
        what
    }
}

impl Launched {
    /// Its process.
    pub(crate) fn pid(&self) -> Pid {
        self.server.pid()
    }

    /// Refuses to go on when it has ended.
    ///
    /// # Errors
    /// It has; with what it said last.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        match self.server.child.try_wait()? {
            Some(status) => {
                bail!("the reference server ended by itself, with {status}{}", self.server.last_words())
            }
            None => Ok(()),
        }
    }

    /// Whether a copy of its data was kept: not of a database that somebody else runs.
    pub(crate) fn has_copy(&self) -> bool {
        self.copy.is_some()
    }

    /// Starts it anew with the data that it was filled with, on another port; whether it can: not without a copy.
    ///
    /// # Errors
    /// It had ended by itself, the copy cannot be put back, or it does not start.
    pub(crate) fn put_back(&mut self) -> anyhow::Result<bool> {
        self.check()?;
        let Some(copy) = &self.copy else { return Ok(false) };
        // What it has written is thrown away: there is nothing to end gently.
        self.server.child.kill()?;
        self.server.child.wait()?;
        let mut reset: Vec<OsString> = vec!["reset".into(), "--database".into(), self.database.clone()];
        reset.extend(["--snapshot".into(), copy.clone().into()]);
        // Half put back it would be of no use to whoever ends the search; a second Ctrl-C ends all.
        let patient = AtomicBool::new(false);
        run_to_end(&self.make, &reset, RESET_WAIT, &patient)
            .context("the reference server's data could not be put back")?;
        let (server, announcement) = serve(&self.make, &self.database)?;
        (self.server, self.address) = (server, announcement.listening);
        Ok(true)
    }

    /// Asks it to stop, and makes it after a while.
    ///
    /// # Errors
    /// It had stopped by itself, or had to be made to.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        self.check()?;
        rustix::process::kill_process(self.pid(), Signal::TERM)?;
        // A second Ctrl-C ends the whole program, and the kernel the server.
        let patient = AtomicBool::new(false);
        if wait(&mut self.server.child, STOP_WAIT, &patient)?.is_some() {
            return Ok(());
        }
        self.server.child.kill()?;
        self.server.child.wait()?;
        bail!("the reference server did not stop within {} s and was killed", STOP_WAIT.as_secs())
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        // Whatever happened in between, no server stays behind; both calls fail when it has ended already.
        drop(self.server.child.kill());
        drop(self.server.child.wait());
    }
}

/// This program again, or another build of it, as the server, dying with this process.
fn spawn(make: &Make, arguments: &[OsString]) -> anyhow::Result<Started> {
    let program = match &make.program {
        Some(program) => program.clone(),
        None => std::env::current_exe().context("cannot find this program's own file")?,
    };
    let mut command = mortal(&program)?;
    command.arg(AS_SERVER).args(arguments).stdin(Stdio::null());
    // The server's own settings come from here alone, and its log, which nobody would read, must not grow.
    for variable in ["FORUM_LOG", "FORUM_LOG_FORMAT", "FORUM_LISTEN", "FORUM_DATABASE"] {
        command.env_remove(variable);
    }
    // All the load comes from one address, and the server makes no exception for it. Not a word of the command: another
    // build, from before there were limits, would refuse the word; `--limits on` among the switches still wins.
    command.env("FORUM_LIMITS", "off");
    Started::spawn(&mut command)
        .with_context(|| format!("cannot start {} as the reference server", program.display()))
}

/// Runs a child to its end and gives what it printed.
fn run_to_end(
    make: &Make,
    arguments: &[OsString],
    longest: Duration,
    interrupted: &AtomicBool,
) -> anyhow::Result<String> {
    let mut started = spawn(make, arguments)?;
    match wait(&mut started.child, longest, interrupted)? {
        Some(status) if status.success() => {
            let mut text = String::new();
            if let Some(mut stdout) = started.child.stdout.take() {
                stdout.read_to_string(&mut text)?;
            }
            Ok(text)
        }
        Some(status) => bail!("it ended with {status}{}", started.end()),
        None => {
            started.child.kill()?;
            started.child.wait()?;
            if interrupted.load(Ordering::Relaxed) {
                bail!("interrupted before any load was offered");
            }
            bail!("it was not done after {} s", longest.as_secs())
        }
    }
}

/// The first line that a child prints, read by a thread of its own so that a silent child cannot hold us up.
fn first_line(child: &mut Child) -> anyhow::Result<String> {
    let stdout = child.stdout.take().context("it has no output")?;
    let (send, receive) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        drop(send.send(read.map(|_| line)));
    });
    let line = receive
        .recv_timeout(LISTEN_WAIT)
        .map_err(|_| anyhow!("it said nothing for {} s", LISTEN_WAIT.as_secs()))??;
    if line.trim().is_empty() { Err(anyhow!("it ended at once")) } else { Ok(line) }
}

/// The hidden subcommand [`AS_SERVER`].
pub(crate) fn become_server(arguments: &[OsString]) -> ExitCode {
    let program = std::iter::once(OsString::from("reference-server"));
    reference_server::cli::run(program.chain(arguments.iter().cloned()))
}

#[cfg(test)]
mod tests {
    use super::{Announcement, Make};

    #[test]
    fn the_last_database_that_is_named_is_filled() {
        let database = |words: &str| {
            let switches = words.split_whitespace().map(str::to_owned).collect();
            Make { program: None, switches, processors: None }.database().map(str::to_owned)
        };
        assert_eq!(database("--cache off"), None);
        assert_eq!(database("--database postgres://h/a --cache off").as_deref(), Some("postgres://h/a"));
        assert_eq!(database("--database=a.sqlite --database=b.sqlite").as_deref(), Some("b.sqlite"));
        assert_eq!(database("--database"), None);
    }

    #[test]
    fn a_report_says_whether_the_server_limits_each_client_if_it_said_so() {
        let old = r#"{"listening":"127.0.0.1:1","version":"0.1.0","database":"sqlite 3.51.3""#;
        for (announced, expected) in [
            (format!("{old}}}"), "reference server 0.1.0, sqlite 3.51.3"),
            (
                format!("{old},\"limits\":\"off\"}}"),
                "reference server 0.1.0, sqlite 3.51.3, limits for each client off",
            ),
        ] {
            let announcement: Announcement = serde_json::from_str(&announced).expect("an announcement");
            assert_eq!(announcement.what(), expected);
        }
    }
}
