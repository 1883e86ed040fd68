//! Where a number comes from: the chain of formulas down to the lines of the file.

use scenarios::estimate::Quantity;

use crate::claims::{hint, look_up};
use crate::error::EstimateError;
use crate::ledger::{Ledger, LineId, quantity};
use crate::own::Own;

/// A number and the numbers it is computed from.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The number.
    pub quantity: Quantity,
    /// What its formula reads, in the order of the formula.
    pub inputs: Vec<Explanation>,
    /// Its inputs were explained further up and are not repeated.
    pub is_repeated: bool,
}

/// The chain behind the quantity that `asked` names.
pub(crate) fn explain(ledger: &Ledger, own: &Own, asked: &str) -> Result<Explanation, EstimateError> {
    let id = own.find(asked).or_else(|| look_up(ledger, asked)).ok_or_else(|| EstimateError::NoQuantity {
        place: ledger.file().to_owned(),
        asked: asked.to_owned(),
        hint: hint(ledger, asked),
    })?;
    Ok(chain(ledger, id, &mut Vec::new()))
}

/// Formulas only read lines that were entered before them, so this ends.
fn chain(ledger: &Ledger, id: LineId, seen: &mut Vec<LineId>) -> Explanation {
    let line = ledger.line(id);
    let is_repeated = seen.contains(&id) && !line.inputs.is_empty();
    let inputs = if is_repeated {
        Vec::new()
    } else {
        seen.push(id);
        line.inputs.iter().map(|input| chain(ledger, *input, seen)).collect()
    };
    Explanation { quantity: quantity(line), inputs, is_repeated }
}
