//! A process between this program and a command of the user's, so that nothing of that command stays behind.
//!
//! A command may start others, which may start others and leave: killing the first of them ends one of many. The keeper
//! adopts whatever of them loses its parent (`PR_SET_CHILD_SUBREAPER`), and ends them all: when this program asks it to,
//! gently first, or when the pipe from this program breaks, which it does however this program ends.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpid, kill_process, kill_process_group, set_child_subreaper};
use scenarios::verdict::EXIT_FAILED;

use crate::child::{LOOK, mortal, wait};
use crate::process::descendants;

/// The hidden subcommand: `PROGRAM ARGUMENT...`.
pub(crate) const AS_KEEPER: &str = "__keeper";
/// What this program writes when the command is to end gently.
pub(crate) const GENTLY: u8 = b'g';
/// How long a command may take to end after SIGTERM; most frameworks drain for five seconds or less.
pub(crate) const STOP_WAIT: Duration = Duration::from_secs(8);
/// How long killed processes may take to be gone.
const KILL_WAIT: Duration = Duration::from_secs(2);

/// The hidden subcommand [`AS_KEEPER`]; ends with the command's own exit status.
pub(crate) fn become_keeper(arguments: &[OsString]) -> ExitCode {
    let [program, rest @ ..] = arguments else { return ExitCode::from(EXIT_FAILED) };
    // Without adoption only the group is ended; better than not to start.
    let _ = set_child_subreaper(Some(getpid()));
    let spawned = mortal(Path::new(program))
        .ok()
        .and_then(|mut shim| shim.args(rest).stdin(Stdio::null()).process_group(0).spawn().ok());
    let Some(mut child) = spawned else { return ExitCode::from(EXIT_FAILED) };
    let group = Pid::from_child(&child);
    let gently = Arc::new(AtomicBool::new(false));
    let ordered = gently.clone();
    std::thread::spawn(move || {
        let mut order = [0u8];
        if matches!(std::io::stdin().read(&mut order), Ok(1)) && order[0] == GENTLY {
            ordered.store(true, Ordering::Relaxed);
            // Nothing is left to be done where it has ended already.
            let _ = kill_process_group(group, Signal::TERM);
            std::thread::sleep(STOP_WAIT);
        }
        let _ = kill_process_group(group, Signal::KILL);
        sweep();
    });
    let never = AtomicBool::new(false);
    let status = wait(&mut child, Duration::MAX, &never);
    // The first of them, often a shell, is gone before the rest has drained.
    let begun = Instant::now();
    while gently.load(Ordering::Relaxed) && begun.elapsed() < STOP_WAIT && !descendants(getpid()).is_empty() {
        std::thread::sleep(LOOK);
    }
    let _ = kill_process_group(group, Signal::KILL);
    sweep();
    let code = status.ok().flatten().and_then(|status| status.code());
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(EXIT_FAILED))
}

/// Kills whatever the command has left behind.
fn sweep() {
    let begun = Instant::now();
    loop {
        let left = descendants(getpid());
        if left.is_empty() || begun.elapsed() > KILL_WAIT {
            return;
        }
        for process in left {
            // It may have ended by itself.
            let _ = kill_process(process, Signal::KILL);
        }
        std::thread::sleep(LOOK);
    }
}

/// What starts the keeper of a command.
///
/// # Errors
/// This program's own file cannot be found.
pub(crate) fn keeper(words: &[String]) -> anyhow::Result<Command> {
    let mut command = crate::child::myself(AS_KEEPER)?;
    command.args(words).stdin(Stdio::piped());
    Ok(command)
}
