//! Replicas of the database, when one machine's reads are too many for it or a promise needs a second copy.
//!
//! What a cache answers never reaches them. They add no writes. What a replica answers is as old as its lag: with a
//! lag of 100 ms (general knowledge) and w writes to an object each second, 1 − e^(−0.1 w) of its reads are stale.

use scenarios::estimate::{Advice, UnitName};

use super::say::{held, outcome, say};
use super::{Findings, MOST_AVAILABLE_ALONE};

/// The share of one machine that reads may take.
const MOST_READING: f64 = 0.65;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let (Some(servers), Some(traffic)) = (findings.servers, findings.traffic) else { return Vec::new() };
    let mean = |reading: bool| -> f64 {
        let of = traffic
            .actions
            .iter()
            .filter(|action| findings.scenario.actions[action.index].writes.is_empty() == reading);
        of.map(|action| findings.ledger.middle(action.rate) * findings.ledger.middle(action.requests)).sum()
    };
    let (reads, writes) = (mean(true), mean(false));
    if reads <= 0.0 {
        return Vec::new();
    }
    let missed = 1.0 - findings.cached_share();
    let busy = findings.ledger.middle(servers.one_node_busy) * reads / (reads + writes) * missed;
    let name = if missed < 1.0 { "reads after the cache, of one node" } else { "reads, of one node" };
    let reading = held(name, busy, MOST_READING, UnitName::Share);
    let promised = findings.promised().filter(|share| *share > MOST_AVAILABLE_ALONE);
    let number = (busy / MOST_READING).ceil();
    let fires = reading.margin > 1.0 || promised.is_some();
    let advised = if reading.margin > 1.0 {
        format!("replicas: spread reads over {}", findings.write(number, UnitName::One))
    } else if promised.is_some() {
        "replicas: one, to take over when the first fails".to_owned()
    } else {
        "no replicas needed".to_owned()
    };
    let what = match findings.choice("replicas").and_then(|chosen| chosen.trim().parse::<f64>().ok()) {
        Some(chosen) => {
            let enough = chosen >= if reading.margin > 1.0 { number } else { f64::from(u8::from(fires)) };
            let word = if enough { "enough" } else { "too few" };
            format!("replicas: you chose {}, {word}", findings.write(chosen, UnitName::One))
        }
        None => advised,
    };
    let mut advice = say("replicas", outcome(fires), what);
    advice.because = findings.compare(&reading);
    if promised.is_none() && findings.is_decided_on_cache() {
        findings.flips_with_load(&mut advice, 1.0 / reading.margin);
        // What a cache hits depends on how much there is, which a changed load changes.
        advice.flip = advice.flip.filter(|_| missed >= 1.0);
    } else if let Some(promised) = promised {
        let share = |value| findings.write(value, UnitName::Share);
        advice.because =
            format!("availability {} > {}; {}", share(promised), share(MOST_AVAILABLE_ALONE), advice.because);
    }
    if promised.is_none() && advice.flips.is_empty() {
        "at a higher load a cache comes first".clone_into(&mut advice.flips);
    }
    advice.figures = vec![reading];
    vec![advice]
}
