//! A throw-away Redis server on a free port, which can be killed, frozen and started again.
//!
//! Without the program a test is skipped and says so; in continuous integration, where it is installed, that is a failure.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

pub(crate) struct Redis {
    folder: TempDir,
    port: u16,
    server: Child,
}

/// How often a server that does not answer yet is asked again, and how often another port is tried.
const TRIES: u32 = 1_000;
const PORTS: u32 = 10;

impl Redis {
    /// Starts a server; `None`, with a line that says so, when there is none to start.
    pub(crate) fn start() -> Option<Self> {
        let found = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("CI").is_none(), "Redis is needed in continuous integration");
            // Past what catches the output of tests: one that was not run must not look like one that was.
            drop(writeln!(std::io::stdout(), "skipped: no Redis"));
            return None;
        }
        let mut folder = tempfile::Builder::new().prefix("forum-redis-").tempdir().expect("a folder");
        for _ in 0..PORTS {
            // Free when it was asked for; if somebody was faster, the server ends and another one is tried.
            let free = TcpListener::bind("127.0.0.1:0").expect("a port");
            let port = free.local_addr().expect("its address").port();
            drop(free);
            let server = launch(&folder, port);
            let mut redis = Self { folder, port, server };
            if redis.wait() {
                return Some(redis);
            }
            let other = tempfile::Builder::new().prefix("forum-redis-").tempdir().expect("a folder");
            folder = std::mem::replace(&mut redis.folder, other);
        }
        panic!("Redis does not start");
    }

    /// How a program is told of it.
    pub(crate) fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it at once and without a warning; what it held is gone.
    pub(crate) fn kill(&mut self) {
        self.server.kill().expect("a process to kill");
        self.server.wait().expect("its end");
    }

    /// Starts it again on the same port, empty.
    pub(crate) fn start_again(&mut self) {
        self.server = launch(&self.folder, self.port);
        assert!(self.wait(), "Redis does not start again");
    }

    /// Holds it, which is not the same as being gone: connections stay, nobody answers.
    pub(crate) fn freeze(&self) {
        kill_process(Pid::from_child(&self.server), Signal::STOP).expect("a process to hold");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        kill_process(Pid::from_child(&self.server), Signal::CONT).expect("a process to let go on");
    }

    /// What it says to a command, as it says it, up to so many bytes.
    pub(crate) fn say(&self, command: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], self.port)))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        // It closes the connection when it has said all.
        stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes())?;
        let mut said = Vec::new();
        stream.read_to_end(&mut said)?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    /// Whether it answers, a bounded number of times asked, and as long as it runs.
    fn wait(&mut self) -> bool {
        for _ in 0..TRIES {
            if self.say("PING").is_ok_and(|said| said.starts_with("+PONG")) {
                return true;
            }
            if self.server.try_wait().expect("a process").is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// The server, ended with the thread that started it.
fn launch(folder: &TempDir, port: u16) -> Child {
    let mut server = Command::new("setpriv");
    server.args(["--pdeathsig=KILL", "redis-server", "--port"]).arg(port.to_string());
    server.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"]).arg(folder.path());
    server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    server.spawn().expect("a server")
}
