//! Claims of the file (`expect:`) against the estimate.
//!
//! A claim names a quantity as people do: `peak qps`, `disk in 3 years`. It is CONFIRMED when the estimate's p10 to
//! p90 lies within it, REFUTED when they do not overlap, and otherwise it cannot be told.

use scenarios::error::nearest;
use scenarios::estimate::{ClaimCheck, Estimate, Quantity, Spread, UnitName};
use scenarios::scenario::{Claim, Scenario};
use scenarios::units::Dimension;
use scenarios::verdict::Finding;

use crate::error::EstimateError;
use crate::ledger::{Ledger, LineId};
use crate::own::Own;

/// What people call a quantity, and what it is called here.
const ALIASES: &[(&str, &[&str])] = &[
    ("qps", &["mean actions"]),
    ("mean qps", &["mean actions"]),
    ("average qps", &["mean actions"]),
    ("peak qps", &["peak actions"]),
    ("mean rps", &["mean requests"]),
    ("peak rps", &["peak requests"]),
    ("dau", &["daily users"]),
    ("users", &["registered users", "daily users"]),
    ("read:write", &["reads per write"]),
    ("storage", &["total, kept"]),
    ("disk", &["total, kept"]),
    ("total", &["total, kept"]),
    ("egress", &["egress at peak"]),
    ("bandwidth", &["egress at peak"]),
    ("ingress", &["ingress at peak"]),
    ("response size", &["bytes per response"]),
    ("cpu per request", &["server CPU per request"]),
    ("cores", &["cores at peak"]),
    ("nodes", &["servers"]),
    ("peak rate one node holds", &["requests one node holds"]),
    ("deliveries", &["deliveries, mean"]),
    ("connections", &["connections at peak"]),
    ("concurrent users", &["online users"]),
    ("cache size", &["cache memory"]),
    ("working set", &["cache memory"]),
    ("hit ratio", &["cache hit ratio"]),
    ("hit rate", &["cache hit ratio"]),
    ("db load", &["database load after the cache"]),
    ("queue depth", &["queue depth after the peak"]),
    ("drain time", &["queue drained in"]),
    ("staleness", &["stale share of reads"]),
    ("rate limit", &["rate limit a day"]),
    ("cost", &["total cost"]),
    ("system availability", &["whole system"]),
    ("downtime", &["downtime per month"]),
    ("error budget", &["error budget per month", "error budget per year"]),
];

/// Claims and printed numbers have a few digits; this much is rounding.
const ROUNDING: f64 = 1e-9;

/// More names than these say less.
const MOST_NAMES: usize = 12;

/// The line that a person means by this name.
pub(crate) fn look_up(ledger: &Ledger, asked: &str) -> Option<LineId> {
    meant(asked, |name| {
        ledger.find(name).or_else(|| {
            let found = ledger.names().find(|known| known.eq_ignore_ascii_case(name))?;
            ledger.find(found)
        })
    })
}

/// The number of an estimate that a person means by this name.
pub(crate) fn number_named<'a>(estimate: &'a Estimate, asked: &str) -> Option<&'a Quantity> {
    let all = &estimate.quantities;
    meant(asked, |name| {
        all.iter()
            .find(|quantity| quantity.name == name)
            .or_else(|| all.iter().find(|quantity| quantity.name.eq_ignore_ascii_case(name)))
    })
}

/// What a person means by this name, where `exact` finds a quantity by its own.
fn meant<T>(asked: &str, exact: impl Fn(&str) -> Option<T>) -> Option<T> {
    let asked = asked.trim();
    if let Some(id) = exact(asked) {
        return Some(id);
    }
    let lower = asked.to_lowercase();
    if let Some((_, names)) = ALIASES.iter().find(|(alias, _)| *alias == lower) {
        return names.iter().find_map(|name| exact(name));
    }
    for prefix in ["disk in ", "storage in "] {
        if let Some(time) = lower.strip_prefix(prefix) {
            return exact(&format!("total in {time}"));
        }
    }
    for prefix in ["storage per ", "bytes per "] {
        if let Some(entity) = lower.strip_prefix(prefix) {
            return exact(&format!("{entity}, each")).or_else(|| exact(&format!("{entity} size")));
        }
    }
    None
}

/// What to say when nothing has this name.
pub(crate) fn hint(ledger: &Ledger, asked: &str) -> String {
    let aliases =
        ALIASES.iter().filter(|(alias, _)| look_up(ledger, alias).is_some()).map(|(alias, _)| *alias);
    if let Some(near) = nearest(asked, ledger.names().chain(aliases)) {
        return format!("did you mean `{near}`?");
    }
    let shown: Vec<String> = ledger
        .in_order()
        .into_iter()
        .filter(|line| line.section != crate::section::Section::Background)
        .map(|line| format!("`{}`", line.name))
        .collect();
    if shown.is_empty() {
        return "there is nothing to estimate yet: add `data:` (what is stored) or `actions:` (what users do)"
            .to_owned();
    }
    let more = if shown.len() > MOST_NAMES { ", …" } else { "" };
    format!("the estimate has: {}{more}", shown[..shown.len().min(MOST_NAMES)].join(", "))
}

/// Holds every claim of the file against the ledger.
pub(crate) fn claims(
    scenario: &Scenario,
    ledger: &Ledger,
    own: &Own,
) -> Result<Vec<ClaimCheck>, EstimateError> {
    scenario.expect.iter().map(|claim| check(ledger, own, claim)).collect()
}

fn check(ledger: &Ledger, own: &Own, claim: &Claim) -> Result<ClaimCheck, EstimateError> {
    let by_name = || own.find(&claim.quantity).or_else(|| look_up(ledger, &claim.quantity));
    let id = own.of_claim(claim.line).or_else(by_name).ok_or_else(|| EstimateError::NoQuantity {
        place: ledger.place(claim.line),
        asked: claim.quantity.clone(),
        hint: hint(ledger, &claim.quantity),
    })?;
    let line = ledger.line(id);
    let scale = scale(ledger, claim, line.unit)?;
    let spread = line.spread;
    let room = |end: f64| end.abs() * ROUNDING;
    let (low, high) = (claim.low * scale, claim.high * scale);
    let claimed = (low - room(low), high + room(high));
    Ok(ClaimCheck {
        quantity: claim.quantity.clone(),
        resolved: line.name.clone(),
        claimed: claim.text.clone(),
        estimated: Some(spread),
        unit: line.unit,
        verdict: held(claimed, spread),
        line: claim.line,
    })
}

fn held(claimed: (f64, f64), Spread { p10, p90, .. }: Spread) -> Finding {
    Finding::hold(claimed, (p10, p90))
}

/// From the claim's unit to the quantity's; an error when they measure different things.
fn scale(ledger: &Ledger, claim: &Claim, unit: UnitName) -> Result<f64, EstimateError> {
    let due = unit.dimension();
    if unit == UnitName::DollarsPerMonth && claim.dimension == Dimension::PRICE {
        return Ok(ledger.conventions.month_seconds);
    }
    // `peak qps: 200..300`: the name says that it is per second.
    if claim.dimension == due || (due == Dimension::RATE && claim.dimension == Dimension::NONE) {
        return Ok(1.0);
    }
    Err(EstimateError::ClaimDimension {
        place: ledger.place(claim.line),
        quantity: claim.quantity.clone(),
        claimed: claim.text.clone(),
        found: claim.dimension.describe(),
        expected: due.describe(),
    })
}
