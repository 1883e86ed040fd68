//! `loadgen compare`: two or more variants of a server side by side; says what differs, holds it against what the scenario
//! predicts, and gates nothing else.

use anyhow::{anyhow, bail};
use clap::Args;
use scenarios::experiment::Side;
use scenarios::verdict::{EXIT_NO, EXIT_UNKNOWN, EXIT_YES, Finding};

use super::how::HowArguments;
use super::interrupt::on_ctrl_c;
use super::load;
use crate::duet::{ArmAsked, Prediction};
use crate::run;
use crate::show::comparison::Job;

/// Compare two or more variants of a server side by side: builds, settings, URLs
///
/// A scenario can bring a comparison along (`compare:`), as each `lever-...` that ships does: who is compared, and what is
/// predicted of it, which is then held against the measured intervals. With --a or --b it is another comparison, and the file's
/// predictions are not judged.
///
/// Exit codes: 0 done, and every prediction is confirmed; 1 a prediction is refuted; 2 could not be done; 3 a prediction cannot be
/// told, or the servers do not answer the same. A variant that is slower makes no 1 here: that is for `check` to say, which
/// does not look at predictions.
#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    /// A scenario file, or the name of one that ships (`forum`, `lever-cache`)
    scenario: String,
    /// The baseline: a URL, a command for the shell ({port} is a free port, also in PORT), or `reference` with words for its `serve`
    /// [default: `compare: a` of the scenario]
    #[arg(long, value_name = "WHO", value_parser = ArmAsked::parse)]
    a: Option<ArmAsked>,
    /// A variant, likewise; several make a table [default: `compare: b` of the scenario]
    #[arg(long, value_name = "WHO", value_parser = ArmAsked::parse)]
    b: Vec<ArmAsked>,
    #[command(flatten)]
    how: HowArguments,
}

/// Carries out `loadgen compare`.
pub(super) fn execute(arguments: &CompareArguments, command: &str) -> anyhow::Result<u8> {
    let loaded = load(&arguments.scenario)?;
    let experiment = loaded.scenario.compare.as_ref();
    let arms = arms(arguments, &loaded)?;
    let mut config = arguments.how.config_beside(experiment, &loaded, arms, false, 1, command)?;
    // What is predicted is predicted of the file's own two.
    if let Some(said) = experiment.filter(|_| arguments.a.is_none() && arguments.b.is_empty()) {
        config.prediction = Prediction { because: said.because.clone(), effects: said.predict.clone() };
    }
    let interrupted = on_ctrl_c()?;
    let part = arguments.how.part(&loaded, &config, &interrupted);
    if let Some(error) = part.error.as_ref().filter(|_| !part.answers_differ) {
        return Err(anyhow!(error.clone()));
    }
    let mut job = Job::new(vec![part]);
    job.exit_code = exit_code(&job);
    arguments.how.show(&job)?;
    Ok(job.exit_code)
}

/// Who is compared: who was typed, else who stands in the file.
fn arms(arguments: &CompareArguments, loaded: &run::Loaded) -> anyhow::Result<Vec<ArmAsked>> {
    let experiment = loaded.scenario.compare.as_ref();
    let of_file = |name: &str, side: Option<&Side>| {
        let Some(side) = side else {
            bail!(
                "{} has no comparison of its own\n  hint: say who is compared with --a and --b, or write `compare:` into the file; `estimator list` shows those that ship with one",
                loaded.file
            )
        };
        ArmAsked::of_file(&side.words)
            .map_err(|error| anyhow!("{}:{}: `compare: {name}`: {error}", loaded.file, side.line))
    };
    let a = match &arguments.a {
        Some(a) => a.clone(),
        None => of_file("a", experiment.map(|said| &said.a))?,
    };
    let b = match &arguments.b[..] {
        [] => vec![of_file("b", experiment.map(|said| &said.b))?],
        typed => typed.to_vec(),
    };
    Ok(std::iter::once(a).chain(b).collect())
}

/// Only what was predicted can make the answer no; where nothing was, whatever differs is news.
fn exit_code(job: &Job) -> u8 {
    let Some(comparison) = job.parts.first().and_then(|part| part.comparison.as_ref()) else {
        return EXIT_UNKNOWN;
    };
    match comparison.finding() {
        None | Some(Finding::Confirmed) => EXIT_YES,
        Some(Finding::Refuted) => EXIT_NO,
        Some(Finding::CannotTell) => EXIT_UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::comparison::{Part, sample};

    #[test]
    fn only_a_refuted_prediction_makes_a_no() {
        use Finding::{CannotTell, Confirmed, Refuted};
        let code = |findings: &[Finding]| {
            let mut comparison = sample::regressed();
            comparison.against[0].predictions =
                findings.iter().map(|finding| sample::foretold(*finding)).collect();
            exit_code(&sample::job(comparison))
        };
        assert_eq!(code(&[]), 0, "slower is news, not a no");
        assert_eq!(code(&[Confirmed, Confirmed]), 0);
        assert_eq!(code(&[Confirmed, CannotTell]), 3);
        assert_eq!(code(&[Confirmed, CannotTell, Refuted]), 1);
        assert_eq!(exit_code(&Job::new(vec![Part::failed("x", "no".to_owned(), true)])), 3);
    }
}
