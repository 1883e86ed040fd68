//! The forum as a process of its own, which can be killed.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_reference-server");

pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts the forum on a database and waits until it says where it listens. Its log goes to a file in `folder`.
    pub(crate) fn start(folder: &Path, database: &str, more: &[&str]) -> Self {
        Self::start_as(Command::new(PROGRAM), folder, database, more)
    }

    /// The same, with a command that becomes the program once it has prepared its surroundings.
    pub(crate) fn start_as(mut command: Command, folder: &Path, database: &str, more: &[&str]) -> Self {
        let log = folder.join("server.log");
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--format", "json", "--limits", "off"])
            .args(["--database", database])
            .args(more)
            .env_remove("FORUM_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(appended(&log));
        let mut child = command.spawn().expect("a server");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let said: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|_| {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            panic!("the server did not start: {line}{log}")
        });
        let address = said["listening"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        Self { child, address, log }
    }

    /// Ends it without a warning (SIGKILL), and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a process to kill");
        self.child.wait().expect("its end");
    }

    /// Asks it to end (SIGTERM).
    pub(crate) fn ask_to_end(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("a process to ask");
    }

    /// Asks it to end, and waits until it has: it must have ended well.
    pub(crate) fn end(mut self) {
        self.ask_to_end();
        let ended: ExitStatus = self.child.wait().expect("its end");
        assert!(ended.success(), "{ended}: {}", self.log());
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if !std::thread::panicking() {
            assert!(!self.log().contains("panicked"), "{}", self.log());
        }
    }
}

fn appended(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("a file for the log")
}
