//! The phases of a shaped load on the page: what each asked for, and what came of it.

use scenarios::report::{Offered, PhaseReport};
use scenarios::verdict::Attained;

use super::performance::{quantile, with_interval, words_of};
use super::table::{Cell, Row, Table, numbers, words};
use crate::phases::RULE;
use crate::show::chart::figure;
use crate::show::phases::{level, verdict};

/// A row for each phase; `None` without a shape.
pub(super) fn phases(phases: &[PhaseReport], offered: &Offered) -> Option<Table> {
    let counts = if offered.users.is_some() { "users" } else { "requests/s" };
    (!phases.is_empty()).then(|| Table {
        id: "phases",
        heading: "Each phase",
        caption: format!("Requests count in the phase in which they were due. {RULE}."),
        columns: vec![
            words("Phase"),
            numbers("from"),
            numbers(counts),
            numbers("asked/s"),
            numbers("done/s"),
            numbers("errors"),
            numbers("p50"),
            numbers("p99 [95 %]"),
            words("promises"),
        ],
        rows: phases.iter().map(row).collect(),
    })
}

fn row(phase: &PhaseReport) -> Row {
    let PhaseReport { name, kind: _, from_s, until_s, level_from, level_to, counted_s: _, all, slo } = phase;
    let has = |wanted: Attained| slo.iter().any(|outcome| outcome.measurable && outcome.verdict == wanted);
    let tone = match (has(Attained::Missed), has(Attained::CannotTell), has(Attained::Met)) {
        (true, ..) => "bad",
        (_, true, _) => "unknown",
        (_, _, true) => "good",
        _ => "",
    };
    Row::new(vec![
        Cell::new(name),
        Cell::new(figure::time(*from_s)).with(format!("to {}", figure::time(*until_s))),
        Cell::new(level(*level_from, *level_to)),
        Cell::new(figure::count(all.asked_per_s)),
        Cell::new(figure::count(all.done_per_s)),
        Cell::new(words_of(all.failed())),
        quantile(&all.response, 0.5),
        with_interval(&all.response, 0.99),
        Cell { tone, ..Cell::new(verdict(slo)) },
    ])
}
