//! Machines for what is not processor time: memory, disk and network; and which of them decides.
//!
//! Of each resource that the file gives for a machine, the load over what one machine may use of it, rounded up; the
//! fleet is as large as the largest of these. Blobs are in object storage and take no machine's disk.

use scenarios::estimate::UnitName;
use scenarios::range::Range;
use scenarios::scenario::{Scenario, Sourced};
use scenarios::units::Ratio;

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::storage::{Storage, Stored};
use crate::term::Term;

/// Grokking the System Design Interview, Pastebin: a disk is filled to 70 %. The others leave as much room.
const LIMIT: f64 = 0.7;
const DISK_LIMIT_SOURCE: &str = "Grokking, Pastebin";
const LIMIT_SOURCE: &str = "assumption: as for disks";

/// Enters how many machines each resource needs; the largest, and which it is, where there are several.
pub(crate) fn most(
    scenario: &Scenario,
    ledger: &mut Ledger,
    storage: &Storage,
    sent: Option<LineId>,
    for_cpu: LineId,
) -> LineId {
    let mut all = vec![("CPU", for_cpu)];
    all.extend(memory(scenario, ledger, storage).map(|id| ("memory", id)));
    all.extend(disk(scenario, ledger, storage).map(|id| ("disk", id)));
    all.extend(network(scenario, ledger, sent).map(|id| ("network", id)));
    if all.len() == 1 {
        return for_cpu;
    }
    let terms = all.iter().map(|(_, id)| ledger.term(*id)).collect();
    let term = Term::fold("max", terms, f64::max);
    let id = ledger.derive(Section::Background, "servers for all resources", UnitName::One, term);
    let largest = all.iter().max_by(|(_, one), (_, other)| {
        // The first of equals decides.
        ledger.middle(*one).total_cmp(&ledger.middle(*other)).then(std::cmp::Ordering::Greater)
    });
    if let Some((name, _)) = largest {
        ledger.cite(id, &format!("{name} decides"));
    }
    id
}

fn memory(scenario: &Scenario, ledger: &mut Ledger, storage: &Storage) -> Option<LineId> {
    let memory = scenario.node?.memory?;
    let kept = storage.entities.iter().filter(|entity| entity.is_memory).filter_map(Stored::latest);
    let kept = Term::sum(kept.map(|kept| ledger.term(kept.all_copies)).collect::<Vec<_>>())?;
    let one = ledger.shared(Input::read("memory per node", UnitName::Bytes, memory));
    let limit = limit(ledger, "memory limit", scenario.limits.memory, LIMIT_SOURCE);
    Some(nodes(ledger, "servers for the memory", kept, one, limit))
}

fn disk(scenario: &Scenario, ledger: &mut Ledger, storage: &Storage) -> Option<LineId> {
    let disk = scenario.node?.disk?;
    let kept = storage.entities.iter().filter(|entity| entity.is_row()).filter_map(Stored::latest);
    let kept = Term::sum(kept.map(|kept| ledger.term(kept.all_copies)).collect::<Vec<_>>())?;
    let one = ledger.shared(Input::read("disk per node", UnitName::Bytes, disk));
    let limit = disk_limit(scenario, ledger);
    Some(nodes(ledger, "servers for the disk", kept, one, limit))
}

fn network(scenario: &Scenario, ledger: &mut Ledger, sent: Option<LineId>) -> Option<LineId> {
    let network = scenario.node?.network?;
    let sent = ledger.term(sent?);
    let one = ledger.shared(Input::read("network per node", UnitName::BytesPerSecond, network));
    let limit = network_limit(scenario, ledger);
    Some(nodes(ledger, "servers for the network", sent, one, limit))
}

/// How full disks may be.
pub(crate) fn disk_limit(scenario: &Scenario, ledger: &mut Ledger) -> LineId {
    limit(ledger, "disk limit", scenario.limits.disk, DISK_LIMIT_SOURCE)
}

/// How full networks may be.
pub(crate) fn network_limit(scenario: &Scenario, ledger: &mut Ledger) -> LineId {
    limit(ledger, "network limit", scenario.limits.network, LIMIT_SOURCE)
}

/// Machines that the network takes once it carries `factor` times as much; nothing where the file does not give it.
pub(crate) fn network_later(ledger: &mut Ledger, factor: Term, sent: LineId, name: &str) -> Option<LineId> {
    let (one, limit) = (ledger.find("network per node")?, ledger.find("network limit")?);
    let sent = ledger.term(sent) * factor;
    let term = sent / (ledger.term(one) * ledger.term(limit));
    Some(ledger.derive(Section::Background, name, UnitName::One, term.apply("round up", round_up)))
}

fn limit(
    ledger: &mut Ledger,
    name: &str,
    given: Option<Sourced<Range<Ratio>>>,
    source: &'static str,
) -> LineId {
    ledger.shared(match given {
        Some(limit) => Input::read(name, UnitName::Share, limit),
        None => Input::default(name, UnitName::Share, (LIMIT, LIMIT), source),
    })
}

/// Load over what one machine may use, rounded up.
fn nodes(ledger: &mut Ledger, name: &str, load: Term, one: LineId, limit: LineId) -> LineId {
    let term = load / (ledger.term(one) * ledger.term(limit));
    ledger.derive(Section::Servers, name, UnitName::One, term.apply("round up", round_up))
}

/// The whole number that is enough; a hair above one is rounding on the way.
pub(crate) fn round_up(number: f64) -> f64 {
    (number * (1.0 - 1e-9)).ceil()
}
