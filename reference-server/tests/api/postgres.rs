//! A throw-away PostgreSQL server in a folder of its own, reached by a socket in that folder.
//!
//! The server's programs are looked for in `PATH` and where Debian puts them. Without them a test is skipped
//! and says so; in continuous integration, where they are installed, that is a failure. PostgreSQL does not
//! run as root, so root runs it as another user.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reference_server::store::Database;
use tempfile::TempDir;

use crate::audit;

pub(crate) struct Postgres {
    pub(crate) folder: TempDir,
    pub(crate) programs: PathBuf,
    pub(crate) server: Child,
}

impl Postgres {
    /// Starts a server; `None`, with a line that says so, when there is none to start.
    #[expect(clippy::print_stdout, reason = "a test that was not run must not look like one that was")]
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is needed in continuous integration");
            println!("skipped: no PostgreSQL");
            return None;
        };
        let folder = own_folder();
        let data = folder.path().join("data");
        let authentication =
            ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
        run(command(&programs.join("initdb")).arg("--pgdata").arg(&data).args(authentication));
        let server = launch(&programs, folder.path());
        let postgres = Self { folder, programs, server };
        postgres.wait();
        Some(postgres)
    }

    /// Starts a server that follows this one and is read from.
    pub(crate) fn replica(&self) -> Self {
        let folder = own_folder();
        let copy = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"];
        let mut backup = command(&self.programs.join("pg_basebackup"));
        backup.arg("--pgdata").arg(folder.path().join("data")).args(copy);
        run(backup.arg("--username=postgres").arg("--host").arg(self.folder.path()));
        let server = launch(&self.programs, folder.path());
        let replica = Self { folder, programs: self.programs.clone(), server };
        replica.wait();
        replica
    }

    /// Asks the server itself whether it is ready, a bounded number of times; each time waits for an answer
    /// for a second.
    pub(crate) fn wait(&self) {
        for _ in 0..3_000 {
            let mut ask = Command::new(self.programs.join("pg_isready"));
            let ready = ask.arg("-q").arg("-t").arg("1").arg("-h").arg(self.folder.path()).status();
            if ready.expect("pg_isready runs").success() {
                return;
            }
        }
        panic!("PostgreSQL does not get ready");
    }

    /// How a program is told of it.
    pub(crate) fn address(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.path().display())
    }

    pub(crate) fn database(&self) -> Database {
        self.address().parse().expect("an address")
    }

    /// An empty database beside that one.
    pub(crate) async fn another(&self, number: u32) -> Database {
        audit::run(&self.database(), format!("create database forum_{number}")).await;
        self.numbered(number)
    }

    /// The database of this number, which is there already.
    pub(crate) fn numbered(&self, number: u32) -> Database {
        let folder = self.folder.path().display();
        format!("postgres://postgres@localhost/forum_{number}?host={folder}").parse().expect("an address")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Nothing in it is wanted any more; the other processes of the server end with this one.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// A folder that belongs to whom the server runs as.
fn own_folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("forum-pg-").tempdir().expect("a folder");
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(folder.path()));
    }
    folder
}

/// The server on the data in a folder. Without `fsync`, which only a loss of power would miss: killed processes leave
/// what they have written to the system.
pub(crate) fn launch(programs: &Path, folder: &Path) -> Child {
    let mut server = command(&programs.join("postgres"));
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    server.args(["-c", "listen_addresses=", "-c", "fsync=off"]);
    server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a server")
}

/// The folder with `initdb` and `postgres`: the newest of Debian's, else one of `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output().expect("id runs");
    user.stdout == b"0\n"
}

/// A program of the server, run as `postgres` by root, and ended with the thread that started it.
fn command(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg(program).stdin(Stdio::null());
    command
}

fn run(command: &mut Command) {
    let done = command.stdout(Stdio::null()).output().expect("a program that runs");
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}
