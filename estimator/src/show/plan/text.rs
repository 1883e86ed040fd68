//! The plan on a screen: the answer, what each day takes, when what runs out, what was replaced, what to know.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use scenarios::estimate::Quantity;
use scenarios::plan::Plan;
use scenarios::show;
use scenarios::verdict::Finding;

use super::tables;
use super::words::{answer, capital, finding, first_to_run_out, ran_out, rests_on, sentence};
use crate::show::columns::{MOST_COLUMNS, lines, width};
use crate::show::table::Table;

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The plan as text with ANSI styles, which the caller strips where they are not wanted. `next` are commands worth
/// running now.
#[must_use]
pub fn text(plan: &Plan, next: &[String]) -> String {
    let mut out = String::new();
    head(&mut out, plan);
    table(&mut out, &tables::fleet(plan));
    table(&mut out, &tables::data_and_cost(plan));
    if !plan.runs_out.is_empty() {
        table(&mut out, &tables::runs_out(plan));
    }
    if plan.bill.len() > 1 {
        table(&mut out, &tables::bill(plan));
    }
    title(&mut out, "Measured in the place of a guess");
    for replaced in &plan.replaced {
        wrapped(&mut out, "  ", &sentence(plan, replaced));
    }
    claims(&mut out, plan);
    title(&mut out, "How it is computed");
    // The others are in the other forms.
    let shown = ["requests one node holds", "servers for the load", "database machines", "total cost"];
    let is_shown = |line: &&Quantity| shown.iter().any(|name| line.name.starts_with(name));
    for line in plan.working.iter().filter(is_shown) {
        let value = show::value(line.value.p50, line.unit, &plan.conventions);
        wrapped(&mut out, "  ", &format!("{} = {value}: {}", line.name, tables::how(line)));
    }
    if !plan.basis.levels.is_empty() {
        table(&mut out, &tables::levels(plan));
    }
    if !plan.basis.predicted.is_empty() {
        table(&mut out, &tables::predicted(plan));
    }
    notes(&mut out, plan);
    commands(&mut out, next);
    out
}

fn head(out: &mut String, plan: &Plan) {
    let (sign, style) = match finding(plan) {
        Some(Finding::Confirmed) => ("✓ ", GOOD),
        Some(Finding::Refuted) => ("✗ ", BAD),
        Some(Finding::CannotTell) => ("? ", BOLD),
        None => ("", BOLD),
    };
    for (index, line) in
        lines(&format!("{sign}{}: {}", plan.scenario, answer(plan)), MOST_COLUMNS).iter().enumerate()
    {
        let indent = if index == 0 { "" } else { "  " };
        say(out, format_args!("{indent}{style}{line}{style:#}"));
    }
    wrapped(out, "  ", &capital(&first_to_run_out(plan)));
    wrapped(out, "  ", &rests_on(plan));
    if let Some(limit) = ran_out(plan) {
        wrapped(out, "  ", &limit);
    }
    let conventions = format!(
        "{} · {} to {} · p50 (p10..p90) · conventions: {}",
        plan.about, plan.from, plan.until, plan.conventions
    );
    for line in lines(&conventions, MOST_COLUMNS - 2) {
        say(out, format_args!("  {FAINT}{line}{FAINT:#}"));
    }
}

fn title(out: &mut String, text: &str) {
    say(out, format_args!("\n  {BOLD}{text}{BOLD:#}"));
}

/// A table with its heads in bold, cut to the screen.
fn table(out: &mut String, table: &Table) {
    let lines = table.lines();
    for (index, line) in lines.iter().enumerate() {
        let line = crate::show::columns::cut(line, MOST_COLUMNS - 2);
        if index == 0 {
            say(out, format_args!("\n  {BOLD}{line}{BOLD:#}"));
        } else {
            say(out, format_args!("  {line}"));
        }
    }
}

fn claims(out: &mut String, plan: &Plan) {
    if plan.claims.is_empty() {
        return;
    }
    title(out, "Claims of the file, by measured numbers");
    for claim in &plan.claims {
        let found = claim
            .estimated
            .map_or("–".to_owned(), |spread| show::spread(spread, claim.unit, &plan.conventions));
        let style = match claim.verdict {
            Finding::Confirmed => GOOD,
            Finding::Refuted => BAD,
            Finding::CannotTell => BOLD,
        };
        say(
            out,
            format_args!(
                "  {style}{}{style:#}  {}: claimed {}, by the measurement {found} (line {})",
                claim.verdict.word(),
                claim.quantity,
                claim.claimed,
                claim.line
            ),
        );
    }
}

fn notes(out: &mut String, plan: &Plan) {
    if plan.notes.is_empty() {
        return;
    }
    title(out, "To know");
    for note in &plan.notes {
        for (index, line) in lines(note, MOST_COLUMNS - 4).iter().enumerate() {
            say(out, format_args!("  {} {line}", if index == 0 { "·" } else { " " }));
        }
    }
}

/// Commands are to be copied, so each is whole, on the same line if there is room.
fn commands(out: &mut String, next: &[String]) {
    let all = next.join(" · ");
    let lines = if width(&all) + 8 > MOST_COLUMNS { next } else { &[all] };
    for (index, text) in lines.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        say(out, format_args!("{} {text}", if index == 0 { "\n  next:" } else { "       " }));
    }
}

fn wrapped(out: &mut String, indent: &str, text: &str) {
    for (index, line) in lines(text, MOST_COLUMNS - width(indent) - 4).iter().enumerate() {
        say(out, format_args!("{indent}{}{line}", if index == 0 { "" } else { "    " }));
    }
}

fn say(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}
