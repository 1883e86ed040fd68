//! Microservices: never from load alone. How teams work together decides, and a scenario does not say that.

use scenarios::estimate::Advice;

use super::Findings;
use super::say::cannot_say;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    if findings.traffic.is_none() {
        return Vec::new();
    }
    vec![cannot_say("microservices", "no quantitative basis in this file")]
}
