//! One of those who are compared: what was typed, the server behind it, and the visits it is asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, anyhow, bail};
use scenarios::Scenario;
use scenarios::target::{Command, Server, Start};

use super::cpu::Meter;
use crate::config::RunConfig;
use crate::drive::Room;
use crate::errands::Errands;
use crate::journey::{self, Plan};
use crate::live::Live;
use crate::redact::Secrets;
use crate::run::{self, Loaded};
use crate::subject::{self, Subject};
use crate::target::Address;
use crate::{ask, care, material};

/// The word that stands for the reference server where a command could be.
const REFERENCE: &str = "reference";

/// What was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmAsked {
    /// As it was typed, for the report.
    pub text: String,
    server: Who,
    /// Where a command is run, if not in the folder of the command line.
    folder: Option<PathBuf>,
    /// Another build of this program, whose reference server is meant.
    program: Option<PathBuf>,
}

#[derive(Clone, Debug, PartialEq)]
enum Who {
    Url(String),
    Command(String),
    Reference(Vec<String>),
    /// What the scenario's own `target` says.
    Scenario,
}

impl ArmAsked {
    /// `http://…` is a server that runs, `reference …` the reference server with further words for its `serve`, and anything else a
    /// line for the shell that starts one.
    ///
    /// # Errors
    /// There is nothing.
    pub fn parse(text: &str) -> Result<ArmAsked, String> {
        let text = text.trim();
        let mut words = text.split_ascii_whitespace();
        let server = match words.next() {
            None => return Err("expected a URL, a command, or `reference`".to_owned()),
            Some(REFERENCE) => Who::Reference(reference_words(text)?),
            Some(word) if word.starts_with("http://") || word.starts_with("https://") => {
                if words.next().is_some() {
                    return Err(format!("expected a URL alone, found `{text}`"));
                }
                let url = word.trim_end_matches('/').to_owned();
                scenarios::target::check_url(&url)?;
                Who::Url(url)
            }
            Some(_) => Who::Command(text.to_owned()),
        };
        Ok(ArmAsked { text: text.to_owned(), server, folder: None, program: None })
    }

    /// The same, where it stands in a scenario: `${NAME}` is what the environment has by that name, so that a file can leave
    /// open where a database of the reader's is.
    ///
    /// # Errors
    /// As `parse`; also where the environment has no such name.
    pub fn of_file(text: &str) -> Result<ArmAsked, String> {
        let asked = ArmAsked::parse(text)?;
        let Who::Reference(words) = &asked.server else { return Ok(asked) };
        let words = words.iter().map(|word| filled_in(word)).collect::<Result<_, String>>()?;
        Ok(ArmAsked { server: Who::Reference(words), ..asked })
    }

    /// The server that the scenario names, or the reference server.
    #[must_use]
    pub fn of_scenario() -> ArmAsked {
        let text = "the scenario's target".to_owned();
        ArmAsked { text, server: Who::Scenario, folder: None, program: None }
    }

    /// The same of another checkout: a command is run in its folder, and the reference server is that of `program`.
    #[must_use]
    pub fn of_checkout(self, revision: &str, folder: &Path, program: PathBuf) -> ArmAsked {
        let text = format!("{} at {revision}", self.text);
        ArmAsked { text, folder: Some(folder.to_path_buf()), program: Some(program), ..self }
    }

    /// Whether its processes can be started anew for a second try.
    #[must_use]
    pub fn is_started_by_us(&self, scenario: &Scenario) -> bool {
        match &self.server {
            Who::Url(_) => false,
            Who::Command(_) | Who::Reference(_) => true,
            Who::Scenario => {
                !scenario.target.as_ref().is_some_and(|target| matches!(target.server, Server::Running(_)))
            }
        }
    }

    /// What it would be as the target of a run: a URL, or a command.
    #[must_use]
    pub fn as_target(&self) -> Option<(Option<String>, Option<String>)> {
        match &self.server {
            Who::Url(url) => Some((Some(url.clone()), None)),
            Who::Command(line) => Some((None, Some(line.clone()))),
            Who::Reference(_) | Who::Scenario => None,
        }
    }

    /// Whether another checkout of it would be the same server.
    #[must_use]
    pub fn is_the_same_everywhere(&self, scenario: &Scenario) -> bool {
        !self.is_started_by_us(scenario)
    }

    /// The settings of a run against it.
    fn config(&self, base: &RunConfig, yes: bool) -> RunConfig {
        let mut config = base.clone();
        match &self.server {
            Who::Scenario => {}
            Who::Url(url) => {
                if config.target.server.url() != Some(url) {
                    // What the file allows it allows for its own target.
                    config.target.remote = yes;
                }
                config.target.server = Server::Running(url.clone());
            }
            Who::Command(line) => {
                let command = Command::Shell(line.clone());
                config.target.server = Server::Started(Start { command, url: None, env: Vec::new() });
                config.folder = PathBuf::new();
            }
            Who::Reference(_) => {
                config.target.server = Server::Reference;
                config.target.ready = None;
            }
        }
        if let Some(folder) = &self.folder {
            config.folder.clone_from(folder);
        }
        #[cfg(feature = "reference-server")]
        {
            config.make.program.clone_from(&self.program);
            if let Who::Reference(switches) = &self.server {
                config.make.switches.extend(switches.iter().cloned());
            }
        }
        config
    }
}

/// The words behind `reference`, as a shell would part them.
fn reference_words(text: &str) -> Result<Vec<String>, String> {
    let words = shlex::split(text).ok_or_else(|| format!("a quote is not closed in `{text}`"))?;
    Ok(words.into_iter().skip(1).collect())
}

/// `${NAME}` replaced by what the environment has.
fn filled_in(word: &str) -> Result<String, String> {
    let Some((before, rest)) = word.split_once("${") else { return Ok(word.to_owned()) };
    let (name, after) = rest.split_once('}').ok_or_else(|| format!("`${{` is not closed in `{word}`"))?;
    let value = std::env::var(name).map_err(|_| {
        format!("the environment has no {name}\n  hint: set it, as the comments of the file say: {name}=... loadgen compare ...")
    })?;
    Ok(format!("{before}{value}{}", filled_in(after)?))
}

/// One of those who are compared, ready to be asked.
pub(super) struct Arm {
    pub(super) label: String,
    pub(super) what: String,
    pub(super) plan: Arc<Plan>,
    pub(super) meter: Meter,
    /// Where its exact counts are, if it has some.
    pub(super) counters: Option<String>,
    /// What is shown of them.
    pub(super) show: Vec<String>,
    subject: Subject,
    errands: Errands,
    secrets: Secrets,
}

/// What all of them are made of.
pub(super) struct Ground<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) config: &'a RunConfig,
    pub(super) rates: &'a [f64],
    /// Requests per second, for the consent to load a server elsewhere.
    pub(super) requests_per_s: f64,
    /// Whether servers elsewhere may be loaded.
    pub(super) yes: bool,
    /// The share of requests that may fail in a block that counts.
    pub(super) most_failed: f64,
    /// Series of the servers' own counters that are shown.
    pub(super) show: &'a [String],
    /// What the machine has room for, found out once.
    pub(super) room: Room,
    pub(super) interrupted: &'a AtomicBool,
}

impl Arm {
    /// Finds or starts the server, and asks it once.
    ///
    /// # Errors
    /// It does not start, or does not answer; the label is in front.
    pub(super) fn prepare(
        ground: &Ground<'_>,
        label: &str,
        asked: &ArmAsked,
        live: &Live,
    ) -> anyhow::Result<Arm> {
        let mut secrets = Secrets::default();
        Arm::prepared(ground, label, asked, live, &mut secrets)
            .map_err(|error| anyhow!("{label} ({}): {}", asked.text, secrets.hide(&format!("{error:#}"))))
    }

    fn prepared(
        ground: &Ground<'_>,
        label: &str,
        asked: &ArmAsked,
        live: &Live,
        secrets: &mut Secrets,
    ) -> anyhow::Result<Arm> {
        let Ground { loaded, config, rates, requests_per_s, yes, most_failed: _, show, room: _, interrupted } =
            *ground;
        let config = asked.config(config, yes);
        let mut material = material::gather(loaded)?;
        *secrets = Secrets::of(&material);
        let subject = subject::prepare(&loaded.scenario, &config, &mut material, interrupted, live)?;
        run::add_target(&mut material, &subject.address, run::now_unix_s());
        *secrets = Secrets::of(&material);
        let mut plan = journey::compile(&loaded.scenario, rates, &material, &subject.address.host)
            .map_err(|error| anyhow!("{}: {error}", loaded.file))?;
        plan.leave_out_pauses();
        care::check(&config.target, &subject.address, requests_per_s).map_err(anyhow::Error::msg)?;
        let mut errands = Errands::new(&plan, config.seed);
        errands.set_up(&mut plan, &subject.address, interrupted)?;
        ask::ask_once(&plan, &subject.address, config.seed)?;
        let (pid, counters) = subject.insight();
        let meter = match pid {
            Some(pid) => Meter::Process(pid),
            None => Meter::of_url(&subject.address.url, subject.address.socket),
        };
        Ok(Arm {
            label: label.to_owned(),
            what: secrets.hide(&asked.text),
            plan: Arc::new(plan),
            meter,
            counters,
            show: show.to_vec(),
            subject,
            errands,
            secrets: std::mem::take(secrets),
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.subject.address
    }

    /// Refuses to go on when a server that was started has ended.
    ///
    /// # Errors
    /// It has, with what it said last.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        let checked = self.subject.check();
        checked.map_err(|error| {
            anyhow!("{} ({}): {}", self.label, self.what, self.secrets.hide(&format!("{error:#}")))
        })
    }

    /// Puts in order what was made for it, and stops it, if it was started. Gives what went wrong.
    pub(super) fn stop(mut self) -> Vec<String> {
        let mut trouble: Vec<String> = self
            .errands
            .tear_down(&self.plan, &self.subject.address)
            .iter()
            .map(ToString::to_string)
            .collect();
        if let Err(error) = self.subject.stop() {
            trouble.push(format!("{error:#}"));
        }
        trouble.iter().map(|line| format!("{}: {}", self.label, self.secrets.hide(line))).collect()
    }
}

/// Refuses two that are the same server that runs already: each would see what the other does to it.
///
/// # Errors
/// They are.
pub(super) fn refuse_the_same(arms: &[ArmAsked]) -> anyhow::Result<()> {
    for (at, one) in arms.iter().enumerate() {
        if matches!(one.server, Who::Url(_)) && arms[..at].iter().any(|other| other.server == one.server) {
            bail!(
                "{} is given twice\n  hint: start the same build twice, on two ports, to compare it with itself",
                one.text
            );
        }
    }
    Ok(())
}

/// `a`, `b`, `c`, ...
pub(super) fn label(at: usize) -> anyhow::Result<String> {
    let letter = u8::try_from(at).ok().and_then(|at| b'a'.checked_add(at)).filter(u8::is_ascii_lowercase);
    letter.map(|letter| char::from(letter).to_string()).context("more variants than letters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_url_a_command_or_the_reference_server() {
        let who = |text: &str| ArmAsked::parse(text).map(|asked| asked.server);
        assert_eq!(who("http://127.0.0.1:80/"), Ok(Who::Url("http://127.0.0.1:80".to_owned())));
        assert_eq!(who(" ./serve --port {port} "), Ok(Who::Command("./serve --port {port}".to_owned())));
        assert_eq!(who("reference"), Ok(Who::Reference(vec![])));
        assert_eq!(
            who("reference --extra-work 50us"),
            Ok(Who::Reference(vec!["--extra-work".to_owned(), "50us".to_owned()]))
        );
        let words = ["--cache", "64MB 10s"].map(str::to_owned).to_vec();
        assert_eq!(who("reference --cache \"64MB 10s\""), Ok(Who::Reference(words)));
        assert!(who("reference --cache \"64MB").unwrap_err().contains("not closed"));
        assert_eq!(who("./reference"), Ok(Who::Command("./reference".to_owned())));
        for bad in ["", "  ", "http://", "http://a.example b", "http://a.example/path"] {
            assert!(ArmAsked::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_can_name_what_the_environment_has() {
        let who = |text: &str| ArmAsked::of_file(text).map(|asked| (asked.text, asked.server));
        let path = std::env::var("PATH").unwrap();
        let text = "reference --database x${PATH}/y${PATH}";
        let words = ["--database".to_owned(), format!("x{path}/y{path}")].to_vec();
        assert_eq!(who(text), Ok((text.to_owned(), Who::Reference(words))), "what is shown has no secret");
        assert!(who("reference --database ${NO_SUCH_NAME}").unwrap_err().contains("has no NO_SUCH_NAME"));
        assert!(who("reference --database ${NO").unwrap_err().contains("not closed"));
        assert_eq!(
            ArmAsked::parse("reference ${HOME}").unwrap().server,
            Who::Reference(vec!["${HOME}".to_owned()])
        );
    }

    #[test]
    fn the_same_running_server_twice_is_refused() {
        let parse = |text: &str| ArmAsked::parse(text).unwrap();
        let twice = [parse("http://127.0.0.1:80"), parse("http://127.0.0.1:80/")];
        assert!(refuse_the_same(&twice).unwrap_err().to_string().contains("given twice"));
        assert!(refuse_the_same(&[parse("reference"), parse("reference")]).is_ok());
    }

    #[test]
    fn variants_have_letters() {
        assert_eq!(label(0).unwrap(), "a");
        assert_eq!(label(25).unwrap(), "z");
        assert!(label(26).is_err());
    }
}
