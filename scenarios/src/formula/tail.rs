//! What may stand behind a formula: the unit in which it is shown, and a convention for this line alone.

use crate::conventions::Conventions;
use crate::estimate::ShownIn;
use crate::quantity;
use crate::units::Dimension;

use super::{Refusal, Words, refuse};

/// A formula without its tail.
#[derive(Debug)]
pub(crate) struct Split<'a> {
    /// The formula; it begins where the whole text does.
    pub(crate) formula: &'a str,
    pub(crate) shown: Option<(ShownIn, Dimension)>,
    pub(crate) conventions: Conventions,
}

/// Takes `in UNIT` and `with month = 30 days` off the end of a formula, in either order.
pub(crate) fn split<'a>(text: &'a str, words: Words<'_>) -> Result<Split<'a>, Refusal> {
    let mut conventions = *words.conventions;
    let mut formula = text;
    if let Some(at) = text.rfind(" with ").filter(|at| text[*at..].contains('=')) {
        // The unit may stand before it or after it.
        let (settings, unit) = match text[at + 6..].rfind(" in ") {
            Some(unit) => text[at + 6..].split_at(unit),
            None => (&text[at + 6..], ""),
        };
        conventions = quantity::overridden(settings, &conventions).or_else(|complaint| {
            refuse(at + 6..at + 6 + settings.len(), complaint.message, complaint.hint)
        })?;
        formula = &text[..at];
        if let Some(unit) = unit.strip_prefix(" in ") {
            let start = at + 6 + settings.len() + 4;
            let Some(shown) = unit_shown(unit, &conventions) else {
                return refuse(
                    start..start + unit.len(),
                    format!("`{}` is no unit", unit.trim()),
                    "like `in TB/day`",
                );
            };
            return Ok(Split { formula, shown: Some(shown), conventions });
        }
    }
    let mut shown = None;
    if let Some(at) = formula.rfind(" in ").filter(|at| !words.ends_in_name(formula, *at)) {
        shown = unit_shown(&formula[at + 4..], &conventions);
        if shown.is_some() {
            formula = &formula[..at];
        }
    }
    Ok(Split { formula, shown, conventions })
}

/// `TB/day`, `/day`, `%`, `million`.
fn unit_shown(text: &str, conventions: &Conventions) -> Option<(ShownIn, Dimension)> {
    let unit = text.trim();
    // Words and slashes: `GB x 2` is no unit, though it would be a number behind one.
    if unit.is_empty()
        || !unit.chars().all(|inner| inner.is_alphabetic() || "/%µμ ".contains(inner))
        || unit.contains(" x ")
    {
        return None;
    }
    let one = if unit.starts_with('/') { format!("1{unit}") } else { format!("1 {unit}") };
    let read = quantity::parse(&one, None, conventions).ok()?;
    #[expect(clippy::float_cmp, reason = "a point has two equal ends")]
    let is_usable = read.low == read.high && read.low > 0.0 && read.low.is_finite();
    is_usable.then(|| (ShownIn { unit: unit.to_owned(), factor: read.low }, read.dimension))
}
