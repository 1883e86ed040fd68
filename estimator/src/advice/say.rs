//! How a rule says what it found: needed, not needed, or not to be said, with figures, thresholds and flips as data.

use scenarios::estimate::{Advice, Flip, Held, Outcome, UnitName};

use super::Findings;

/// A number from where a rule answers otherwise, and who says so; empty where that follows from the numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Threshold(pub(super) f64, pub(super) &'static str);

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
pub(super) fn held(figure: &str, value: f64, threshold: Threshold, unit: UnitName) -> Held {
    let Threshold(threshold, source) = threshold;
    let figure = figure.to_owned();
    Held { figure, value, threshold, unit, margin: value / threshold, source: source.to_owned() }
}

/// A flip, where the factor is one that an input can be multiplied with.
pub(super) fn flip(input: &str, times: f64) -> Option<Flip> {
    (times.is_finite() && times > 0.0).then(|| Flip { input: input.to_owned(), times })
}

/// `a, b and c`; of many only the first.
pub(super) fn list(names: &[impl AsRef<str>]) -> String {
    /// More are a list that nobody reads.
    const MOST: usize = 4;
    let shown: Vec<&str> = names.iter().take(MOST).map(AsRef::as_ref).collect();
    match (&shown[..], names.len()) {
        ([], _) => String::new(),
        ([one], _) => (*one).to_owned(),
        ([first @ .., last], number) if number <= MOST => format!("{} and {last}", first.join(", ")),
        (shown, number) => format!("{} and {} more", shown[..MOST - 1].join(", "), number + 1 - MOST),
    }
}

impl Findings<'_> {
    /// `CPU of one node 19.8 % < 50 %`, and who says so.
    pub(super) fn compare(self, held: &Held) -> String {
        let sign = if held.value >= held.threshold { "≥" } else { "<" };
        let source = if held.source.is_empty() { String::new() } else { format!(" ({})", held.source) };
        format!(
            "{} {} {sign} {}{source}",
            held.figure,
            self.part(held.value, held.unit),
            self.part(held.threshold, held.unit)
        )
    }

    /// A number as a page shows it; many times the whole as times, not as thousands of per cent.
    fn part(self, value: f64, unit: UnitName) -> String {
        /// From here on nobody thinks in per cent.
        const MOST_OF_ONE: f64 = 10.0;
        if unit == UnitName::Share && value >= MOST_OF_ONE {
            return format!("{} times all of it", self.write(value, UnitName::One));
        }
        self.write(value, unit)
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

    /// The flip of a rule that looks at the availability that is promised: by the time that it may be away.
    pub(super) fn flips_with_downtime(self, advice: &mut Advice, promised: f64, threshold: f64) {
        let times = (1.0 - threshold) / (1.0 - promised);
        advice.flip = flip("promised downtime", times);
        if advice.flip.is_some() {
            let share = self.write(threshold, UnitName::Share);
            advice.flips =
                format!("flips {} a promise of {share}", if advice.fires { "at" } else { "above" });
        }
    }
}
