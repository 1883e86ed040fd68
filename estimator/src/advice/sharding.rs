//! Splitting the rows over machines, when one machine's disk or its writes no longer suffice.
//!
//! Reads alone are no reason: replicas and caches serve them. How many nodes, and what decides, is the line `shards`.

use scenarios::estimate::{Advice, Held, UnitName};
use scenarios::scenario::CountOf;

use crate::shards::{SHARDS, WRITTEN};

use super::say::{Threshold, flip, held, outcome, say};
use super::{Findings, NODE_FILL};

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let bytes = findings.row_bytes();
    let peak_writes = findings.writes().map_or(0.0, |(_, peak)| peak);
    if bytes <= 0.0 && peak_writes <= 0.0 {
        return Vec::new();
    }
    let node = findings.node();
    let disk = node.disk * node.disk_limit;
    let writes = findings.node_writes() * NODE_FILL;
    let shards = findings.shards_needed();
    let fires = shards > 1.0;
    let sign = |value: f64, limit: f64| if value > limit { ">" } else { "<" };
    let limit = findings.write(node.disk_limit, UnitName::Share);
    let size = findings.write(node.disk, UnitName::Bytes);
    let default = if node.is_default { " (assumed)" } else { "" };
    let mut figures = Vec::new();
    if bytes > 0.0 {
        let (rows, when) = (findings.write(bytes, UnitName::Bytes), findings.when());
        figures
            .push(format!("{rows} of rows{when} {} {limit} of one {size} node{default}", sign(bytes, disk)));
    }
    if peak_writes > 0.0 {
        let rate = |value| findings.write(value, UnitName::PerSecond);
        let sign = sign(peak_writes, writes);
        figures.push(format!("{} writes at peak {sign} {}", rate(peak_writes), rate(writes)));
    }
    let network = findings.network_of_writes();
    if let Some(network) = network.as_ref().filter(|network| network.margin > 1.0) {
        figures.push(findings.compare(network));
    }
    let decides = findings.ledger.find(SHARDS).filter(|_| fires);
    let decides = decides.map_or(String::new(), |line| format!("; {}", findings.ledger.line(line).source));
    let because = format!("{}{decides}", figures.join("; "));
    let what = if fires {
        format!("sharding: split the rows over {} database nodes", findings.write(shards, UnitName::One))
    } else {
        "no sharding needed".to_owned()
    };
    let by_network = network.as_ref().map_or(0.0, |network| network.margin);
    let used = (bytes / disk).max(peak_writes / writes).max(by_network);
    let is_alone =
        [bytes / disk, peak_writes / writes, by_network].iter().filter(|used| **used > 1.0).count() == 1;
    let flips = if !fires {
        room(findings, used)
    } else if is_alone && bytes > disk {
        format!("flips with {} of disk on a node", findings.write(bytes / node.disk_limit, UnitName::Bytes))
    } else if is_alone && peak_writes > writes {
        format!("flips below {} writes at peak", findings.write(writes, UnitName::PerSecond))
    } else {
        format!("flips below {} times as much", findings.write(1.0 / used, UnitName::One))
    };
    let what = match findings.choice("shards").and_then(|chosen| chosen.trim().parse::<f64>().ok()) {
        Some(chosen) => {
            let word = if chosen >= shards { "enough" } else { "too few" };
            let number = |value| findings.write(value, UnitName::One);
            format!("sharding: you chose {} shards, {word}: {} needed", number(chosen), number(shards))
        }
        None => what,
    };
    let mut advice = say("sharding", outcome(fires), what);
    (advice.because, advice.flips) = (because, flips);
    let (disk, writes) = (Threshold(disk, node.source()), Threshold(writes, ""));
    advice.figures = vec![
        held("rows", bytes, disk, UnitName::Bytes),
        held("writes at peak", peak_writes, writes, UnitName::PerSecond),
    ];
    advice.figures.extend(network);
    advice.flip = flip("size of the system", 1.0 / used);
    vec![advice]
}

impl Findings<'_> {
    /// The bytes of rows that are written, against what the network of a node may carry, where that is known.
    fn network_of_writes(self) -> Option<Held> {
        let (written, one, limit) =
            (self.at(WRITTEN)?, self.at("network per node")?, self.at("network limit")?);
        let most = Threshold(one * limit, "");
        Some(held("rows written at peak", written, most, UnitName::BytesPerSecond))
    }

    /// Database nodes that the rows, the writes and the network take (`shards`): the line of the page.
    fn shards_needed(self) -> f64 {
        self.at(SHARDS).map_or(1.0, f64::ceil)
    }

    /// Database nodes that share the reads: as many as were chosen, or are needed.
    pub(super) fn shards(self) -> f64 {
        let chosen = self.choice("shards").and_then(|chosen| chosen.parse::<f64>().ok());
        chosen.unwrap_or_else(|| self.shards_needed())
    }

    /// Whether another load may take another number of them.
    pub(super) fn shards_with_load(self) -> bool {
        self.choice("shards").is_none() && self.shards_needed() > 1.0
    }
}

/// What room is left: in users where all rows are users', in times the size otherwise.
fn room(findings: Findings<'_>, use_of_limit: f64) -> String {
    if use_of_limit <= 0.0 {
        return String::new();
    }
    let factor = 1.0 / use_of_limit;
    let mut rows = findings.storage.entities.iter().filter(|entity| entity.is_row()).peekable();
    let all_users = rows.peek().is_some()
        && rows.all(|entity| {
            let count = findings.scenario.data[entity.index].count.as_ref();
            count.is_some_and(|count| count.value == CountOf::Users)
        });
    let users = findings.ledger.find("registered users").or(findings.ledger.find("daily users"));
    match users {
        Some(users) if all_users => {
            let users = findings.ledger.middle(users) * factor;
            format!("flips at {} users", findings.write(users, UnitName::One))
        }
        _ => format!("flips at {} times as much", findings.write(factor, UnitName::One)),
    }
}
