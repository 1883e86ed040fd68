//! What is needed at the plan's horizon, by a measured node: the fleet, the database beside it, and the bill.
//!
//! ```text
//! servers     max(round up(peak x growth / requests one node holds), those for memory and network) + spares
//! database    shards x (1 + replicas) machines of their own, with the rows on their disks; none but replicas while one
//!             server is enough and holds them
//! cost        servers and machines of the database by the price of one, data as it will be, traffic x growth
//! ```
//!
//! What is kept, and the servers for memory, are those of the horizon in the estimate itself already.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;

use crate::backlog::node_writes;
use crate::cost::Costs;
use crate::fleet::{network_later, round_up};
use crate::growth::Horizon;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::servers::{Servers, is_promised, spare};
use crate::term::Term;
use crate::traffic::Traffic;

/// What servers are for, as lines of the ledger.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) servers: Servers,
    /// Bytes a second that machines send in the busiest hour.
    pub(crate) sent: Option<LineId>,
}

/// The fleet of the horizon.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    pub(crate) peak: LineId,
    /// Spares left out.
    pub(crate) needed: LineId,
    pub(crate) spare: LineId,
    pub(crate) servers: LineId,
    /// What decides: `capacity`, `memory`, `network`.
    pub(crate) decides: &'static str,
}

/// Enters the fleet of the horizon.
pub(crate) fn fleet(
    scenario: &Scenario,
    ledger: &mut Ledger,
    horizon: &Horizon,
    load: Load,
) -> Option<Fleet> {
    let factor = horizon.factor?;
    let label = &horizon.label;
    let later = |what: &str| format!("{what} in {label}");
    let peak = ledger.find(&later("peak requests"))?;
    let needed = (ledger.term(peak) / ledger.term(load.servers.holds)).apply("round up", round_up);
    let for_load = ledger.derive(Section::Background, later("servers for the load"), UnitName::One, needed);
    let mut all = vec![("capacity", for_load)];
    all.extend(ledger.find("servers for the memory").map(|id| ("memory", id)));
    if let Some(sent) = load.sent {
        let grown = ledger.term(factor);
        all.extend(
            network_later(ledger, grown, sent, &later("servers for the network")).map(|id| ("network", id)),
        );
    }
    let (decides, _) = all
        .iter()
        .copied()
        .reduce(|one, other| if ledger.middle(other.1) > ledger.middle(one.1) { other } else { one })?;
    let terms = all.iter().map(|(_, id)| ledger.term(*id)).collect();
    let needed = Term::fold("max", terms, f64::max);
    let needed = ledger.derive(Section::Background, later("servers needed"), UnitName::One, needed);
    let spare = spare(scenario, ledger, needed, &later("spare servers"));
    let servers = ledger.term(needed) + ledger.term(spare);
    let servers =
        ledger.derive(Section::Background, later("servers beside the database"), UnitName::One, servers);
    // Elsewhere the servers of an estimate hold the rows too.
    let with_rows = match ledger.find("servers for the disk") {
        Some(disk) => {
            Term::fold("max", vec![ledger.term(needed), ledger.term(disk)], f64::max) + ledger.term(spare)
        }
        None => ledger.term(servers),
    };
    ledger.derive(Section::Growth, later("servers"), UnitName::One, with_rows);
    Some(Fleet { peak, needed, spare, servers, decides })
}

/// The database of the horizon.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DatabaseLater {
    /// Of each part.
    pub(crate) replicas: LineId,
    /// Machines beside the servers.
    pub(crate) nodes: LineId,
}

/// Enters the machines of the database at the horizon.
pub(crate) fn database(
    scenario: &Scenario,
    ledger: &mut Ledger,
    horizon: &Horizon,
    fleet: &Fleet,
    traffic: &Traffic,
) -> Option<DatabaseLater> {
    let label = &horizon.label;
    let growth = horizon.factor?;
    let mut shards: Vec<LineId> = ledger.find("shards by storage").into_iter().collect();
    if let (Some(writes), Some(limit)) = (traffic.writes, ledger.find("write limit")) {
        let one = node_writes(scenario, ledger);
        let grown = ledger.term(writes.peak) * ledger.term(growth);
        let term = grown / (ledger.term(one) * ledger.term(limit));
        let term = term.apply("round up", |nodes| round_up(nodes).max(1.0));
        let name = format!("shards by writes in {label}");
        shards.push(ledger.derive(Section::Background, name, UnitName::One, term));
    }
    let terms: Vec<Term> = shards.iter().map(|id| ledger.term(*id)).collect();
    if terms.is_empty() {
        return None;
    }
    let shards = Term::fold("max", terms, f64::max);
    let shards = ledger.derive(Section::Background, format!("shards in {label}"), UnitName::One, shards);
    let replicas = replicas(scenario, ledger, fleet, label);
    // Beside one server that holds the database too, only its replicas are machines of their own.
    let of = vec![ledger.term(shards), ledger.term(fleet.needed)];
    let own =
        Term::fold("own", of, |shards, servers| if shards <= 1.0 && servers <= 1.0 { 0.0 } else { shards });
    let copies = ledger.term(shards) * ledger.term(replicas);
    let formula = format!("shards in {label} (none while one server holds them) + {}", copies.formula);
    let working = format!("{} + {}", ledger.write(own.value.spread().p50, UnitName::One), copies.working);
    let nodes = (own + copies).written(formula, working);
    let name = format!("database machines in {label}");
    let nodes = ledger.derive(Section::Background, name, UnitName::One, nodes);
    Some(DatabaseLater { replicas, nodes })
}

fn replicas(scenario: &Scenario, ledger: &mut Ledger, fleet: &Fleet, label: &str) -> LineId {
    if let Some(replicas) = scenario.replicas {
        return ledger.shared(Input::read("database replicas", UnitName::One, replicas.number));
    }
    if is_promised(scenario) {
        let source = "availability above 99.5 %";
        return ledger.shared(Input::default("database replicas", UnitName::One, (1.0, 1.0), source));
    }
    let one =
        ledger.term(fleet.needed).apply("one if several", |servers| if servers > 1.0 { 1.0 } else { 0.0 });
    let id = ledger.derive(Section::Background, format!("database replicas in {label}"), UnitName::One, one);
    ledger.cite(id, "default: one that takes over for a fleet");
    id
}

/// A line of the bill at the horizon, with the name it has today.
pub(crate) struct Billed {
    pub(crate) name: String,
    pub(crate) cost: LineId,
}

/// The bill of the horizon.
pub(crate) struct Bill {
    pub(crate) lines: Vec<Billed>,
    pub(crate) total: LineId,
}

/// Enters what a month costs at the horizon.
pub(crate) fn bill(
    ledger: &mut Ledger,
    horizon: &Horizon,
    costs: &Costs,
    (servers, fleet): (Servers, &Fleet),
    database: Option<DatabaseLater>,
) -> Option<Bill> {
    let label = &horizon.label;
    let growth = horizon.factor?;
    let mut lines = Vec::new();
    let mut enter = |ledger: &mut Ledger, name: &str, term: Term| {
        let later = format!("{name} in {label}");
        let cost = ledger.derive(Section::Background, later, UnitName::DollarsPerMonth, term);
        lines.push(Billed { name: name.to_owned(), cost });
    };
    let name = |ledger: &Ledger, id: LineId| ledger.line(id).name.clone();
    for id in &costs.servers {
        let term = ledger.term(*id) / ledger.term(servers.number) * ledger.term(fleet.servers);
        enter(ledger, &name(ledger, *id), term);
    }
    if let Some(database) = database
        && let Some(one) = Term::sum(costs.servers.iter().map(|id| ledger.term(*id)).collect::<Vec<_>>())
    {
        let term = one / ledger.term(servers.number) * ledger.term(database.nodes);
        enter(ledger, "database cost", term);
    }
    for id in &costs.data {
        enter(ledger, &name(ledger, *id), ledger.term(*id).apply("by then ", |cost| cost));
    }
    for id in &costs.traffic {
        enter(ledger, &name(ledger, *id), ledger.term(*id) * ledger.term(growth));
    }
    let sum = Term::sum(lines.iter().map(|line| ledger.term(line.cost)).collect::<Vec<_>>())?;
    let total =
        ledger.derive(Section::Background, format!("total cost in {label}"), UnitName::DollarsPerMonth, sum);
    Some(Bill { lines, total })
}
