//! How often the whole is there: from its parts, against what is promised.
//!
//! All parts must be there (the product), and of a part of which there are several, as many as are needed (the
//! binomial). Parts fail independently here; what takes several down at once makes the whole worse than this. What a
//! promise leaves for failing is the error budget.

use scenarios::estimate::UnitName;
use scenarios::scenario::{Origin, Scenario};
use scenarios::slo::Goal;
use scenarios::units::Dimension;

use crate::input::Input;
use crate::laws::reliability::k_of_n;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;

/// Enters the availability of the whole, where the file lists the parts, and the error budget of each promise.
pub(crate) fn availability(scenario: &Scenario, ledger: &mut Ledger) {
    let (month, year) = (ledger.conventions.month_seconds, ledger.conventions.year_seconds);
    let whole = whole(scenario, ledger);
    let down = whole.map(|whole| {
        [("month", month), ("year", year)].map(|(period, seconds)| {
            let term = missing(ledger, whole, period, seconds);
            let name = format!("downtime per {period}");
            ledger.derive(Section::Availability, name, UnitName::Seconds, term)
        })
    });
    for objective in &scenario.slo {
        let Goal::Available { share } = objective.goal else { continue };
        let ends = (share.share(), share.share());
        let input = Input::between("availability", UnitName::Share, ends, Origin::File(objective.line));
        let promised = ledger.input(input);
        let by_year = objective.text.contains("year");
        let (period, seconds) = if by_year { ("year", year) } else { ("month", month) };
        let term = missing(ledger, promised, period, seconds);
        let name = format!("error budget per {period}");
        let budget = ledger.derive(Section::Availability, name, UnitName::Seconds, term);
        if let Some(down) = down
            && share.share() < 1.0
        {
            let term = ledger.term(down[usize::from(by_year)]) / ledger.term(budget);
            ledger.derive(Section::Availability, "error budget used", UnitName::Share, term);
        }
    }
}

/// The time in a period for which something is not there.
fn missing(ledger: &Ledger, available: LineId, period: &str, seconds: f64) -> Term {
    let time = Term::constant(seconds, Dimension::TIME, period, &format!("1 {period}"));
    (Term::number(1.0) - ledger.term(available)) * time
}

/// The product over all parts.
fn whole(scenario: &Scenario, ledger: &mut Ledger) -> Option<LineId> {
    let mut terms = Vec::new();
    for part in &scenario.availability {
        let ends = (part.each.low().share(), part.each.high().share());
        let each = |name: String| Input::between(name, UnitName::Share, ends, part.origin);
        let id = if part.number == 1 {
            ledger.input(each(part.name.clone()).section(Section::Availability))
        } else {
            let one = ledger.input(each(format!("one {}", part.name)));
            let (needed, number) = (part.needed, part.number);
            // The reader has checked what the law would refuse.
            let term = ledger.term(one).apply(&format!("at least {needed} of {number} "), |share| {
                k_of_n(needed, number, share).unwrap_or(f64::NAN)
            });
            let name = format!("{}, {needed} of {number}", part.name);
            ledger.derive(Section::Availability, name, UnitName::Share, term)
        };
        terms.push(ledger.term(id));
    }
    let term = terms.into_iter().reduce(std::ops::Mul::mul)?;
    Some(ledger.derive(Section::Availability, "whole system", UnitName::Share, term))
}
