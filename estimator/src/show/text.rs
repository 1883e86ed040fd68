//! The estimate on one screen: the numbers in columns, the claims, the advice, and what to do next.

use std::fmt::Write;

use anstyle::Style;
use scenarios::error::SETTING;
use scenarios::estimate::{Advice, ClaimCheck, Estimate, Kind, Outcome};
use scenarios::show;
use scenarios::verdict::Finding;

use super::columns::{MOST_COLUMNS, cut, cut_inside, lines, widest, width};
use super::page::{
    Row, has_ranges, heading, is_total, kind_name, quiet_defaults, row, sections, sensitivities, title,
};

/// Columns of a page with short names stay apart.
const LEAST_NAME: usize = 12;
/// Names have up to eighty characters; what is longer than this is cut, since numbers matter more.
const MOST_NAME: usize = 30;
/// A working longer than this is cut even where there is room; `explain` has all of it.
const MOST_WORKING: usize = 34;
const MOST_SOURCE: usize = 24;
/// A unit of the file's own may be long.
const MOST_VALUE: usize = 18;
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
    /// One, or p10, p50 and p90.
    values: Vec<usize>,
    working: usize,
    /// Nothing where three values leave no room: then the column of the working has it, as far as it fits.
    source: Option<usize>,
}

impl Columns {
    fn of(rows: &[&Row<'_>], heads: &[&str]) -> Columns {
        let name = widest(rows.iter().map(|row| row.name), LEAST_NAME, MOST_NAME);
        let value = |(index, head): (usize, &&str)| {
            let cells = rows.iter().filter_map(|row| row.values.get(index));
            widest(cells.map(String::as_str), width(head), MOST_VALUE)
        };
        let values: Vec<usize> = heads.iter().enumerate().map(value).collect();
        let is_wide = heads.len() > 1;
        let source = (!is_wide).then(|| widest(rows.iter().map(|row| row.source), 4, MOST_SOURCE));
        let taken = 2 + name + values.iter().map(|value| 2 + value).sum::<usize>() + 3 + KIND + 2;
        let taken = taken + source.map_or(0, |source| source + 3);
        let room = MOST_COLUMNS.saturating_sub(taken);
        let working = match source {
            Some(_) => widest(rows.iter().map(|row| row.working.as_str()), 0, room.min(MOST_WORKING)),
            None => room,
        };
        Columns { name, values, working, source }
    }

    /// Values right-aligned, two spaces before each.
    fn values<'a>(&self, values: impl Iterator<Item = &'a str>) -> String {
        values.zip(&self.values).fold(String::new(), |mut line, (value, width)| {
            let _ = write!(line, "  {:>width$}", cut(value, *width));
            line
        })
    }

    /// What follows the values: how it is computed, its kind, where it is from.
    fn behind(&self, row: &Row<'_>) -> String {
        let Row { name: _, values: _, working, kind, source } = row;
        let Some(most) = self.source else {
            let is_derived = *kind == kind_name(Kind::Derived) && !working.is_empty();
            let both = format!("{working} · {source}");
            let how = match (is_derived, source.is_empty()) {
                (false, _) => cut_source(source, self.working),
                (true, false) if width(&both) <= self.working => both,
                (true, _) => cut(working, self.working),
            };
            return format!("   {kind:<KIND$}  {how}");
        };
        let width = self.working;
        format!("   {:<width$}   {kind:<KIND$}  {}", cut(working, width), cut_source(source, most))
    }
}

/// A place in a file is told by its end, a citation by its beginning.
fn cut_source(source: &str, most: usize) -> String {
    if source.contains(".yaml:") { cut_inside(source, most) } else { cut(source, most) }
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

/// What stands behind the first section's name.
fn column_heads(columns: &Columns, name: &str, heads: &[&str]) -> String {
    let padding = " ".repeat(columns.name.saturating_sub(width(name)));
    let values = columns.values(heads.iter().copied());
    let working = columns.working;
    match columns.source {
        Some(_) => format!("{padding}{values}   {:working$}   {:<KIND$}  from", "", "kind"),
        None => format!("{padding}{values}   {:<KIND$}  how, or from", "kind"),
    }
}

fn table_row(out: &mut String, columns: &Columns, row: &Row<'_>, has_others: bool) {
    let values = columns.values(row.values.iter().map(String::as_str));
    if has_others && is_total(row.name) {
        line(out, format_args!("  {}", "─".repeat(columns.name + width(&values))));
    }
    let (name, name_width) = (cut_inside(row.name, columns.name), columns.name);
    let text = format!("  {name:<name_width$}{values}{}", columns.behind(row));
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
    for row in lines(text, MOST_COLUMNS - width(indent)) {
        line(out, format_args!("{indent}{style}{row}{style:#}"));
    }
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
