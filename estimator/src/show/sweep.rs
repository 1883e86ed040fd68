//! A sweep as a table with curves, for people, documents and sheets.

use std::fmt::Write;

use scenarios::show;

use super::table::{Table, cut, wrapped};
use crate::sweep::{Scale, Sweep, Swept, Turn};

/// Lines are broken before this column.
const MOST_COLUMNS: usize = 100;
const MOST_NAME: usize = 24;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Rows of the chart.
const CHART_ROWS: usize = 6;
/// Columns of the chart, at most.
const CHART_COLUMNS: usize = 60;

/// The sweep as text: the table, a chart of the first number, a line for each other, and the turning points.
#[must_use]
pub fn text(sweep: &Sweep) -> String {
    let scale = match sweep.vary.scale {
        Scale::Linear => "even steps",
        Scale::Log => "steps of equal ratio",
    };
    let mut out = format!(
        "{} · {} from {} to {}, {scale} · medians\n\n",
        sweep.scenario,
        sweep.vary.path,
        sweep.vary.shown(sweep.vary.low, &sweep.conventions),
        sweep.vary.shown(sweep.vary.high, &sweep.conventions),
    );
    for line in table(sweep).lines() {
        let _ = writeln!(out, "  {}", cut(&line, MOST_COLUMNS - 2));
    }
    out += &chart(sweep);
    out += &sparklines(sweep);
    if !sweep.turns.is_empty() {
        let _ = writeln!(out, "\n  Where it turns");
        for turn in &sweep.turns {
            out += &wrapped(&format!("{}: {}", place(sweep, turn), what(turn)), "    ", MOST_COLUMNS);
        }
    }
    out
}

/// The sweep to paste into a document.
#[must_use]
pub fn markdown(sweep: &Sweep) -> String {
    let mut out = table(sweep).markdown();
    if !sweep.turns.is_empty() {
        out += "\n### Where it turns\n\n";
        for turn in &sweep.turns {
            let _ = writeln!(out, "- {}: {}", place(sweep, turn), super::table::escaped(&what(turn)));
        }
    }
    out
}

/// Every number in its base unit, for a spreadsheet.
#[must_use]
pub fn csv(sweep: &Sweep) -> String {
    let mut heads = vec![sweep.vary.path.clone()];
    for of in &sweep.quantities {
        heads.extend(["p10", "p50", "p90"].map(|column| format!("{} {column}", of.name)));
    }
    let rows = sweep.points.iter().map(|point| {
        let mut row = vec![point.input.to_string()];
        for value in &point.values {
            let ends = value.map(|value| [value.p10, value.p50, value.p90].map(|value| value.to_string()));
            row.extend(ends.unwrap_or_default());
        }
        row
    });
    Table { heads, rows: rows.collect(), words: vec![] }.csv()
}

fn shown(sweep: &Sweep, of: &Swept, value: f64) -> String {
    show::value_in(value, of.unit, of.shown.as_ref(), &sweep.conventions)
}

/// A row for each step, with what has happened since the one before.
fn table(sweep: &Sweep) -> Table {
    let mut heads = vec![cut(&sweep.vary.path, MOST_NAME)];
    heads.extend(sweep.quantities.iter().map(|of| cut(&of.name, MOST_NAME)));
    heads.push(String::new());
    let rows = sweep.points.iter().enumerate().map(|(step, point)| {
        let mut row = vec![sweep.vary.shown(point.input, &sweep.conventions)];
        row.extend(
            point
                .values
                .iter()
                .zip(&sweep.quantities)
                .map(|(value, of)| value.map_or("–".to_owned(), |value| shown(sweep, of, value.p50))),
        );
        let marks = sweep.turns.iter().filter(|turn| turn.step == step).map(mark);
        row.push(marks.collect::<Vec<_>>().join(", "));
        row
    });
    Table { heads, rows: rows.collect(), words: vec![sweep.quantities.len() + 1] }
}

/// `● cache` for advice, nothing for a count: its column shows it.
fn mark(turn: &Turn) -> String {
    match turn.after.chars().next() {
        Some(sign @ ('●' | '○')) => format!("{sign} {}", turn.about),
        _ => format!("{} {} → {}", turn.about, turn.before, turn.after),
    }
}

fn what(turn: &Turn) -> String {
    match turn.after.chars().next() {
        Some('●' | '○' | '–') => turn.after.clone(),
        _ => format!("{} {} → {}", turn.about, turn.before, turn.after),
    }
}

fn place(sweep: &Sweep, turn: &Turn) -> String {
    let sign = if turn.located { "from" } else { "at or below" };
    format!("{sign} {}", sweep.vary.shown(turn.input, &sweep.conventions))
}

/// How high each value is, between 0 and 1; on the scale of the steps where all are above zero.
fn heights(sweep: &Sweep, index: usize) -> Option<(Vec<Option<f64>>, f64, f64)> {
    let values: Vec<Option<f64>> = sweep
        .points
        .iter()
        .map(|point| point.values.get(index).copied().flatten().map(|value| value.p50))
        .collect();
    let known = || values.iter().copied().flatten();
    let (least, most) = (known().reduce(f64::min)?, known().reduce(f64::max)?);
    let is_log = sweep.vary.scale == Scale::Log && least > 0.0;
    let height = |value: f64| {
        if most <= least {
            0.5
        } else if is_log {
            (value / least).ln() / (most / least).ln()
        } else {
            (value - least) / (most - least)
        }
    };
    Some((values.iter().map(|value| value.map(height)).collect(), least, most))
}

/// The first number as columns of blocks; logarithmic as its steps are.
fn chart(sweep: &Sweep) -> String {
    let (Some(of), Some((heights, least, most))) = (sweep.quantities.first(), heights(sweep, 0)) else {
        return String::new();
    };
    let wide = (CHART_COLUMNS / heights.len().max(1)).clamp(1, 6);
    let (top, bottom) = (shown(sweep, of, most), shown(sweep, of, least));
    let margin = top.chars().count().max(bottom.chars().count());
    let mut out = format!("\n  {}\n", of.name);
    let eighths = CHART_ROWS * BLOCKS.len();
    for row in (0..CHART_ROWS).rev() {
        let label = match row {
            0 => &bottom,
            row if row + 1 == CHART_ROWS => &top,
            _ => "",
        };
        let mut line = format!("  {label:>margin$} │");
        for height in &heights {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 48")]
            let filled = height.map_or(0, |height| ((height * eighths as f64).round() as usize).max(1));
            let cell = match filled.saturating_sub(row * BLOCKS.len()) {
                0 => ' ',
                part => BLOCKS.get(part - 1).copied().unwrap_or('█'),
            };
            line.extend(std::iter::repeat_n(cell, wide));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let low = sweep.vary.shown(sweep.vary.low, &sweep.conventions);
    let high = sweep.vary.shown(sweep.vary.high, &sweep.conventions);
    let columns = wide * heights.len();
    let gap = columns.saturating_sub(low.chars().count() + high.chars().count()).max(1);
    let _ = writeln!(out, "  {:margin$} └{}", "", "─".repeat(columns));
    let _ = writeln!(out, "  {:margin$}  {low}{}{high}", "", " ".repeat(gap));
    out
}

/// The other numbers, a line each.
fn sparklines(sweep: &Sweep) -> String {
    let mut out = String::new();
    let names = sweep.quantities.iter().map(|of| of.name.chars().count()).max().unwrap_or(0).min(MOST_NAME);
    for (index, of) in sweep.quantities.iter().enumerate().skip(1) {
        let Some((heights, least, most)) = heights(sweep, index) else { continue };
        let block = |height: Option<f64>| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
            let level = |height: f64| (height * 7.0).round() as usize;
            height.and_then(|height| BLOCKS.get(level(height)).copied()).unwrap_or(' ')
        };
        let line: String = heights.into_iter().map(block).collect();
        if index == 1 {
            out.push('\n');
        }
        let name = cut(&of.name, MOST_NAME);
        let ends = format!("{} to {}", shown(sweep, of, least), shown(sweep, of, most));
        let _ = writeln!(out, "  {name:<names$}  {line}  {ends}");
    }
    out
}
