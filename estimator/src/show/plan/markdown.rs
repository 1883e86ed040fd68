//! The plan to paste into a design document.

use std::fmt::Write;

use scenarios::plan::Plan;
use scenarios::show;

use super::tables;
use super::words::{answer, capital, first_to_run_out, ran_out, rests_on};
use crate::show::table::{Table, escaped};

/// The plan as Markdown.
#[must_use]
pub fn markdown(plan: &Plan) -> String {
    let mut out = format!("## {}: {}\n\n", escaped(&plan.scenario), escaped(&answer(plan)));
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{}. {}.\n\n{} to {}, p50 (p10..p90); conventions: {}",
        escaped(&capital(&first_to_run_out(plan))),
        escaped(&rests_on(plan)),
        plan.from,
        plan.until,
        escaped(&plan.conventions.to_string())
    );
    if let Some(limit) = ran_out(plan) {
        let _ = writeln!(out, "\n{}", escaped(&limit));
    }
    section(&mut out, "Servers", &tables::fleet(plan));
    section(&mut out, "Database and cost", &tables::data_and_cost(plan));
    section(&mut out, "When what there is on the first day runs out", &tables::runs_out(plan));
    section(&mut out, "What a month costs", &tables::bill(plan));
    section(&mut out, "Measured in the place of a guess", &tables::replaced(plan));
    if !plan.claims.is_empty() {
        let _ = writeln!(
            out,
            "\n### Claims\n\n| quantity | claimed | by the measurement | verdict |\n| --- | --- | --- | --- |"
        );
    }
    for claim in &plan.claims {
        let found = claim
            .estimated
            .map_or("–".to_owned(), |spread| show::spread(spread, claim.unit, &plan.conventions));
        let (name, claimed) = (escaped(&claim.quantity), escaped(&claim.claimed));
        let _ = writeln!(out, "| {name} | {claimed} | {found} | {} |", claim.verdict.word());
    }
    let _ = writeln!(
        out,
        "\n### One node\n\n{} = {}",
        escaped(&plan.basis.formula),
        escaped(&plan.basis.working)
    );
    section(&mut out, "The levels that were tried", &tables::levels(plan));
    section(&mut out, "Said before it was tried", &tables::predicted(plan));
    if !plan.notes.is_empty() {
        let _ = writeln!(out, "\n### To know\n");
    }
    for note in &plan.notes {
        let _ = writeln!(out, "- {}", escaped(note));
    }
    out
}

fn section(out: &mut String, title: &str, table: &Table) {
    if !table.rows.is_empty() {
        let _ = write!(out, "\n### {title}\n\n{}", table.markdown());
    }
}
