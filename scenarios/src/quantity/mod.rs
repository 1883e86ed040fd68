//! How people write numbers: `12`, `20k`, `12k/day`, `5 MB`, `1 KiB`, `3..8 MB`, `5 MB +/- 20%`, `5 x 12 B`.
//!
//! Every number is checked against the dimension that is due at its place, and the dimension settles what is
//! otherwise ambiguous: `1B` is a billion users but a byte of text, `5m` is minutes and `5M` millions. What stays
//! ambiguous (`5 Mb` where bytes are due, `20..30k`) is an error with a hint, never a guess.

mod names;
mod overrides;

use crate::conventions::Conventions;
use crate::error::{Place, ScenarioError};
use crate::units::Dimension;

use names::{Factored, bits_named, byte_twin, multiplier_named, unit_named, unknown_unit};

pub(crate) use names::{is_multiplier, is_unit, is_unit_alone};
pub(crate) use overrides::overridden;

/// A number as written, in base units; a point when both ends are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// What it measures.
    pub dimension: Dimension,
}

/// Reads a number that stands by itself, outside of a file. With `expected`, its dimension must be that one.
///
/// # Errors
/// Says what is wrong with it, and what to write.
///
/// ```
/// use scenarios::{conventions::Conventions, read_quantity, units::Dimension};
/// let size = read_quantity("3..8 MB", Some(Dimension::BYTES), &Conventions::default())?;
/// assert_eq!((size.low, size.high), (3e6, 8e6)); // bytes
/// # Ok::<(), scenarios::ScenarioError>(())
/// ```
pub fn read_quantity(
    text: &str,
    expected: Option<Dimension>,
    conventions: &Conventions,
) -> Result<Quantity, ScenarioError> {
    let whole = Place { start: 0, end: text.len() };
    parse(text, expected, conventions)
        .map_err(|complaint| ScenarioError::at(whole, complaint.message, complaint.hint))
}

/// Why a number was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) message: String,
    pub(crate) hint: String,
}

fn complain<T>(message: impl Into<String>, hint: impl Into<String>) -> Result<T, Complaint> {
    Err(Complaint { message: message.into(), hint: hint.into() })
}

/// `about 5 MB` means give or take this share.
const ABOUT: f64 = 0.2;

/// Reads a number. With `expected`, its dimension must be that one.
pub(crate) fn parse(
    text: &str,
    expected: Option<Dimension>,
    conventions: &Conventions,
) -> Result<Quantity, Complaint> {
    let (trimmed, conventions) = overrides::split(text.trim(), conventions)?;
    let context = Context { expected, conventions: &conventions };
    let quantity = if let Some(rest) = trimmed.strip_prefix("about ").or(trimmed.strip_prefix('~')) {
        let middle = context.product(rest)?;
        Quantity { low: middle.low * (1.0 - ABOUT), high: middle.high * (1.0 + ABOUT), ..middle }
    } else if let Some((middle, spread)) = trimmed.split_once('±').or_else(|| trimmed.split_once("+/-")) {
        context.give_or_take(middle, spread)?
    } else {
        context.product(trimmed)?
    };
    if !(quantity.low.is_finite() && quantity.high.is_finite()) {
        return complain(
            format!("`{trimmed}` is too large"),
            "numbers go up to 1e308 in bytes, seconds and dollars",
        );
    }
    if let Some(expected) = expected
        && quantity.dimension != expected
    {
        return wrong_dimension(trimmed, expected, quantity.dimension);
    }
    if quantity.low > quantity.high {
        return complain("the range is upside down", "write the smaller end first");
    }
    Ok(quantity)
}

fn wrong_dimension<T>(text: &str, expected: Dimension, found: Dimension) -> Result<T, Complaint> {
    let hint = if found == Dimension::NONE && expected == Dimension::BYTES {
        format!("add a unit: `{text} B`, `{text} KB` (1000 bytes) or `{text} KiB` (1024 bytes)")
    } else if found == Dimension::NONE && expected == Dimension::TIME {
        format!("add a unit: `{text} ms`, `{text} s` or `{text} min`")
    } else if found == Dimension::NONE && expected == Dimension::RATE {
        format!("add a unit: `{text}/s` or `{text}/day`")
    } else {
        format!("write {}", expected.describe())
    };
    complain(format!("expected {}, found {}", expected.describe(), found.describe()), hint)
}

struct Context<'a> {
    expected: Option<Dimension>,
    conventions: &'a Conventions,
}

impl Context<'_> {
    fn give_or_take(&self, middle: &str, spread: &str) -> Result<Quantity, Complaint> {
        let middle = self.product(middle)?;
        let share = if let Some(percent) = spread.trim().strip_suffix('%') {
            number_alone(percent)? / 100.0
        } else {
            let spread = self.product(spread)?;
            if spread.dimension != middle.dimension {
                return complain(
                    "the value and its spread differ in kind",
                    "write `5 MB +/- 20%` or `5 MB +/- 1 MB`",
                );
            }
            if middle.low == 0.0 { 0.0 } else { spread.low / middle.low }
        };
        if share > 1.0 {
            return complain("the spread is larger than the value", "a spread is at most 100 %");
        }
        Ok(Quantity { low: middle.low * (1.0 - share), high: middle.high * (1.0 + share), ..middle })
    }

    fn between(&self, low: &str, high: &str) -> Result<Quantity, Complaint> {
        let high_text = high.trim();
        let (mut low, high) = (self.term(low)?, self.term(high)?);
        if low.multiplier.is_none() && high.multiplier.is_some() && low.unit.is_none() {
            return complain(
                format!("is the lower end in the same thousands or millions as `{high_text}`?"),
                "write both ends out: `20k..30k`",
            );
        }
        low.unit = low.unit.or(high.unit);
        low.over = low.over.or(high.over);
        let (low, high) = (low.quantity(), high.quantity());
        if low.dimension != high.dimension {
            return complain("the two ends of the range differ in kind", "write `3..8 MB`");
        }
        Ok(Quantity { low: low.low, high: high.high, dimension: low.dimension })
    }

    /// Factors joined by ` x `, `×` or ` * `.
    fn product(&self, text: &str) -> Result<Quantity, Complaint> {
        let text = text.replace('×', " x ").replace(" * ", " x ");
        let mut result = Quantity { low: 1.0, high: 1.0, dimension: Dimension::NONE };
        for factor in text.split(" x ") {
            let factor = if let Some((low, high)) = factor.split_once("..") {
                self.between(low, high)?
            } else {
                self.term(factor)?.quantity()
            };
            result = Quantity {
                low: result.low * factor.low,
                high: result.high * factor.high,
                dimension: result.dimension.times(factor.dimension),
            };
        }
        Ok(result)
    }

    /// A number with its multiplier, unit and divisors: `12k/day`.
    fn term(&self, text: &str) -> Result<Term, Complaint> {
        let text = text.trim();
        let (number, rest) = leading_number(text)?;
        let attached = !rest.starts_with(char::is_whitespace);
        let rest = rest.trim().replace(" per ", "/");
        let rest = rest.strip_prefix("per ").map_or(rest.clone(), |rest| format!("/{rest}"));
        let mut parts = rest.split('/').map(str::trim);
        let above = parts.next().unwrap_or("");
        let below: Vec<&str> = parts.collect();
        let mut over: Option<(f64, Dimension)> = None;
        for unit in &below {
            let Some((factor, dimension)) = unit_named(unit, self.conventions).or(match *unit {
                "m" => Some((60.0, Dimension::TIME)),
                "B" => Some((1.0, Dimension::BYTES)),
                _ => None,
            }) else {
                return unknown_unit(unit, self.conventions);
            };
            let (so_far, dimensions) = over.unwrap_or((1.0, Dimension::NONE));
            over = Some((so_far * factor, dimensions.times(dimension)));
        }
        let (multiplier, unit) = self.numerator(above, attached, over.map(|(_, dimension)| dimension))?;
        Ok(Term { number, multiplier, unit, over })
    }

    /// The word after the number: a multiplier, a unit, or both.
    fn numerator(
        &self,
        word: &str,
        attached: bool,
        over: Option<Dimension>,
    ) -> Result<(Option<f64>, Option<Factored>), Complaint> {
        if word.is_empty() {
            return Ok((None, None));
        }
        let per_time = over.is_some_and(|dimension| dimension.seconds > 0);
        if let Some(bits) = bits_named(word) {
            if per_time {
                return Ok((None, Some((bits / 8.0, Dimension::BYTES))));
            }
            return complain(
                format!("`{word}` is bits, and bits are for rates only"),
                format!("bits? write {} (bytes), or a rate like `5 Mb/s`", byte_twin(word)),
            );
        }
        // The numerator is due in the expected dimension times what it is divided by.
        let due = self.expected.map(|expected| expected.times(over.unwrap_or(Dimension::NONE)));
        if word == "B" {
            let is_bytes = match due {
                Some(dimension) => dimension.bytes != 0,
                None => !attached,
            };
            return Ok(if is_bytes { (None, Some((1.0, Dimension::BYTES))) } else { (Some(1e9), None) });
        }
        if word == "m" {
            return if due == Some(Dimension::TIME) {
                Ok((None, Some((60.0, Dimension::TIME))))
            } else {
                complain(
                    "`m` is minutes, and here it could be read as millions",
                    "millions are `M`, minutes `min`",
                )
            };
        }
        if let Some(unit) = unit_named(word, self.conventions) {
            return Ok((None, Some(unit)));
        }
        if let Some(multiplier) = multiplier_named(word) {
            if due.is_some_and(|dimension| dimension.bytes == 1) {
                return complain(
                    format!("`{word}` alone is not a unit of size"),
                    format!(
                        "write `{}B` (decimal) or `{}iB` (binary)",
                        word.to_uppercase(),
                        word.to_uppercase()
                    ),
                );
            }
            return Ok((Some(multiplier), None));
        }
        if let Some((first, unit)) = word.split_once(' ')
            && let (Some(multiplier), Some(unit)) =
                (multiplier_named(first), unit_named(unit.trim(), self.conventions))
        {
            return Ok((Some(multiplier), Some(unit)));
        }
        unknown_unit(word, self.conventions)
    }
}

/// A number and what stands behind it.
struct Term {
    number: f64,
    multiplier: Option<f64>,
    unit: Option<Factored>,
    over: Option<Factored>,
}

impl Term {
    fn quantity(&self) -> Quantity {
        let (unit, dimension) = self.unit.unwrap_or((1.0, Dimension::NONE));
        let (over, below) = self.over.unwrap_or((1.0, Dimension::NONE));
        let value = self.number * self.multiplier.unwrap_or(1.0) * unit / over;
        Quantity { low: value, high: value, dimension: dimension.over(below) }
    }
}

fn number_alone(text: &str) -> Result<f64, Complaint> {
    let (number, rest) = leading_number(text.trim())?;
    if rest.trim().is_empty() {
        Ok(number)
    } else {
        complain(format!("`{}` is not a number", text.trim()), "write digits alone")
    }
}

/// Splits `20k daily` into 20 and `k daily`.
fn leading_number(text: &str) -> Result<(f64, &str), Complaint> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if text.starts_with('-') || text.starts_with('−') {
        return complain("must not be negative", "a count, size or rate is zero or more");
    }
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let is_number = match bytes[end] {
            b'0'..=b'9' | b'_' | b'.' => true,
            b'e' | b'E' => {
                let after = &bytes[end + 1..];
                let digits = after.strip_prefix(b"+").or(after.strip_prefix(b"-")).unwrap_or(after);
                digits.first().is_some_and(u8::is_ascii_digit)
            }
            b'+' | b'-' => matches!(bytes.get(end.wrapping_sub(1)), Some(b'e' | b'E')),
            b',' => {
                return complain(
                    "a comma could be thousands or decimals",
                    "write `1500000`, `1_500_000` or `1.5M`",
                );
            }
            _ => false,
        };
        if !is_number {
            break;
        }
        end += 1;
    }
    let digits = text[..end].replace('_', "");
    match digits.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((number, &text[end..])),
        _ => complain(
            format!("`{text}` does not start with a number"),
            "numbers look like `12`, `20k`, `5 MB`, `3..8 MB`, `12k/day`",
        ),
    }
}

#[cfg(test)]
mod tests;
