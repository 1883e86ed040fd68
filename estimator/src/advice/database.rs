//! SQL or not: one SQL node is enough until its disk or its writes are not.
//!
//! Evidence: Stack Overflow served 5,800 queries a second from four SQL servers in 2016; Discourse and Lemmy run on
//! `PostgreSQL`. What the data must promise (money, bookings) speaks for SQL at any size.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::Size;

use super::say::{flip, held, outcome, say};
use super::{Findings, NODE_DISK_BYTES, NODE_FILL};

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let bytes = findings.row_bytes();
    let writes = findings.writes().map_or(0.0, |(_, peak)| peak);
    if bytes <= 0.0 && writes <= 0.0 {
        return Vec::new();
    }
    let node = findings.node();
    // A small disk is no reason to leave SQL: a larger one can be had.
    let disk = node.disk.max(NODE_DISK_BYTES) * node.disk_limit;
    let most = findings.node_writes() * NODE_FILL;
    let is_beyond = bytes > disk || writes > most;
    let has_schema = findings.storage.entities.iter().any(|entity| {
        let entity = &findings.scenario.data[entity.index];
        entity.indexes.is_some() || matches!(entity.size, Size::Fields(_))
    });
    let fires = is_beyond && !has_schema;
    let rate = |value| findings.write(value, UnitName::PerSecond);
    let size = |value| findings.write(value, UnitName::Bytes);
    let mut figures = Vec::new();
    if bytes > 0.0 {
        figures.push(format!("{} of rows{}", size(bytes), findings.when()));
    }
    if writes > 0.0 {
        figures.push(format!("{} writes at peak", rate(writes)));
    }
    let figures = figures.join(", ");
    let limits = format!("{} and {}", size(disk), rate(most));
    let (what, because, flips) = if fires {
        (
            "database: a sharded SQL engine, or NoSQL where rows have no fixed shape",
            format!("{figures}: beyond one SQL node ({limits})"),
            "flips where the data fits one node, or needs transactions across rows: then SQL".to_owned(),
        )
    } else if is_beyond {
        (
            "no NoSQL needed: rows with fields and indexes go to a sharded SQL engine",
            format!("{figures}: beyond one SQL node ({limits})"),
            "flips where rows have no fixed shape and no query joins them".to_owned(),
        )
    } else {
        (
            "no NoSQL needed: SQL on one node holds it",
            format!("{figures}: within {limits}"),
            if has_schema {
                "flips for rows without a fixed shape".to_owned()
            } else {
                format!("flips beyond {limits}")
            },
        )
    };
    let mut advice = say("sql or nosql", outcome(fires), what);
    (advice.because, advice.flips) = (because, flips);
    advice.figures = vec![
        held("rows", bytes, disk, UnitName::Bytes),
        held("writes at peak", writes, most, UnitName::PerSecond),
    ];
    if !has_schema {
        advice.flip = flip("size of the system", 1.0 / (bytes / disk).max(writes / most));
    }
    vec![advice]
}
