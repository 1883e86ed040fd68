//! The tables of where the time went: the parts of each action, and what the server says of its own.

use scenarios::report::{ActionReport, Part, ServerTiming, TimePart};

use super::performance::words_of;
use super::table::{Cell, Row, Table, numbers, words};
use crate::show::chart::figure;

/// The parts of each action; `None` when nothing was answered.
pub(super) fn time_parts(actions: &[ActionReport], all: &ActionReport) -> Option<Table> {
    let passed: Vec<Part> = all.parts.as_ref()?.parts.iter().map(|part| part.part).collect();
    let mut columns = vec![words("Action"), numbers("answered"), numbers("mean")];
    columns.extend(passed.iter().map(|part| numbers(part.word())));
    let row = |action: &ActionReport, is_total: bool| {
        let parts = action.parts.as_ref()?;
        let mut cells = vec![
            Cell::new(&action.name),
            Cell::new(words_of(parts.answered)),
            Cell::new(figure::time(parts.response_mean_s)),
        ];
        cells.extend(passed.iter().map(|wanted| {
            let found = parts.parts.iter().find(|part| part.part == *wanted);
            found.map_or_else(|| Cell::new(figure::NONE), |part| cell(part, parts.answered))
        }));
        Some(Row { is_total, cells })
    };
    let mut rows: Vec<Row> = actions.iter().filter_map(|action| row(action, false)).collect();
    rows.extend(row(all, true));
    let caption = "Means over all answered requests, those of connect and TLS over the requests that opened a connection; below \
                   them p50 and p99 of those that had the part.";
    Some(Table { id: "parts", heading: "Where the time went", caption: caption.to_owned(), columns, rows })
}

fn cell(part: &TimePart, answered: u64) -> Cell {
    let TimePart { part: which, mean_s, count, p50_s, p99_s } = part;
    let is_of_some = which.is_of_some() && *count < answered;
    let of = if *count < answered { format!("{} had it\n", words_of(*count)) } else { String::new() };
    let quantiles = format!("{of}p50 {}\np99 {}", figure::time(*p50_s), figure::time(*p99_s));
    let mean = if is_of_some { part.mean_of_those_s(answered) } else { *mean_s };
    Cell::new(figure::time(mean)).with(quantiles)
}

/// What the server says of its own time; `None` when it says nothing.
pub(super) fn server_timing(actions: &[ActionReport]) -> Option<Table> {
    let said = actions.iter().filter_map(|action| Some((action, action.parts.as_ref()?)));
    let rows: Vec<Row> = said
        .flat_map(|(action, parts)| parts.server_timing.iter().map(move |timing| (action, timing)))
        .map(|(action, ServerTiming { name, count, mean_s, max_s })| {
            Row::new(vec![
                Cell::new(&action.name),
                Cell::new(name),
                Cell::new(words_of(*count)),
                Cell::new(figure::time(*mean_s)),
                Cell::new(figure::time(*max_s)),
            ])
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        id: "server-timing",
        heading: "What the server says of its own time",
        caption: "By the header Server-Timing of every answer after the warm-up.".to_owned(),
        columns: vec![words("Action"), words("metric"), numbers("answers"), numbers("mean"), numbers("max")],
        rows,
    })
}
