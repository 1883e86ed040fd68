//! Whom a run loads: a server of the user's, or the reference server, started and filled for the run.

use std::sync::atomic::AtomicBool;

use anyhow::anyhow;
use scenarios::Scenario;
use scenarios::report::Seeded;
#[cfg(feature = "reference-server")]
use scenarios::show;
use scenarios::target::Server;

use crate::ask;
use crate::command::{self, Commanded};
use crate::config::RunConfig;
use crate::journey::Material;
use crate::live::Live;
#[cfg(feature = "reference-server")]
use crate::offered;
use crate::target::{self, Address};

/// Sessions that the seed prepares for visitors.
#[cfg(feature = "reference-server")]
const VISITORS: u32 = 500;

/// Whom a run loads.
pub(crate) struct Subject {
    pub(crate) address: Address,
    pub(crate) what: String,
    pub(crate) seeded: Option<Seeded>,
    server: Ours,
}

/// A server that was started for the run, if any was.
enum Ours {
    Nothing,
    #[cfg(feature = "reference-server")]
    Reference(Box<crate::launch::Launched>),
    Command(Commanded),
}

/// Finds the target, or starts it; the reference server is filled, and its data are added to `material`.
///
/// # Errors
/// The target cannot be found, or a server not be started.
pub(crate) fn prepare(
    scenario: &Scenario,
    config: &RunConfig,
    material: &mut Material,
    interrupted: &AtomicBool,
    live: &Live,
) -> anyhow::Result<Subject> {
    let target = &config.target;
    match &target.server {
        Server::Reference => own_server(scenario, config, material, interrupted, live),
        Server::Running(url) => {
            let address = if target.ready.is_some() {
                live.say(&format!("waiting for {url} to be ready"));
                ask::until_ready(url, target, interrupted, &mut || Ok(()))?
            } else {
                target::resolve(url, target)?
            };
            Ok(Subject { what: without_scheme(url).to_owned(), address, seeded: None, server: Ours::Nothing })
        }
        Server::Started(start) => {
            let mut started = command::start(start, &config.folder)?;
            live.say(&format!("started `{}`", started.what));
            let url = started.url.clone();
            let address = ask::until_ready(&url, target, interrupted, &mut || started.check());
            let address = address.map_err(|error| told_by(&started, error))?;
            let what = format!("`{}` on {}", started.what, without_scheme(&url));
            Ok(Subject { what, address, seeded: None, server: Ours::Command(started) })
        }
    }
}

/// What a server said that did not become ready; one that has ended has told already.
fn told_by(started: &Commanded, error: anyhow::Error) -> anyhow::Error {
    let told = format!("{error:#}");
    if told.contains("it said:") { error } else { anyhow!("{told}{}", started.last_words()) }
}

fn without_scheme(url: &str) -> &str {
    url.trim_start_matches("https://").trim_start_matches("http://")
}

#[cfg(feature = "reference-server")]
fn own_server(
    scenario: &Scenario,
    config: &RunConfig,
    material: &mut Material,
    interrupted: &AtomicBool,
    live: &Live,
) -> anyhow::Result<Subject> {
    use crate::launch::{Filling, launch};

    refuse_choices(scenario)?;
    let scale = offered::scale(scenario, config.scale);
    let filling = Filling {
        questions: scale.questions,
        visitors: VISITORS,
        seed: config.seed,
        keeps_copy: config.keeps_copy,
    };
    live.say(&format!("filling the reference server with {} questions", show::count(scale.questions as f64)));
    let server = launch(&config.make, &config.data, &filling, interrupted)?;
    let seeded = Seeded {
        questions: server.seeded.questions,
        scenario_questions: scale.scenario_questions,
        rule: scale.rule,
        database_bytes: server.seeded.database_bytes,
        seconds: server.seeded.seconds,
        storage: server.seeded.storage.clone(),
    };
    live.say(&format!(
        "{} on {} · seeded {} questions in {}",
        server.what,
        server.address,
        show::count(seeded.questions as f64),
        show::seconds(seeded.seconds)
    ));
    material.seeded.insert("question".to_owned(), server.seeded.questions);
    material.seeded.insert("user".to_owned(), server.seeded.users);
    material.visitors = server.visitors.clone();
    // The port differs from run to run; were it in the Host header, equal seeds would not give equal bytes.
    let host = config.target.host.clone().unwrap_or_else(|| "localhost".to_owned());
    let address = address_of(&server, host);
    Ok(Subject {
        address,
        what: server.what.clone(),
        seeded: Some(seeded),
        server: Ours::Reference(Box::new(server)),
    })
}

#[cfg(feature = "reference-server")]
fn address_of(server: &crate::launch::Launched, host: String) -> Address {
    let socket = server.address;
    Address { resolved_in: None, host, socket, tls: None, url: format!("http://{socket}") }
}

#[cfg(not(feature = "reference-server"))]
fn own_server(
    _: &Scenario,
    _: &RunConfig,
    _: &mut Material,
    _: &AtomicBool,
    _: &Live,
) -> anyhow::Result<Subject> {
    Err(anyhow!(
        "this loadgen was built without the reference server\n  hint: name a target with --target URL"
    ))
}

/// The reference server obeys what it can; what it cannot is refused, so that no report speaks of a cache that was
/// never there.
#[cfg(feature = "reference-server")]
fn refuse_choices(scenario: &Scenario) -> anyhow::Result<()> {
    for choice in &scenario.choices {
        let is_default = matches!(
            (choice.name.as_str(), choice.value.as_str()),
            ("database", "sqlite")
                | ("writes", "sync")
                | ("replicas", "0")
                | ("cache", "0" | "none" | "no" | "off")
        );
        if !is_default {
            return Err(anyhow!(
                "line {}: the reference server has no `{}: {}` yet\n  hint: leave the line out to measure it as it is, or measure a server of your own with --target",
                choice.line,
                choice.name,
                choice.value
            ));
        }
    }
    Ok(())
}

impl Subject {
    /// Its process and the address of its counters, if they can be seen.
    pub(crate) fn insight(&self) -> (Option<rustix::process::Pid>, Option<String>) {
        match &self.server {
            Ours::Nothing => (None, None),
            #[cfg(feature = "reference-server")]
            Ours::Reference(server) => {
                (Some(server.pid()), Some(format!("http://{}/metrics", server.address)))
            }
            Ours::Command(command) => (Some(command.pid()), None),
        }
    }

    /// Starts the reference server anew with the data that it was filled with, at another address; whether it is one that can be
    /// put back.
    ///
    /// # Errors
    /// It cannot be put back.
    pub(crate) fn put_back(&mut self) -> anyhow::Result<bool> {
        match &mut self.server {
            #[cfg(feature = "reference-server")]
            Ours::Reference(server) => {
                let is_back = server.put_back()?;
                self.address = address_of(server, std::mem::take(&mut self.address.host));
                Ok(is_back)
            }
            _ => Ok(false),
        }
    }

    /// Whether [`Subject::put_back`] can do it: the reference server, of whose data a copy was kept.
    pub(crate) fn can_be_put_back(&self) -> bool {
        match &self.server {
            #[cfg(feature = "reference-server")]
            Ours::Reference(server) => server.has_copy(),
            _ => false,
        }
    }

    /// Refuses to go on when a server that was started has ended.
    ///
    /// # Errors
    /// It has.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        match &mut self.server {
            Ours::Nothing => Ok(()),
            #[cfg(feature = "reference-server")]
            Ours::Reference(server) => server.check(),
            Ours::Command(command) => command.check(),
        }
    }

    /// Stops the server, if it is ours.
    ///
    /// # Errors
    /// It did not end well.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        match &mut self.server {
            Ours::Nothing => Ok(()),
            #[cfg(feature = "reference-server")]
            Ours::Reference(server) => server.stop(),
            Ours::Command(command) => command.stop(),
        }
    }
}
