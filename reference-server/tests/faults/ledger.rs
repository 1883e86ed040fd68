//! What clients were told, and whether a database agrees.
//!
//! Before a write is sent it is under way; when its answer has come it is acknowledged, with the number it was given.
//! At any moment, whatever was killed: what is acknowledged is there once and under its number; what is there is
//! acknowledged or under way.

use std::collections::{BTreeMap, BTreeSet};

/// The writes of all clients, by the text that each of them wrote.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) acknowledged: BTreeMap<String, i64>,
    pub(crate) under_way: BTreeSet<String>,
    /// The last vote of each voter that was acknowledged, and the one under way.
    pub(crate) votes: BTreeMap<String, (Option<i64>, Option<i64>)>,
    /// Answers that did not come because the connection ended.
    pub(crate) cut_off: u64,
    /// Writes that had been done although their first answer was lost.
    pub(crate) done_already: u64,
}

impl Ledger {
    /// What contradicts it in a database that holds these texts and these votes, in words.
    pub(crate) fn contradictions(&self, rows: &[(String, i64)], votes: &[(String, i64)]) -> Vec<String> {
        let mut found = Vec::new();
        let mut there: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        for (text, id) in rows {
            there.entry(text).or_default().push(*id);
        }
        for (text, id) in &self.acknowledged {
            match there.get(text.as_str()).map_or(&[][..], Vec::as_slice) {
                [] => found.push(format!("{text} was acknowledged and is lost")),
                [only] if only == id => {}
                others => found.push(format!("{text} was acknowledged as {id} and is there as {others:?}")),
            }
        }
        for (text, ids) in there {
            if !self.acknowledged.contains_key(text) && (ids.len() > 1 || !self.under_way.contains(text)) {
                found.push(format!("{text} is there as {ids:?} and was not acknowledged"));
            }
        }
        let cast: BTreeMap<&str, i64> = votes.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        for (name, (acknowledged, under_way)) in &self.votes {
            let value = cast.get(name.as_str()).copied();
            if value != *acknowledged && (value.is_none() || value != *under_way) {
                found.push(format!("the vote of {name} is {value:?}, not {acknowledged:?} or {under_way:?}"));
            }
        }
        found
    }
}

#[test]
fn what_is_lost_doubled_or_made_up_is_found() {
    let row = |text: &str, id: i64| (text.to_owned(), id);
    let ledger = Ledger {
        acknowledged: BTreeMap::from([row("a", 1), row("b", 2)]),
        under_way: BTreeSet::from(["c".to_owned()]),
        votes: BTreeMap::from([("ada".to_owned(), (Some(1), Some(-1)))]),
        ..Ledger::default()
    };
    let vote = |value: i64| vec![row("ada", value)];
    for (rows, votes, contradictions) in [
        (vec![row("a", 1), row("b", 2)], vote(1), 0),
        (vec![row("a", 1), row("b", 2), row("c", 3)], vote(-1), 0),
        (vec![row("a", 1)], vote(1), 1),                           // lost
        (vec![row("a", 1), row("b", 2), row("b", 3)], vote(1), 1), // doubled
        (vec![row("a", 1), row("b", 9)], vote(1), 1),              // another one
        (vec![row("a", 1), row("b", 2), row("c", 3), row("c", 4)], vote(1), 1), // doubled
        (vec![row("a", 1), row("b", 2), row("d", 3)], vote(1), 1), // made up
        (vec![row("a", 1), row("b", 2)], vec![], 1),               // a lost vote
        (vec![], vec![], 3),
    ] {
        let found = ledger.contradictions(&rows, &votes);
        assert_eq!(found.len(), contradictions, "{rows:?} {votes:?}: {found:?}");
    }
}
