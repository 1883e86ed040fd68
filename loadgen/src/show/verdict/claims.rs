//! What was claimed, and what became of it: each promise, each expectation of the file, the measurement itself.

use scenarios::report::{Generator, Honesty, Prediction, SloOutcome};
use serde::Serialize;

use super::{Tone, attained_tone, explained, finding_tone, whole};
use crate::show::chart::figure;

/// One claim and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::show) struct Claim {
    pub(in crate::show) about: About,
    pub(in crate::show) tone: Tone,
    pub(in crate::show) symbol: &'static str,
    pub(in crate::show) word: &'static str,
    pub(in crate::show) name: String,
    pub(in crate::show) figures: String,
}

/// What a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(in crate::show) enum About {
    /// A promise of the file's `slo:`.
    Promise,
    /// A line of the file's `expect:`.
    Expectation,
    /// Whether the measurement can be believed.
    Measurement,
}

/// The generator's verdict on itself; `because` has been said already.
pub(super) fn generator(generator: &Generator, because: &str) -> Claim {
    let tone = if generator.verdict == Honesty::Valid { Tone::Good } else { Tone::Unknown };
    let evidence = generator.evidence.join(", ");
    let explained = explained(generator.verdict);
    let figures = if generator.verdict == Honesty::Valid || explained == because {
        evidence
    } else {
        format!("{explained} Seen: {evidence}")
    };
    Claim {
        about: About::Measurement,
        tone,
        symbol: tone.symbol(),
        word: generator.verdict.word(),
        name: "The measurement itself".to_owned(),
        figures,
    }
}

/// A promise of the file.
pub(super) fn promise(outcome: &SloOutcome) -> Claim {
    let tone = attained_tone(outcome.verdict);
    Claim {
        about: About::Promise,
        tone,
        symbol: tone.symbol(),
        word: outcome.verdict.word(),
        name: outcome.promise.clone(),
        figures: figures(outcome),
    }
}

fn figures(outcome: &SloOutcome) -> String {
    let promised = figure::share(outcome.promised_share);
    let Some(share) = outcome.attained_share else {
        let why =
            if outcome.scheduled == 0 { "nothing of it was measured" } else { "a run cannot measure it" };
        return format!("{promised} promised; {why}");
    };
    let interval = outcome
        .interval
        .map(|(low, high)| format!(" [{}, {}]", figure::share(low), figure::share(high)))
        .unwrap_or_default();
    format!(
        "{} kept it{interval}, of {} scheduled; {promised} promised",
        figure::share(share),
        whole(outcome.scheduled)
    )
}

/// An expectation of the file.
pub(super) fn expectation(prediction: &Prediction) -> Claim {
    let tone = finding_tone(prediction.finding);
    let measured = prediction.measured.map_or("not measured".to_owned(), |measured| {
        format!("{} measured", figure::spread(measured, prediction.unit))
    });
    Claim {
        about: About::Expectation,
        tone,
        symbol: tone.symbol(),
        word: prediction.finding.word(),
        name: prediction.quantity.clone(),
        figures: format!("{} expected, {measured}", figure::spread(prediction.predicted, prediction.unit)),
    }
}
