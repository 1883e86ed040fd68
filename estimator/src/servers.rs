//! Processor cores and machines for the busiest hour.
//!
//! The cost of a request on the server is a guess until a run measures it, and it spreads over a factor of nine; so
//! does everything here. A machine is filled to a target and not to the brim, because queues grow without bound near full use.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;
use scenarios::slo::Goal;

use crate::fleet::most;
use crate::holds::{Machine, holds};
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::storage::Storage;
use crate::term::Term;
use crate::traffic::Traffic;
use crate::waiting::{Load, waiting};

/// For a compiled server until measured; a third to three times as much. Stack Overflow 2016 took 7.7 ms, waiting
/// included.
pub(crate) const CPU_PER_REQUEST_SECONDS: (f64, f64) = (1e-3 / 3.0, 3e-3);
pub(crate) const CPU_PER_REQUEST_SOURCE: &str = "compiled server; measure it";
/// How full a processor may be in the busiest hour.
pub(crate) const CPU_LIMIT: f64 = 0.65;
pub(crate) const CPU_LIMIT_SOURCE: &str = "keeps queues short";
/// The smallest machine that is commonly rented.
pub(crate) const CORES_PER_NODE: f64 = 2.0;
/// Machines beyond which the usual scalability law loses by adding one, √(0.97 ÷ 0.0001): see `advice/vertical.rs`.
pub(crate) const MOST_MACHINES: f64 = 98.0;
const MOST_MACHINES_SOURCE: &str = "more do less: a guess, measure";
/// Promising more than this takes a second machine, since one is also restarted and replaced.
const MOST_AVAILABLE_ALONE: f64 = 0.995;

/// The machines, as lines of the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Servers {
    pub(crate) cores: LineId,
    pub(crate) number: LineId,
    /// Requests that one holds.
    pub(crate) holds: LineId,
    /// What is paid for where the file has no price of a machine.
    pub(crate) billed_cores: LineId,
    /// Processor time of one request.
    pub(crate) cpu: LineId,
    /// Share of all cores that is busy in the busiest hour, were there one machine.
    pub(crate) one_node_busy: LineId,
    /// Share of all cores that is busy in the busiest hour.
    pub(crate) used: LineId,
    /// How full a processor may be.
    pub(crate) limit: LineId,
}

/// Enters the machines.
pub(crate) fn servers(
    scenario: &Scenario,
    ledger: &mut Ledger,
    traffic: &Traffic,
    storage: &Storage,
    sent: Option<LineId>,
) -> Servers {
    let section = Section::Servers;
    let cpu = match scenario.node.and_then(|node| node.cpu_per_request) {
        Some(known) => Input::read("server CPU per request", UnitName::Seconds, known),
        None => Input::default(
            "server CPU per request",
            UnitName::Seconds,
            CPU_PER_REQUEST_SECONDS,
            CPU_PER_REQUEST_SOURCE,
        ),
    };
    let cpu = ledger.input(cpu.section(section));
    let limit = match scenario.limits.cpu {
        Some(limit) => ledger.input(Input::read("CPU limit", UnitName::Share, limit)),
        None => ledger.input(
            Input::default("CPU limit", UnitName::Share, (CPU_LIMIT, CPU_LIMIT), CPU_LIMIT_SOURCE)
                .section(section),
        ),
    };
    let node_cores = match scenario.node.and_then(|node| node.cores) {
        Some(cores) => ledger.input(Input::read("cores per node", UnitName::One, cores)),
        None => ledger.input(
            Input::default(
                "cores per node",
                UnitName::One,
                (CORES_PER_NODE, CORES_PER_NODE),
                "a small machine",
            )
            .section(section),
        ),
    };
    let busy = ledger.term(traffic.peak_requests) * ledger.term(cpu);
    let cores = busy.clone() / ledger.term(limit);
    let cores = ledger.derive(section, "cores at peak", UnitName::One, cores);
    let holds = holds(scenario, ledger, Machine { cores: node_cores, cpu_limit: limit, cpu });
    let needed = (ledger.term(traffic.peak_requests) / ledger.term(holds)).apply("round up", f64::ceil);
    let needed = ledger.derive(Section::Background, "servers for the load", UnitName::One, needed);
    let decided = most(scenario, ledger, storage, sent, needed);
    let spare = spare(scenario, ledger, decided, "spare servers");
    let servers = ledger.term(decided) + ledger.term(spare);
    let servers = ledger.derive(section, "servers", UnitName::One, servers);
    if decided != needed {
        let source = ledger.line(decided).source.clone();
        ledger.cite(servers, &source);
    }
    if ledger.middle(needed) > MOST_MACHINES {
        // Beyond the law's peak the number above is none: the page says so beside it.
        let (name, ends) = ("servers at the law's peak, N*", (MOST_MACHINES, MOST_MACHINES));
        ledger.input(Input::default(name, UnitName::One, ends, MOST_MACHINES_SOURCE).section(section));
    }
    let used = busy.clone() / (ledger.term(servers) * ledger.term(node_cores));
    let used = ledger.derive(section, "CPU use at peak", UnitName::Share, used);
    let load = Load { busy: busy.clone(), cores: ledger.term(servers) * ledger.term(node_cores), cpu };
    waiting(ledger, load);
    let alone = busy / ledger.term(node_cores);
    let one_node_busy = ledger.derive(Section::Background, "CPU use of one node", UnitName::Share, alone);
    let billed_cores = if ledger.measured().has_capacity() {
        let all = ledger.term(servers) * ledger.term(node_cores);
        ledger.derive(Section::Background, "cores of all servers", UnitName::One, all)
    } else {
        cores
    };
    Servers { cores, cpu, number: servers, holds, billed_cores, one_node_busy, used, limit }
}

/// Whether the file promises more than one machine alone keeps.
pub(crate) fn is_promised(scenario: &Scenario) -> bool {
    scenario.slo.iter().any(|objective| {
        matches!(objective.goal, Goal::Available { share } if share.share() > MOST_AVAILABLE_ALONE)
    })
}

/// Machines beyond those needed: what the file says, or one for every fleet and every high promise.
pub(crate) fn spare(scenario: &Scenario, ledger: &mut Ledger, needed: LineId, name: &str) -> LineId {
    if let Some(spare) = scenario.limits.spare {
        return ledger.shared(Input::read("spare servers", UnitName::One, spare));
    }
    if is_promised(scenario) {
        let source = "availability above 99.5 %";
        return ledger.shared(
            Input::default("spare servers", UnitName::One, (1.0, 1.0), source).section(Section::Servers),
        );
    }
    let one_for_a_fleet: Term =
        ledger.term(needed).apply("one if several", |needed| if needed > 1.0 { 1.0 } else { 0.0 });
    let id = ledger.derive(Section::Background, name, UnitName::One, one_for_a_fleet);
    ledger.cite(id, "default: one spare for a fleet");
    id
}
