//! Whom a run loads: a server of the user's, or the reference server, started and filled for the run.

use std::sync::atomic::AtomicBool;

use anyhow::anyhow;
use scenarios::Scenario;
use scenarios::report::Seeded;
use scenarios::show;
use scenarios::target::Server;

use crate::config::RunConfig;
use crate::journey::Material;
use crate::live::Live;
use crate::offered;
use crate::target::{self, Address};

/// Sessions that the seed prepares for visitors.
const VISITORS: u32 = 500;

/// Whom a run loads.
pub(crate) struct Subject {
    pub(crate) address: Address,
    pub(crate) what: String,
    pub(crate) seeded: Option<Seeded>,
    #[cfg(feature = "reference-server")]
    server: Option<crate::launch::Launched>,
}

/// Finds the target, or starts and fills the reference server and adds its data to `material`.
///
/// # Errors
/// The target cannot be found, or the reference server not be started.
pub(crate) fn prepare(
    scenario: &Scenario,
    config: &RunConfig,
    material: &mut Material,
    interrupted: &AtomicBool,
    live: &Live,
) -> anyhow::Result<Subject> {
    if let Server::Running(url) = &config.target.server {
        let address = target::resolve(url, &config.target)?;
        return Ok(Subject {
            what: without_scheme(url).to_owned(),
            address,
            seeded: None,
            #[cfg(feature = "reference-server")]
            server: None,
        });
    }
    own_server(scenario, config, material, interrupted, live)
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
    let filling = Filling { questions: scale.questions, visitors: VISITORS, seed: config.seed };
    live.say(&format!("filling the reference server with {} questions", show::count(scale.questions as f64)));
    let server = launch(&config.data, &filling, interrupted)?;
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
    let address = Address {
        resolved_in: None,
        host: config.target.host.clone().unwrap_or_else(|| "localhost".to_owned()),
        socket: server.address,
        tls: None,
        url: format!("http://{}", server.address),
    };
    Ok(Subject { address, what: server.what.clone(), seeded: Some(seeded), server: Some(server) })
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
        #[cfg(feature = "reference-server")]
        if let Some(server) = &self.server {
            return (Some(server.pid()), Some(format!("http://{}/metrics", server.address)));
        }
        (None, None)
    }

    /// Stops the server, if it is ours.
    ///
    /// # Errors
    /// It did not end well.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        #[cfg(feature = "reference-server")]
        if let Some(server) = &mut self.server {
            return server.stop();
        }
        Ok(())
    }
}
