//! What a reader should know before spending money by a plan: where the measurement does not reach.

use scenarios::Scenario;
use scenarios::calibration::{fingerprint, promises};
use scenarios::capacity::{Capacity, Law, Outcome, Resource};
use scenarios::estimate::UnitName;
use scenarios::plan::Moment;
use scenarios::scenario::Origin;
use scenarios::show::count;

use super::Asked;
use crate::estimate::Computed;
use crate::laws::usl::{Limit, Usl};
use crate::measured::{MEASURED_CORES, is_carried};
use crate::servers::MOST_MACHINES;

/// What the notes are about.
#[derive(Clone, Copy)]
pub(super) struct Looked<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) asked: Asked<'a>,
    /// The estimate of the first day.
    pub(super) first: &'a Computed,
    /// The estimate of the last day.
    pub(super) last: &'a Computed,
    pub(super) end: &'a Moment,
}

/// Every note, those about the measurement first.
pub(super) fn notes(looked: Looked<'_>) -> Vec<String> {
    let capacity = looked.asked.capacity;
    [
        coarse(capacity),
        exact(capacity),
        changed(looked),
        shared(capacity),
        promised(looked),
        cores(looked),
        scaling_out(looked),
        law(looked),
        many(looked),
        no_cpu(capacity),
        left_out(capacity),
        horizon(looked),
        no_node(looked),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn coarse(capacity: &Capacity) -> Option<String> {
    let is_coarse = capacity.outcome == Outcome::Coarse;
    is_coarse.then(|| "the search ended before the capacity was known as closely as was asked".to_owned())
}

fn exact(capacity: &Capacity) -> Option<String> {
    let has_interval = capacity.rate.is_some_and(|rate| rate.interval.is_some());
    (!has_interval).then(|| {
        "the capacity was measured without an interval, and is planned as if it were exact".to_owned()
    })
}

fn changed(looked: Looked<'_>) -> Option<String> {
    let measured = &looked.asked.capacity.provenance.scenario_hash;
    (fingerprint(looked.asked.text) != *measured).then(|| {
        "the scenario's file has changed since the capacity was measured: if its actions or data have, measure again"
            .to_owned()
    })
}

fn shared(capacity: &Capacity) -> Option<String> {
    capacity.node.shared_with_generator.then(|| {
        "the generator ran on the machine it measured and took some of it: a node of its own holds more"
            .to_owned()
    })
}

/// Promises that were measured and are not made, or none at all.
fn promised(looked: Looked<'_>) -> Option<String> {
    let made = promises(&looked.scenario.slo);
    made.is_empty().then(|| {
        format!(
            "the scenario promises nothing; the capacity is that for {}",
            looked.asked.capacity.promises.join(", ")
        )
    })
}

fn cores(looked: Looked<'_>) -> Option<String> {
    let ledger = &looked.last.ledger;
    let measured = ledger.line(ledger.find(MEASURED_CORES)?).shown.clone();
    let planned = ledger.line(ledger.find("cores per node")?).shown.clone();
    let how = match ledger.measured().limit() {
        None | Some(Resource::ServerCpu | Resource::Unknown) => {
            "counted in proportion, which no run has shown".to_owned()
        }
        Some(limit) => format!("more cores were not counted, since {} ran out first", limit.words()),
    };
    Some(format!("a node of the plan has {planned} cores, the measured one had {measured}: {how}"))
}

/// What more servers do not help against.
fn scaling_out(looked: Looked<'_>) -> Option<String> {
    if looked.end.servers.p90 - looked.end.spares.p90 <= 1.0 {
        return None;
    }
    let limit = looked.asked.capacity.limit.as_ref().map(|limit| limit.resource);
    if limit == Some(Resource::DatabaseWriter) {
        return Some(
            "the database's writer ran out first: more servers before one database write no more than one does".to_owned(),
        );
    }
    let is_embedded = looked.asked.capacity.target.what.to_lowercase().contains("sqlite")
        || looked
            .scenario
            .choices
            .iter()
            .any(|choice| choice.name == "database" && choice.value.contains("sqlite"));
    is_embedded.then(|| {
        "the measured node had its database in the same process; several servers need one beside them, and are \
         planned as if each held as much as that one"
            .to_owned()
    })
}

/// Where the law of one node ends below what the plan asks of it, or of all.
fn law(looked: Looked<'_>) -> Option<String> {
    let Law { lambda, sigma, kappa, .. } = looked.asked.capacity.law?;
    let law = Usl::new(lambda.value, sigma.value, kappa.value).ok()?;
    let (most, at) = match law.limit() {
        Limit::Peak(peak) => {
            (peak.exact.throughput, format!(" with N* = {} under way", count(peak.exact.concurrency)))
        }
        Limit::Asymptote { throughput } => (throughput, String::new()),
        Limit::None => return None,
    };
    let holds = looked.last.ledger.middle(looked.last.servers?.holds);
    let write = |rate| looked.last.ledger.write(rate, UnitName::PerSecond);
    if holds > most {
        return Some(format!(
            "the law of the measured node ends at {}{at}, below the {} that are planned for one: measure such a node",
            write(most),
            write(holds)
        ));
    }
    let asked = looked.end.peak_requests.p90;
    (asked > most).then(|| {
        format!(
            "the law of one node ends at {}{at}: the {} of the last day (p90) are for several nodes, and no more \
             concurrency on one serves them",
            write(most),
            write(asked)
        )
    })
}

/// Beyond the peak of the usual law no number of servers is a plan.
fn many(looked: Looked<'_>) -> Option<String> {
    let servers = looked.end.servers.p90;
    (servers > MOST_MACHINES).then(|| {
        format!(
            "{} servers (p90) are beyond the {} at which the usual law of scaling out has its peak (3 % contention, 0.01 % \
             coherency: a guess): split the system, or measure how it scales",
            count(servers),
            count(MOST_MACHINES)
        )
    })
}

fn no_cpu(capacity: &Capacity) -> Option<String> {
    let has_cpu = capacity.measured.iter().any(|measured| measured.quantity == "server CPU per request");
    (!has_cpu)
        .then(|| "the server's processor time was not measured: CPU figures are the default's".to_owned())
}

fn left_out(capacity: &Capacity) -> Option<String> {
    let names = capacity.measured.iter().map(|measured| measured.quantity.as_str());
    // That one is the capacity itself, before the limit.
    let left: Vec<&str> =
        names.filter(|name| !is_carried(name) && *name != "requests one node holds").collect();
    (!left.is_empty())
        .then(|| format!("measured, but of that load alone and not carried over: {}", left.join(", ")))
}

fn horizon(looked: Looked<'_>) -> Option<String> {
    let is_default = matches!(looked.scenario.horizon?.origin, Origin::Default(_));
    is_default.then(|| {
        "the file does not say how far ahead it plans: three years, by default (`for: 3 years`)".to_owned()
    })
}

fn no_node(looked: Looked<'_>) -> Option<String> {
    let node = looked.scenario.node.unwrap_or_default();
    let ledger = &looked.first.ledger;
    let cores = ledger.line(ledger.find("cores per node")?);
    let price = node.price.is_none().then(|| {
        format!(
            "the file has no price of a machine: {} cores of one are priced ({})",
            cores.shown, cores.source
        )
    });
    let disk = node.disk.is_none().then_some("it does not say how large a disk is, so none runs out");
    match (price, disk) {
        (Some(price), Some(disk)) => Some(format!("{price}; {disk}")),
        (Some(price), None) => Some(price),
        (None, Some(disk)) => Some(disk.replacen("it", "the file", 1)),
        (None, None) => None,
    }
}
