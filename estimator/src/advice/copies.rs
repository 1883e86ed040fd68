//! Copies of what is kept: three, so that one may fail while another is replaced. On one machine a backup does what copies
//! on the same disk do not.
//!
//! An erasure code keeps as much with fewer bytes: 8 + 4 pieces are one and a half times the size and may lose four.
//! Object storage does either by itself, and its price includes it. Evidence: HDFS and Dynamo keep three copies by
//! default; Dropbox's notes on Magic Pocket.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::Copies;

use super::Findings;
use super::say::{Threshold, flip, held, list, outcome, say};

const LEAST_COPIES: Threshold = Threshold(3.0, "HDFS, Dynamo");
const LEAST_MACHINES: Threshold = Threshold(2.0, "");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let kept =
        findings.storage.entities.iter().filter(|entity| entity.latest().is_some() && !entity.is_memory);
    // What replicas of the database hold are copies too.
    let replicas = crate::replication::chosen(findings.scenario);
    let copies = |entity: &crate::storage::Stored| {
        let also = if entity.is_row() { replicas } else { 0.0 };
        match findings.scenario.data[entity.index].copies.map(|copies| copies.value) {
            Some(Copies::Whole(range)) => range.middle() + also,
            // Safe against the loss of as many pieces as it has spare ones.
            Some(Copies::Coded { parity, .. }) => f64::from(parity) + 1.0 + also,
            None => 1.0 + also,
        }
    };
    let all: Vec<_> = kept.map(|entity| (entity, copies(entity))).collect();
    let Some(fewest) = all.iter().map(|(_, copies)| *copies).reduce(f64::min) else { return Vec::new() };
    let fewest = held("copies", fewest, LEAST_COPIES, UnitName::One);
    let Some(servers) = findings.servers else { return Vec::new() };
    let machines = held("machines", findings.ledger.middle(servers.number), LEAST_MACHINES, UnitName::One);
    let fires = fewest.margin < 1.0 && machines.margin >= 1.0;
    let few = all.iter().filter(|(_, copies)| *copies < LEAST_COPIES.0);
    let names: Vec<&str> = few.map(|(entity, _)| findings.name(entity)).collect();
    let has_blob = all.iter().any(|(entity, copies)| entity.is_blob && *copies < LEAST_COPIES.0);
    let what = match (fires, has_blob) {
        (true, true) => format!("copies: keep three of {}, or blobs 8+4 coded", list(&names)),
        (true, false) => format!("copies: keep three of {}", list(&names)),
        (false, _) if fewest.margin < 1.0 => "no copies needed on one machine: back it up".to_owned(),
        (false, _) => "no more copies needed".to_owned(),
    };
    let mut advice = say("copies", outcome(fires), what);
    advice.because = format!("{}; {}", findings.compare(&fewest), findings.compare(&machines));
    match (fires, fewest.margin < 1.0) {
        (false, true) => {
            "flips at 2 machines".clone_into(&mut advice.flips);
            // Machines for the rows do not follow the load alone.
            if findings.at("servers for all resources").is_none() {
                findings.flips_with_machines(&mut advice);
            }
        }
        (fires, _) => {
            let (at, word) = if fires { ("at", "`copies: 3`") } else { ("below", "3 copies") };
            let times = findings.write(1.0 / fewest.margin, UnitName::One);
            advice.flips = format!("flips {at} {word}, {times} times as many");
            let is_coded = |entity: &crate::storage::Stored| {
                matches!(
                    findings.scenario.data[entity.index].copies.map(|copies| copies.value),
                    Some(Copies::Coded { .. })
                )
            };
            // Pieces of a code and the copies on replicas do not follow `copies:`.
            let follow = replicas <= 0.0 && all.iter().all(|(entity, _)| !is_coded(entity));
            if follow && machines.margin >= 1.0 {
                advice.flip = flip("copies", 1.0 / fewest.margin);
            }
        }
    }
    advice.figures = vec![fewest, machines];
    vec![advice]
}
