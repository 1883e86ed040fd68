//! The table of what a merged report was made from: each folder with what it measured on its own.

use scenarios::report::{Merged, MergedFolder};

use super::performance::words_of;
use super::table::{Cell, Row, Table, numbers, words};
use crate::show::calendar;
use crate::show::chart::figure;

/// Each folder.
pub(super) fn folders(merged: &Merged) -> Table {
    let Merged { stretches, forced, folders } = merged;
    let time = if *stretches == 1 {
        "at the same time".to_owned()
    } else {
        format!("in {stretches} stretches of time")
    };
    let forced =
        if *forced { " Their scenarios differ; they were merged because it was asked for." } else { "" };
    let caption = format!(
        "What each folder measured on its own, {time}. The figures of this page are of all requests together: histograms \
         were added, never quantiles averaged.{forced}"
    );
    let row = |(folder, number): (&MergedFolder, usize)| {
        let MergedFolder {
            name,
            machine,
            started_unix_s,
            measured_s,
            scheduled: _,
            failed,
            asked_per_s,
            done_per_s,
            p99,
            lag_p99_s,
            verdict,
        } = folder;
        let p99 = p99.map_or(figure::NONE.to_owned(), |p99| figure::time(p99.value_s));
        Row::new(vec![
            Cell::new(format!("{number} · {name}")),
            Cell::new(figure::count(*asked_per_s)),
            Cell::new(figure::count(*done_per_s)),
            Cell::new(words_of(*failed)),
            Cell::new(p99),
            Cell::new(lag_p99_s.map_or(figure::NONE.to_owned(), figure::time)),
            Cell::new(verdict.word()),
            Cell::new(calendar::utc(*started_unix_s))
                .with(format!("{}, {machine}", figure::time(*measured_s))),
        ])
    };
    let mut columns = vec![words("Folder")];
    columns.extend(["asked/s", "done/s", "errors", "p99", "lag p99"].map(numbers));
    columns.extend(["generator", "measured"].map(words));
    Table {
        id: "folders",
        heading: "Each folder",
        caption,
        columns,
        rows: folders.iter().zip(1..).map(row).collect(),
    }
}
