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
mod copies;
mod database;
mod fan_out;
mod hot_key;
mod interface;
mod internal_calls;
mod jobs;
mod queue;
mod rate_limit;
mod regions;
mod replicas;
mod retries;
mod say;
mod services;
mod sharding;
mod transactions;
mod updates;
mod vertical;

use scenarios::estimate::{Advice, Held, UnitName};
use scenarios::scenario::Scenario;
use scenarios::slo::Goal;

use crate::backlog::NODE_WRITES_PER_SECOND;
use crate::growth::Horizon;
use crate::ledger::Ledger;
use crate::servers::Servers;
use crate::shards::{NODE_DISK_BYTES, NODE_DISK_SOURCE, ROWS, WRITE_LIMIT};
use crate::storage::{Storage, Stored};
use crate::traffic::Traffic;

use say::{Threshold, held};

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
    hot_key::advise,
    queue::advise,
    jobs::advise,
    fan_out::advise,
    updates::advise,
    replicas::advise,
    sharding::advise,
    transactions::advise,
    database::advise,
    consistency::advise,
    copies::advise,
    vertical::advise,
    balancer::advise,
    autoscaling::advise,
    rate_limit::advise,
    retries::advise,
    interface::advise,
    internal_calls::advise,
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

/// A promise above this takes a second machine: one is promised for no more, since it is also restarted and replaced.
const MOST_AVAILABLE_ALONE: Threshold = Threshold(0.995, "AWS SLA, 2022");

const NODE_DISK: Threshold = Threshold(NODE_DISK_BYTES, NODE_DISK_SOURCE);
/// The share of its disk or its writes that may be in use.
const NODE_FILL: f64 = WRITE_LIMIT;

/// What one database machine can take.
#[derive(Clone, Copy)]
struct DatabaseNode {
    disk: f64,
    disk_limit: f64,
    /// The disk is a default of ours, not the file's.
    is_default: bool,
}

impl DatabaseNode {
    /// Who says how large its disk is.
    fn source(self) -> &'static str {
        if self.is_default { NODE_DISK.1 } else { "" }
    }
}

/// The machines that answer requests; those that hold rows are for `sharding`.
#[derive(Clone, Copy)]
struct AppServers {
    number: f64,
    /// How many are filled by the busiest hour, where the processors decide; not rounded.
    full: Option<f64>,
}

impl<'a> Findings<'a> {
    fn write(self, value: f64, unit: UnitName) -> String {
        self.ledger.write(value, unit)
    }

    /// The median of a line.
    fn at(self, name: &str) -> Option<f64> {
        self.ledger.find(name).map(|line| self.ledger.middle(line))
    }

    /// The highest availability that is promised.
    fn promised(self) -> Option<f64> {
        let promised = self.scenario.slo.iter().filter_map(|objective| match objective.goal {
            Goal::Available { share } => Some(share.share()),
            Goal::Within { .. } | Goal::Errors { .. } => None,
        });
        promised.reduce(f64::max)
    }

    /// The way to the farthest users, against half of the strictest promise about all requests.
    fn far(self) -> Option<Held> {
        let far = self.scenario.users.far?.value.middle();
        let limits = self.scenario.slo.iter().filter_map(|objective| match objective.goal {
            Goal::Within { limit, .. } => Some(limit.as_secs_f64()),
            Goal::Errors { .. } | Goal::Available { .. } => None,
        });
        let half = limits.reduce(f64::min)? / 2.0;
        Some(held("round trip of far users", far, Threshold(half, "half of the promise"), UnitName::Seconds))
    }

    /// Whether there is a spare server whatever the load.
    fn has_spare(self) -> bool {
        let spare = self.scenario.limits.spare.is_some_and(|spare| spare.value.middle() > 0.0);
        spare || self.promised().is_some_and(|share| share > MOST_AVAILABLE_ALONE.0)
    }

    /// The machines that answer requests, a spare one included.
    fn app_servers(self) -> Option<AppServers> {
        let (servers, traffic) = (self.servers?, self.traffic?);
        let by_load = self.at("servers for the load")?;
        let by_network = self.at("servers for the network").unwrap_or(0.0);
        let needed = by_load.max(by_network);
        let spare = match self.scenario.limits.spare {
            Some(spare) => spare.value.middle(),
            None if self.has_spare() || needed > 1.0 => 1.0,
            None => 0.0,
        };
        let all_alike = self.at("servers for all resources").is_none();
        let number = if all_alike { self.ledger.middle(servers.number) } else { needed + spare };
        let full = self.at("requests one node holds").filter(|_| by_network <= by_load);
        let full = full.map(|holds| self.ledger.middle(traffic.peak_requests) / holds);
        Some(AppServers { number, full })
    }

    /// The flip of a rule that looks for a second machine: the load that takes one, or the promise.
    fn flips_with_machines(self, advice: &mut Advice) {
        let Some(AppServers { full: Some(full), .. }) = self.app_servers() else { return };
        match self.promised().filter(|_| self.scenario.limits.spare.is_none()) {
            Some(promised) if promised > MOST_AVAILABLE_ALONE.0 && full <= 1.0 => {
                self.flips_with_downtime(advice, promised, MOST_AVAILABLE_ALONE.0);
            }
            _ if !self.has_spare() => self.flips_with_load(advice, 1.0 / full),
            _ => {}
        }
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

    /// Writes that the database commits per second: those of one machine, or of all shards that are chosen.
    fn write_capacity(self) -> f64 {
        self.at("writes all shards commit").unwrap_or_else(|| self.node_writes())
    }

    fn name(self, entity: &Stored) -> &'a str {
        &self.scenario.data[entity.index].name
    }

    fn node(self) -> DatabaseNode {
        let disk = self.scenario.node.and_then(|node| node.disk);
        DatabaseNode {
            disk: disk.map_or(NODE_DISK.0, |disk| disk.value.middle()),
            disk_limit: self.scenario.limits.disk.map_or(NODE_FILL, |limit| limit.value.middle()),
            is_default: disk.is_none(),
        }
    }

    /// One copy of all rows at the end of the plan.
    fn row_bytes(self) -> f64 {
        self.at(ROWS).unwrap_or(0.0)
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
