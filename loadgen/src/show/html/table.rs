//! A table as data: what the template lays out, and what the tests can read.

use serde::Serialize;

/// A table with a heading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Table {
    /// Unique within the page.
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    /// What the figures are; read before them.
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    /// Each begins with the name of the row.
    pub(super) rows: Vec<Row>,
}

/// What stands above a column.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// Leans to the right, so that digits stand under digits.
    pub(super) is_number: bool,
}

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    /// The sum of the others.
    pub(super) is_total: bool,
    pub(super) cells: Vec<Cell>,
}

/// One place in a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Smaller, beside or below the text; each line of it stands on its own in a column of numbers.
    pub(super) detail: String,
    /// `good`, `bad`, `unknown` for an outcome; empty otherwise.
    pub(super) tone: &'static str,
}

impl Cell {
    /// A text alone.
    pub(super) fn new(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    /// With something smaller beside it.
    pub(super) fn with(self, detail: impl Into<String>) -> Cell {
        Cell { detail: detail.into(), ..self }
    }
}

impl Row {
    /// A line like the others.
    pub(super) fn new(cells: Vec<Cell>) -> Row {
        Row { is_total: false, cells }
    }
}

/// A column of words.
pub(super) fn words(name: &'static str) -> Column {
    Column { name, is_number: false }
}

/// A column of numbers.
pub(super) fn numbers(name: &'static str) -> Column {
    Column { name, is_number: true }
}
