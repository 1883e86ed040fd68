//! The estimate to paste into a design document.

use std::fmt::Write;

use scenarios::estimate::{Estimate, Outcome};

use super::page::{
    calibrated, found, has_ranges, heading, quiet_defaults, row, sections, sensitivities, title,
};

/// The estimate as Markdown with one table per section.
#[must_use]
pub fn markdown(estimate: &Estimate) -> String {
    let mut out = String::new();
    let (what, conventions) = title(estimate);
    let wide = has_ranges(estimate);
    let values = if wide { "p10 | p50 | p90" } else { "value" };
    let line = if wide { "---: | ---: | ---:" } else { "---:" };
    let _ = writeln!(out, "## {}\n\n{}", cell(&what), cell(&conventions));
    if let Some(said) = calibrated(estimate) {
        let _ = writeln!(out, "\n{}", cell(&said));
    }
    for (name, list) in sections(estimate) {
        let _ = writeln!(out, "\n### {}\n\n| quantity | {values} | working | kind | from |", heading(name));
        let _ = writeln!(out, "| --- | {line} | --- | --- | --- |");
        for quantity in list {
            let row = row(quantity, estimate, wide);
            let (name, working, source) = (cell(row.name), cell(&row.working), cell(row.source));
            let values = row.values.join(" | ");
            let _ = writeln!(out, "| {name} | {values} | {working} | {} | {source} |", row.kind);
        }
    }
    let sentences = sensitivities(estimate);
    if !sentences.is_empty() {
        let _ = writeln!(out, "\n### Sensitivity\n");
    }
    for sentence in sentences {
        let _ = writeln!(out, "- {}", cell(&sentence));
    }
    let defaults = quiet_defaults(estimate);
    if !defaults.is_empty() {
        let _ = writeln!(out, "\nAlso by default: {}.", cell(&defaults.join(", ")));
    }
    if !estimate.claims.is_empty() {
        let _ = writeln!(
            out,
            "\n### Claims\n\n| quantity | claimed | estimated | verdict |\n| --- | --- | --- | --- |"
        );
        for claim in &estimate.claims {
            let found = found(claim, estimate);
            let (name, claimed) = (cell(&claim.quantity), cell(&claim.claimed));
            let _ = writeln!(out, "| {name} | {claimed} | {found} | {} |", claim.verdict.word());
        }
    }
    if !estimate.advice.is_empty() {
        let _ = writeln!(out, "\n### Advice\n");
        for advice in &estimate.advice {
            if advice.outcome() == Outcome::CannotSay {
                let _ = writeln!(out, "- – {}: cannot say, {}", cell(&advice.rule), cell(&advice.what));
                continue;
            }
            let mark = if advice.fires { "●" } else { "○" };
            let because = cell(&[advice.because.as_str(), advice.flips.as_str()].join("; "));
            let _ = writeln!(out, "- {mark} **{}**: {}", cell(&advice.what), because.trim_end_matches("; "));
        }
    }
    out
}

/// Names come from the file: what Markdown would read as a table or as markup is escaped.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '|' | '*' | '_' | '`' | '<' | '[' | '\\') {
            out.push('\\');
        }
        out.push(if character.is_control() { ' ' } else { character });
    }
    out
}
