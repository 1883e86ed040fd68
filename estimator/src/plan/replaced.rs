//! Which numbers of the estimate a measured one took the place of, and how far they were off.

use scenarios::plan::Replaced;

use crate::estimate::Computed;

/// What follows from the measured capacity by a formula, and is what people ask for first.
const HOLDS: &str = "requests one node holds";

/// Every number that the measurement replaced, in reading order.
pub(super) fn replaced(guessed: &Computed, measured: &Computed) -> Vec<Replaced> {
    let names = measured.ledger.measured().names();
    let (before, after) = (&guessed.ledger, &measured.ledger);
    let mut all: Vec<(_, Replaced)> = names
        .chain([HOLDS])
        .filter_map(|name| Some((before.line(before.find(name)?), after.line(after.find(name)?))))
        .map(|(was, is)| {
            let replaced = Replaced {
                quantity: was.name.clone(),
                unit: was.unit,
                was: was.spread,
                kind: was.kind,
                source: was.source.clone(),
                measured: is.spread,
                ratio: was.spread.p50 / is.spread.p50,
            };
            (was.section, replaced)
        })
        .collect();
    all.sort_by_key(|(section, _)| *section);
    all.into_iter().map(|(_, replaced)| replaced).collect()
}
