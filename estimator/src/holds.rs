//! How many requests a second one node holds: by the processor time of a request until it is measured, by the measured
//! capacity after.
//!
//! ```text
//! guess      cores per node x CPU limit / CPU of a request
//! measured   measured capacity x capacity limit x cores per node / cores of the measured node
//! ```
//!
//! A capacity is the highest rate at which every promise held, with arrivals as uneven as they are in a busy hour: queues
//! are in it, and the CPU limit, which is there to keep them short, is not needed any more. It is the edge all the same, so a
//! plan puts less than that on a node: the capacity limit. A CPU limit that the file gives holds beside it. More cores than
//! the measured node had count in proportion only where processors ran out first.

use scenarios::capacity::Resource;
use scenarios::estimate::{Spread, UnitName};
use scenarios::scenario::Scenario;

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::measured::{CAPACITY, MEASURED_CORES};
use crate::section::Section;
use crate::term::Term;

/// Room for busier minutes than the busiest hour's, and for a node that takes over while another restarts.
const CAPACITY_LIMIT: f64 = 0.8;
const CAPACITY_LIMIT_SOURCE: &str = "room for spikes; assumed";

/// One machine, as lines of the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    pub(crate) cores: LineId,
    pub(crate) cpu_limit: LineId,
    /// Processor time of a request.
    pub(crate) cpu: LineId,
}

/// Enters how many requests one node holds.
pub(crate) fn holds(scenario: &Scenario, ledger: &mut Ledger, machine: Machine) -> LineId {
    let by_cpu = ledger.term(machine.cores) * ledger.term(machine.cpu_limit) / ledger.term(machine.cpu);
    let term = if ledger.measured().has_capacity() {
        let measured = by_capacity(scenario, ledger, machine);
        if scenario.limits.cpu.is_some() {
            Term::fold("min", vec![measured, by_cpu], f64::min)
        } else {
            measured
        }
    } else {
        by_cpu
    };
    ledger.derive(Section::Servers, "requests one node holds", UnitName::PerSecond, term)
}

fn by_capacity(scenario: &Scenario, ledger: &mut Ledger, machine: Machine) -> Term {
    // The ledger has the measured number in the place of this one.
    let of = |name, unit| Input::default(name, unit, (0.0, 0.0), "").section(Section::Servers);
    let capacity = ledger.input(of(CAPACITY, UnitName::PerSecond));
    let limit = if let Some(limit) = scenario.limits.capacity {
        Input::read("capacity limit", UnitName::Share, limit)
    } else {
        let ends = (CAPACITY_LIMIT, CAPACITY_LIMIT);
        Input::default("capacity limit", UnitName::Share, ends, CAPACITY_LIMIT_SOURCE)
    };
    let limit = ledger.input(limit.section(Section::Servers));
    let term = ledger.term(capacity) * ledger.term(limit);
    let Some((measured, _)) = ledger.measured().ends(MEASURED_CORES, UnitName::One) else { return term };
    if ledger.line(machine.cores).spread == Spread::point(measured) {
        return term;
    }
    let measured = ledger.input(of(MEASURED_CORES, UnitName::One).section(Section::Background));
    let ratio = ledger.term(machine.cores) / ledger.term(measured);
    term * if is_for_cores(ledger.measured().limit()) {
        ratio
    } else {
        ratio.apply("at most 1: ", |ratio| ratio.min(1.0))
    }
}

/// Whether more cores can be expected to hold more.
fn is_for_cores(limit: Option<Resource>) -> bool {
    matches!(limit, None | Some(Resource::ServerCpu | Resource::Unknown))
}
