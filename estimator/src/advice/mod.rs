//! What the numbers advise: one file per rule, each with its threshold and evidence.
//!
//! A rule that looks at something the scenario has always answers, also with "not needed", and says which figure
//! decided and what would change its mind. A new rule is one file and one line here.

mod blobs;
mod cache;
mod database;
mod queue;
mod sharding;

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::Scenario;

use crate::growth::Horizon;
use crate::ledger::Ledger;
use crate::servers::Servers;
use crate::storage::{Storage, Stored};
use crate::traffic::Traffic;

/// What rules look at.
#[derive(Clone, Copy)]
pub(crate) struct Findings<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) ledger: &'a Ledger,
    pub(crate) traffic: Option<&'a Traffic>,
    pub(crate) storage: &'a Storage,
    pub(crate) servers: Option<Servers>,
    pub(crate) horizon: Option<&'a Horizon>,
}

type Rule = fn(Findings<'_>) -> Vec<Advice>;

/// All rules, in the order in which they are printed.
const RULES: &[Rule] = &[blobs::advise, sharding::advise, cache::advise, queue::advise, database::advise];

/// Asks every rule; those that fire come first.
pub(crate) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let mut advice: Vec<Advice> = RULES.iter().flat_map(|rule| rule(findings)).collect();
    advice.sort_by_key(|advice| !advice.fires);
    advice
}

/// Alex Xu, wallet chapter, and common practice: what one database machine holds and commits.
const NODE_DISK_BYTES: f64 = 2e12;
const NODE_WRITES_PER_SECOND: f64 = 5_000.0;
/// The share of either that may be in use.
const NODE_FILL: f64 = 0.7;

/// What one database machine can take.
#[derive(Clone, Copy)]
struct DatabaseNode {
    disk: f64,
    disk_limit: f64,
    /// The disk is a default of ours, not the file's.
    is_default: bool,
}

impl<'a> Findings<'a> {
    fn write(self, value: f64, unit: UnitName) -> String {
        self.ledger.write(value, unit)
    }

    fn name(self, entity: &Stored) -> &'a str {
        &self.scenario.data[entity.index].name
    }

    fn node(self) -> DatabaseNode {
        let disk = self.scenario.node.and_then(|node| node.disk);
        DatabaseNode {
            disk: disk.map_or(NODE_DISK_BYTES, |disk| disk.value.middle()),
            disk_limit: self.scenario.limits.disk.map_or(NODE_FILL, |limit| limit.value.middle()),
            is_default: disk.is_none(),
        }
    }

    /// One copy of all rows at the end of the plan.
    fn row_bytes(self) -> f64 {
        let rows = self.storage.entities.iter().filter(|entity| entity.is_row());
        rows.filter_map(|entity| Some(self.ledger.middle(entity.latest()?.one_copy))).sum()
    }

    /// Writing actions per second, on average and in the busiest hour.
    fn writes(self) -> Option<(f64, f64)> {
        let writes = self.traffic?.writes?;
        Some((self.ledger.middle(writes.mean), self.ledger.middle(writes.peak)))
    }

    /// How many actions read for each that writes; zero when none reads, `None` when none writes.
    fn reads_per_write(self) -> Option<f64> {
        let writes = self.traffic?.writes?;
        Some(writes.reads_per_write.map_or(0.0, |ratio| self.ledger.middle(ratio)))
    }

    /// When the figures are of: ` in 3 years`, or nothing.
    fn when(self) -> String {
        self.horizon.map_or(String::new(), |horizon| format!(" in {}", horizon.label))
    }
}
