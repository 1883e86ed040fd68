//! US dollars per month: by the file's price of a machine, or by public unit prices.
//!
//! Object storage is priced with its redundancy, so blobs count once however many copies the file keeps; disks are
//! bought for every copy.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;
use scenarios::units::{Dimension, Unit};

use crate::bandwidth::Bandwidth;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::servers::Servers;
use crate::storage::{Storage, Stored};
use crate::term::Term;

/// Simon Eskildsen, napkin-math, cloud list prices read in March 2026.
const PRICE_SOURCE: &str = "napkin-math, 2026-03";
/// A core for a month.
const CORE_USD: f64 = 15.0;
/// A gigabyte on SSD for a month.
const DISK_USD_PER_GB: f64 = 0.2;
/// A gigabyte in object storage for a month, replication included.
const BLOB_USD_PER_GB: f64 = 0.02;
/// A gigabyte sent to the Internet.
const EGRESS_USD_PER_GB: f64 = 0.1;
const GIGABYTE: f64 = 1e9;

/// Enters what a month costs.
pub(crate) fn cost(
    scenario: &Scenario,
    ledger: &mut Ledger,
    storage: &Storage,
    bandwidth: Option<Bandwidth>,
    servers: Option<Servers>,
) {
    let mut parts = Vec::new();
    if let Some(servers) = servers {
        parts.push(compute(scenario, ledger, servers));
    }
    // The price of a machine includes its disk.
    let disk_included =
        servers.is_some() && scenario.node.is_some_and(|node| node.price.is_some() && node.disk.is_some());
    if !disk_included {
        parts.extend(disks(ledger, storage));
    }
    parts.extend(blobs(ledger, storage));
    if let Some(bandwidth) = bandwidth {
        parts.push(egress(ledger, bandwidth));
    }
    let terms: Vec<Term> = parts.iter().map(|part| ledger.term(*part)).collect();
    if let Some(sum) = Term::sum(terms) {
        ledger.derive(Section::Cost, "total cost", UnitName::DollarsPerMonth, sum);
    }
}

fn compute(scenario: &Scenario, ledger: &mut Ledger, servers: Servers) -> LineId {
    if let Some(price) = scenario.node.and_then(|node| node.price) {
        let month = ledger.conventions.month_seconds;
        let ends = (price.value.low().base() * month, price.value.high().base() * month);
        let price =
            ledger.input(Input::between("price of a node", UnitName::DollarsPerMonth, ends, price.origin));
        let term = ledger.term(servers.number) * ledger.term(price);
        return ledger.derive(Section::Cost, "server cost", UnitName::DollarsPerMonth, term);
    }
    let price =
        Term::constant(CORE_USD, Dimension::PRICE, "price of a core", &format!("{CORE_USD} USD/month"));
    let term = ledger.term(servers.cores) * price;
    priced(ledger, "server cost", term)
}

/// Bytes times a price per gigabyte and month.
fn by_volume(bytes: Term, usd_per_gb: f64) -> Term {
    let price = Term::constant(
        usd_per_gb / GIGABYTE,
        Dimension::PRICE.over(Dimension::BYTES),
        "price per GB",
        &format!("{usd_per_gb} USD/GB"),
    );
    bytes * price
}

fn priced(ledger: &mut Ledger, name: &str, term: Term) -> LineId {
    let id = ledger.derive(Section::Cost, name, UnitName::DollarsPerMonth, term);
    ledger.cite(id, PRICE_SOURCE);
    id
}

fn disks(ledger: &mut Ledger, storage: &Storage) -> Option<LineId> {
    let rows = storage.entities.iter().filter(|entity| entity.is_row()).filter_map(Stored::latest);
    let sum = Term::sum(rows.map(|kept| ledger.term(kept.all_copies)).collect::<Vec<_>>())?;
    Some(priced(ledger, "disk cost", by_volume(sum, DISK_USD_PER_GB)))
}

fn blobs(ledger: &mut Ledger, storage: &Storage) -> Option<LineId> {
    let blobs = storage.entities.iter().filter(|entity| entity.is_blob).filter_map(Stored::latest);
    let sum = Term::sum(blobs.map(|kept| ledger.term(kept.one_copy)).collect::<Vec<_>>())?;
    Some(priced(ledger, "object storage cost", by_volume(sum, BLOB_USD_PER_GB)))
}

fn egress(ledger: &mut Ledger, bandwidth: Bandwidth) -> LineId {
    let month = ledger.conventions.month_seconds;
    let shown = "1 month";
    let sent = ledger.term(bandwidth.egress_mean) * Term::constant(month, Dimension::TIME, "month", shown);
    let sent = ledger.derive(Section::Background, "egress in a month", UnitName::Bytes, sent);
    let term = by_volume(ledger.term(sent), EGRESS_USD_PER_GB);
    priced(ledger, "egress cost", term)
}
