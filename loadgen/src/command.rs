//! A target that is started by a command for the run, and stopped after it.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::ChildStdin;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, anyhow, bail};
use rustix::process::Pid;
use scenarios::target::{Command, Start};

use crate::child::{Started, wait};
use crate::keeper::{self, GENTLY, STOP_WAIT};

/// A server that was started by a command.
#[derive(Debug)]
pub(crate) struct Commanded {
    keeper: Started,
    /// Breaking this pipe ends everything.
    order: Option<ChildStdin>,
    /// Where it is to listen.
    pub(crate) url: String,
    /// The command, for the report.
    pub(crate) what: String,
}

/// Starts a command in a folder, and does not wait for it.
///
/// # Errors
/// It cannot be started.
pub(crate) fn start(start: &Start, folder: &Path) -> anyhow::Result<Commanded> {
    let url = match &start.url {
        Some(url) => url.clone(),
        None => format!("http://{}", free_address().context("no port of this machine is free")?),
    };
    let (_, port) = scenarios::target::split_port(&url);
    let port = port.unwrap_or(if url.starts_with("https://") { "443" } else { "80" });
    let filled = |text: &String| text.replace("{port}", port);
    let (words, what) = match &start.command {
        Command::Shell(line) => (vec!["/bin/sh".to_owned(), "-c".to_owned(), filled(line)], filled(line)),
        Command::Words(words) => {
            let words: Vec<String> = words.iter().map(filled).collect();
            let shown = words.join(" ");
            (words, shown)
        }
    };
    let mut command = keeper::keeper(&words)?;
    command.env("PORT", port).envs(start.env.iter().map(|(name, value)| (name, filled(value))));
    if !folder.as_os_str().is_empty() {
        command.current_dir(folder);
    }
    let mut keeper = Started::spawn(&mut command).with_context(|| format!("cannot start `{what}`"))?;
    keeper.keep_output();
    let order = keeper.child.stdin.take();
    Ok(Commanded { keeper, order, url, what })
}

/// A port that nobody listens on now.
fn free_address() -> std::io::Result<std::net::SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

impl Commanded {
    /// The process above all of the command's.
    pub(crate) fn pid(&self) -> Pid {
        self.keeper.pid()
    }

    /// Refuses to go on when the command has ended.
    ///
    /// # Errors
    /// It has.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        match self.keeper.child.try_wait()? {
            Some(status) => bail!(
                "`{}` ended by itself, with {status}{}\n  hint: start it by hand in the scenario's folder to see why; {{port}} stands for its port, which is in PORT, too",
                self.what,
                self.keeper.last_words()
            ),
            None => Ok(()),
        }
    }

    /// What it said last, for an error message.
    pub(crate) fn last_words(&self) -> String {
        self.keeper.last_words()
    }

    /// Asks it to stop, and makes it after a while.
    ///
    /// # Errors
    /// It had stopped by itself, or had to be made to.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(status) = self.keeper.child.try_wait()? {
            bail!("`{}` ended by itself, with {status}{}", self.what, self.keeper.last_words());
        }
        let patient = AtomicBool::new(false);
        let begun = std::time::Instant::now();
        if let Some(order) = &mut self.order {
            // A keeper that is gone has ended what it kept.
            drop(order.write_all(&[GENTLY]));
        }
        // The keeper itself waits for so long, and then kills.
        let ended = wait(&mut self.keeper.child, STOP_WAIT * 2, &patient)?;
        match ended {
            Some(_) if begun.elapsed() < STOP_WAIT => Ok(()),
            Some(_) => {
                Err(anyhow!("`{}` did not stop within {} s and was killed", self.what, STOP_WAIT.as_secs()))
            }
            None => Err(anyhow!("`{}` could not be stopped", self.what)),
        }
    }
}

impl Drop for Commanded {
    fn drop(&mut self) {
        // The pipe breaks, and the keeper ends everything; it is waited for, so that nothing outlives the run.
        drop(self.order.take());
        let patient = AtomicBool::new(false);
        drop(wait(&mut self.keeper.child, STOP_WAIT, &patient));
    }
}
