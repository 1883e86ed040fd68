//! The estimate on one screen: the numbers in columns, the claims, the advice, and what to do next.

use std::fmt::Write;

use anstyle::Style;
use scenarios::error::SETTING;
use scenarios::estimate::{Advice, ClaimCheck, Estimate};
use scenarios::show;
use scenarios::verdict::Finding;

use super::page::{Row, has_ranges, heading, quiet_defaults, row, sections, sensitivities, title};

/// A working longer than this is cut; `explain` has all of it.
const MOST_WORKING: usize = 34;
/// Prose is broken before this column.
const MOST_COLUMNS: usize = 110;
/// Columns of a page with short names stay apart.
const LEAST_NAME: usize = 12;

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOOD: Style = anstyle::AnsiColor::Green.on_default();
const BAD: Style = anstyle::AnsiColor::Red.on_default().bold();

/// The estimate as text with ANSI styles, which the caller strips where they are not wanted. `next` are commands
/// worth running now.
#[must_use]
pub fn text(estimate: &Estimate, next: &[String]) -> String {
    let mut out = String::new();
    let (what, conventions) = title(estimate);
    line(&mut out, format_args!("{BOLD}{what}{BOLD:#} · {conventions}"));
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
    if !next.is_empty() {
        line(&mut out, format_args!("\n  next: {}", next.join(" · ")));
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// The widths of a page's columns.
struct Columns {
    name: usize,
    /// One, or p10, p50 and p90.
    values: Vec<usize>,
    working: usize,
}

impl Columns {
    fn of(rows: &[&Row<'_>], heads: &[&str]) -> Columns {
        let widest = |cell: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(|row| cell(row)).max().unwrap_or(0);
        let value = |(index, head): (usize, &&str)| width(head).max(widest(&|row| width(&row.values[index])));
        Columns {
            name: widest(&|row| width(row.name)).max(LEAST_NAME),
            values: heads.iter().enumerate().map(value).collect(),
            working: widest(&|row| width(&row.working).min(MOST_WORKING)),
        }
    }

    /// Values right-aligned, two spaces before each.
    fn values<'a>(&self, values: impl Iterator<Item = &'a str>) -> String {
        values.zip(&self.values).fold(String::new(), |mut line, (value, width)| {
            let _ = write!(line, "  {value:>width$}");
            line
        })
    }
}

fn numbers(out: &mut String, estimate: &Estimate) {
    let wide = has_ranges(estimate);
    let tables: Vec<(&str, Vec<Row<'_>>)> = sections(estimate)
        .into_iter()
        .map(|(name, list)| (name, list.into_iter().map(|quantity| row(quantity, estimate, wide)).collect()))
        .collect();
    let heads: &[&str] = if wide { &["p10", "p50", "p90"] } else { &[""] };
    let all: Vec<&Row<'_>> = tables.iter().flat_map(|(_, rows)| rows).collect();
    let columns = Columns::of(&all, heads);
    for (index, (name, rows)) in tables.iter().enumerate() {
        let name = heading(name);
        let rest = if index == 0 { column_heads(&columns, name, heads) } else { String::new() };
        line(out, format_args!("\n  {BOLD}{name}{BOLD:#}{rest}"));
        for row in rows {
            table_row(out, &columns, row, rows.len() > 1);
        }
    }
}

/// Whether a row sums up the rows above it.
fn is_total(name: &str) -> bool {
    matches!(name, "total, kept" | "total cost") || name.starts_with("total in ")
}

/// What stands behind the first section's name.
fn column_heads(columns: &Columns, name: &str, heads: &[&str]) -> String {
    let Columns { name: name_width, working, .. } = columns;
    let padding = " ".repeat(name_width.saturating_sub(width(name)));
    let values = columns.values(heads.iter().copied());
    format!("{padding}{values}   {:working$}   {:<7}  from", "", "kind")
}

fn table_row(out: &mut String, columns: &Columns, row: &Row<'_>, has_others: bool) {
    let Row { name, values, working, kind, source } = row;
    let (name_width, working_width) = (columns.name, columns.working);
    let values = columns.values(values.iter().map(String::as_str));
    if has_others && is_total(name) {
        line(out, format_args!("  {}", "─".repeat(name_width + width(&values))));
    }
    let working = cut(working);
    let text = format!("  {name:<name_width$}{values}   {working:<working_width$}   {kind:<7}  {source}");
    line(out, format_args!("{}", text.trim_end()));
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
    let mut row = String::new();
    for word in text.split(' ') {
        if !row.is_empty() && width(indent) + width(&row) + 1 + width(word) > MOST_COLUMNS {
            line(out, format_args!("{indent}{style}{row}{style:#}"));
            row.clear();
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    line(out, format_args!("{indent}{style}{row}{style:#}"));
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &str) -> String {
    if width(text) <= MOST_WORKING {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MOST_WORKING - 1).collect();
    format!("{}…", kept.trim_end())
}

fn claims(out: &mut String, estimate: &Estimate) {
    if estimate.claims.is_empty() {
        return;
    }
    let cells: Vec<(&ClaimCheck, String)> = estimate
        .claims
        .iter()
        .map(|claim| {
            let found = claim
                .estimated
                .map_or("–".to_owned(), |spread| show::spread(spread, claim.unit, &estimate.conventions));
            (claim, found)
        })
        .collect();
    let widest = |of: &dyn Fn(&(&ClaimCheck, String)) -> usize| cells.iter().map(of).max().unwrap_or(0);
    let name_width = widest(&|(claim, _)| width(&claim.quantity)).max(LEAST_NAME);
    let claimed_width = widest(&|(claim, _)| width(&claim.claimed)).max(7);
    let found_width = widest(&|(_, found)| width(found)).max(9);
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
                "  {:<name_width$}  {:<claimed_width$}  {found:<found_width$}  {style}{}{style:#}  {}",
                claim.quantity,
                claim.claimed,
                claim.verdict.word(),
                if claim.line == SETTING { "--set".to_owned() } else { format!("line {}", claim.line) }
            ),
        );
    }
}

fn advice(out: &mut String, advice: &[Advice]) {
    if advice.is_empty() {
        return;
    }
    line(out, format_args!("\n  {BOLD}Advice{BOLD:#}"));
    for Advice { rule: _, fires, what, because, flips } in advice {
        let mark = if *fires { "●" } else { "○" };
        line(out, format_args!("  {mark} {what}"));
        let flips = if flips.is_empty() { String::new() } else { format!("; {flips}") };
        faint(out, "    ", &format!("{because}{flips}"));
    }
}
