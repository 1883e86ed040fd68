//! SQL with transactions for what is changed together or not at all: money, inventory, bookings, and what must not be
//! there twice.
//!
//! At any size: Alex Xu's hotel books three times a second and needs it. What a row is for is said by its `kind:` and by
//! `unique:`; a name alone is a guess, and the answer says so.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::{Entity, EntityKind};

use super::Findings;
use super::consistency::{CONSISTENT, is_named};
use super::say::{cannot_say, list, outcome, say};

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
        "nothing is money, inventory, a booking or unique".clone_into(&mut advice.because);
        "flips with `kind: money` or `unique: [email]`".clone_into(&mut advice.flips);
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
    if let Some((_, peak)) = findings.writes() {
        let (peak, most) = (
            findings.write(peak, UnitName::PerSecond),
            findings.write(findings.node_writes(), UnitName::PerSecond),
        );
        advice.because = format!("{}; {peak} writes at peak, one node commits {most}", advice.because);
    }
    "flips without `kind:` and `unique:`".clone_into(&mut advice.flips);
    vec![advice]
}
