//! The table to memorise, a part after the other.

use std::fmt::Write;

use super::table::{Table, cut};
use crate::reference::Topic;

/// Lines are cut before this column.
const MOST_COLUMNS: usize = 100;

fn table(topic: Topic) -> Table {
    let rows = topic.facts().into_iter().map(|fact| vec![fact.name, fact.value, fact.note, fact.source]);
    let heads = [topic.name(), "value", "note", "source"].map(str::to_owned).to_vec();
    Table { heads, rows: rows.collect(), words: vec![2, 3] }
}

/// As text.
#[must_use]
pub fn text(topics: &[Topic]) -> String {
    let mut out = String::new();
    for (index, topic) in topics.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { "\n" });
        for line in table(*topic).lines() {
            let _ = writeln!(out, "{}", cut(&line, MOST_COLUMNS));
        }
    }
    out
}

/// As tables of Markdown.
#[must_use]
pub fn markdown(topics: &[Topic]) -> String {
    topics.iter().map(|topic| table(*topic).markdown()).collect::<Vec<_>>().join("\n")
}

/// As one sheet, with the part in the first column.
#[must_use]
pub fn csv(topics: &[Topic]) -> String {
    let rows = topics.iter().flat_map(|topic| {
        let topic = *topic;
        let facts = topic.facts().into_iter();
        facts.map(move |fact| vec![topic.name().to_owned(), fact.name, fact.value, fact.note, fact.source])
    });
    let heads = ["topic", "name", "value", "note", "source"].map(str::to_owned).to_vec();
    Table { heads, rows: rows.collect(), words: vec![] }.csv()
}
