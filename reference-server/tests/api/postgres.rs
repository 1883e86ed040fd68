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
    folder: TempDir,
    server: Child,
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
        let folder = tempfile::Builder::new().prefix("forum-pg-").tempdir().expect("a folder");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let data = folder.path().join("data");
        let authentication =
            ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
        run(command(&programs.join("initdb")).arg("--pgdata").arg(&data).args(authentication));
        let server = command(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        let postgres = Self { folder, server };
        postgres.wait(&programs);
        Some(postgres)
    }

    /// Asks the server itself whether it is ready, a bounded number of times; each time waits for an answer
    /// for a second.
    fn wait(&self, programs: &Path) {
        for _ in 0..600 {
            let mut ask = Command::new(programs.join("pg_isready"));
            let ready = ask.arg("-q").arg("-t").arg("1").arg("-h").arg(self.folder.path()).status();
            if ready.expect("pg_isready runs").success() {
                return;
            }
        }
        panic!("PostgreSQL does not get ready");
    }

    pub(crate) fn database(&self) -> Database {
        let folder = self.folder.path().display();
        format!("postgres://postgres@localhost/postgres?host={folder}").parse().expect("an address")
    }

    /// An empty database beside that one.
    pub(crate) async fn another(&self, number: u32) -> Database {
        audit::run(&self.database(), format!("create database forum_{number}")).await;
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
