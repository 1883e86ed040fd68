//! Replicas of the database, when the reads of one node are too many for it or a promise needs a second copy.
//!
//! What a cache answers never reaches them, and shards share the reads anyway. They add no writes. What a replica answers
//! is as old as its lag: how many reads that makes stale is in `replication`.

use scenarios::estimate::{Advice, UnitName};

use crate::replication::STALE;

use super::say::{Threshold, held, outcome, say};
use super::{Findings, MOST_AVAILABLE_ALONE};

/// The share of one node that reads may take.
const MOST_READING: Threshold = Threshold(0.65, "keeps queues short");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let (Some(servers), Some((reads, writes))) = (findings.servers, findings.requests()) else {
        return Vec::new();
    };
    if reads <= 0.0 {
        return Vec::new();
    }
    let missed = 1.0 - findings.cached_share();
    let shards = findings.shards();
    let busy = findings.ledger.middle(servers.one_node_busy) * reads / (reads + writes) * missed / shards;
    let after = if missed < 1.0 { "reads after the cache" } else { "reads" };
    let of = if shards > 1.0 { "of each shard's node" } else { "of one node" };
    let reading = held(&format!("{after}, {of}"), busy, MOST_READING, UnitName::Share);
    let promised = findings.promised().filter(|share| *share > MOST_AVAILABLE_ALONE.0);
    let number = (busy / MOST_READING.0).ceil();
    let by_load = reading.margin > 1.0;
    let fires = by_load || promised.is_some();
    let write = |number| findings.write(number, UnitName::One);
    let each = if shards > 1.0 { " for each shard" } else { "" };
    let what = match findings.scenario.replicas.map(|replicas| replicas.number.value.middle()) {
        Some(chosen) => {
            let enough = chosen >= if by_load { number } else { f64::from(u8::from(fires)) };
            let word = if enough { "enough" } else { "too few" };
            format!("replicas: you chose {}, {word}", write(chosen))
        }
        None if by_load => format!("replicas: spread reads over {}{each}", write(number)),
        None if promised.is_some() => "replicas: one, to take over when the first fails".to_owned(),
        None => "no replicas needed".to_owned(),
    };
    let mut advice = say("replicas", outcome(fires), what);
    advice.because = findings.compare(&reading);
    match promised {
        Some(promised) => {
            let held = held("availability", promised, MOST_AVAILABLE_ALONE, UnitName::Share);
            advice.because = format!("{}; {}", findings.compare(&held), advice.because);
            if by_load {
                "flips with a lower promise and a smaller load".clone_into(&mut advice.flips);
            } else {
                findings.flips_with_downtime(&mut advice, promised, MOST_AVAILABLE_ALONE.0);
            }
        }
        None if findings.is_decided_on_cache() => {
            findings.flips_with_load(&mut advice, 1.0 / reading.margin);
            // What a cache hits depends on how much there is, and shards too, which a changed load changes.
            advice.flip = advice.flip.filter(|_| missed >= 1.0 && !findings.shards_with_load());
        }
        None => "at a higher load a cache comes first".clone_into(&mut advice.flips),
    }
    if let Some(stale) = findings.at(STALE).filter(|_| fires || findings.scenario.replicas.is_some()) {
        let lag = findings
            .at("replication lag")
            .map_or(String::new(), |lag| findings.write(lag, UnitName::Seconds));
        let stale = findings.write(stale, UnitName::Share);
        advice.because = format!("{}; {stale} of reads are stale at a lag of {lag}", advice.because);
    }
    advice.figures = vec![reading];
    vec![advice]
}

impl Findings<'_> {
    /// Requests of actions that only read, and of those that write.
    fn requests(self) -> Option<(f64, f64)> {
        let traffic = self.traffic?;
        let mean = |reading: bool| -> f64 {
            let of = traffic
                .actions
                .iter()
                .filter(|action| self.scenario.actions[action.index].writes.is_empty() == reading);
            of.map(|action| self.ledger.middle(action.rate) * self.ledger.middle(action.requests)).sum()
        };
        Some((mean(true), mean(false)))
    }
}
