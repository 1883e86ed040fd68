//! SQL or not, for each kind of row: one SQL node is enough until its disk or its writes are not.
//!
//! Evidence: Stack Overflow served 5,800 queries a second from four SQL servers in 2016; Discourse and Lemmy run on
//! `PostgreSQL`. What is beyond one node goes to a sharded SQL engine where it has fields and indexes or needs
//! transactions, and to `NoSQL` where rows have no fixed shape. Transactions have a rule of their own.

use scenarios::estimate::{Advice, Held, UnitName};
use scenarios::scenario::{Entity, EntityKind, Size};

use super::say::{Threshold, flip, held, list, outcome, say};
use super::{Findings, NODE_DISK, NODE_FILL};

/// What one kind of row asks of a database.
struct Asked<'a> {
    entity: &'a Entity,
    rows: Held,
    writes: Held,
}

impl Asked<'_> {
    fn margin(&self) -> f64 {
        self.rows.margin.max(self.writes.margin)
    }

    /// Fixed columns, or more than one row at a time.
    fn is_sql(&self) -> bool {
        let has_shape = self.entity.indexes.is_some() || matches!(self.entity.size, Size::Fields(_));
        has_shape || self.entity.is_transaction()
    }
}

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let asked = asked(findings);
    let (beyond, within): (Vec<_>, Vec<_>) = asked.iter().partition(|asked| asked.margin() > 1.0);
    let (sharded, loose): (Vec<_>, Vec<_>) = beyond.into_iter().partition(|asked| asked.is_sql());
    let is_settled = loose.is_empty();
    let mut advice = Vec::new();
    for (fires, kinds, what) in [
        (true, loose, "database: NoSQL, or a sharded SQL engine, for"),
        (false, sharded, "no NoSQL needed: a sharded SQL engine for"),
        (false, within, "no NoSQL needed: one SQL node holds"),
    ] {
        let names: Vec<&str> = kinds.iter().map(|asked| asked.entity.name.as_str()).collect();
        let Some(most) = kinds.iter().max_by(|a, b| a.margin().total_cmp(&b.margin())) else { continue };
        let mut said = say("sql or nosql", outcome(fires), format!("{what} {}", list(&names)));
        said.because = because(findings, most, kinds.len() > 1);
        "flips where a row has fixed fields and is joined".clone_into(&mut said.flips);
        let free = kinds.iter().filter(|asked| !asked.is_sql()).map(|asked| asked.margin()).reduce(f64::max);
        if !fires {
            // What is beyond one node and without a shape is what NoSQL is for.
            let times = findings.write(1.0 / most.margin(), UnitName::One);
            said.flips =
                format!("flips for rows without a fixed shape, beyond one node at {times} times as much");
        }
        if let Some(margin) = free.filter(|_| fires || is_settled) {
            said.flip = flip("size of the system", 1.0 / margin);
            let times = findings.write(1.0 / margin, UnitName::One);
            said.flips = format!("flips {} {times} times as much", if fires { "below" } else { "at" });
        }
        said.figures = vec![most.rows.clone(), most.writes.clone()];
        advice.push(said);
    }
    advice
}

/// The figures of the kind that asks for most.
fn because(findings: Findings<'_>, most: &Asked<'_>, is_of_several: bool) -> String {
    let against = |held: &Held, what: &str| {
        let sign = if held.margin > 1.0 { ">" } else { "<" };
        let write = |value| findings.write(value, held.unit);
        format!("{}{what} {sign} {}", write(held.value), write(held.threshold))
    };
    let mut figures = Vec::new();
    if most.rows.value > 0.0 {
        figures.push(against(&most.rows, &findings.when()));
    }
    if most.writes.value > 0.0 {
        figures.push(against(&most.writes, " writes at peak"));
    }
    let name = &most.entity.name;
    let most = if is_of_several { format!("{name} asks for most, ") } else { String::new() };
    format!("{most}{}", figures.join("; "))
}

fn asked(findings: Findings<'_>) -> Vec<Asked<'_>> {
    let node = findings.node();
    // A small disk is no reason to leave SQL: a larger one can be had.
    let disk = Threshold(node.disk.max(NODE_DISK.0) * node.disk_limit, NODE_DISK.1);
    let most = Threshold(findings.node_writes() * NODE_FILL, "");
    let stored = |index| findings.storage.entities.iter().find(|stored| stored.index == index);
    let rows = findings.scenario.data.iter().enumerate().filter(|(index, entity)| {
        stored(*index).map_or(entity.kind.is_none_or(EntityKind::is_row), crate::storage::Stored::is_row)
    });
    let asked = rows.map(|(index, entity)| {
        let kept = stored(index).and_then(crate::storage::Stored::latest);
        let bytes = kept.map_or(0.0, |kept| findings.ledger.middle(kept.one_copy));
        Asked {
            entity,
            rows: held("rows", bytes, disk, UnitName::Bytes),
            writes: held("writes at peak", findings.writes_to(index), most, UnitName::PerSecond),
        }
    });
    asked.filter(|asked| asked.margin() > 0.0).collect()
}

impl Findings<'_> {
    /// Rows of an entity that are written per second in the busiest hour.
    fn writes_to(self, entity: usize) -> f64 {
        let Some(traffic) = self.traffic else { return 0.0 };
        let rates = traffic.actions.iter().filter_map(|action| {
            let writes = &self.scenario.actions[action.index].writes;
            let count: f64 =
                writes.iter().filter(|touch| touch.entity == entity).map(|touch| touch.count.middle()).sum();
            (count > 0.0).then(|| self.ledger.middle(action.rate) * count)
        });
        rates.sum::<f64>() * self.ledger.middle(traffic.peak_factor)
    }
}
