//! A capacity as a page: the answer first, then the curve with its levels, then every figure, then how to repeat it.

use scenarios::capacity::{Capacity, Level, Outcome};
use scenarios::report::Honesty;
use scenarios::verdict::Attained;
use serde::Serialize;

use super::table::{Cell, Row, Table, numbers, words};
use super::{OWN_STYLE, Picture, STYLE, broken, performance, render};
use crate::show::calendar;
use crate::show::capacity::{answer, foreseen, in_actions, kept, limit, pace, rate, symbol, whom};
use crate::show::chart::{Chart, capacity::charts, figure};

const TEMPLATE: &str = include_str!("../../../templates/capacity.html");

/// What the template sees.
#[derive(Debug, Serialize)]
struct Page<'a> {
    scenario: &'a str,
    style: String,
    tone: &'static str,
    symbol: &'static str,
    answer: String,
    summary: String,
    limit: String,
    started: String,
    charts: Vec<Picture>,
    tables: Vec<Table>,
    facts: Vec<(&'static str, String)>,
    command: &'a str,
    notes: &'a [String],
}

/// The whole page as one HTML file.
pub(crate) fn page(capacity: &Capacity) -> String {
    let picture = |Chart { title, note, svg }| Picture { title, note, svg };
    let limited = limit(capacity).map_or(String::new(), |(resource, evidence)| {
        format!("The limit: {resource} ({}).", evidence.join("; "))
    });
    let tables = [
        Some(levels(&capacity.levels)),
        said_before(capacity),
        performance::predictions(&capacity.predictions),
    ];
    let facts = &capacity.provenance;
    let page = Page {
        scenario: &capacity.scenario,
        style: format!("{STYLE}{OWN_STYLE}"),
        tone: match capacity.outcome {
            Outcome::Found => "good",
            Outcome::Never => "bad",
            Outcome::Coarse | Outcome::AtLeast | Outcome::CannotTell => "unknown",
        },
        symbol: symbol(capacity.outcome),
        answer: answer(capacity),
        summary: in_actions(capacity).unwrap_or_default(),
        limit: limited,
        started: calendar::utc(facts.started_unix_s),
        charts: charts(capacity).into_iter().map(picture).collect(),
        tables: tables.into_iter().flatten().collect(),
        facts: vec![
            ("Promises", capacity.promises.join(", ")),
            ("Target", whom(capacity)),
            ("Machine", facts.machine.clone()),
            ("Version", facts.version.clone()),
            ("Scenario", facts.scenario_hash.clone()),
        ],
        command: &facts.command,
        notes: &capacity.notes,
    };
    render(TEMPLATE, &page).unwrap_or_else(|error| broken(&error, "capacity.json"))
}

fn levels(levels: &[Level]) -> Table {
    let rows = levels.iter().map(|level| {
        let (word, tone) = match (level.honesty, level.verdict) {
            (Honesty::GeneratorLimited, _) => ("generator limited", "unknown"),
            _ if level.connections.is_some() => (figure::NONE, ""),
            (_, Attained::Met) => (Attained::Met.word(), "good"),
            (_, Attained::Missed) => (Attained::Missed.word(), "bad"),
            (_, Attained::CannotTell) => (Attained::CannotTell.word(), "unknown"),
        };
        Row::new(vec![
            Cell::new(pace(level)),
            Cell::new(figure::time(level.measured_s)),
            Cell::new(format!("{}/s", rate(level.done_per_s))),
            Cell::new(figure::time(level.p50_s)),
            Cell::new(figure::time(level.p99_s)),
            Cell::new(kept(level)),
            Cell::new(level.server_cores.map_or(figure::NONE.to_owned(), |cores| format!("{cores:.2}"))),
            Cell { text: word.to_owned(), tone, ..Cell::default() },
        ])
    });
    Table {
        id: "levels",
        heading: "Levels",
        caption: "Every level in the order of trial; what of it kept the promise nearest to breaking, with its 95 % interval.".to_owned(),
        columns: vec![
            words("Offered"),
            numbers("measured"),
            numbers("done"),
            numbers("median"),
            numbers("p99"),
            numbers("kept"),
            numbers("server cores"),
            words("verdict"),
        ],
        rows: rows.collect(),
    }
}

fn said_before(capacity: &Capacity) -> Option<Table> {
    let rows: Vec<Row> = (capacity.predicted.iter())
        .map(|one| {
            let (said, came) = foreseen(one);
            Row::new(vec![Cell::new(&one.what), Cell::new(said), Cell::new(came), Cell::new(&one.from)])
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        id: "foreseen",
        heading: "Said before it was tried",
        caption: "What a law through some levels said of others, and what these did.".to_owned(),
        columns: vec![words("What"), numbers("said"), numbers("came"), words("from")],
        rows,
    })
}
