//! What tries again add to the load: in the busiest hour, and while everything fails (`laws::retry`).

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;
use scenarios::slo::Goal;

use crate::input::Input;
use crate::laws::retry::calls_per_request;
use crate::ledger::Ledger;
use crate::section::Section;
use crate::term::Term;
use crate::traffic::Traffic;

/// The share of tries that fails, where neither the file nor its promise says: an assumption.
const FAILING: f64 = 0.01;
const FAILING_SOURCE: &str = "assumed";

/// Enters how many calls arrive for each request; nothing where the file says nothing of retries.
pub(crate) fn retries(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic) {
    let Some(retries) = scenario.traffic.retries else { return };
    let ends = (f64::from(retries.most.value), f64::from(retries.most.value));
    let most = ledger.input(Input::between("retries, at most", UnitName::One, ends, retries.most.origin));
    let tries = retries.most.value.saturating_add(1);
    let promised = scenario.slo.iter().find_map(|objective| match objective.goal {
        Goal::Errors { share } => Some((share.share(), objective.line)),
        _ => None,
    });
    let failing = match (retries.failing, promised) {
        (Some(failing), _) => Input::read("failing tries", UnitName::Share, failing),
        (None, Some((share, line))) => {
            let origin = scenarios::scenario::Origin::File(line);
            Input::between("failing tries", UnitName::Share, (share, share), origin)
        }
        (None, None) => Input::default("failing tries", UnitName::Share, (FAILING, FAILING), FAILING_SOURCE),
    };
    let failing = ledger.input(failing);
    let budget = retries.budget.map(|budget| {
        let middle = budget.value.middle();
        (ledger.input(Input::read("retry budget", UnitName::Share, budget)), middle)
    });
    let mut of = vec![ledger.term(failing), ledger.term(most)];
    of.extend(budget.map(|(budget, _)| ledger.term(budget)));
    let budget = budget.map(|(_, middle)| middle);
    // Refused are only shares that are none, and the inputs are shares.
    let calls = move |failing: f64| calls_per_request(failing, tries, budget).unwrap_or(1.0);
    let usual = Term::fold("1 + p + p² …", of.clone(), |failing, _| failing).apply_value(calls);
    let usual = ledger.derive(Section::Background, "tries per request", UnitName::One, usual);
    let outage = Term::fold("all fail", of, |failing, _| failing).apply_value(move |_| calls(1.0));
    let outage = ledger.derive(Section::Background, "tries per request in an outage", UnitName::One, outage);
    for (name, tries) in [("tries at peak", usual), ("tries at peak in an outage", outage)] {
        let term = ledger.term(traffic.peak_requests) * ledger.term(tries);
        ledger.derive(Section::Traffic, name, UnitName::PerSecond, term);
    }
}
