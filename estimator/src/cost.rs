//! US dollars per month by line, per user and per million requests: by the file's price of a machine, by its own
//! prices, or by public unit prices.
//!
//! Object storage is priced with its redundancy, so blobs count once however many copies the file keeps; disks are
//! bought for every copy.

use scenarios::estimate::UnitName;
use scenarios::scenario::{Scenario, Shape};
use scenarios::units::{Dimension, Unit};

use crate::bandwidth::Bandwidth;
use crate::cdn::Offload;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::prices::{Good, PRICE_SOURCE};
use crate::section::Section;
use crate::servers::Servers;
use crate::storage::{Storage, Stored};
use crate::term::Term;
use crate::traffic::Traffic;
use crate::users::Users;

/// What there is to pay for.
#[derive(Clone, Copy)]
pub(crate) struct Bill<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) users: Users,
    pub(crate) traffic: Option<&'a Traffic>,
    pub(crate) storage: &'a Storage,
    pub(crate) backups: Option<LineId>,
    pub(crate) bandwidth: Option<Bandwidth>,
    pub(crate) offload: Option<Offload>,
    pub(crate) servers: Option<Servers>,
}

/// The lines of the bill, by what they follow.
#[derive(Clone, Debug, Default)]
pub(crate) struct Costs {
    /// The number of servers.
    pub(crate) servers: Vec<LineId>,
    /// What is kept.
    pub(crate) data: Vec<LineId>,
    /// What is sent.
    pub(crate) traffic: Vec<LineId>,
}

/// Enters what a month costs.
pub(crate) fn cost(ledger: &mut Ledger, bill: Bill<'_>) -> Costs {
    let mut costs = Costs::default();
    let node = bill.scenario.node.unwrap_or_default();
    // The price of a machine includes its memory and its disk.
    let by_machine = bill.servers.is_some() && node.price.is_some();
    if let Some(servers) = bill.servers {
        costs.servers.push(bill.compute(ledger, servers));
    }
    if !(by_machine && node.memory.is_some()) {
        let memory = bill.memory(ledger);
        let is_bought = bill.servers.is_some() && node.memory.is_some();
        if is_bought { costs.servers.extend(memory) } else { costs.data.extend(memory) }
    }
    if !(by_machine && node.disk.is_some()) {
        costs.data.extend(bill.disks(ledger));
    }
    costs.data.extend(bill.blobs(ledger));
    if let Some(backups) = bill.backups {
        let term = ledger.term(backups);
        costs.data.push(bill.priced(ledger, "backup cost", term, Good::Blob));
    }
    if let Some(bandwidth) = bill.bandwidth {
        bill.network(ledger, bandwidth, &mut costs.traffic);
    }
    let parts = costs.servers.iter().chain(&costs.data).chain(&costs.traffic);
    let terms: Vec<Term> = parts.map(|part| ledger.term(*part)).collect();
    if let Some(sum) = Term::sum(terms) {
        let total = ledger.derive(Section::Cost, "total cost", UnitName::DollarsPerMonth, sum);
        bill.shares(ledger, total);
    }
    costs
}

impl Bill<'_> {
    fn priced(self, ledger: &mut Ledger, name: &str, amount: Term, good: Good) -> LineId {
        let price = good.price(self.scenario, ledger);
        let id = ledger.derive(Section::Cost, name, UnitName::DollarsPerMonth, amount * price.term);
        if price.is_default {
            ledger.cite(id, PRICE_SOURCE);
        }
        id
    }

    fn compute(self, ledger: &mut Ledger, servers: Servers) -> LineId {
        if let Some(price) = self.scenario.node.and_then(|node| node.price) {
            let month = ledger.conventions.month_seconds;
            let ends = (price.value.low().base() * month, price.value.high().base() * month);
            let price = ledger.input(Input::between(
                "price of a node",
                UnitName::DollarsPerMonth,
                ends,
                price.origin,
            ));
            let term = ledger.term(servers.number) * ledger.term(price);
            return ledger.derive(Section::Cost, "server cost", UnitName::DollarsPerMonth, term);
        }
        let cores = ledger.term(servers.billed_cores);
        self.priced(ledger, "server cost", cores, Good::Core)
    }

    /// The memory of the machines where the file gives it, of the data that lives in memory otherwise.
    fn memory(self, ledger: &mut Ledger) -> Option<LineId> {
        let memory = self.scenario.node.and_then(|node| node.memory);
        let term = if let (Some(servers), Some(memory)) = (self.servers, memory) {
            let memory = ledger.shared(Input::read("memory per node", UnitName::Bytes, memory));
            ledger.term(servers.number) * ledger.term(memory)
        } else {
            let kept = self.storage.entities.iter().filter(|entity| entity.is_memory);
            let kept = kept.filter_map(Stored::latest).map(|kept| ledger.term(kept.all_copies));
            Term::sum(kept.collect::<Vec<_>>())?
        };
        Some(self.priced(ledger, "memory cost", term, Good::Memory))
    }

    fn disks(self, ledger: &mut Ledger) -> Option<LineId> {
        let rows = self.storage.entities.iter().filter(|entity| entity.is_row()).filter_map(Stored::latest);
        let sum = Term::sum(rows.map(|kept| ledger.term(kept.all_copies)).collect::<Vec<_>>())?;
        Some(self.priced(ledger, "disk cost", sum, Good::Disk))
    }

    fn blobs(self, ledger: &mut Ledger) -> Option<LineId> {
        let blobs = self.storage.entities.iter().filter(|entity| entity.is_blob).filter_map(Stored::latest);
        let sum = Term::sum(blobs.map(|kept| ledger.term(kept.one_copy)).collect::<Vec<_>>())?;
        Some(self.priced(ledger, "object storage cost", sum, Good::Blob))
    }

    /// What the servers send and, where the file decided for one, what the CDN sends.
    fn network(self, ledger: &mut Ledger, bandwidth: Bandwidth, parts: &mut Vec<LineId>) {
        let sent = ledger.term(bandwidth.egress_mean) * self.busy_month(ledger);
        let sent = ledger.derive(Section::Background, "egress in a month", UnitName::Bytes, sent);
        let mut own = ledger.term(sent);
        let offload = self.offload.filter(|offload| offload.is_chosen);
        if let Some(offload) = offload {
            own = own * ledger.term(offload.left);
        }
        parts.push(self.priced(ledger, "egress cost", own, Good::Egress));
        if let Some(offload) = offload {
            let term = ledger.term(offload.through) * self.busy_month(ledger);
            parts.push(self.priced(ledger, "CDN cost", term, Good::Cdn));
        }
    }

    /// The part of a month over which mean rates hold: all of it, or its office hours.
    fn busy_month(self, ledger: &Ledger) -> Term {
        let month = ledger.conventions.month_seconds;
        let month = Term::constant(month, Dimension::TIME, "month", "1 month");
        let Shape::Office(hours) = self.scenario.traffic.shape else { return month };
        let (hours, day) = (hours.as_secs_f64(), ledger.conventions.day_seconds);
        let text = |seconds| ledger.write(seconds, UnitName::Seconds);
        let hours = Term::constant(hours, Dimension::TIME, "office hours", &text(hours));
        month * hours / Term::constant(day, Dimension::TIME, "day", &text(day))
    }

    /// The total for each user and for each million requests.
    fn shares(self, ledger: &mut Ledger, total: LineId) {
        if let Some(users) = self.users.all() {
            let term = ledger.term(total) / ledger.term(users);
            // A bill of storage alone is not what a user costs.
            let section = if self.servers.is_some() { Section::Cost } else { Section::Background };
            ledger.derive(section, "cost per user", UnitName::DollarsPerMonth, term);
        }
        if let Some(traffic) = self.traffic {
            let requests = ledger.term(traffic.mean_requests) * self.busy_month(ledger);
            let requests = ledger.derive(Section::Background, "requests in a month", UnitName::One, requests);
            // Prices stand in the ledger by month, so a month of them is one.
            let month = Term::constant(1.0, Dimension::TIME, "month", "1 month");
            let million = Term::constant(1e6, Dimension::NONE, "1 M", "1 M");
            let term = ledger.term(total) * month / ledger.term(requests) * million;
            ledger.derive(Section::Cost, "cost per 1M requests", UnitName::Dollars, term);
        }
    }
}
