//! Both worlds side by side on the page: arrivals at a rate, users who wait, and what the second hides.

use scenarios::conventions::grouped;
use scenarios::report::{ActionReport, BothWorlds, Hides};

use super::performance::{with_interval, words_of};
use super::table::{Cell, Row, Table, numbers, words};
use crate::both::percentile;
use crate::show::both::RULE;
use crate::show::chart::figure;

/// The finding, and the figures behind it.
pub(super) fn both(open: &ActionReport, both: &BothWorlds) -> Table {
    let BothWorlds {
        users,
        think_s,
        rule,
        measured_s,
        warmup_s,
        cut_short,
        all,
        verdict,
        evidence,
        gaps: _,
        hides,
        finding,
    } = both;
    let ended = if *cut_short { ", cut short" } else { "" };
    let caption = format!(
        "{finding}. {} users who pause {} on average ({rule}), measured for {} after {}{ended}. Their figures: {} ({}). \
         A user who waits asks for nothing meanwhile, so the closed model leaves out what would have waited longest; {RULE}.",
        grouped(f64::from(*users)),
        figure::time(*think_s),
        figure::time(*measured_s),
        figure::time(*warmup_s),
        verdict.word(),
        evidence.join(", ")
    );
    let tone = match hides {
        Hides::Yes => "bad",
        Hides::No => "good",
        Hides::CannotTell => "unknown",
    };
    Table {
        id: "both",
        heading: "Both worlds",
        caption,
        columns: vec![words(""), numbers("open"), numbers("users (goose)")],
        rows: rows(open, all, tone),
    }
}

fn rows(open: &ActionReport, closed: &ActionReport, tone: &'static str) -> Vec<Row> {
    let row = |name: &str, of: &dyn Fn(&ActionReport) -> Cell| {
        Row::new(vec![Cell::new(name), of(open), of(closed)])
    };
    let mut rows =
        vec![row("throughput", &|part| Cell::new(format!("{}/s", figure::count(part.done_per_s))))];
    for q in [0.5, 0.9, 0.99, 0.999] {
        rows.push(row(&percentile(q), &|part| with_interval(&part.response, q)));
    }
    rows.push(row("max", &|part| Cell::new(figure::time(part.response.max_s))));
    rows.push(row("errors", &|part| Cell::new(words_of(part.failed()))));
    // The tail is what the closed model hides, where it hides anything.
    if let Some(cell) = rows.get_mut(3).and_then(|row| row.cells.last_mut()) {
        cell.tone = tone;
    }
    rows
}
