//! Another revision of the code, built in a folder of its own, which is removed in the end.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::child::{Started, wait};

/// How long a build may take.
const BUILD_WAIT: Duration = Duration::from_hours(1);

/// A checkout.
#[derive(Debug)]
pub(crate) struct Checkout {
    folder: tempfile::TempDir,
    /// The part of the repository in which the command was given.
    within: PathBuf,
    /// The revision, short.
    pub(crate) revision: String,
}

impl Checkout {
    /// Checks out `revision` of the repository around the current folder, and builds it.
    ///
    /// # Errors
    /// There is no repository, no such revision, or it does not build; with what was said last.
    pub(crate) fn build(revision: &str, line: &str, interrupted: &AtomicBool) -> anyhow::Result<Checkout> {
        // A revision that begins with a dash would be an option.
        let named = format!("{revision}^{{commit}}");
        let commit = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &named]).with_context(|| {
            format!("--base {revision}: no such revision\n  hint: a shallow clone lacks it; fetch with full history")
        })?;
        let within = PathBuf::from(git(&["rev-parse", "--show-prefix"])?);
        let folder = tempfile::Builder::new().prefix("headroom-base-").tempdir()?;
        let checkout = Checkout { revision: commit.chars().take(12).collect(), within, folder };
        let place = checkout.root();
        git(&["worktree", "add", "--detach", &place.to_string_lossy(), &commit])
            .with_context(|| format!("--base {revision}: it cannot be checked out"))?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", line]).current_dir(checkout.folder()).stdin(Stdio::null());
        // Where this checkout builds is no place for another one.
        command.env_remove("CARGO_TARGET_DIR");
        let mut started = Started::spawn(&mut command).context("the build cannot be started")?;
        started.keep_output();
        match wait(&mut started.child, BUILD_WAIT, interrupted)? {
            Some(status) if status.success() => Ok(checkout),
            Some(status) => bail!("--base {revision}: `{line}` ended with {status}{}", started.last_words()),
            None => {
                // The shell and whatever it has started.
                rustix::process::kill_process_group(started.pid(), rustix::process::Signal::KILL)?;
                started.child.wait()?;
                bail!(
                    "--base {revision}: `{line}` was not done after {} min, or was interrupted",
                    BUILD_WAIT.as_secs() / 60
                )
            }
        }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    /// The folder that is to it what the current one is to the repository.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root().join(&self.within)
    }

    /// Where a release build of this program lies in it.
    pub(crate) fn program(&self) -> PathBuf {
        self.root().join("target/release/loadgen")
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        // The folder goes anyway; git only has to forget it.
        drop(git(&["worktree", "remove", "--force", &self.root().to_string_lossy()]));
    }
}

/// What git prints.
fn git(arguments: &[&str]) -> anyhow::Result<String> {
    let output =
        Command::new("git").args(arguments).stdin(Stdio::null()).output().context("git cannot be started")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
