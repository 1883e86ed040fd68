//! Estimates side by side: a letter for each side, a row for each number that differs.

use std::fmt::Write;

use scenarios::estimate::Advice;
use scenarios::show;

use super::page::heading;
use super::table::{Table, cut, escaped, wrapped};
use crate::compare::{Compared, Comparison};

/// Lines are broken before this column.
const MOST_COLUMNS: usize = 100;
const MOST_NAME: usize = 36;
const MOST_LABEL: usize = 40;
/// More names than these say less; `--all` shows every number.
const MOST_NAMES: usize = 12;

/// Which rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Those of several sides that are not the same; the others are named.
    Differing,
    /// All.
    All,
}

/// The comparison as text.
#[must_use]
pub fn text(comparison: &Comparison, rows: Rows) -> String {
    let mut out: String = legend(comparison).lines().iter().skip(1).map(|line| line.clone() + "\n").collect();
    let (shown, rest): (Vec<&Compared>, Vec<&Compared>) = comparison
        .quantities
        .iter()
        .partition(|row| rows == Rows::All || !(row.is_same() || row.only().is_some()));
    let mut table = numbers(comparison, &shown);
    if let (Some(head), Some(row)) = (table.heads.first_mut(), shown.first()) {
        heading(&row.section).clone_into(head);
    }
    let mut lines = table.lines().into_iter();
    let mut section = "";
    let heads = lines.next().filter(|_| !shown.is_empty());
    out.extend(heads.map(|heads| format!("\n  {heads}\n")));
    for (row, line) in shown.iter().zip(lines) {
        if row.section != section && !section.is_empty() {
            let _ = writeln!(out, "\n  {}", heading(&row.section));
        }
        section = &row.section;
        let _ = writeln!(out, "  {line}");
    }
    out += &left_out(comparison, &rest);
    if !comparison.advice.is_empty() {
        out += "\n  Advice that differs\n";
        for advice in &comparison.advice {
            let _ = writeln!(out, "  {}", advice.rule);
            for (side, said) in advice.said.iter().enumerate() {
                let said: Vec<String> = said.iter().map(sentence).collect();
                let said = if said.is_empty() { "–".to_owned() } else { said.join("; ") };
                out += &wrapped(&format!("{} {said}", letter(side)), "    ", MOST_COLUMNS);
            }
        }
    }
    if !comparison.same_advice.is_empty() {
        let same = format!("the same advice: {}", comparison.same_advice.join(", "));
        let _ = write!(out, "\n{}", wrapped(&same, "  ", MOST_COLUMNS));
    }
    out
}

/// The comparison to paste into a document; all rows.
#[must_use]
pub fn markdown(comparison: &Comparison) -> String {
    let all: Vec<&Compared> = comparison.quantities.iter().collect();
    let mut out = format!("{}\n{}", legend(comparison).markdown(), numbers(comparison, &all).markdown());
    if !comparison.advice.is_empty() {
        out += "\n### Advice that differs\n\n";
        for advice in &comparison.advice {
            let _ = writeln!(out, "- **{}**", escaped(&advice.rule));
            for (side, said) in advice.said.iter().enumerate() {
                let said: Vec<String> = said.iter().map(sentence).collect();
                let _ = writeln!(out, "  - {}: {}", letter(side), escaped(&said.join("; ")));
            }
        }
    }
    out
}

/// Every number in its base unit, for a spreadsheet.
#[must_use]
pub fn csv(comparison: &Comparison) -> String {
    let mut heads = vec!["quantity".to_owned(), "section".to_owned(), "unit".to_owned()];
    for side in &comparison.sides {
        heads.extend(["p10", "p50", "p90", "ratio"].map(|column| format!("{} {column}", side.label)));
    }
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let rows = comparison.quantities.iter().map(|row| {
        let unit = serde_json::to_value(row.unit).ok();
        let unit = unit.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let mut cells = vec![row.name.clone(), row.section.clone(), unit];
        for (value, ratio) in row.values.iter().zip(&row.ratios) {
            cells.extend([
                number(value.map(|value| value.p10)),
                number(value.map(|value| value.p50)),
                number(value.map(|value| value.p90)),
                number(*ratio),
            ]);
        }
        cells
    });
    Table { heads, rows: rows.collect(), words: vec![] }.csv()
}

/// `A`, `B`, ...
fn letter(side: usize) -> char {
    u8::try_from(side).ok().and_then(|side| b'A'.checked_add(side)).map_or('?', char::from)
}

fn legend(comparison: &Comparison) -> Table {
    let rows = comparison.sides.iter().enumerate().map(|(side, of)| {
        vec![letter(side).to_string(), cut(&of.label, MOST_LABEL), cut(&of.about, MOST_LABEL)]
    });
    Table { heads: ["", "what", "size"].map(str::to_owned).to_vec(), rows: rows.collect(), words: vec![1, 2] }
}

/// A name, a column for each side, and after all but the first its ratio.
fn numbers(comparison: &Comparison, rows: &[&Compared]) -> Table {
    let mut heads = vec!["quantity".to_owned()];
    for side in 0..comparison.sides.len() {
        heads.push(letter(side).to_string());
        heads.extend((side > 0).then(|| format!("{} ÷ A", letter(side))));
    }
    let rows = rows.iter().map(|row| {
        let mut cells = vec![cut(&row.name, MOST_NAME)];
        for (side, (value, ratio)) in row.values.iter().zip(&row.ratios).enumerate() {
            cells.push(value.map_or("–".to_owned(), |value| {
                let text = show::value_in(value.p50, row.unit, row.shown.as_ref(), &comparison.conventions);
                text.strip_suffix("/month").map_or(text.clone(), str::to_owned)
            }));
            cells.extend((side > 0).then(|| ratio.map_or(String::new(), times)));
        }
        cells
    });
    Table { heads, rows: rows.collect(), words: vec![] }
}

/// `2.5 ×`; the sign of equality where nothing changes.
fn times(ratio: f64) -> String {
    if (ratio - 1.0).abs() < 1e-9 { "=".to_owned() } else { format!("{} ×", show::count(ratio)) }
}

/// Numbers without a row: the same on all sides, or on one side alone.
fn left_out(comparison: &Comparison, rows: &[&Compared]) -> String {
    let mut out = String::new();
    let mut named = |what: &str, names: Vec<&str>| {
        if !names.is_empty() {
            let more = names.len().saturating_sub(MOST_NAMES);
            let rest = if more > 0 { format!(", and {more} more (--all)") } else { String::new() };
            let names: Vec<&str> = names.into_iter().take(MOST_NAMES).collect();
            out += "\n";
            out += &wrapped(&format!("{what}: {}{rest}", names.join(" · ")), "  ", MOST_COLUMNS);
        }
    };
    named("the same", rows.iter().filter(|row| row.is_same()).map(|row| row.name.as_str()).collect());
    for side in 0..comparison.sides.len() {
        let own = rows.iter().filter(|row| row.only() == Some(side)).map(|row| row.name.as_str());
        named(&format!("only in {}", letter(side)), own.collect());
    }
    out
}

fn sentence(advice: &Advice) -> String {
    let mark = if advice.fires { "●" } else { "○" };
    format!("{mark} {}: {}", advice.what, advice.because)
}
