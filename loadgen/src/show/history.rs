//! A history of checks for a terminal.

use std::fmt::Write;

use scenarios::show;

use super::spark;
use crate::history::Series;

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
