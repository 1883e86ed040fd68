//! `loadgen check`: the gate for a build. Is the variant slower than the baseline?

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use scenarios::verdict::{Compared, EXIT_FAILED, EXIT_NO, EXIT_UNKNOWN, EXIT_YES};

use super::how::{HowArguments, failed};
use super::interrupt::on_ctrl_c;
use super::load;
use crate::checkout::Checkout;
use crate::duet::ArmAsked;
use crate::history::{self, Entry};
use crate::redact::Secrets;
use crate::run::Loaded;
use crate::show::comparison::{Job, Part};

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Scenario files, or names of those that ship; they share the time and the chance of a false alarm
    #[arg(required = true, num_args = 1..=32)]
    scenarios: Vec<String>,
    /// The baseline: a URL, a command for the shell ({port} is a free port, also in PORT), or `reference` with words for its `serve`
    #[arg(long, value_name = "WHO", value_parser = ArmAsked::parse, required_unless_present_any = ["base", "baseline"], conflicts_with = "base")]
    a: Option<ArmAsked>,
    /// The variant, likewise [default: the scenario's target, or the reference server]
    #[arg(long, value_name = "WHO", value_parser = ArmAsked::parse)]
    b: Option<ArmAsked>,
    /// Build the baseline from this git revision, in a checkout of its own that is removed afterwards
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// How a checkout is built, as a line for the shell
    #[arg(long, value_name = "LINE", default_value = "cargo build --release --locked", requires = "base")]
    build: String,
    /// Whether what cannot be told is a failure of the build
    #[arg(long, value_enum)]
    inconclusive: Option<Inconclusive>,
    /// Believe a regression without trying again
    #[arg(long)]
    no_confirm: bool,
    /// Add the result to this file, which `loadgen history` reads
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Without a baseline to run: hold the variant against the last run in this file, as a tripwire for large steps
    #[arg(long, value_name = "FILE", conflicts_with_all = ["a", "base", "primary", "margin", "selftest", "no_confirm"])]
    baseline: Option<PathBuf>,
    /// Hold it against a run of another machine, and mark the result
    #[arg(long, requires = "baseline")]
    other_machine: bool,
    /// What the history calls this state [default: the commit that the build service names, or what git says]
    #[arg(long, value_name = "TEXT")]
    revision: Option<String>,
    #[command(flatten)]
    how: HowArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Inconclusive {
    /// Exit 0
    Pass,
    /// Exit 1
    Fail,
}

/// Carries out `loadgen check`.
pub(super) fn execute(arguments: &CheckArguments, command: &str) -> anyhow::Result<u8> {
    let interrupted = on_ctrl_c()?;
    let parts = match &arguments.baseline {
        Some(file) => {
            arguments.how.refuse_forms_of_pairs()?;
            against_a_file(arguments, file, command, &interrupted)
        }
        None => compared(arguments, command, &interrupted),
    };
    // A build server that finds no file would show nothing at all, so that what could not be done is a form, too.
    let parts =
        parts.unwrap_or_else(|error| arguments.scenarios.iter().map(|name| failed(name, &error)).collect());
    let mut job = Job::new(parts);
    job.exit_code = exit_code(&job, arguments.inconclusive);
    if let Some(file) = &arguments.history {
        let revision = arguments.revision.clone().unwrap_or_else(history::this_revision);
        let entries = job.parts.iter().filter_map(|part| part.comparison.as_ref());
        // What was cut short would be a poor baseline for the next.
        let entries = entries.filter(|comparison| !comparison.interrupted);
        history::append(file, entries.map(|comparison| Entry::of(comparison, &revision)))?;
    }
    arguments.how.show(&job)?;
    Ok(job.exit_code)
}

/// One comparison for each scenario.
fn compared(
    arguments: &CheckArguments,
    command: &str,
    interrupted: &AtomicBool,
) -> anyhow::Result<Vec<Part>> {
    let loaded = arguments.scenarios.iter().map(|name| load(name)).collect::<anyhow::Result<Vec<_>>>()?;
    let candidate = arguments.b.clone().unwrap_or_else(ArmAsked::of_scenario);
    let checkout = match &arguments.base {
        Some(revision) => {
            if let Some(fixed) =
                loaded.iter().find(|loaded| candidate.is_the_same_everywhere(&loaded.scenario))
            {
                anyhow::bail!(
                    "{}: --base builds another server, and {} is one that runs already\n  hint: give a command with --b",
                    fixed.file,
                    candidate.text
                );
            }
            let secrets = Secrets::named_by(loaded.iter().map(|loaded| &loaded.scenario));
            let checkout = Checkout::build(revision, &arguments.build, interrupted);
            // What a build says may be anything.
            Some(checkout.map_err(|error| anyhow!(secrets.hide(&format!("{error:#}"))))?)
        }
        None => None,
    };
    let baseline = match (&checkout, &arguments.a) {
        (Some(checkout), _) => {
            candidate.clone().of_checkout(&checkout.revision, &checkout.folder(), checkout.program())
        }
        (None, Some(a)) => a.clone(),
        (None, None) => unreachable!("one of them is required"),
    };
    let mut parts = Vec::new();
    for loaded in &loaded {
        let arms = vec![baseline.clone(), candidate.clone()];
        let confirms = !arguments.no_confirm;
        let part = match arguments.how.config(loaded, arms, confirms, arguments.scenarios.len(), command) {
            Ok(config) => arguments.how.part(loaded, &config, interrupted),
            Err(error) => failed(&loaded.scenario.name, &error),
        };
        parts.push(part);
    }
    drop(checkout);
    Ok(parts)
}

/// Regressed is the worst that can be said; then what could not be done, and what cannot be told.
fn exit_code(job: &Job, inconclusive: Option<Inconclusive>) -> u8 {
    let could_not = job.parts.iter().any(|part| part.word().is_none());
    match job.word {
        Some(Compared::Regressed) => EXIT_NO,
        _ if could_not => EXIT_FAILED,
        Some(Compared::CannotTell) | None => match inconclusive {
            Some(Inconclusive::Pass) => EXIT_YES,
            Some(Inconclusive::Fail) => EXIT_NO,
            None => EXIT_UNKNOWN,
        },
        Some(Compared::Improved | Compared::NoDifference) => EXIT_YES,
    }
}

/// Only large steps can be told from a stored run: machines differ by more than builds do.
fn against_a_file(
    arguments: &CheckArguments,
    file: &Path,
    command: &str,
    interrupted: &AtomicBool,
) -> anyhow::Result<Vec<Part>> {
    let known = history::read(file)?;
    let loaded = arguments.scenarios.iter().map(|name| load(name)).collect::<anyhow::Result<Vec<_>>>()?;
    let candidate = arguments.b.clone().unwrap_or_else(ArmAsked::of_scenario);
    let part = |loaded: &Loaded| {
        let arms = vec![candidate.clone()];
        let config = arguments.how.config(loaded, arms, false, arguments.scenarios.len(), command)?;
        let last = history::last(&known, loaded, &config, arguments.other_machine)?;
        let part = arguments.how.part(loaded, &history::as_it_was(config, last), interrupted);
        let stored = part.comparison.as_ref().map(|comparison| history::tripwire(last, comparison));
        anyhow::Ok(Part { stored, ..part })
    };
    let parts = loaded
        .iter()
        .map(|loaded| part(loaded).unwrap_or_else(|error| failed(&loaded.scenario.name, &error)));
    Ok(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::comparison::sample;

    fn job(words: &[Option<Compared>]) -> Job {
        let part = |word: &Option<Compared>| match word {
            Some(word) => {
                let mut comparison = sample::regressed();
                comparison.against[0].word = *word;
                Part::done(comparison)
            }
            None => Part::failed("x", "no".to_owned(), false),
        };
        Job::new(words.iter().map(part).collect())
    }

    #[test]
    fn exit_codes_never_pass_by_accident() {
        use Compared::{CannotTell, Improved, NoDifference, Regressed};
        let code = |words: &[Option<Compared>]| exit_code(&job(words), None);
        assert_eq!(code(&[Some(NoDifference)]), 0);
        assert_eq!(code(&[Some(Improved), Some(NoDifference)]), 0);
        assert_eq!(code(&[Some(NoDifference), Some(Regressed), None]), 1);
        assert_eq!(code(&[Some(NoDifference), None]), 2);
        assert_eq!(code(&[Some(CannotTell), None]), 2);
        assert_eq!(code(&[Some(Improved), Some(CannotTell)]), 3);
        assert_eq!(code(&[None]), 2);
        assert_eq!(exit_code(&job(&[Some(CannotTell)]), Some(Inconclusive::Pass)), 0);
        assert_eq!(exit_code(&job(&[Some(CannotTell)]), Some(Inconclusive::Fail)), 1);
        assert_eq!(
            exit_code(&job(&[None]), Some(Inconclusive::Pass)),
            2,
            "what could not be done never passes"
        );
        assert_eq!(exit_code(&job(&[Some(Regressed)]), Some(Inconclusive::Pass)), 1);
    }
}
