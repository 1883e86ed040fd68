//! The tables of what it took: cost per request, the generator's own figures, and what the data takes.

use scenarios::report::{ActionReport, Generator, Latency, Seeded, ServerCost};

use super::performance::{float, words_of};
use super::table::{Cell, Row, Table, numbers, words};
use crate::show::chart::figure;

/// What a request costs; a line for each figure that could be seen.
pub(super) fn cost(all: &ActionReport, server: Option<&ServerCost>, generator: &Generator) -> Table {
    let line = |name: &str, value: String, detail: String| {
        Row::new(vec![Cell::new(name), Cell::new(value), Cell::new(detail)])
    };
    let mut rows = Vec::new();
    if let Some(ServerCost { cpu_per_request_s, cores, memory_bytes, sql_per_request }) = server {
        let cores = format!("per request; {} cores in use on average", figure::multiple(*cores));
        rows.push(line("Server, processor time", figure::time(*cpu_per_request_s), cores));
        if let Some(sql) = sql_per_request {
            rows.push(line("Server, SQL statements", figure::multiple(*sql), "per request".to_owned()));
        }
        let memory = figure::bytes(float(*memory_bytes));
        rows.push(line("Server, memory", memory, "resident at the end".to_owned()));
    }
    if let Some(cpu) = generator.cpu_per_request_s {
        let share =
            generator.cpu_share.map(|share| format!("; {} of its processor time", figure::share(share)));
        let meaning = format!("per request{}", share.unwrap_or_default());
        rows.push(line("Generator, processor time", figure::time(cpu), meaning));
    }
    let bytes = if all.bytes_per_response > 0.0 {
        figure::bytes(all.bytes_per_response)
    } else {
        figure::NONE.to_owned()
    };
    rows.push(line("Answer", bytes, "mean of a response, headers included".to_owned()));
    let caption = if server.is_some() {
        "What it took to answer, on average over the measured time."
    } else {
        "What it took to answer, on average over the measured time. The target cannot be seen into: what the server \
         spent is not known."
    };
    Table {
        id: "cost",
        heading: "Cost per request",
        caption: caption.to_owned(),
        columns: vec![words("What"), numbers("figure"), words("meaning")],
        rows,
    }
}

/// The generator's own figures.
pub(super) fn generator(generator: &Generator) -> Table {
    let Generator {
        verdict: _,
        evidence: _,
        lag,
        cpu_per_request_s: _,
        cpu_share: _,
        shed,
        connections,
        in_flight_max,
        wait_share,
    } = generator;
    let Latency { count, mean_s, max_s, quantiles } = lag;
    let line = |name: String, value: String, detail: &str| {
        Row::new(vec![Cell::new(name), Cell::new(value), Cell::new(detail)])
    };
    let mut rows = Vec::new();
    if *count > 0 {
        for quantile in quantiles.iter().filter(|quantile| float(*count) * (1.0 - quantile.q) >= 1.0 - 1e-9) {
            let name = format!("Lag p{}", figure::multiple(quantile.q * 100.0));
            rows.push(line(name, figure::time(quantile.value_s), "sent later than due"));
        }
        rows.push(line("Lag, mean".to_owned(), figure::time(*mean_s), "sent later than due"));
        rows.push(line("Lag, longest".to_owned(), figure::time(*max_s), "sent later than due"));
    }
    if let Some(share) = wait_share {
        let meaning = "of the time, ready to run while others had this machine's processors";
        rows.push(line("Waited for a processor".to_owned(), figure::share(*share), meaning));
    }
    rows.push(line(
        "Shed".to_owned(),
        words_of(*shed),
        "arrivals that found no free connection; each misses every promise",
    ));
    rows.push(line("Connections".to_owned(), words_of(*connections), "opened during the run"));
    rows.push(line("In flight".to_owned(), words_of(*in_flight_max), "requests at once, at most"));
    Table {
        id: "generator",
        heading: "The generator",
        caption:
            "Whether the load left as it was asked. Lag is part of every response time, never taken off it."
                .to_owned(),
        columns: vec![words("What"), numbers("figure"), words("meaning")],
        rows,
    }
}

/// What the data takes; `None` when nothing was counted.
pub(super) fn storage(seeded: &Seeded) -> Option<Table> {
    let row = |name: &str, rows: u64, bytes: u64, is_total: bool| {
        let each =
            if rows == 0 { figure::NONE.to_owned() } else { figure::bytes(float(bytes) / float(rows)) };
        let cells = vec![
            Cell::new(name),
            Cell::new(words_of(rows)),
            Cell::new(figure::bytes(float(bytes))),
            Cell::new(each),
        ];
        Row { is_total, cells }
    };
    let rows: Vec<Row> =
        seeded.storage.iter().map(|entity| row(&entity.entity, entity.rows, entity.bytes, false)).collect();
    (!rows.is_empty()).then(|| Table {
        id: "storage",
        heading: "The data",
        caption: format!(
            "What the database held when the run began, indexes included; the whole file is {}.",
            figure::bytes(float(seeded.database_bytes))
        ),
        columns: vec![words("Kind"), numbers("how many"), numbers("size"), numbers("each")],
        rows,
    })
}
