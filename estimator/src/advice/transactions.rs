//! SQL with transactions for what is changed together or not at all: money, inventory, bookings, and what must not be
//! there twice.
//!
//! At any size: Alex Xu's hotel books three times a second and needs it. What a row is for is said by its `kind:` and by
//! `unique:`; a name alone is a guess, and the answer says so.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::{Entity, EntityKind};

use super::consistency::{CONSISTENT, is_named};
use super::say::{Threshold, cannot_say, held, list, outcome, say};
use super::{Findings, NODE_FILL};

/// Kinds of rows that are changed together or not at all.
const MARKED: &str = "kinds of rows to be changed together";
/// One is enough, at any size.
const LEAST_MARKED: Threshold = Threshold(1.0, "");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let rows = || findings.scenario.data.iter().filter(|entity| entity.kind.is_none_or(EntityKind::is_row));
    let marked: Vec<&Entity> = rows().filter(|entity| entity.is_transaction()).collect();
    if marked.is_empty() {
        let guessed: Vec<&str> = rows()
            .filter(|entity| entity.kind.is_none() && is_named(&entity.name, CONSISTENT))
            .map(|entity| entity.name.as_str())
            .collect();
        if !guessed.is_empty() {
            let why = format!("whether {} needs them: `kind: money`", list(&guessed));
            return vec![cannot_say("transactions", &why)];
        }
        if rows().next().is_none() || findings.traffic.is_none() {
            return Vec::new();
        }
        let mut advice = say("transactions", outcome(false), "no transactions over several rows needed");
        advice.because =
            format!("0 of {} kinds of rows are money, inventory, a booking or unique", rows().count());
        "flips at 1, with `kind: money` or `unique: [email]`".clone_into(&mut advice.flips);
        advice.figures = vec![held(MARKED, 0.0, LEAST_MARKED, UnitName::One)];
        return vec![advice];
    }
    let names: Vec<&str> = marked.iter().map(|entity| entity.name.as_str()).collect();
    let what = format!("transactions: an SQL database for {}", list(&names));
    let mut advice = say("transactions", outcome(true), what);
    let why = marked.iter().map(|entity| match (&entity.unique, entity.kind) {
        (Some(unique), _) => format!("{} of {} is unique", list(&unique.value), entity.name),
        (None, Some(kind)) => format!("{} is {}", entity.name, kind.word()),
        (None, None) => entity.name.clone(),
    });
    let why: Vec<String> = why.collect();
    advice.because = why.join("; ");
    let number = findings.write(marked.len() as f64, UnitName::One);
    advice.flips = format!("flips at 0 of {number} kinds of rows with `kind:` or `unique:`");
    advice.figures = vec![held(MARKED, marked.len() as f64, LEAST_MARKED, UnitName::One)];
    if let Some((_, peak)) = findings.writes().filter(|(_, peak)| *peak > 0.0) {
        let most = Threshold(findings.node_writes() * NODE_FILL, "");
        let writes = held("writes at peak", peak, most, UnitName::PerSecond);
        let times = findings.write(1.0 / writes.margin, UnitName::One);
        // More than one node commits is for a sharded SQL engine, whose transactions span nodes.
        let engine = if writes.margin > 1.0 {
            format!("one SQL node is enough below {times} times the writes")
        } else {
            format!("one SQL node is enough up to {times} times the writes")
        };
        advice.because = format!("{}; {}", advice.because, findings.compare(&writes));
        advice.flips = format!("{}; {engine}", advice.flips);
        advice.figures.push(writes);
    }
    vec![advice]
}
