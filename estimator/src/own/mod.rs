//! Quantities of the file's own: formulas over everything it names and everything that is derived.
//!
//! They are computed last, in an order in which each finds those it reads, and enter the ledger like all others: with
//! formula, working, range and source. What a name stands for is in `names`, whether a formula makes sense in
//! `evaluate`.

mod evaluate;
mod names;
mod order;

use std::collections::HashMap;

use scenarios::conventions::Conventions;
use scenarios::error::ScenarioError;
use scenarios::estimate::{ShownIn, UnitName};
use scenarios::formula::{ExprKind, OwnQuantity};
use scenarios::scenario::{Origin, Scenario};
use scenarios::units::Dimension;

use crate::counts::Counts;
use crate::error::EstimateError;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::sizes::EntitySize;
use crate::traffic::Traffic;

use evaluate::{Evaluation, Value, fault};

/// What has been computed before.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) traffic: Option<&'a Traffic>,
    pub(crate) sizes: &'a [Option<EntitySize>],
    pub(crate) counts: &'a [Counts],
}

/// The file's own quantities in the ledger.
#[derive(Clone, Debug, Default)]
pub(crate) struct Own {
    lines: HashMap<String, Entered>,
    /// Formulas of claims, by the line of the claim.
    claims: HashMap<usize, LineId>,
}

/// A quantity that was entered.
#[derive(Clone, Debug)]
struct Entered {
    id: LineId,
    /// The unit of time by which it is written: `day`.
    per: Option<String>,
}

impl Own {
    /// The quantity of this name.
    pub(crate) fn find(&self, name: &str) -> Option<LineId> {
        self.lines.get(name.trim()).map(|entered| entered.id)
    }

    /// What the claim on this line of the file computes by its own formula.
    pub(crate) fn of_claim(&self, line: usize) -> Option<LineId> {
        self.claims.get(&line).copied()
    }
}

/// Enters the file's own quantities, and the formulas of its claims.
pub(crate) fn own_quantities(known: Known<'_>, ledger: &mut Ledger) -> Result<Own, EstimateError> {
    let quantities = &known.scenario.quantities;
    let order = order::order(quantities).map_err(|circle| {
        let own = &quantities[circle.first];
        let error = ScenarioError::at(
            own.place,
            format!("`{}` is computed from itself", own.name),
            format!("the circle is {}", circle.names.join(" → ")),
        );
        fault(ledger, own, error)
    })?;
    let mut own = Own::default();
    for index in order {
        let quantity = &quantities[index];
        let entered = enter(known, ledger, &own, quantity, Section::Own)?;
        own.lines.insert(quantity.name.clone(), entered);
    }
    for claim in &known.scenario.expect {
        if let Some(formula) = &claim.formula {
            let entered = enter(known, ledger, &own, formula, Section::Background)?;
            own.claims.insert(claim.line, entered.id);
        }
    }
    Ok(own)
}

fn enter(
    known: Known<'_>,
    ledger: &mut Ledger,
    own: &Own,
    quantity: &OwnQuantity,
    section: Section,
) -> Result<Entered, EstimateError> {
    let evaluation = Evaluation { known, own, quantity };
    let Value { term, per } = evaluation.whole(ledger).map_err(|error| fault(ledger, quantity, error))?;
    let (dimension, month) = (term.dimension, ledger.conventions.month_seconds);
    if let Some((shown, wanted)) = &quantity.shown
        && *wanted != dimension
    {
        let error = ScenarioError::at(
            quantity.place,
            format!(
                "`in {}` is {}, and the formula gives {}",
                shown.unit,
                wanted.describe(),
                dimension.describe()
            ),
            format!("show it in {}", dimension.describe()),
        );
        return Err(fault(ledger, quantity, error));
    }
    let unit = UnitName::of(dimension);
    // Prices are kept by month, everything else in base units.
    let scale = if dimension == Dimension::PRICE { month } else { 1.0 };
    let id = if let ExprKind::Number(literal) = &quantity.formula.kind {
        let ends = (literal.low * scale, literal.high * scale);
        let input = Input::between(quantity.name.clone(), unit, ends, quantity.origin).section(section);
        ledger.input(Input { limits: (f64::NEG_INFINITY, f64::INFINITY), ..input })
    } else {
        let id = ledger.derive(section, quantity.name.clone(), unit, term.scaled(scale));
        ledger.set_source(id, quantity.origin);
        id
    };
    let asked = quantity.shown.as_ref().map(|(shown, _)| shown.clone());
    if let Some(shown) = asked.or_else(|| named_after(quantity, dimension)) {
        ledger.show_in(id, ShownIn { factor: shown.factor * scale, ..shown });
    }
    Ok(Entered { id, per })
}

/// A rate whose name ends in `per day` is shown by day.
fn named_after(quantity: &OwnQuantity, dimension: Dimension) -> Option<ShownIn> {
    let (_, time) = quantity.name.rsplit_once(" per ")?;
    let Conventions { day_seconds, month_seconds, year_seconds, .. } = quantity.conventions;
    let seconds = match time {
        "minute" => 60.0,
        "hour" => 3_600.0,
        "day" => day_seconds,
        "month" => month_seconds,
        "year" => year_seconds,
        _ => return None,
    };
    (dimension == Dimension::RATE).then(|| ShownIn { unit: format!("/{time}"), factor: 1.0 / seconds })
}

/// The line of the file on which something is written.
fn line_of(origin: Origin) -> Option<usize> {
    match origin {
        Origin::File(line) => Some(line),
        Origin::Forum | Origin::Default(_) => None,
    }
}
