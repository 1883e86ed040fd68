//! How a rule says what it found: needed, not needed, or not to be said, with figures, thresholds and flips as data.

use scenarios::estimate::{Advice, Flip, Held, Outcome, UnitName};

use super::Findings;

/// An answer under construction: `what` to do, or why not.
pub(super) fn say(rule: &str, outcome: Outcome, what: impl Into<String>) -> Advice {
    Advice {
        rule: rule.to_owned(),
        fires: outcome == Outcome::Needed,
        what: what.into(),
        outcome: Some(outcome),
        ..Advice::default()
    }
}

/// A rule about which the file says nothing.
pub(super) fn cannot_say(rule: &str, why: &str) -> Advice {
    say(rule, Outcome::CannotSay, why)
}

/// Needed where `fires`, or else not.
pub(super) fn outcome(fires: bool) -> Outcome {
    if fires { Outcome::Needed } else { Outcome::NotNeeded }
}

/// A figure held against a threshold.
pub(super) fn held(figure: &str, value: f64, threshold: f64, unit: UnitName) -> Held {
    Held { figure: figure.to_owned(), value, threshold, unit, margin: value / threshold }
}

/// A flip, where the factor is one that an input can be multiplied with.
pub(super) fn flip(input: &str, times: f64) -> Option<Flip> {
    (times.is_finite() && times > 0.0).then(|| Flip { input: input.to_owned(), times })
}

impl Findings<'_> {
    /// `CPU of one node 19.8 % < 50 %`.
    pub(super) fn compare(self, held: &Held) -> String {
        let sign = if held.value >= held.threshold { "≥" } else { "<" };
        let write = |value| self.write(value, held.unit);
        format!("{} {} {sign} {}", held.figure, write(held.value), write(held.threshold))
    }

    /// The flip of a rule that looks at the whole load, in words too.
    pub(super) fn flips_with_load(self, advice: &mut Advice, times: f64) {
        advice.flip = flip("load", times);
        if advice.flip.is_some() {
            advice.flips = format!(
                "flips {} {} times the load",
                if advice.fires { "below" } else { "at" },
                self.write(times, UnitName::One)
            );
        }
    }
}
