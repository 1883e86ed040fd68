//! A capacity as a comment on a pull request, with a marker by which a later run finds and replaces it.

use std::fmt::Write;

use scenarios::capacity::Capacity;
use scenarios::show;

use super::super::markdown::{cell, marker};
use super::{answer, in_actions, kept, limit, pace, rate, symbol, whom};

/// Everything, in GitHub's flavour, which GitLab reads too.
pub(crate) fn page(capacity: &Capacity) -> String {
    let mut out = format!("<!-- headroom: loadgen capacity {} -->\n", marker(&capacity.scenario));
    let _ = writeln!(
        out,
        "{} **{}: {}**\n",
        symbol(capacity.outcome),
        cell(&capacity.scenario),
        cell(&answer(capacity))
    );
    for line in in_actions(capacity).into_iter().chain(capacity.notes.iter().cloned()) {
        let _ = writeln!(out, "- {}", cell(&line));
    }
    if let Some((resource, evidence)) = limit(capacity) {
        let _ = writeln!(out, "- limit: **{}**: {}", cell(&resource), cell(&evidence.join("; ")));
    }
    let _ = writeln!(out, "- {}\n", cell(&whom(capacity)));
    out.push_str("<details><summary>Every level</summary>\n\n");
    out.push_str("| offered | s | done/s | p50 | p99 | kept [95 %] | verdict |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for level in &capacity.levels {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            pace(level),
            show::digits((level.measured_s * 10.0).round() / 10.0),
            rate(level.done_per_s),
            show::seconds(level.p50_s),
            show::seconds(level.p99_s),
            kept(level),
            if level.connections.is_some() { "–" } else { level.verdict.word() }
        );
    }
    let facts = &capacity.provenance;
    let _ = writeln!(
        out,
        "\n{} · {} · {}\n</details>",
        cell(&facts.command),
        facts.version,
        cell(&facts.machine)
    );
    out
}
