//! What one day of the plan takes.

use scenarios::Scenario;
use scenarios::estimate::Spread;
use scenarios::plan::Moment;

use crate::estimate::Computed;
use crate::later::{bill, database};
use crate::ledger::{Ledger, LineId};
use crate::shards::ROWS;

/// A day, and its bill by line.
pub(super) struct Taken {
    pub(super) moment: Moment,
    pub(super) bill: Vec<(String, Spread)>,
}

/// What the horizon of an estimate takes; `None` where nobody does anything.
pub(super) fn taken(scenario: &Scenario, computed: &mut Computed, day: &str, after_s: f64) -> Option<Taken> {
    let Computed { ledger, traffic, servers, horizon, fleet, costs, .. } = computed;
    let (traffic, servers, horizon, fleet) =
        (traffic.as_ref()?, (*servers)?, horizon.as_ref()?, fleet.as_ref()?);
    let database = database(scenario, ledger, horizon, fleet, traffic);
    let bill = bill(ledger, horizon, costs, (servers, fleet), database)?;
    let spread = |ledger: &Ledger, id: LineId| ledger.line(id).spread;
    let named = |name: &str| ledger.find(name).map(|id| spread(ledger, id));
    let kept = named(&format!("total in {}", horizon.label)).or_else(|| named("total, kept"));
    Some(Taken {
        moment: Moment {
            day: day.to_owned(),
            after_s,
            growth: spread(ledger, horizon.factor?),
            peak_requests: spread(ledger, fleet.peak),
            servers: spread(ledger, fleet.servers),
            spares: spread(ledger, fleet.spare),
            decides: fleet.decides.to_owned(),
            database_bytes: named(ROWS),
            kept_bytes: kept,
            database_nodes: database.map_or(Spread::point(0.0), |database| spread(ledger, database.nodes)),
            replicas: database.map_or(Spread::point(0.0), |database| spread(ledger, database.replicas)),
            cost: spread(ledger, bill.total),
        },
        bill: bill.lines.into_iter().map(|line| (line.name, spread(ledger, line.cost))).collect(),
    })
}
