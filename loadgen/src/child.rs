//! Child processes: in a group of their own, dead when this program is, and with their last words kept.
//!
//! The program starts itself again under a hidden subcommand, which asks the kernel to be killed when its parent dies,
//! however that happens, and then becomes the program that is wanted. Ctrl-C in a terminal reaches a process group, so
//! children get one of their own: the run ends first, and its children after it.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::{Pid, Signal};

/// The hidden subcommand that prepares a child: dies with its parent, then becomes another program.
pub(crate) const AS_CHILD: &str = "__child";

/// How often a child is looked at while it is waited for.
pub(crate) const LOOK: Duration = Duration::from_millis(10);
/// Bytes of a child's last words that are kept for an error message.
const LAST_WORDS: usize = 4_096;

/// This program's own file, under a hidden subcommand.
///
/// # Errors
/// It cannot be found.
pub(crate) fn myself(subcommand: &str) -> anyhow::Result<Command> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let mut command = Command::new(program);
    command.arg(subcommand);
    Ok(command)
}

/// A program that dies with this process; its arguments are yet to be added.
///
/// # Errors
/// This program's own file cannot be found.
pub(crate) fn mortal(program: &Path) -> anyhow::Result<Command> {
    let mut command = myself(AS_CHILD)?;
    command.arg(std::process::id().to_string()).arg(program);
    Ok(command)
}

/// A child and what it said last on stderr.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) child: Child,
    words: Words,
}

impl Started {
    /// Starts a child in a process group of its own.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn spawn(command: &mut Command) -> std::io::Result<Started> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn()?;
        let words = Words::default();
        if let Some(stderr) = child.stderr.take() {
            words.listen(stderr);
        }
        Ok(Started { child, words })
    }

    /// Keeps the end of what it prints, too.
    pub(crate) fn keep_output(&mut self) {
        if let Some(stdout) = self.child.stdout.take() {
            self.words.listen(stdout);
        }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Ends it, and gives what it said last, for an error message.
    #[cfg(feature = "reference-server")]
    pub(crate) fn end(&mut self) -> String {
        drop(self.child.kill());
        drop(self.child.wait());
        self.last_words()
    }

    /// What it said last, for an error message.
    pub(crate) fn last_words(&self) -> String {
        // They are on their way through the pipe.
        std::thread::sleep(LOOK);
        match self.words.text() {
            words if words.is_empty() => String::new(),
            words => format!("\n  it said: {}", words.trim_start_matches("error: ")),
        }
    }
}

/// The end of what a child says, for an error message.
#[derive(Clone, Debug, Default)]
struct Words(Arc<Mutex<Vec<u8>>>);

impl Words {
    /// Reads all the time: a child whose pipe is full stands still.
    fn listen(&self, source: impl Read + Send + 'static) {
        let words = self.clone();
        std::thread::spawn(move || words.keep(source));
    }

    fn keep(&self, mut source: impl Read) {
        let mut buffer = [0u8; 1_024];
        while let Ok(read @ 1..) = source.read(&mut buffer) {
            let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            words.extend_from_slice(&buffer[..read]);
            let surplus = words.len().saturating_sub(LAST_WORDS);
            words.drain(..surplus);
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).trim().to_owned()
    }
}

/// Waits for a child to end; `None` when it has not within this time, or before an interruption.
///
/// # Errors
/// The child cannot be looked at.
pub(crate) fn wait(
    child: &mut Child,
    longest: Duration,
    interrupted: &AtomicBool,
) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > longest || interrupted.load(Ordering::Relaxed) {
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

/// The hidden subcommand [`AS_CHILD`]: `PARENT PROGRAM ARGUMENT...`. Does not return when all goes well.
pub(crate) fn become_child(arguments: &[OsString]) -> ExitCode {
    let failed = ExitCode::from(scenarios::verdict::EXIT_FAILED);
    let [parent, program, rest @ ..] = arguments else { return failed };
    let Some(parent) = parent.to_str().and_then(|text| text.parse::<i32>().ok()) else { return failed };
    if rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).is_err() {
        return failed;
    }
    // The parent may have died before the request above was heard.
    if rustix::process::getppid().map(Pid::as_raw_pid) != Some(parent) {
        return failed;
    }
    let error = Command::new(PathBuf::from(program)).args(rest).exec();
    drop(error);
    failed
}
