//! The phases of a shaped load, for a terminal: what each asked for, and what came of it.

use scenarios::report::{PhaseReport, SloOutcome};
use scenarios::show;
use scenarios::verdict::Attained;

use super::columns::Align::{Left, Right};
use super::columns::columns;
use super::text::shown;
use crate::phases::RULE;

/// The table; nothing without a shape. `counts` is what the levels are: `requests/s`, `users`.
pub(crate) fn section(phases: &[PhaseReport], counts: &'static str) -> Vec<String> {
    if phases.is_empty() {
        return Vec::new();
    }
    let head = ["phase", counts, "asked/s", "done/s", "errors", "p99", "SLO"];
    let rows: Vec<Vec<String>> =
        std::iter::once(head.map(str::to_owned).to_vec()).chain(phases.iter().map(row)).collect();
    vec![
        columns(&rows, &[Left, Right, Right, Right, Right, Left, Left]).trim_end().to_owned(),
        format!("  {RULE}"),
        String::new(),
    ]
}

fn row(phase: &PhaseReport) -> Vec<String> {
    // Taken apart, so that a field that is added and not shown here does not compile.
    let PhaseReport { name, kind: _, from_s: _, until_s: _, level_from, level_to, counted_s: _, all, slo } =
        phase;
    let found = all.response.quantile(0.99);
    // Without its interval, which the page has: a line has to fit.
    let p99 = found.map_or("–".to_owned(), |found| shown(found, all.response.count, false));
    vec![
        // A step says which one it is; of what is in the offer above.
        name.split_once(" of steps").map_or(name.as_str(), |(step, _)| step).to_owned(),
        level(*level_from, *level_to),
        format!("{:.1}", all.asked_per_s),
        format!("{:.1}", all.done_per_s),
        all.failed().to_string(),
        p99,
        verdict(slo),
    ]
}

/// `300`, or `10 to 300`.
pub(crate) fn level(from: f64, to: f64) -> String {
    let (from, to) = (show::digits(from), show::digits(to));
    if from == to { from } else { format!("{from} to {to}") }
}

/// The worst of a phase's promises, by name where it was missed.
pub(crate) fn verdict(slo: &[SloOutcome]) -> String {
    let told: Vec<&SloOutcome> = slo.iter().filter(|outcome| outcome.measurable).collect();
    let of = |verdict: Attained| told.iter().filter(move |outcome| outcome.verdict == verdict);
    let missed: Vec<&str> = of(Attained::Missed).map(|outcome| outcome.promise.as_str()).collect();
    if !missed.is_empty() {
        format!("missed: {}", missed.join(", "))
    } else if told.is_empty() {
        "not judged".to_owned()
    } else if of(Attained::CannotTell).next().is_some() {
        Attained::CannotTell.word().to_owned()
    } else {
        Attained::Met.word().to_owned()
    }
}
