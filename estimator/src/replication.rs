//! What replicas answer that is no longer true: reads within the lag behind a write of the same object (`laws::stale`).
//!
//! On the page where the file has chosen replicas; otherwise steps on the way, at the usual lag.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;

use crate::caching::{Caching, exponent, most_read, objects};
use crate::changed::changed;
use crate::input::Input;
use crate::laws::popularity::Zipf;
use crate::laws::stale::share_stale;
use crate::ledger::Ledger;
use crate::section::Section;
use crate::solved::solved;

/// Within one region and without a backlog: an assumption.
const LAG_SECONDS: f64 = 0.1;
const LAG_SOURCE: &str = "assumed; measure it";

/// The name of the line that advice reads.
pub(crate) const STALE: &str = "stale share of reads";

/// Enters how many reads are stale; nothing where what is read never changes, or nobody knows how many objects there are.
pub(crate) fn replication(caching: Caching<'_>, ledger: &mut Ledger) {
    let Caching { scenario, traffic, storage, .. } = caching;
    let section = if chosen(scenario) > 0.0 { Section::Database } else { Section::Background };
    let Some(action) = most_read(scenario, ledger, traffic, storage) else { return };
    let Some(objects) = objects(scenario, storage, action) else { return };
    let Some(changes) = changed(scenario, ledger, traffic, storage, action) else { return };
    let changes = changes * ledger.term(traffic.peak_factor);
    let changes =
        ledger.derive(Section::Background, "changes of what is read, at peak", UnitName::PerSecond, changes);
    let lag = match scenario.replicas.and_then(|replicas| replicas.lag) {
        Some(lag) => Input::read("replication lag", UnitName::Seconds, lag),
        None => Input::default("replication lag", UnitName::Seconds, (LAG_SECONDS, LAG_SECONDS), LAG_SOURCE),
    };
    let lag = ledger.shared(lag.section(section));
    let (exponent, _) = exponent(scenario, action);
    let (writes, behind) = (ledger.middle(changes), ledger.middle(lag));
    let law = |objects| share_stale(&Zipf::new(objects, exponent).ok()?, writes, behind).ok();
    let of = [objects, changes, lag].map(|id| ledger.term(id)).to_vec();
    let Some(stale) = solved(ledger, "read within the lag of a write", of, objects, law) else { return };
    let stale = ledger.derive(section, STALE, UnitName::Share, stale);
    let reads = ledger.term(action.rate) * ledger.term(traffic.peak_factor) * ledger.term(stale);
    ledger.derive(section, "stale reads at peak", UnitName::PerSecond, reads);
}

/// Replicas that the file has decided on.
pub(crate) fn chosen(scenario: &Scenario) -> f64 {
    scenario.replicas.map_or(0.0, |replicas| replicas.number.value.middle())
}
