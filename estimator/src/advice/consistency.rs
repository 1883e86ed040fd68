//! Consistent or available while the network is cut: a choice for each kind of data, once there is more than one machine.
//!
//! What is paid, booked, sent or unique must be the same everywhere (consistent); what is counted or listed may lag
//! (available). Source: the CAP theorem (Gilbert and Lynch, 2002). What a row is for is said by its `kind:`; a name only
//! hints at it, and the answer says that it went by the name.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::{Entity, EntityKind};

use super::Findings;
use super::say::{Threshold, cannot_say, held, list, outcome, say};

/// Names of what must be the same everywhere.
pub(super) const CONSISTENT: &[&str] = &[
    "account",
    "balance",
    "booking",
    "inventory",
    "invoice",
    "message",
    "order",
    "payment",
    "reservation",
    "stock",
    "transaction",
    "transfer",
    "wallet",
];
const AVAILABLE: &[&str] = &["counter", "feed", "follower", "like", "profile", "timeline", "view"];
const LEAST_MACHINES: Threshold = Threshold(2.0, "");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(servers) = findings.servers else { return Vec::new() };
    let number = held("machines", findings.ledger.middle(servers.number), LEAST_MACHINES, UnitName::One);
    let mut advice = if number.margin < 1.0 {
        let mut advice = say("cap", outcome(false), "CAP does not apply: one machine");
        advice.because = findings.compare(&number);
        "flips at 2 machines".clone_into(&mut advice.flips);
        advice
    } else {
        let Some((what, why)) = split(findings) else {
            return vec![cannot_say(
                "cap",
                "which data must be the same everywhere: `kind: money`, `kind: feed`",
            )];
        };
        let mut advice = say("cap", outcome(true), format!("CAP: {what}"));
        advice.because = format!("{why}; {}", findings.compare(&number));
        "flips with one machine".clone_into(&mut advice.flips);
        advice
    };
    // More machines for the rows are no matter of the load alone, and of what is not said nothing changes.
    if findings.at("servers for all resources").is_none() && split(findings).is_some() {
        findings.flips_with_machines(&mut advice);
    }
    advice.figures = vec![number];
    vec![advice]
}

/// What goes where, and who says so; `None` where nothing does.
fn split(findings: Findings<'_>) -> Option<(String, &'static str)> {
    let said = |wanted: fn(&Entity) -> bool| -> Vec<&str> {
        let all = findings.scenario.data.iter();
        all.filter(|entity| wanted(entity)).map(|entity| entity.name.as_str()).collect()
    };
    let consistent = said(is_consistent);
    let available = said(|entity| matches!(entity.kind, Some(EntityKind::Feed | EntityKind::Counter)));
    let guessed = |words: &[&str]| -> Vec<&str> {
        let open =
            findings.scenario.data.iter().filter(|entity| entity.kind.is_none() && !is_consistent(entity));
        open.map(|entity| entity.name.as_str()).filter(|name| is_named(name, words)).collect()
    };
    let (by_name, also_by_name) = (guessed(CONSISTENT), guessed(AVAILABLE));
    let is_said = !consistent.is_empty() || !available.is_empty();
    let is_guessed = !by_name.is_empty() || !also_by_name.is_empty();
    let mut parts = Vec::new();
    for (said, guessed, word) in [(consistent, by_name, "consistent"), (available, also_by_name, "available")]
    {
        let guessed: Vec<String> = guessed.into_iter().map(|name| format!("{name}?")).collect();
        let names: Vec<String> = said.into_iter().map(str::to_owned).chain(guessed).collect();
        if !names.is_empty() {
            parts.push(format!("{word}: {}", list(&names)));
        }
    }
    let why = match (is_said, is_guessed) {
        (false, false) => return None,
        (true, false) => "by `kind:` and `unique:`",
        (false, true) => "guessed by the names: `kind: money` or `kind: feed` would say it",
        (true, true) => "by `kind:` and `unique:`; with a question mark by the name alone",
    };
    Some((parts.join("; "), why))
}

/// What must be the same wherever one asks.
fn is_consistent(entity: &Entity) -> bool {
    entity.is_transaction() || entity.kind == Some(EntityKind::Message)
}

/// Whether a name hints at one of these.
pub(super) fn is_named(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}
