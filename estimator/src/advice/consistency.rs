//! Consistent or available while the network is cut: a choice for each kind of data, once there is more than one machine.
//!
//! What is paid, booked or sent must be the same everywhere (consistent); what is counted or listed may lag
//! (available). Source: the CAP theorem (Gilbert and Lynch, 2002). A name only hints at what data is for, and the answer
//! says that it went by the name.

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{cannot_say, held, outcome, say};

const CONSISTENT: &[&str] = &[
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

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(servers) = findings.servers else { return Vec::new() };
    let number = held("servers", findings.ledger.middle(servers.number), 2.0, UnitName::One);
    if number.margin < 1.0 {
        let mut advice = say("cap", outcome(false), "CAP does not apply: one machine");
        advice.because = findings.compare(&number);
        "flips at 2 servers".clone_into(&mut advice.flips);
        advice.figures = vec![number];
        return vec![advice];
    }
    let named = |words: &[&str]| -> Vec<&str> {
        let names = findings.scenario.data.iter().map(|entity| entity.name.as_str());
        names.filter(|name| words.iter().any(|word| name.to_lowercase().contains(word))).collect()
    };
    let (consistent, available) = (named(CONSISTENT), named(AVAILABLE));
    let mut parts = Vec::new();
    for (list, word) in [(&consistent, "consistent"), (&available, "available")] {
        if !list.is_empty() {
            parts.push(format!("{word}: {}", list.join(", ")));
        }
    }
    if parts.is_empty() {
        return vec![cannot_say("cap", "which data must be the same everywhere")];
    }
    let mut advice = say("cap", outcome(true), format!("CAP: {}", parts.join("; ")));
    advice.because = format!("by their names; {}", findings.compare(&number));
    "flips with one machine".clone_into(&mut advice.flips);
    advice.figures = vec![number];
    vec![advice]
}
