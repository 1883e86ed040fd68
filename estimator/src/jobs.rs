//! Work that an answer does not wait for: mail, renditions of an image, an index for searching. How many cores it keeps
//! busy, beside those of the requests.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;

use crate::input::Input;
use crate::ledger::Ledger;
use crate::section::Section;
use crate::servers::Servers;
use crate::term::Term;
use crate::traffic::Traffic;

/// The name of the line that advice reads.
pub(crate) const CORES: &str = "cores for background work";

/// Enters the cores of the work in the background; nothing where the file names none.
pub(crate) fn jobs(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic, servers: Servers) {
    let mut terms = Vec::new();
    for action in &traffic.actions {
        let acting = &scenario.actions[action.index];
        let Some(work) = acting.background else { continue };
        let name = format!("{}, background work", acting.name);
        let work = ledger.input(Input::read(name, UnitName::Seconds, work));
        terms.push(ledger.term(action.rate) * ledger.term(work));
    }
    let Some(busy) = Term::sum(terms) else { return };
    let cores = busy * ledger.term(traffic.peak_factor) / ledger.term(servers.limit);
    ledger.derive(Section::Servers, CORES, UnitName::One, cores);
}
