//! Both worlds side by side, for a terminal: arrivals at a rate, users who wait, and what the second hides.

use scenarios::conventions::grouped;
use scenarios::report::{ActionReport, BothWorlds};
use scenarios::show;

use super::columns::Align::{Left, Right};
use super::columns::columns;
use super::text::shown;
use crate::both::percentile;

/// What is said beside every such table.
pub(crate) const RULE: &str = "promises are judged on the open model";

/// The table and the finding.
pub(crate) fn section(open: &ActionReport, both: &BothWorlds) -> Vec<String> {
    // Taken apart, so that a field that is added and not shown here does not compile.
    let BothWorlds {
        users,
        think_s,
        rule,
        measured_s,
        warmup_s,
        cut_short,
        all,
        verdict,
        evidence: _,
        gaps: _,
        hides: _,
        finding,
    } = both;
    let cut = if *cut_short { ", CUT SHORT" } else { "" };
    vec![
        columns(&rows(open, all), &[Left, Right, Right]).trim_end().to_owned(),
        format!("  {finding}; {RULE}"),
        format!(
            "  users: {} who pause {} on average, for {} after {} of warm-up{cut}: {rule}; figures {}",
            grouped(f64::from(*users)),
            show::seconds(*think_s),
            show::seconds(*measured_s),
            show::seconds(*warmup_s),
            verdict.word()
        ),
        String::new(),
    ]
}

fn rows(open: &ActionReport, closed: &ActionReport) -> Vec<Vec<String>> {
    let mut rows = vec![["both worlds", "open", "users (goose)"].map(str::to_owned).to_vec()];
    let mut row = |name: &str, of: &dyn Fn(&ActionReport) -> String| {
        rows.push(vec![name.to_owned(), of(open), of(closed)]);
    };
    row("throughput", &|part| format!("{:.1}/s", part.done_per_s));
    for q in [0.5, 0.9, 0.99, 0.999] {
        row(&percentile(q), &|part| {
            part.response
                .quantile(q)
                .map_or("–".to_owned(), |found| shown(found, part.response.count, true))
        });
    }
    row("max", &|part| show::seconds(part.response.max_s));
    row("errors", &|part| part.failed().to_string());
    rows
}
