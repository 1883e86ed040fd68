//! How often what an action reads is changed: what ends the entry of a cache, and what a replica does not know yet.
//!
//! A write changes an object that others read when it edits it, or adds to what is shown with it (an answer below a
//! question). A new object changes none that is there.

use scenarios::scenario::Scenario;

use crate::ledger::Ledger;
use crate::storage::Storage;
use crate::term::Term;
use crate::traffic::{ActionTraffic, Traffic};

/// Changes per second, on average, over all objects that `reading` reads; `None` when nothing changes them.
pub(crate) fn changed(
    scenario: &Scenario,
    ledger: &Ledger,
    traffic: &Traffic,
    storage: &Storage,
    reading: ActionTraffic,
) -> Option<Term> {
    let reads = &scenario.actions[reading.index].reads;
    let first = reads.first()?.entity;
    let is_new = |entity: usize| {
        entity == first
            && storage.entities.iter().any(|stored| stored.index == entity && stored.counts.written.is_some())
    };
    let mut terms = Vec::new();
    for action in &traffic.actions {
        for touch in &scenario.actions[action.index].writes {
            if reads.iter().any(|read| read.entity == touch.entity) && !is_new(touch.entity) {
                let rate = ledger.term(action.rate);
                let count = touch.count.middle();
                terms.push(if (count - 1.0).abs() < f64::EPSILON {
                    rate
                } else {
                    rate * Term::number(count)
                });
            }
        }
    }
    Term::sum(terms)
}
