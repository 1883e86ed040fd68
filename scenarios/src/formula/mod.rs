//! Formulas of the user's own: `users x 40%..60% x 35 min/day in TB/day`.
//!
//! A formula is read into an [`Expr`], each part of which knows its place in the file, so that whoever computes it can
//! point at the part that is wrong. Numbers are written as everywhere (`quantity`), names may have blanks. What a name
//! stands for, and whether dimensions fit, is for the estimator to say.
//!
//! | written | meaning |
//! | --- | --- |
//! | `a + b`, `a - b`, `a x b`, `a / b`, `a ^ 2` | also `−`, `×`, `*`, `÷`, `30% of a` |
//! | `min(a, b)`, `max`, `ceil`, `floor`, `round`, `sqrt`, `ln`, `log2`, `log10`, `exp` | functions |
//! | `sum(data, count x size)`, `sum(actions, rate)`, `max(actions, rate)` | over everything under `data` or `actions` |
//! | `... in TB/day` | the unit in which it is shown |
//! | `... with month = 30 days` | a convention for this line alone |

mod lex;
mod parse;
mod tail;
#[cfg(test)]
mod tests;
mod write;

use crate::conventions::Conventions;
use crate::error::{Place, ScenarioError};
use crate::estimate::ShownIn;
use crate::scenario::Origin;
use crate::units::Dimension;

pub(crate) use lex::{Words, is_odd};
pub(crate) use parse::parse;
pub(crate) use tail::split;

/// The longest formula that is read, in bytes.
pub(crate) const MAX_FORMULA_BYTES: usize = 1_000;

/// A quantity that the file defines by formula.
#[derive(Clone, Debug)]
pub struct OwnQuantity {
    /// What the file calls it.
    pub name: String,
    /// How it is computed.
    pub formula: Expr,
    /// The unit in which it is shown, and what that unit measures.
    pub shown: Option<(ShownIn, Dimension)>,
    /// What a day, a month and a year are in this line.
    pub conventions: Conventions,
    /// Where it is written.
    pub origin: Origin,
    /// The place of its formula.
    pub place: Place,
}

/// A part of a formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands in the file.
    pub place: Place,
}

/// What a part of a formula is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number or a range, in base units.
    Number(Literal),
    /// Something that has a name.
    Name(String),
    /// Two parts and a sign between them.
    Binary(Sign, Box<Expr>, Box<Expr>),
    /// A function of one or several parts; never of none.
    Call(Function, Vec<Expr>),
    /// The sum, the least or the greatest of a part over everything of a kind.
    Over(Function, Items, Box<Expr>),
}

/// A number as it stands in a formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// The lower end, in base units.
    pub low: f64,
    /// The upper end; equal to the lower one when the number is exact.
    pub high: f64,
    /// What it measures.
    pub dimension: Dimension,
    /// As written.
    pub text: String,
    /// The unit of time that it is divided by, as written: `day` of `10M/day`.
    pub per: Option<String>,
}

/// A sign between two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `x`
    Times,
    /// `/`
    Over,
    /// `^`
    Power,
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The sum over all of a kind.
    Sum,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// Up to the next whole number.
    Ceil,
    /// Down to the next whole number.
    Floor,
    /// To the nearest whole number.
    Round,
    /// The square root.
    Sqrt,
    /// The natural logarithm.
    Ln,
    /// The logarithm to base 2.
    Log2,
    /// The logarithm to base 10.
    Log10,
    /// e to the power of it.
    Exp,
}

/// Everything of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// Everything under `data`.
    Data,
    /// Everything under `actions`.
    Actions,
}

impl Function {
    /// Every function by its name.
    pub const ALL: &[(&str, Function)] = &[
        ("sum", Function::Sum),
        ("min", Function::Min),
        ("max", Function::Max),
        ("ceil", Function::Ceil),
        ("floor", Function::Floor),
        ("round", Function::Round),
        ("sqrt", Function::Sqrt),
        ("ln", Function::Ln),
        ("log2", Function::Log2),
        ("log10", Function::Log10),
        ("exp", Function::Exp),
    ];

    /// The function of this name.
    #[must_use]
    pub fn named(word: &str) -> Option<Function> {
        Function::ALL.iter().find(|(name, _)| *name == word).map(|(_, function)| *function)
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        Function::ALL.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }
}

/// Reads a formula that stands by itself, outside of a file, with what may stand behind it (`in TB/day`). Names that
/// are not a run of words (`song, 3 copies`) are known beforehand, or stand in quotes.
///
/// # Errors
/// Points at the part that is wrong, and says what to write.
///
/// ```
/// use scenarios::{conventions::Conventions, formula};
/// let (formula, shown) = formula::read("users x 35 min/day in TB/day", &[], &Conventions::default())?;
/// assert_eq!(formula.to_string(), "users × 35 min/day");
/// assert_eq!(shown.map(|(shown, _)| shown.unit), Some("TB/day".to_owned()));
/// # Ok::<(), scenarios::ScenarioError>(())
/// ```
pub fn read(
    text: &str,
    names: &[&str],
    conventions: &Conventions,
) -> Result<(Expr, Option<(ShownIn, Dimension)>), ScenarioError> {
    let place = |at: std::ops::Range<usize>| Place { start: at.start, end: at.end };
    let refused = |refusal: Refusal| ScenarioError::at(place(refusal.at), refusal.message, refusal.hint);
    let words = Words { conventions, odd_names: names };
    let split = split(text, words).map_err(refused)?;
    let words = Words { conventions: &split.conventions, ..words };
    let formula = parse(split.formula, &place, words).map_err(refused)?;
    Ok((formula, split.shown))
}

/// A refused formula: what is wrong, where in its text, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) hint: String,
    /// Bytes of the formula's text.
    pub(crate) at: std::ops::Range<usize>,
}

fn refuse<T>(
    at: std::ops::Range<usize>,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> Result<T, Refusal> {
    Err(Refusal { message: message.into(), hint: hint.into(), at })
}
