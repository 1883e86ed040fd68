//! A run against the last one of a history: a tripwire for large steps.

use scenarios::comparison::{Comparison, Metric};
use scenarios::verdict::Compared;
use serde::Serialize;

use super::Entry;

/// Failed requests may be this share of all; beyond it, times are those of something else than answers.
const MOST_FAILED: f64 = 0.01;

/// A run against a stored one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Tripwire {
    /// What the history calls the stored run.
    pub(crate) revision: String,
    pub(crate) other_machine: bool,
    /// No difference: no large one.
    pub(crate) word: Compared,
    /// Why it cannot be told.
    pub(crate) why: Option<&'static str>,
    pub(crate) rows: Vec<Tripped>,
}

/// One metric of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Tripped {
    pub(crate) metric: Metric,
    pub(crate) stored: f64,
    pub(crate) now: f64,
    /// The change, more being worse.
    pub(crate) change: f64,
    pub(crate) limit: f64,
}

impl Tripped {
    pub(crate) fn is_tripped(&self) -> bool {
        self.change > self.limit
    }
}

/// What a step must be to be called against a stored run. On shared machines of one kind, limits for one false alarm in a
/// hundred were 8 % to 24 % for processor time and 19 % to 53 % for p99, in simulation; hence these.
fn limit(metric: Metric) -> f64 {
    match metric {
        Metric::P99 | Metric::P90 => 0.55,
        _ => 0.25,
    }
}

/// Holds what was measured against what was stored.
pub(crate) fn tripwire(last: &Entry, now: &Comparison) -> Tripwire {
    let measured = Entry::of(now, "now");
    let rows: Vec<Tripped> = Metric::ALL
        .into_iter()
        .filter_map(|metric| {
            let (stored, now) = (last.figure(metric)?, measured.figure(metric)?);
            let change = if metric.is_better_when_more() { stored / now } else { now / stored } - 1.0;
            Some(Tripped { metric, stored, now, change, limit: limit(metric) })
        })
        .collect();
    let failing =
        now.variants.iter().any(|variant| variant.failed as f64 > MOST_FAILED * variant.requests as f64);
    let why = if now.interrupted {
        Some("interrupted")
    } else if failing {
        Some("requests fail")
    } else if rows.len() < last.figures.len() || rows.is_empty() {
        Some("not all was measured that was stored")
    } else {
        None
    };
    let word = match why {
        Some(_) => Compared::CannotTell,
        None if rows.iter().any(Tripped::is_tripped) => Compared::Regressed,
        None => Compared::NoDifference,
    };
    let other_machine = last.machine != now.machine;
    Tripwire { revision: last.revision.clone(), other_machine, word, why, rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::comparison::sample;

    #[test]
    fn only_large_steps_trip() {
        let stored = |machine: &str| Entry {
            machine: machine.to_owned(),
            figures: vec![(Metric::Cpu, 200e-6)],
            ..Entry::of(&sample::regressed(), "r")
        };
        let mut now = sample::regressed();
        now.variants[1].figures = vec![(Metric::Cpu, 240e-6)];
        let held = tripwire(&stored("two cores"), &now);
        assert_eq!((held.word, held.other_machine), (Compared::NoDifference, false), "a fifth more");
        now.variants[1].figures = vec![(Metric::Cpu, 260e-6)];
        let held = tripwire(&stored("m"), &now);
        assert_eq!((held.word, held.other_machine), (Compared::Regressed, true), "30 % more");
        now.variants[1].failed = now.variants[1].requests;
        assert_eq!(tripwire(&stored("m"), &now).why, Some("requests fail"), "errors are no answer");
        now.interrupted = true;
        let held = tripwire(&stored("m"), &now);
        assert_eq!((held.word, held.why), (Compared::CannotTell, Some("interrupted")));
        now.interrupted = false;
        now.variants[1].failed = 0;
        now.variants[1].figures.clear();
        assert_eq!(tripwire(&stored("m"), &now).word, Compared::CannotTell, "nothing was measured");
    }
}
