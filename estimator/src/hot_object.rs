//! How much falls on the most popular object, against one machine: `1 / H(objects, exponent)` of the reads.
//!
//! However many machines there are, all that asks for one key goes to the one that has it. Steps on the way, and on the
//! page from a fifth of a machine on.

use scenarios::estimate::UnitName;

use crate::caching::{Caching, exponent, most_read, objects};
use crate::input::Input;
use crate::laws::popularity::Zipf;
use crate::ledger::Ledger;
use crate::section::Section;
use crate::solved::solved;

/// The name of the line that the advice reads.
pub(crate) const OF_ONE_NODE: &str = "hottest object, of one node";
/// The share of a machine from which one object is worth a word.
pub(crate) const MOST_OF_ONE_NODE: f64 = 0.2;

/// Enters what falls on the hottest object; nothing where nobody knows how many there are.
pub(crate) fn hot_object(caching: Caching<'_>, ledger: &mut Ledger) {
    let Caching { scenario, traffic, storage, .. } = caching;
    let Some(action) = most_read(scenario, ledger, traffic, storage) else { return };
    let Some(objects) = objects(scenario, storage, action) else { return };
    let (exponent, origin) = exponent(scenario, action);
    let steepness = Input::between("zipf exponent", UnitName::One, (exponent, exponent), origin);
    let steepness = ledger.shared(steepness);
    let of = [objects, steepness].map(|id| ledger.term(id)).to_vec();
    let top = |objects| Some(Zipf::new(objects, exponent).ok()?.top_share());
    let Some(top) = solved(ledger, "1/H", of, objects, top) else { return };
    let top = ledger.derive(Section::Background, "hottest object share", UnitName::Share, top);
    let rate = ledger.term(action.rate) * ledger.term(traffic.peak_factor) * ledger.term(top);
    let rate = ledger.derive(Section::Background, "hottest object at peak", UnitName::PerSecond, rate);
    let Some(holds) = ledger.find("requests one node holds") else { return };
    let used = ledger.term(rate) * ledger.term(action.requests) / ledger.term(holds);
    let is_news = used.value.spread().p50 >= MOST_OF_ONE_NODE;
    let section = if is_news { Section::Servers } else { Section::Background };
    ledger.derive(section, OF_ONE_NODE, UnitName::Share, used);
}
