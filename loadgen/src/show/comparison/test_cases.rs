//! Comparisons as test cases for a build server: each metric that decides, and errors. What cannot be told is skipped.

use scenarios::comparison::Against;
use scenarios::show;
use scenarios::verdict::{Compared, Finding};

use super::super::junit::{Case, Ending, Suite, document};
use super::{Job, Part, foretold, stored, symbol};
use crate::duet::change;

/// Everything.
pub(crate) fn page(job: &Job) -> String {
    let suites: Vec<Suite> = job.parts.iter().map(suite).collect();
    document("loadgen check", &suites)
}

fn suite(part: &Part) -> Suite {
    let (_, word) = symbol(part.word());
    let Some(comparison) = &part.comparison else {
        let ending = if part.answers_differ { Ending::Skipped } else { Ending::CouldNotBeDone };
        let why = part.error.clone().unwrap_or_default();
        let case = Case::new("comparison", "The comparison itself".to_owned(), ending, word, why, 0.0);
        return Suite::new(&part.scenario, None, 0.0, vec![], vec![case]);
    };
    let many = comparison.against.len() > 1;
    let cases = match &part.stored {
        Some(tripwire) => stored::cases(tripwire),
        None => comparison.against.iter().flat_map(|against| cases(against, many)).collect(),
    };
    let properties = [
        ("answer", word.to_owned()),
        ("command", comparison.command.clone()),
        ("version", comparison.version.clone()),
        ("machine", comparison.machine.clone()),
        ("scenario hash", comparison.scenario_hash.clone()),
    ];
    let started = Some(comparison.started_unix_s);
    Suite::new(&part.scenario, started, comparison.took_s, properties.to_vec(), cases)
}

fn cases(against: &Against, many: bool) -> Vec<Case> {
    let named = |name: &str| if many { format!("{}: {name}", against.variant) } else { name.to_owned() };
    // What a second try did not see is no regression, whatever the first said of it.
    let unconfirmed = against.word == Compared::CannotTell;
    // Where something was predicted, that decides: a lever that costs what it was said to cost has not failed.
    let is_predicted = !against.predictions.is_empty();
    let ending = |word: Compared| match word {
        _ if is_predicted => Ending::Passed,
        Compared::Regressed if !unconfirmed => Ending::Failed,
        Compared::Regressed | Compared::CannotTell => Ending::Skipped,
        Compared::Improved | Compared::NoDifference => Ending::Passed,
    };
    let mut cases: Vec<Case> = (against.metrics.iter().filter(|metric| metric.primary))
        .map(|metric| {
            let figures = format!("{} (margin {})", change(metric), show::share(metric.margin));
            Case::new("metric", named(&metric.name), ending(metric.word), metric.word.word(), figures, 0.0)
        })
        .collect();
    let errors = against.errors;
    let figures =
        format!("{} where there were {}", show::share(errors.candidate), show::share(errors.baseline));
    cases.push(Case::new("metric", named("errors"), ending(errors.word), errors.word.word(), figures, 0.0));
    cases.extend(against.predictions.iter().zip(foretold::rows(against)).map(|(held, row)| {
        let [name, predicted, measured, _] = row;
        let ending = match held.finding {
            Finding::Confirmed => Ending::Passed,
            Finding::Refuted => Ending::Failed,
            Finding::CannotTell => Ending::Skipped,
        };
        let figures = format!("{predicted} predicted, {measured} measured");
        Case::new("prediction", named(&name), ending, held.finding.word(), figures, 0.0)
    }));
    cases
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_cannot_be_told_is_skipped() {
        let count =
            |xml: &str| ["<testcase", "<failure", "<skipped", "<error"].map(|tag| xml.matches(tag).count());
        let mut comparison = sample::regressed();
        assert_eq!(count(&page(&sample::job(comparison.clone()))), [4, 1, 2, 0]);
        comparison.against[0].word = Compared::CannotTell;
        assert_eq!(count(&page(&sample::job(comparison))), [4, 0, 3, 0]);
        // Four metrics, of which none fails any more, and three predictions: one of each.
        assert_eq!(count(&page(&sample::job(sample::predicted()))), [7, 1, 1, 0]);
        let part = |answers_differ| Part::failed("x", "a <b>".to_owned(), answers_differ);
        assert_eq!(count(&page(&Job::new(vec![part(false)]))), [1, 0, 0, 1]);
        assert_eq!(count(&page(&Job::new(vec![part(true)]))), [1, 0, 1, 0]);
    }
}
