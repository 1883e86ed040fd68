//! Database nodes that rows, writes and the network take: the shards, and what decides about their number.
//!
//! ```text
//! shards = max(rows / (disk x limit), writes at peak / (writes of a node x limit), written at peak / (network x limit))
//! ```
//!
//! each rounded up. Reads take none: replicas and caches serve them. Two terabytes and 5,000 writes a second are what
//! one node does where the file does not say (Alex Xu's wallet counts with 1,000 transactions a second); the network
//! counts only where the file gives it. On the page where more than one is needed, or the file has decided on shards.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;

use crate::backlog::node_writes;
use crate::fleet::{disk_limit, network_limit, round_up};
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::storage::{Storage, Stored};
use crate::term::Term;
use crate::traffic::Traffic;

/// What one database machine holds; common practice, as its writes are.
pub(crate) const NODE_DISK_BYTES: f64 = 2e12;
pub(crate) const NODE_DISK_SOURCE: &str = "assumed";
/// The share of the writes it commits that may be in use.
pub(crate) const WRITE_LIMIT: f64 = 0.7;
const WRITE_LIMIT_SOURCE: &str = "assumption: as for disks";

/// The names of the lines that advice reads.
pub(crate) const SHARDS: &str = "shards";
pub(crate) const ROWS: &str = "rows of all tables";
pub(crate) const WRITTEN: &str = "bytes of rows written at peak";

/// Enters the shards; nothing where no row is kept or written.
pub(crate) fn shards(scenario: &Scenario, ledger: &mut Ledger, traffic: Option<&Traffic>, storage: &Storage) {
    let mut all = Vec::new();
    all.extend(by_storage(scenario, ledger, storage).map(|id| ("storage", id)));
    all.extend(by_writes(scenario, ledger, traffic).map(|id| ("writes", id)));
    all.extend(by_network(scenario, ledger, traffic, storage).map(|id| ("network", id)));
    // The first of equals decides.
    let Some((decides, most)) = all
        .iter()
        .copied()
        .reduce(|one, other| if ledger.middle(other.1) > ledger.middle(one.1) { other } else { one })
    else {
        return;
    };
    let is_chosen = scenario.choices.iter().any(|choice| choice.name == "shards");
    let is_shown = is_chosen || ledger.middle(most) > 1.0;
    let section = if is_shown { Section::Database } else { Section::Background };
    let terms = all.iter().map(|(_, id)| ledger.term(*id)).collect();
    let id = ledger.derive(section, SHARDS, UnitName::One, Term::fold("max", terms, f64::max));
    ledger.cite(id, &format!("{decides} decide{}", if decides == "writes" { "" } else { "s" }));
}

fn by_storage(scenario: &Scenario, ledger: &mut Ledger, storage: &Storage) -> Option<LineId> {
    let rows = storage.entities.iter().filter(|entity| entity.is_row()).filter_map(Stored::latest);
    let rows = Term::sum(rows.map(|kept| ledger.term(kept.one_copy)).collect::<Vec<_>>())?;
    let rows = ledger.derive(Section::Background, ROWS, UnitName::Bytes, rows);
    let disk = ledger.shared(if let Some(disk) = scenario.node.and_then(|node| node.disk) {
        Input::read("disk per node", UnitName::Bytes, disk)
    } else {
        let ends = (NODE_DISK_BYTES, NODE_DISK_BYTES);
        Input::default("disk of a database node", UnitName::Bytes, ends, NODE_DISK_SOURCE)
    });
    let limit = disk_limit(scenario, ledger);
    Some(nodes(ledger, "shards by storage", rows, disk, limit))
}

fn by_writes(scenario: &Scenario, ledger: &mut Ledger, traffic: Option<&Traffic>) -> Option<LineId> {
    let writes = traffic?.writes?;
    let one = node_writes(scenario, ledger);
    let ends = (WRITE_LIMIT, WRITE_LIMIT);
    let limit = Input::default("write limit", UnitName::Share, ends, WRITE_LIMIT_SOURCE);
    let limit = ledger.shared(limit);
    Some(nodes(ledger, "shards by writes", writes.peak, one, limit))
}

/// By the bytes of rows that are written, where the file says what the network of a machine carries.
fn by_network(
    scenario: &Scenario,
    ledger: &mut Ledger,
    traffic: Option<&Traffic>,
    storage: &Storage,
) -> Option<LineId> {
    let network = scenario.node?.network?;
    let rows = storage.entities.iter().filter(|entity| entity.is_row());
    let written = rows.filter_map(|row| Some(ledger.term(row.counts.written?) * ledger.term(row.each)));
    let peak = Term::sum(written.collect::<Vec<_>>())? * ledger.term(traffic?.peak_factor);
    let peak = ledger.derive(Section::Background, WRITTEN, UnitName::BytesPerSecond, peak);
    let one = ledger.shared(Input::read("network per node", UnitName::BytesPerSecond, network));
    let limit = network_limit(scenario, ledger);
    Some(nodes(ledger, "shards by network", peak, one, limit))
}

/// Load over what one node may use, rounded up; at least one.
fn nodes(ledger: &mut Ledger, name: &str, load: LineId, one: LineId, limit: LineId) -> LineId {
    let term = ledger.term(load) / (ledger.term(one) * ledger.term(limit));
    let term = term.apply("round up", |nodes| round_up(nodes).max(1.0));
    ledger.derive(Section::Background, name, UnitName::One, term)
}
