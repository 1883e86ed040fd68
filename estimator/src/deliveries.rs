//! Where one write goes to many: how much is delivered, and what it would take to look it up at each read instead.
//!
//! ```text
//! deliveries       writes x fan-out
//! lookups          reads x fan-out: whoever follows as many as follow one asks for each at every read (pull)
//! largest          fan-out of the one with the most / deliveries at peak: all that the system can deliver
//! ```
//!
//! Either way the fan-out cancels out of the comparison: to push pays as long as there are more reads than writes, times
//! what a delivery costs over a lookup.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;
use crate::traffic::{ActionTraffic, Traffic};

/// The names of the lines that advice reads.
pub(crate) const AT_PEAK: &str = "deliveries at peak";
pub(crate) const LOOKUPS: &str = "lookups at peak, were they pulled";
pub(crate) const READS: &str = "reads per delivered write";
pub(crate) const IN_TIME: &str = "fan-out delivered in time";

/// Enters what is delivered; the mean rate of all deliveries, `None` where no action has a fan-out.
pub(crate) fn deliveries(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic) -> Option<LineId> {
    let spreading: Vec<ActionTraffic> = traffic
        .actions
        .iter()
        .filter(|action| scenario.actions[action.index].fan_out.is_some())
        .copied()
        .collect();
    let (mut delivered, mut written, mut read, mut looked_up) = (vec![], vec![], vec![], vec![]);
    for action in &spreading {
        let acting = &scenario.actions[action.index];
        let Some(fan_out) = acting.fan_out else { continue };
        let name = format!("{}, fan-out", acting.name);
        let fan_out = ledger.input(Input::read(name, UnitName::One, fan_out.mean));
        delivered.push(ledger.term(action.rate) * ledger.term(fan_out));
        written.push(ledger.term(action.rate));
        for reading in traffic.actions.iter().filter(|other| other.index != action.index) {
            let reads = &scenario.actions[reading.index].reads;
            if acting.writes.iter().any(|written| reads.iter().any(|read| read.entity == written.entity)) {
                read.push(ledger.term(reading.rate));
                looked_up.push(ledger.term(reading.rate) * ledger.term(fan_out));
            }
        }
    }
    let mean =
        ledger.derive(Section::Traffic, "deliveries, mean", UnitName::PerSecond, Term::sum(delivered)?);
    let peak = ledger.term(mean) * ledger.term(traffic.peak_factor);
    let peak = ledger.derive(Section::Traffic, AT_PEAK, UnitName::PerSecond, peak);
    if let (Some(lookups), Some(read), Some(written)) =
        (Term::sum(looked_up), Term::sum(read), Term::sum(written))
    {
        let lookups = lookups * ledger.term(traffic.peak_factor);
        ledger.derive(Section::Background, LOOKUPS, UnitName::PerSecond, lookups);
        ledger.derive(Section::Background, READS, UnitName::One, read / written);
    }
    largest(scenario, ledger, &spreading, peak);
    Some(mean)
}

/// How long it takes to reach all followers of the one with the most, and up to how many are reached in time.
fn largest(scenario: &Scenario, ledger: &mut Ledger, spreading: &[ActionTraffic], peak: LineId) {
    for action in spreading {
        let acting = &scenario.actions[action.index];
        let Some(fan_out) = acting.fan_out else { continue };
        if let Some(most) = fan_out.most {
            let name = format!("{}, largest fan-out", acting.name);
            let most = ledger.input(Input::read(name, UnitName::One, most));
            let term = ledger.term(most) / ledger.term(peak);
            let name = format!("{}, largest delivery takes", acting.name);
            ledger.derive(Section::Traffic, name, UnitName::Seconds, term);
        }
        if let Some(within) = fan_out.within {
            let name = format!("{}, delivered within", acting.name);
            let within = ledger.input(Input::read(name, UnitName::Seconds, within));
            let term = ledger.term(peak) * ledger.term(within);
            ledger.derive(Section::Background, IN_TIME, UnitName::One, term);
        }
    }
}
