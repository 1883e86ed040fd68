//! A sketch of tables and resources, as text and for a design document.

use std::fmt::Write;

use scenarios::estimate::UnitName;
use scenarios::show;

use super::table::{Table as Cells, cut, escaped, wrapped};
use crate::sketch::{Resource, Sketch, Table};

/// Lines are broken before this column.
const MOST_COLUMNS: usize = 100;

/// Columns that cells may take; what is longer is cut.
#[derive(Clone, Copy)]
struct Widths {
    path: usize,
    action: usize,
    touched: usize,
}

const SCREEN: Widths = Widths { path: 46, action: 20, touched: usize::MAX };
const DOCUMENT: Widths = Widths { path: usize::MAX, action: usize::MAX, touched: usize::MAX };

/// The sketch as text.
#[must_use]
pub fn text(sketch: &Sketch) -> String {
    let mut out = wrapped(&format!("{} · tables and resources · medians", sketch.scenario), "", MOST_COLUMNS);
    for table in &sketch.tables {
        out += "\n";
        out += &wrapped(&headline(sketch, table), "  ", MOST_COLUMNS);
        for part in parts(sketch, table) {
            out += &wrapped(&part, "    ", MOST_COLUMNS);
        }
    }
    if !sketch.notes.is_empty() {
        out += "\n";
        for note in &sketch.notes {
            out += &wrapped(note, "  ", MOST_COLUMNS);
        }
    }
    if !sketch.resources.is_empty() {
        out += "\n";
        for line in resources(sketch, SCREEN).lines() {
            let _ = writeln!(out, "  {}", cut(&line, MOST_COLUMNS - 2));
        }
    }
    out
}

/// The sketch to paste into a document.
#[must_use]
pub fn markdown(sketch: &Sketch) -> String {
    let mut out = format!("## {} · tables and resources\n", escaped(&sketch.scenario));
    for table in &sketch.tables {
        let _ = write!(out, "\n### {}\n\n", escaped(&headline(sketch, table)));
        for part in parts(sketch, table) {
            let _ = writeln!(out, "- {}", escaped(&part));
        }
    }
    if !sketch.notes.is_empty() {
        out += "\n";
        for note in &sketch.notes {
            let _ = writeln!(out, "- {}", escaped(note));
        }
    }
    if !sketch.resources.is_empty() {
        out += "\n";
        out += &resources(sketch, DOCUMENT).markdown();
    }
    out
}

/// `url · 500 B a row · 2 M rows now, 30 M rows at the end of the plan`.
fn headline(sketch: &Sketch, table: &Table) -> String {
    let mut parts = vec![table.name.clone()];
    if let Some(bytes) = table.row_bytes {
        let with = if table.indexes.is_empty() { "" } else { " with indexes" };
        parts.push(format!("{} a row{with}", show::bytes(bytes, &sketch.conventions)));
    }
    let rows = table.rows.map(|rows| format!("{} rows now", show::count(rows)));
    let end = table.rows_at_end.map(|rows| format!("{} rows at the end of the plan", show::count(rows)));
    let counts: Vec<String> = rows.into_iter().chain(end).collect();
    if !counts.is_empty() {
        parts.push(counts.join(", "));
    }
    parts.join(" · ")
}

fn parts(sketch: &Sketch, table: &Table) -> Vec<String> {
    let mut parts = Vec::new();
    let columns = table.columns.iter().map(|column| match column.bytes {
        Some(bytes) => format!("{} {}", column.name, show::bytes(bytes, &sketch.conventions)),
        None => column.name.clone(),
    });
    let columns: Vec<String> = columns.collect();
    if !columns.is_empty() {
        parts.push(format!("columns: {}", columns.join(", ")));
    }
    let guessed = if table.key_guessed { " (guessed, not in the bytes)" } else { "" };
    parts.push(format!("primary key: {}{guessed}", table.key));
    for reference in &table.references {
        let guessed = if reference.guessed { " (guessed)" } else { "" };
        parts.push(format!("foreign key: {} → {}{guessed}", reference.column, reference.table));
    }
    if !table.indexes.is_empty() {
        parts.push(format!("indexes: {}", table.indexes.join(", ")));
    }
    parts
}

fn resources(sketch: &Sketch, most: Widths) -> Cells {
    let heads = ["request", "status", "peak", "action", "touches"].map(str::to_owned).to_vec();
    let rows = sketch.resources.iter().map(|resource| {
        let peak = resource
            .peak_per_second
            .map_or("–".to_owned(), |peak| show::value(peak, UnitName::PerSecond, &sketch.conventions));
        vec![
            cut(&format!("{} {}", resource.method, resource.path), most.path),
            match resource.status {
                _ if resource.guessed => "guessed".to_owned(),
                Some(status) => status.to_string(),
                None => "–".to_owned(),
            },
            peak,
            cut(&resource.action, most.action),
            cut(&touches(resource), most.touched),
        ]
    });
    Cells { heads, rows: rows.collect(), words: vec![3, 4] }
}

fn touches(resource: &Resource) -> String {
    let part =
        |verb: &str, list: &[String]| (!list.is_empty()).then(|| format!("{verb} {}", list.join(" + ")));
    let parts = part("reads", &resource.reads).into_iter().chain(part("writes", &resource.writes));
    parts.collect::<Vec<_>>().join(", ")
}
