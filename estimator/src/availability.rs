//! What a promise of availability leaves for failing: the error budget.

use scenarios::estimate::UnitName;
use scenarios::scenario::{Origin, Scenario};
use scenarios::slo::Goal;
use scenarios::units::Dimension;

use crate::input::Input;
use crate::ledger::Ledger;
use crate::section::Section;
use crate::term::Term;

/// Enters the error budget of each promise of availability.
pub(crate) fn availability(scenario: &Scenario, ledger: &mut Ledger) {
    for objective in &scenario.slo {
        let Goal::Available { share } = objective.goal else { continue };
        let ends = (share.share(), share.share());
        let input = Input::between("availability", UnitName::Share, ends, Origin::File(objective.line));
        let promised = ledger.input(input);
        let by_year = objective.text.contains("year");
        let (period, seconds) = if by_year {
            ("year", ledger.conventions.year_seconds)
        } else {
            ("month", ledger.conventions.month_seconds)
        };
        let time = Term::constant(seconds, Dimension::TIME, period, &format!("1 {period}"));
        let term = (Term::number(1.0) - ledger.term(promised)) * time;
        ledger.derive(Section::Availability, format!("error budget per {period}"), UnitName::Seconds, term);
    }
}
