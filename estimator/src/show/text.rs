//! The estimate on one screen: the numbers in columns, the claims, the advice, and what to do next.

use std::fmt::Write;

use anstyle::Style;
use scenarios::error::SETTING;
use scenarios::estimate::{Advice, ClaimCheck, Estimate, Kind, Outcome};
use scenarios::show;
use scenarios::verdict::Finding;

use super::columns::{MOST_COLUMNS, at_most, cut, cut_inside, lines, widest, width};
use super::page::{
    Row, calibrated, found, has_ranges, heading, is_total, kind_name, quiet_defaults, row, sections,
    sensitivities, title,
};

/// Columns of a page with short names stay apart.
const LEAST_NAME: usize = 12;
/// Names have up to eighty characters; what is longer than this is cut, since numbers matter more.
const MOST_NAME: usize = 30;
/// A working wider than this goes to the next line even where there is room.
const MOST_WORKING: usize = 34;
/// What stands before a working in a line of its own; `explain` has all of one that is longer than that.
const BELOW: &str = "      = ";
/// Lines of a source.
const MOST_LINES: usize = 2;
const MOST_SOURCE: usize = 24;
/// A unit of the file's own may be long.
const MOST_VALUE: usize = 18;
const MOST_RANGE: usize = 24;
/// The head of the column of ranges.
const RANGE: &str = "p10..p90";
/// Claims as they are written.
const MOST_CLAIM: usize = 20;
const MOST_FOUND: usize = 24;

/// The word for a kind.
const KIND: usize = 7;

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOOD: Style = anstyle::AnsiColor::Green.on_default();
const BAD: Style = anstyle::AnsiColor::Red.on_default().bold();

/// The estimate as text with ANSI styles, which the caller strips where they are not wanted. `next` are commands
/// worth running now.
#[must_use]
pub fn text(estimate: &Estimate, next: &[String]) -> String {
    let mut out = String::new();
    heading_line(&mut out, estimate);
    if let Some(said) = calibrated(estimate) {
        faint(&mut out, "  ", &said);
    }
    numbers(&mut out, estimate);
    if estimate.quantities.is_empty() {
        let add = "add `data:` (what is stored) or `actions:` (what users do)";
        line(&mut out, format_args!("\n  nothing to estimate yet\n  hint: {add}"));
    }
    sensitivity(&mut out, estimate);
    let defaults = quiet_defaults(estimate);
    if !defaults.is_empty() {
        line(&mut out, format_args!(""));
        faint(&mut out, "  ", &format!("also by default: {}", defaults.join(", ")));
    }
    claims(&mut out, estimate);
    advice(&mut out, &estimate.advice);
    commands(&mut out, next);
    out
}

/// What it is, and what its numbers mean.
fn heading_line(out: &mut String, estimate: &Estimate) {
    let (what, conventions) = title(estimate);
    if width(&what) + 3 + width(&conventions) <= MOST_COLUMNS {
        line(out, format_args!("{BOLD}{what}{BOLD:#} · {conventions}"));
        return;
    }
    for text in lines(&what, MOST_COLUMNS) {
        line(out, format_args!("{BOLD}{text}{BOLD:#}"));
    }
    wrapped(out, "", &conventions, Style::new());
}

/// Commands are to be copied, so each is whole, on the same line if there is room.
fn commands(out: &mut String, next: &[String]) {
    let all = next.join(" · ");
    let lines = if width(&all) + 8 > MOST_COLUMNS { next } else { &[all] };
    for (index, text) in lines.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        let head = if index == 0 { "\n  next:" } else { "       " };
        line(out, format_args!("{head} {text}"));
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// The widths of a page's columns.
struct Columns {
    name: usize,
    value: usize,
    /// Nothing where no number is a range.
    range: Option<usize>,
    working: usize,
    /// Nothing where ranges leave no room: then the column of the working has it.
    source: Option<usize>,
}

impl Columns {
    fn of(rows: &[&Row<'_>], wide: bool) -> Columns {
        let name = widest(rows.iter().map(|row| row.name), LEAST_NAME, MOST_NAME);
        let value = widest(rows.iter().map(|row| middle(row)), 3, MOST_VALUE);
        let ranges: Vec<String> = rows.iter().map(|row| range(row)).collect();
        let range = wide.then(|| widest(ranges.iter().map(String::as_str), width(RANGE), MOST_RANGE));
        let source = (!wide).then(|| widest(rows.iter().map(|row| row.source), 4, MOST_SOURCE));
        let taken = 2 + name + 2 + value + range.map_or(0, |range| range + 2) + 3 + KIND + 2;
        let room = MOST_COLUMNS.saturating_sub(taken + source.map_or(0, |source| source + 3));
        let working = match source {
            Some(_) => widest(rows.iter().map(|row| row.working.as_str()), 0, room.min(MOST_WORKING)),
            None => room,
        };
        Columns { name, value, range, working, source }
    }

    /// The middle, right-aligned, and the range beside it, two spaces before each.
    fn values(&self, middle: &str, range: &str) -> String {
        let value = format!("  {:>width$}", cut(middle, self.value), width = self.value);
        let range = self.range.map(|width| format!("  {:<width$}", cut(range, width)));
        value + &range.unwrap_or_default()
    }

    /// What follows the values, on as many lines as it takes: how it is computed, its kind, where it is from.
    fn behind(&self, row: &Row<'_>) -> Vec<String> {
        let Row { name: _, values: _, working, kind, source } = row;
        let is_derived = *kind == kind_name(Kind::Derived) && !working.is_empty();
        let (kind, fits) = (vec![(*kind).to_owned()], width(working) <= self.working);
        let Some(most) = self.source else {
            let both = format!("{working} · {source}");
            let how = match (is_derived, source.is_empty()) {
                (false, _) => cut_source(source, self.working),
                (true, false) if width(&both) <= self.working => vec![both],
                (true, _) if fits => vec![working.clone()],
                (true, _) => Vec::new(),
            };
            return beside(&[kind, how], &[KIND, self.working], &["   ", "  "]);
        };
        let working = if fits { vec![working.clone()] } else { Vec::new() };
        let cells = [working, kind, cut_source(source, most)];
        beside(&cells, &[self.working, KIND, most], &["   ", "   ", "  "])
    }

    /// A working that is wider than its column: in a line of its own, without its middle where that is too narrow too.
    fn below(&self, row: &Row<'_>) -> Option<String> {
        let text = row.working.trim_start_matches("= ");
        let is_below = row.kind == kind_name(Kind::Derived) && width(&row.working) > self.working;
        is_below.then(|| at_most(1, text, MOST_COLUMNS - width(BELOW)).concat())
    }
}

/// Cells of several lines, side by side.
fn beside(cells: &[Vec<String>], widths: &[usize], gaps: &[&str]) -> Vec<String> {
    let line = |index: usize| {
        cells.iter().zip(widths).zip(gaps).fold(String::new(), |mut line, ((cell, width), gap)| {
            let text = cell.get(index).map_or("", String::as_str);
            let _ = write!(line, "{gap}{text:<width$}");
            line
        })
    };
    (0..cells.iter().map(Vec::len).max().unwrap_or(0)).map(line).collect()
}

/// The value of a row; of three the middle one.
fn middle<'a>(row: &'a Row<'_>) -> &'a str {
    row.values.get(row.values.len() / 2).map_or("", String::as_str)
}

/// From p10 to p90; empty for an exact number.
fn range(row: &Row<'_>) -> String {
    match row.values.as_slice() {
        [low, _, high] if !low.is_empty() => show::between(low, high),
        _ => String::new(),
    }
}

/// A place in a file is told by its end, a citation by its beginning.
fn cut_source(source: &str, most: usize) -> Vec<String> {
    if source.contains(".yaml:") { vec![cut_inside(source, most)] } else { at_most(MOST_LINES, source, most) }
}

fn numbers(out: &mut String, estimate: &Estimate) {
    let wide = has_ranges(estimate);
    let tables: Vec<(&str, Vec<Row<'_>>)> = sections(estimate)
        .into_iter()
        .map(|(name, list)| (name, list.into_iter().map(|quantity| row(quantity, estimate, wide)).collect()))
        .collect();
    let all: Vec<&Row<'_>> = tables.iter().flat_map(|(_, rows)| rows).collect();
    let columns = Columns::of(&all, wide);
    for (index, (name, rows)) in tables.iter().enumerate() {
        let name = heading(name);
        let rest = if index == 0 { column_heads(&columns, name) } else { String::new() };
        line(out, format_args!("\n  {BOLD}{name}{BOLD:#}{rest}"));
        for row in rows {
            table_row(out, &columns, row, rows.len() > 1);
        }
    }
}

/// What stands behind the first section's name.
fn column_heads(columns: &Columns, name: &str) -> String {
    let padding = " ".repeat(columns.name.saturating_sub(width(name)));
    let working = columns.working;
    match columns.source {
        Some(_) => {
            format!("{padding}{}   {:working$}   {:<KIND$}  from", columns.values("", ""), "", "kind")
        }
        None => format!("{padding}{}   {:<KIND$}  how, or from", columns.values("p50", RANGE), "kind"),
    }
}

fn table_row(out: &mut String, columns: &Columns, row: &Row<'_>, has_others: bool) {
    let values = columns.values(middle(row), &range(row));
    if has_others && is_total(row.name) {
        line(out, format_args!("  {}", "─".repeat(columns.name + width(&values))));
    }
    let (name, name_width) = (cut_inside(row.name, columns.name), columns.name);
    let before = format!("  {name:<name_width$}{values}");
    let behind = columns.behind(row);
    for (index, text) in behind.iter().enumerate() {
        let before = if index == 0 { before.clone() } else { " ".repeat(width(&before)) };
        line(out, format_args!("{}", format!("{before}{text}").trim_end()));
    }
    if let Some(working) = columns.below(row) {
        line(out, format_args!("{FAINT}{BELOW}{working}{FAINT:#}"));
    }
}

fn sensitivity(out: &mut String, estimate: &Estimate) {
    let sentences = sensitivities(estimate);
    if !sentences.is_empty() {
        line(out, format_args!("\n  {BOLD}Sensitivity{BOLD:#}"));
    }
    for sentence in sentences {
        wrapped(out, "  ", &sentence, Style::new());
    }
}

/// Secondary text, broken between words so that it fits a screen.
fn faint(out: &mut String, indent: &str, text: &str) {
    wrapped(out, indent, text, FAINT);
}

fn wrapped(out: &mut String, indent: &str, text: &str, style: Style) {
    for row in lines(text, MOST_COLUMNS - width(indent)) {
        line(out, format_args!("{indent}{style}{row}{style:#}"));
    }
}

fn claims(out: &mut String, estimate: &Estimate) {
    if estimate.claims.is_empty() {
        return;
    }
    let cells: Vec<(&ClaimCheck, String)> =
        estimate.claims.iter().map(|claim| (claim, found(claim, estimate))).collect();
    let name_width = widest(cells.iter().map(|(claim, _)| claim.quantity.as_str()), LEAST_NAME, MOST_NAME);
    let claimed_width = widest(cells.iter().map(|(claim, _)| claim.claimed.as_str()), 7, MOST_CLAIM);
    let found_width = widest(cells.iter().map(|(_, found)| found.as_str()), 9, MOST_FOUND);
    line(
        out,
        format_args!(
            "\n  {BOLD}{:<name_width$}{BOLD:#}  {:<claimed_width$}  {}",
            "Claims", "claimed", "estimated"
        ),
    );
    for (claim, found) in &cells {
        let style = match claim.verdict {
            Finding::Confirmed => GOOD,
            Finding::Refuted => BAD,
            Finding::CannotTell => BOLD,
        };
        line(
            out,
            format_args!(
                "  {:<name_width$}  {:<claimed_width$}  {:<found_width$}  {style}{}{style:#}  {}",
                cut_inside(&claim.quantity, name_width),
                cut(&claim.claimed, claimed_width),
                cut(found, found_width),
                claim.verdict.word(),
                if claim.line == SETTING { "--set".to_owned() } else { format!("line {}", claim.line) }
            ),
        );
    }
}

/// First what is needed, then what is not, then what cannot be said, together.
fn advice(out: &mut String, advice: &[Advice]) {
    if advice.is_empty() {
        return;
    }
    line(out, format_args!("\n  {BOLD}Advice{BOLD:#}"));
    let mut unknown = Vec::new();
    for spoken in advice {
        let Advice { rule, what, because, flips, .. } = spoken;
        let mark = match spoken.outcome() {
            Outcome::Needed => "●",
            Outcome::NotNeeded => "○",
            Outcome::CannotSay => {
                unknown.push(format!("{rule} ({what})"));
                continue;
            }
        };
        for (index, row) in lines(what, MOST_COLUMNS - 4).iter().enumerate() {
            line(out, format_args!("  {} {row}", if index == 0 { mark } else { " " }));
        }
        let flips = if flips.is_empty() { String::new() } else { format!("; {flips}") };
        faint(out, "    ", &format!("{because}{flips}"));
    }
    if !unknown.is_empty() {
        faint(out, "  ", &format!("– cannot say: {}", unknown.join(", ")));
    }
}
