//! Tables: columns, keys, references and indexes of what is kept as rows. Guesses come from names alone.

use scenarios::estimate::Estimate;
use scenarios::scenario::{CountOf, Entity, EntityKind, Scenario, Size};
use serde::Serialize;

use super::median;
use crate::sizes::is_blob;

/// One table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// The entity.
    pub name: String,
    /// As the file lists its fields; empty where it gives the size of the whole alone.
    pub columns: Vec<Column>,
    /// The primary key.
    pub key: String,
    /// Whether no field of the file is the key.
    pub key_guessed: bool,
    /// Foreign keys; all are guesses.
    pub references: Vec<Reference>,
    /// Indexed columns, as given.
    pub indexes: Vec<String>,
    /// Bytes of a row; with its overhead and its indexes where the file says `indexes:`.
    pub row_bytes: Option<f64>,
    /// At the start.
    pub rows: Option<f64>,
    /// At the end of the plan, where that differs.
    pub rows_at_end: Option<f64>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// As the file calls it.
    pub name: String,
    /// The median of its bytes; absent where nothing of the scenario uses the entity.
    pub bytes: Option<f64>,
}

/// A column that holds the key of another table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reference {
    /// The column; it need not be among the fields.
    pub column: String,
    /// The table it points into.
    pub table: String,
    /// Always, so far: the file has no word for it.
    pub guessed: bool,
}

/// The tables, and a note for each entity that is none.
pub(super) fn tables(scenario: &Scenario, estimate: &Estimate) -> (Vec<Table>, Vec<String>) {
    let (mut tables, mut notes) = (Vec::new(), Vec::new());
    for entity in &scenario.data {
        let name = &entity.name;
        let bytes = median(estimate, &format!("{name} size"));
        if entity.kind == Some(EntityKind::Memory) {
            notes.push(format!("{name}: in main memory, no table"));
        } else if is_blob(entity, bytes.unwrap_or(0.0)) {
            notes.push(format!("{name}: object storage, its key in a row"));
        } else {
            tables.push(table(scenario, estimate, entity));
        }
    }
    (tables, notes)
}

fn table(scenario: &Scenario, estimate: &Estimate, entity: &Entity) -> Table {
    let name = &entity.name;
    let columns: Vec<Column> = match &entity.size {
        Size::Whole(_) => Vec::new(),
        Size::Fields(fields) => fields
            .iter()
            .map(|(field, _)| Column {
                name: field.clone(),
                bytes: median(estimate, &format!("{name} {field}")),
            })
            .collect(),
    };
    let key = columns.iter().find(|column| is_key(&column.name, name)).map(|column| column.name.clone());
    let end = format!("{name} count in ");
    let end = estimate.quantities.iter().find(|quantity| quantity.name.starts_with(&end));
    let indexes: Vec<String> = entity.indexes.iter().flat_map(|indexes| indexes.value.clone()).collect();
    let sizes = ["each", "all variants"].map(|kind| format!("{name}, {kind}"));
    let row_bytes = sizes.iter().find_map(|line| median(estimate, line));
    Table {
        references: references(scenario, entity, &columns, &indexes),
        key_guessed: key.is_none(),
        key: key.unwrap_or_else(|| "id".to_owned()),
        row_bytes: row_bytes.or_else(|| median(estimate, &format!("{name} size"))),
        rows: median(estimate, &format!("{name} count")),
        rows_at_end: end.map(|quantity| quantity.value.p50),
        name: name.clone(),
        columns,
        indexes,
    }
}

/// `id`, or the entity's own name with it: `question_id` of a question.
fn is_key(column: &str, entity: &str) -> bool {
    column == "id" || stem(column).is_some_and(|stem| stem == entity)
}

/// What an id is the id of: `user` of `user_id`.
fn stem(column: &str) -> Option<&str> {
    ["_id", " id", "-id"].iter().find_map(|ending| column.strip_suffix(ending))
}

/// Columns that are called like another entity, or like who wrote a thing; and what an entity is counted by.
fn references(
    scenario: &Scenario,
    entity: &Entity,
    columns: &[Column],
    indexes: &[String],
) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    for column in columns.iter().map(|column| &column.name).chain(indexes) {
        if found.iter().any(|reference| reference.column == *column) {
            continue;
        }
        let named = stem(column).unwrap_or(column);
        let persons: &[&str] = if ["user", "author"].contains(&named) { &["user", "users"] } else { &[] };
        let candidates = || std::iter::once(named).chain(persons.iter().copied());
        let target = candidates().find_map(|name| scenario.entity(name)).filter(|of| of.name != entity.name);
        if let Some(target) = target {
            found.push(guess(column, &target.name));
        }
    }
    if let Some(CountOf::PerEntity { of, .. }) = entity.count.as_ref().map(|count| &count.value)
        && let Some(of) = scenario.data.get(*of)
        && found.iter().all(|reference| reference.table != of.name)
    {
        found.push(guess(&format!("{}_id", of.name.replace(' ', "_")), &of.name));
    }
    found
}

fn guess(column: &str, table: &str) -> Reference {
    Reference { column: column.to_owned(), table: table.to_owned(), guessed: true }
}
