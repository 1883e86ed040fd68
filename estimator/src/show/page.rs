//! What text and Markdown have in common: which rows a page has, and what is in their cells.

use scenarios::estimate::{Calibrated, ClaimCheck, Estimate, Kind, Quantity, Spread, UnitName};
use scenarios::outlook::{Driver, KeyResult};
use scenarios::show;

use crate::section::Section;

/// One number in cells.
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    /// One cell, or p10, p50 and p90; the outer two are empty for an exact number.
    pub(super) values: Vec<String>,
    pub(super) working: String,
    pub(super) kind: &'static str,
    pub(super) source: &'a str,
}

/// A number of a page, in cells; three values where `wide`.
pub(super) fn row<'a>(quantity: &'a Quantity, estimate: &Estimate, wide: bool) -> Row<'a> {
    let Quantity { name, section, value, unit, shown, kind, formula: _, working, source, is_idle: _ } =
        quantity;
    let write = |value| {
        let text = show::value_in(value, *unit, shown.as_ref(), &estimate.conventions);
        // The heading of the section says that it is by month.
        let by_month = text.strip_suffix("/month").filter(|_| section == Section::Cost.name());
        by_month.map_or(text.clone(), str::to_owned)
    };
    let (low, middle, high) = (write(value.p10), write(value.p50), write(value.p90));
    let values = match (wide, low == high) {
        (false, _) => vec![middle],
        // A range too narrow to be seen is none to its reader.
        (true, true) => vec![String::new(), middle, String::new()],
        (true, false) => vec![low, middle, high],
    };
    let working = match unit {
        // Networks are sold in bits.
        UnitName::BytesPerSecond if section != Section::Own.name() => format!("= {}", bits(value.p50)),
        _ => working.clone(),
    };
    Row { name, values, working, kind: kind_name(*kind), source }
}

/// What the estimate says to a claim, in the unit in which the file wants to see it.
pub(super) fn found(claim: &ClaimCheck, estimate: &Estimate) -> String {
    let Some(spread) = claim.estimated else { return "–".to_owned() };
    let quantity = estimate.quantities.iter().find(|quantity| quantity.name == claim.resolved);
    let shown = quantity.and_then(|quantity| quantity.shown.as_ref());
    show::spread_in(spread, claim.unit, shown, &estimate.conventions)
}

/// Bytes per second as bits per second.
fn bits(bytes_per_second: f64) -> String {
    let bits = bytes_per_second * 8.0;
    let steps = [(1e12, "Tb/s"), (1e9, "Gb/s"), (1e6, "Mb/s"), (1e3, "Kb/s")];
    let (step, name) = steps.into_iter().find(|(step, _)| bits >= *step).unwrap_or((1.0, "b/s"));
    format!("{} {name}", show::digits(bits / step))
}

pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Given => "given",
        Kind::Derived => "derived",
        Kind::Default => "default",
        Kind::Measured => "measured",
    }
}

/// Numbers that repeat others when every action makes exactly one request.
const ONLY_FOR_SEVERAL_REQUESTS: &[&str] = &["requests per action", "mean requests"];

/// The sections of a page in order, each with its numbers.
pub(super) fn sections(estimate: &Estimate) -> Vec<(&str, Vec<&Quantity>)> {
    let mut sections: Vec<(&str, Vec<&Quantity>)> = Vec::new();
    let one_each = estimate
        .quantities
        .iter()
        .any(|quantity| quantity.name == "requests per action" && quantity.value == Spread::point(1.0));
    let is_shown = |quantity: &&Quantity| {
        quantity.section != crate::BACKGROUND
            && !(one_each && ONLY_FOR_SEVERAL_REQUESTS.contains(&quantity.name.as_str()))
    };
    for quantity in estimate.quantities.iter().filter(is_shown) {
        match sections.last_mut() {
            Some((name, list)) if *name == quantity.section => list.push(quantity),
            _ => sections.push((&quantity.section, vec![quantity])),
        }
    }
    sections
}

/// Whether a row sums up the rows above it.
pub(super) fn is_total(name: &str) -> bool {
    matches!(name, "total, kept" | "total cost") || name.starts_with("total in ")
}

/// A section's heading.
pub(super) fn heading(section: &str) -> &str {
    if section == Section::Cost.name() { "Cost per month" } else { section }
}

/// Whether any number of the page is a range.
pub(super) fn has_ranges(estimate: &Estimate) -> bool {
    sections(estimate).iter().flat_map(|(_, list)| list).any(|quantity| !quantity.value.is_point())
}

/// Defaults that went into the numbers but have no row: `page fill 90 %`.
pub(super) fn quiet_defaults(estimate: &Estimate) -> Vec<String> {
    estimate
        .quantities
        .iter()
        .filter(|quantity| quantity.section == crate::BACKGROUND && quantity.kind == Kind::Default)
        .filter(|quantity| !quantity.is_idle)
        // One request an action and the description of the forum are no assumptions about the system.
        .filter(|quantity| quantity.source != "reference forum" && !quantity.name.ends_with(", requests"))
        .map(|quantity| {
            let value = show::value(quantity.value.p50, quantity.unit, &estimate.conventions);
            format!("{} {value}", quantity.name)
        })
        .collect()
}

/// Inputs that a sentence names.
const MOST_NAMED: usize = 3;
/// A result whose p10 and p90 are nearer to each other, as a share of p50, is known well enough.
const LEAST_SPREAD: f64 = 0.05;

/// For each key result that is a range, what it varies with: `peak requests varies mostly with daily users (71 %), then
/// with peak factor (22 %)`.
pub(super) fn sensitivities(estimate: &Estimate) -> Vec<String> {
    let sentence = |result: &KeyResult| {
        let mut named = result.drivers.iter().take(MOST_NAMED).map(|Driver { input, share, .. }| {
            let percent = (share * 100.0).round();
            format!("{input} ({percent} %)")
        });
        let first = named.next()?;
        let rest: Vec<String> = named.collect();
        let then =
            if rest.is_empty() { String::new() } else { format!(", then with {}", rest.join(" and ")) };
        Some(format!("{} varies mostly with {first}{then}", result.quantity))
    };
    let is_worth_it = |result: &&KeyResult| {
        let found = estimate.quantities.iter().find(|quantity| quantity.name == result.quantity);
        found.is_some_and(|quantity| {
            quantity.value.p90 - quantity.value.p10 > LEAST_SPREAD * quantity.value.p50
        })
    };
    estimate.outlook.results.iter().filter(is_worth_it).filter_map(sentence).collect()
}

/// That numbers are measured ones, which, and where they are from; nothing where none is.
pub(super) fn calibrated(estimate: &Estimate) -> Option<String> {
    let Calibrated { source, quantities } = estimate.calibrated.as_ref()?;
    Some(format!("{source}: {}; --no-calibration leaves that out", quantities.join("; ")))
}

/// The first line: what it is and what its numbers mean.
pub(super) fn title(estimate: &Estimate) -> (String, String) {
    (format!("{} · {}", estimate.scenario, estimate.about), format!("conventions: {}", estimate.conventions))
}
