//! What was predicted of a variant, held against what the pairs of blocks say.
//!
//! The measured change is the pseudomedian of the pairs' differences, with the interval of the look at which it is read:
//! the bounds of all looks hold together, so that looking early makes no prediction true or false by chance. Inside the
//! prediction is CONFIRMED, apart from it REFUTED, anything else CANNOT TELL.

use scenarios::comparison::Foretold;
use scenarios::experiment::{About, Effect, Scale};
use scenarios::verdict::Finding;

use super::figures::{Figures, Pairs};
use crate::compare::{pseudomedian, pseudomedian_interval};

/// What is predicted, and by which names the figures of a block are found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foresight<'a> {
    pub(super) effects: &'a [Effect],
    /// The actions, in the order of the figures.
    pub(super) actions: &'a [String],
    /// The series that are shown, likewise.
    pub(super) series: &'a [String],
    /// What the interval leaves out on each side.
    pub(super) level: f64,
}

/// Holds each prediction.
pub(super) fn hold(pairs: &Pairs<'_>, foresight: &Foresight<'_>) -> Vec<Foretold> {
    let Foresight { effects, level, .. } = *foresight;
    effects.iter().map(|effect| one(effect, &differences(pairs, effect, foresight), level)).collect()
}

/// Whether every prediction is confirmed or refuted.
pub(super) fn is_decided(foretold: &[Foretold]) -> bool {
    foretold.iter().all(|held| held.finding != Finding::CannotTell)
}

/// Nothing was found of any of them.
pub(super) fn leave_open(foretold: &mut [Foretold], note: &str) {
    for held in foretold {
        held.finding = Finding::CannotTell;
        note.clone_into(&mut held.note);
    }
}

/// Each pair's change: ln(variant / baseline) of what is predicted as a share, else what the variant has more of.
fn differences(pairs: &Pairs<'_>, effect: &Effect, foresight: &Foresight<'_>) -> Vec<f64> {
    if effect.about == About::Errors {
        // Also of pairs in which so much fails that times say nothing.
        return pairs.failure_differences();
    }
    let change = |(one, other): (&Figures, &Figures)| {
        let (one, other) = (value(one, &effect.about, foresight)?, value(other, &effect.about, foresight)?);
        match effect.scale {
            Scale::Share => (one > 0.0).then(|| (other / one).ln()),
            Scale::Seconds | Scale::Points => Some(other - one),
        }
    };
    pairs.sound().filter_map(change).collect()
}

fn value(figures: &Figures, about: &About, foresight: &Foresight<'_>) -> Option<f64> {
    let per_request = |count: u64| (figures.requests > 0).then(|| count as f64 / figures.requests as f64);
    match about {
        About::Metric(metric) => figures.get(*metric),
        About::Action(name) => figures.action(foresight.actions.iter().position(|action| action == name)?),
        About::Bytes => per_request(figures.bytes),
        About::Statements => figures.sql.and_then(per_request),
        About::Errors => Some(figures.failed_share()),
        About::Series(name) => {
            let at = foresight.series.iter().position(|series| series == name)?;
            figures.shown.get(at).copied().flatten()
        }
    }
}

/// One prediction against the differences of pairs; pure.
fn one(effect: &Effect, differences: &[f64], level: f64) -> Foretold {
    let turned = |change: f64| if effect.scale == Scale::Share { change.exp_m1() } else { change };
    let predicted = (effect.low, effect.high);
    let found = pseudomedian_interval(differences, 1.0 - 2.0 * level);
    let interval = found.map(|interval| (turned(interval.low), turned(interval.high)));
    let note = match (interval, differences.is_empty()) {
        (Some(_), _) => "",
        (None, true) => "not measured",
        (None, false) => "too few pairs",
    };
    Foretold {
        name: effect.about.title(),
        text: effect.text.clone(),
        scale: effect.scale,
        predicted,
        measured: pseudomedian(differences).map(turned),
        interval,
        confidence: found.map(|interval| interval.confidence),
        finding: interval.map_or(Finding::CannotTell, |interval| Finding::hold(predicted, interval)),
        note: note.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use scenarios::comparison::Metric;

    use super::*;

    fn effect(scale: Scale, low: f64, high: f64) -> Effect {
        let about = if scale == Scale::Points { About::Errors } else { About::Metric(Metric::Cpu) };
        Effect { about, scale, low, high, text: "x..y".to_owned(), line: 1 }
    }

    /// So many pairs evenly around a change.
    fn around(change: f64, spread: f64, pairs: u32) -> Vec<f64> {
        let middle = f64::from(pairs - 1) / 2.0;
        (0..pairs).map(|k| change + spread * (f64::from(k) - middle) / middle).collect()
    }

    #[test]
    fn each_word_has_its_case() {
        use Finding::{CannotTell, Confirmed, Refuted};
        // Half as much in each of 20 pairs, give or take 2 %.
        let half = around(0.5f64.ln(), 0.02, 20);
        let wide = around(0.5f64.ln(), 1.0, 20);
        for (low, high, differences, expected) in [
            (-0.7, -0.3, &half, Confirmed),
            (-0.7, -0.55, &half, Refuted),
            (-0.45, -0.3, &half, Refuted),
            (-0.03, 0.03, &half, Refuted),
            (-0.5, -0.3, &half, CannotTell),
            (-0.7, -0.3, &wide, CannotTell),
            (-0.7, -0.3, &vec![], CannotTell),
            (-0.7, -0.3, &half[..4].to_vec(), CannotTell),
        ] {
            let held = one(&effect(Scale::Share, low, high), differences, 0.01);
            assert_eq!(held.finding, expected, "{low}..{high}: {held:?}");
        }
        let held = one(&effect(Scale::Share, -0.7, -0.3), &half, 0.01);
        assert!((held.measured.unwrap() + 0.5).abs() < 1e-9 && held.confidence.unwrap() >= 0.98, "{held:?}");
    }

    #[test]
    fn why_nothing_is_known_is_said() {
        let note = |differences: &[f64]| one(&effect(Scale::Share, 0.0, 1.0), differences, 0.01).note;
        assert_eq!(note(&[]), "not measured");
        assert_eq!(note(&[0.1; 3]), "too few pairs");
        assert_eq!(note(&[0.1; 30]), "");
    }

    #[test]
    fn nothing_left_is_a_change_of_a_hundred_per_cent() {
        let held = one(&effect(Scale::Share, -1.0, -0.9), &[f64::NEG_INFINITY; 20], 0.01);
        assert_eq!((held.measured, held.finding), (Some(-1.0), Finding::Confirmed));
    }

    #[test]
    fn seconds_and_points_are_differences_as_they_are() {
        let work = around(100e-6, 5e-6, 20);
        assert_eq!(one(&effect(Scale::Seconds, 90e-6, 110e-6), &work, 0.01).finding, Finding::Confirmed);
        assert_eq!(one(&effect(Scale::Seconds, 200e-6, 300e-6), &work, 0.01).finding, Finding::Refuted);
        let failing = around(0.4, 0.05, 20);
        assert_eq!(one(&effect(Scale::Points, 0.3, 0.5), &failing, 0.01).finding, Finding::Confirmed);
    }

    proptest! {
        /// A wider prediction is never refuted where a narrower one within it was not, and one that is confirmed stays so.
        #[test]
        fn a_wider_prediction_is_safer(
            change in -1.0f64..1.0, spread in 0.001f64..0.5, pairs in 2u32..40,
            low in -0.9f64..1.0, width in 0.0f64..1.0, more in 0.0f64..1.0,
        ) {
            let differences = around(change, spread, pairs);
            let narrow = one(&effect(Scale::Share, low, low + width), &differences, 0.01);
            let wide = one(&effect(Scale::Share, low - more, low + width + more), &differences, 0.01);
            prop_assert!(wide.finding != Finding::Refuted || narrow.finding == Finding::Refuted);
            prop_assert!(narrow.finding != Finding::Confirmed || wide.finding == Finding::Confirmed);
        }

        /// The measured interval itself, as a prediction, is confirmed; anything apart from it is refuted.
        #[test]
        fn the_interval_decides(change in -1.0f64..1.0, spread in 0.001f64..0.5, pairs in 9u32..40) {
            let differences = around(change, spread, pairs);
            let found = one(&effect(Scale::Share, 0.0, 0.0), &differences, 0.01);
            let (low, high) = found.interval.unwrap();
            prop_assert!(low <= found.measured.unwrap() && found.measured.unwrap() <= high);
            prop_assert_eq!(one(&effect(Scale::Share, low, high), &differences, 0.01).finding, Finding::Confirmed);
            prop_assert_eq!(one(&effect(Scale::Share, high + 0.01, high + 0.1), &differences, 0.01).finding, Finding::Refuted);
        }
    }
}
