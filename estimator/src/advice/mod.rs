//! What the numbers advise: one file per rule, each with its threshold and evidence.
//!
//! A rule that looks at something the scenario has always answers, also with "not needed", and says which figure
//! decided and what would change its mind. A new rule is one file and one line here.

mod autoscaling;
mod balancer;
mod blobs;
mod cache;
mod cdn;
mod consistency;
mod database;
mod interface;
mod queue;
mod rate_limit;
mod regions;
mod replicas;
mod say;
mod services;
mod sharding;
mod vertical;

use scenarios::estimate::{Advice, Held, UnitName};
use scenarios::scenario::Scenario;
use scenarios::slo::Goal;

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
const RULES: &[Rule] = &[
    blobs::advise,
    cdn::advise,
    cache::advise,
    queue::advise,
    replicas::advise,
    sharding::advise,
    database::advise,
    consistency::advise,
    vertical::advise,
    balancer::advise,
    autoscaling::advise,
    rate_limit::advise,
    interface::advise,
    regions::advise,
    services::advise,
];

/// Asks every rule: first what is needed, then what is not, then what cannot be said.
pub(crate) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let spoken = RULES.iter().flat_map(|rule| rule(findings));
    let mut advice: Vec<Advice> = spoken.map(only_of_numbers).collect();
    advice.sort_by_key(Advice::outcome);
    advice
}

/// A product may be beyond all numbers though its parts are not: nothing follows from that.
fn only_of_numbers(advice: Advice) -> Advice {
    let is_number = |held: &Held| [held.value, held.threshold, held.margin].into_iter().all(f64::is_finite);
    if advice.figures.iter().all(is_number) {
        advice
    } else {
        say::cannot_say(&advice.rule, "its figures are beyond all numbers")
    }
}

/// A promise above this takes a second machine, since one is also restarted and replaced.
const MOST_AVAILABLE_ALONE: f64 = 0.995;

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

    /// The highest availability that is promised.
    fn promised(self) -> Option<f64> {
        let promised = self.scenario.slo.iter().filter_map(|objective| match objective.goal {
            Goal::Available { share } => Some(share.share()),
            Goal::Within { .. } | Goal::Errors { .. } => None,
        });
        promised.reduce(f64::max)
    }

    /// Whether there is a spare server whatever the load.
    fn has_spare(self) -> bool {
        let spare = self.scenario.limits.spare.is_some_and(|spare| spare.value.middle() > 0.0);
        spare || self.promised().is_some_and(|share| share > MOST_AVAILABLE_ALONE)
    }

    /// A decision already taken, as written.
    fn choice(self, name: &str) -> Option<&'a str> {
        let choice = self.scenario.choices.iter().find(|choice| choice.name == name);
        choice.map(|choice| choice.value.as_str())
    }

    /// Writes that one database machine commits per second.
    fn node_writes(self) -> f64 {
        let writes = self.scenario.node.and_then(|node| node.writes);
        writes.map_or(NODE_WRITES_PER_SECOND, |writes| writes.value.middle())
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
