//! A history of checks for a terminal.

use std::fmt::Write;

use scenarios::show;

use super::columns::Align::{Left, Right};
use super::columns::columns;
use super::comparison::figure;
use super::spark;
use crate::history::{Entry, Series, Tripwire};

/// Runs about which nothing can be said yet.
const YOUNGEST: &str = "a step in the last three runs cannot be told from noise yet";

/// Every series, with its steps.
pub(crate) fn page(series: &[Series]) -> String {
    if series.is_empty() {
        return "the history is empty\n".to_owned();
    }
    let mut out = String::new();
    let mut last = "";
    for one in series {
        if one.scenario != last {
            let how = if one.is_chained { "chained from pairs" } else { "as measured" };
            let left_out = if one.left_out == 0 {
                String::new()
            } else {
                format!(", {} of other machines left out", one.left_out)
            };
            let _ = writeln!(out, "{}: {} runs, {how}{left_out}", one.scenario, one.values.len());
            last = &one.scenario;
        }
        let line = spark::line(&one.values).unwrap_or_default();
        let _ = writeln!(out, "  {:<16} {line}", one.metric.title());
        for (at, ratio, p) in &one.steps {
            let revision = one.revisions.get(*at).map_or("?", String::as_str);
            let _ = writeln!(
                out,
                "    {:+.1} % since {revision} (run {} of {}; chance does as much {} of the time)",
                (ratio - 1.0) * 100.0,
                at + 1,
                one.values.len(),
                show::share(*p)
            );
        }
    }
    if series.iter().all(|one| one.steps.is_empty()) {
        out += "no steps\n";
    }
    out + YOUNGEST + "\n"
}

/// A run against a stored one.
pub(crate) fn tripwire(scenario: &str, last: &Entry, tripwire: &Tripwire) -> String {
    let word = if tripwire.is_hollow {
        "? cannot tell (requests fail, or too little was measured)"
    } else if tripwire.is_tripped() {
        "✗ regressed"
    } else {
        "✓ no large step"
    };
    let mut out = format!("{word}: {scenario} against the stored run {}\n", last.revision);
    if tripwire.other_machine {
        out += "  the stored run is of another machine: the figures differ by more than the builds may\n";
    }
    let rows = tripwire.rows.iter().map(|row| {
        vec![
            row.metric.title().to_owned(),
            figure(row.metric.title(), row.stored),
            figure(row.metric.title(), row.now),
            format!("{:+.0} %", row.change * 100.0),
            format!("limit {}", show::share(row.limit)),
            if row.is_tripped() { "regressed".to_owned() } else { String::new() },
        ]
    });
    out += &columns(&rows.collect::<Vec<_>>(), &[Left, Right, Right, Right, Right, Left]);
    out + "  a stored run tells large steps alone; compare builds side by side with --a or --base to see 5 %\n"
}
