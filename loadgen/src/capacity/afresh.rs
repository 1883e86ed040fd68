//! The same data at the beginning of each level.
//!
//! A level that writes leaves a server with more data than it found, and the next one would be measured on another server: what
//! looks slower may only be fuller. So the reference server is started anew before each level, with the data that it was filled
//! with. A target of the user's has a command for that (`--between`), or is measured as it grows, which is said.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, bail};
use scenarios::requests::Method;

use crate::child::{Started, wait};
use crate::journey::Plan;
use crate::subject::Subject;

/// How long a command may take that puts a target back: a dump of some gigabytes.
const BETWEEN_WAIT: Duration = Duration::from_mins(10);

/// What is done before each level but the first.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Afresh {
    /// The reference server is put back.
    PutBack,
    /// A command of the user's is run.
    Command(String),
    /// Nothing, and why not.
    Nothing(Why),
}

/// Why the next level finds what the one before has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Nothing is written.
    OnlyRead,
    /// What setup has made would be lost.
    HasSetup,
    /// The target, or its database, is not ours.
    NotOurs,
}

impl Afresh {
    /// What is to be done for this target.
    pub(super) fn of(plan: &Plan, can_be_put_back: bool, command: Option<&String>) -> Afresh {
        if let Some(command) = command {
            return Afresh::Command(command.clone());
        }
        let requests = plan.actions.iter().flat_map(|action| &action.requests);
        let writes = requests.into_iter().any(|request| !is_read(request.template.method()));
        match () {
            () if !writes => Afresh::Nothing(Why::OnlyRead),
            () if !can_be_put_back => Afresh::Nothing(Why::NotOurs),
            () if !plan.setup.is_empty() => Afresh::Nothing(Why::HasSetup),
            () => Afresh::PutBack,
        }
    }

    /// What was done, for the reader.
    pub(super) fn words(&self) -> Option<String> {
        match self {
            Afresh::PutBack => {
                Some("each level began with the data that the reference server was filled with".to_owned())
            }
            Afresh::Command(command) => Some(format!("`{command}` was run before each level but the first")),
            Afresh::Nothing(_) => None,
        }
    }

    /// Does it; whether the target may listen elsewhere now, and its connections are gone.
    ///
    /// # Errors
    /// It could not be done; with what was said.
    pub(super) fn begin(&self, subject: &mut Subject, folder: &Path) -> anyhow::Result<bool> {
        match self {
            Afresh::PutBack => subject.put_back(),
            Afresh::Command(command) => run(command, &subject.address.url, folder).map(|()| true),
            Afresh::Nothing(_) => Ok(false),
        }
    }
}

fn is_read(method: Method) -> bool {
    matches!(method, Method::Get | Method::Head)
}

fn run(command: &str, url: &str, folder: &Path) -> anyhow::Result<()> {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", command]).stdin(Stdio::null()).env("TARGET_URL", url);
    if !folder.as_os_str().is_empty() {
        shell.current_dir(folder);
    }
    let mut started =
        Started::spawn(&mut shell).with_context(|| format!("--between: `{command}` cannot be started"))?;
    started.keep_output();
    // It is waited for even when somebody is impatient: a target that is half put back is of no use. A second Ctrl-C ends all.
    let patient = AtomicBool::new(false);
    match wait(&mut started.child, BETWEEN_WAIT, &patient)? {
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!(
            "--between: `{command}` ended with {status}{}\n  hint: try it by hand; it is run in the scenario's folder, with TARGET_URL in its environment",
            started.last_words()
        ),
        None => {
            // The shell and whatever it has started.
            rustix::process::kill_process_group(started.pid(), rustix::process::Signal::KILL)?;
            started.child.wait()?;
            bail!("--between: `{command}` was not done after {} min", BETWEEN_WAIT.as_secs() / 60)
        }
    }
}
