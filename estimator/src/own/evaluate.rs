//! The value of a formula, and whether it makes sense: every sum has one kind of thing in it.

use scenarios::error::{Place, ScenarioError};
use scenarios::estimate::UnitName;
use scenarios::formula::{Expr, ExprKind, Function, Items, Literal, OwnQuantity, Sign};
use scenarios::units::Dimension;

use crate::error::EstimateError;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::term::Term;

use super::names::{self, Found, Item};
use super::{Known, Own, line_of};

/// With more parts than these a sum over everything is written as it stands in the file.
const MOST_WRITTEN_OUT: usize = 4;

/// A part of a formula: its value, and the unit of time by which it was written.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) term: Term,
    pub(super) per: Option<String>,
}

/// One formula at work.
#[derive(Clone, Copy)]
pub(super) struct Evaluation<'a> {
    pub(super) known: Known<'a>,
    pub(super) own: &'a Own,
    pub(super) quantity: &'a OwnQuantity,
}

type Evaluated = Result<Value, ScenarioError>;

/// A wrong formula as an error of the estimate.
pub(super) fn fault(ledger: &Ledger, quantity: &OwnQuantity, error: ScenarioError) -> EstimateError {
    let place = line_of(quantity.origin).map_or(ledger.file().to_owned(), |line| ledger.place(line));
    EstimateError::Formula { place, error: Box::new(error) }
}

impl Evaluation<'_> {
    pub(super) fn whole(self, ledger: &mut Ledger) -> Evaluated {
        self.part(ledger, &self.quantity.formula, None)
    }

    fn part(self, ledger: &mut Ledger, expr: &Expr, item: Option<Item>) -> Evaluated {
        match &expr.kind {
            ExprKind::Number(literal) => Ok(self.literal(ledger, literal)),
            ExprKind::Name(name) => self.named(ledger, expr.place, name, item),
            ExprKind::Binary(sign, left, right) => {
                let left_value = self.part(ledger, left, item)?;
                let right_value = self.part(ledger, right, item)?;
                self.join(*sign, (left_value, right_value), (left, right))
            }
            ExprKind::Call(function, arguments) => {
                let values = arguments
                    .iter()
                    .map(|argument| self.part(ledger, argument, item))
                    .collect::<Result<Vec<_>, _>>()?;
                Evaluation::call(*function, values, arguments)
            }
            ExprKind::Over(function, items, each) => self.over(ledger, *function, *items, each, expr),
        }
    }

    /// A range becomes a line of its own, so that it is drawn once and can be explained.
    fn literal(self, ledger: &mut Ledger, literal: &Literal) -> Value {
        let Literal { low, high, dimension, text, per } = literal;
        let per = per.clone();
        if low >= high {
            return Value { term: Term::constant(*low, *dimension, text, text), per };
        }
        let name = format!("{}: {text}", self.quantity.name);
        let unit = UnitName::of(*dimension);
        let month = if unit == UnitName::DollarsPerMonth { ledger.conventions.month_seconds } else { 1.0 };
        let ends = (low * month, high * month);
        let id = ledger.input(Input::between(name, unit, ends, self.quantity.origin));
        let term = in_base_units(ledger, id);
        Value { term: term.named(text), per }
    }

    fn named(self, ledger: &mut Ledger, place: Place, name: &str, item: Option<Item>) -> Evaluated {
        match names::find(self.known, ledger, self.own, item, name) {
            Some(Found::Own(entered)) => {
                Ok(Value { term: in_base_units(ledger, entered.id), per: entered.per })
            }
            Some(Found::Line(id)) => Ok(Value { term: in_base_units(ledger, id), per: None }),
            Some(Found::Term(term)) => Ok(Value { term, per: None }),
            None => {
                let hint = names::hint(self.known, ledger, item, name);
                Err(ScenarioError::at(place, format!("`{name}` stands for nothing"), hint))
            }
        }
    }

    fn join(self, sign: Sign, (left, right): (Value, Value), places: (&Expr, &Expr)) -> Evaluated {
        let per = match (&left.per, &right.per) {
            (Some(one), Some(other)) if one != other && matches!(sign, Sign::Plus | Sign::Minus) => {
                self.mixed(one, other, places.1)?;
                None
            }
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        let term = match sign {
            Sign::Times => left.term * right.term,
            Sign::Over => left.term / right.term,
            Sign::Power => return power(left, &right, places.1),
            Sign::Plus | Sign::Minus => {
                same_kind(&left.term, &right.term, places.1)?;
                if sign == Sign::Plus { left.term + right.term } else { left.term - right.term }
            }
        };
        Ok(Value { term, per })
    }

    /// Per day and per second may be added, but only where the file says in what the sum is meant.
    fn mixed(self, one: &str, other: &str, place: &Expr) -> Result<(), ScenarioError> {
        if self.quantity.shown.is_some() {
            return Ok(());
        }
        Err(ScenarioError::at(
            place.place,
            format!("a number per {other} is added to one per {one}"),
            format!("write both per {one}, or say what the sum is: `... in /{one}`"),
        ))
    }

    fn call(function: Function, values: Vec<Value>, places: &[Expr]) -> Evaluated {
        let per = values.iter().find_map(|value| value.per.clone());
        let terms: Vec<Term> = values.into_iter().map(|value| value.term).collect();
        for (term, place) in terms.iter().zip(places).skip(1) {
            same_kind(&terms[0], term, place)?;
        }
        let Some(first) = terms.first() else { return Ok(Value { term: Term::number(0.0), per }) };
        let dimension = match (function, places.first()) {
            (Function::Sum | Function::Min | Function::Max, _) | (_, None) => first.dimension,
            (Function::Sqrt, Some(place)) => root(first.dimension, place)?,
            (_, Some(place)) => pure(function, first.dimension, place)?,
        };
        let term = match function {
            Function::Sum => match Term::sum(terms) {
                Some(sum) => sum,
                None => Term::number(0.0),
            },
            Function::Min => Term::fold("min", terms, f64::min),
            Function::Max => Term::fold("max", terms, f64::max),
            one => Term::fold(one.name(), terms, |value, _| value).apply_value(value_of(one)),
        };
        Ok(Value { term: term.measuring(dimension), per })
    }

    fn over(
        self,
        ledger: &mut Ledger,
        function: Function,
        items: Items,
        each: &Expr,
        whole: &Expr,
    ) -> Evaluated {
        let scenario = self.known.scenario;
        let number = match items {
            Items::Data => scenario.data.len(),
            Items::Actions => scenario.actions.len(),
        };
        let happens = |index: &usize| match items {
            Items::Data => self.known.sizes.get(*index).is_some_and(Option::is_some),
            // Actions that are only known to journeys have no rate.
            Items::Actions => {
                self.known.traffic.is_some_and(|traffic| traffic.actions.iter().any(|of| of.index == *index))
            }
        };
        let mut values = Vec::new();
        for index in (0..number).filter(happens) {
            values.push(self.part(ledger, each, Some(Item { items, index })).map_err(|error| {
                let name = match items {
                    Items::Data => scenario.data.get(index).map(|entity| entity.name.as_str()),
                    Items::Actions => scenario.actions.get(index).map(|action| action.name.as_str()),
                };
                let place = error.place().unwrap_or(each.place);
                let hint = error.advice().unwrap_or("").to_owned();
                ScenarioError::at(place, format!("{error}, for `{}`", name.unwrap_or("?")), hint)
            })?);
        }
        if values.is_empty() {
            let what = if items == Items::Data { "data" } else { "actions" };
            return Err(ScenarioError::at(
                whole.place,
                format!("the file has no {what} to go over"),
                format!("add `{what}:`"),
            ));
        }
        let is_long = values.len() > MOST_WRITTEN_OUT;
        let working = format!(
            "over {} {}",
            values.len(),
            if items == Items::Data { "kinds of data" } else { "actions" }
        );
        let places: Vec<Expr> = values.iter().map(|_| each.clone()).collect();
        let value = Evaluation::call(function, values, &places)?;
        if is_long {
            let term = value.term.written(whole.to_string(), working);
            return Ok(Value { term, ..value });
        }
        Ok(value)
    }
}

/// A line of the ledger in base units: prices are kept by month.
fn in_base_units(ledger: &Ledger, id: LineId) -> Term {
    let term = ledger.term(id);
    if ledger.line(id).unit == UnitName::DollarsPerMonth {
        return term.scaled(1.0 / ledger.conventions.month_seconds);
    }
    term
}

fn same_kind(left: &Term, right: &Term, place: &Expr) -> Result<(), ScenarioError> {
    let (due, found) = (left.dimension, right.dimension);
    if due == found {
        return Ok(());
    }
    let hint = if due == found.times(Dimension::TIME) {
        "multiply the second by a time, like `x 1 day`".to_owned()
    } else if found == due.times(Dimension::TIME) {
        "multiply the first by a time, or divide the second by one, like `/ 1 day`".to_owned()
    } else {
        format!("write {} here", due.describe())
    };
    Err(ScenarioError::at(
        place.place,
        format!("`{place}` is {}, but {} stands before it", found.describe(), due.describe()),
        hint,
    ))
}

fn power(base: Value, exponent: &Value, place: &Expr) -> Evaluated {
    if exponent.term.dimension != Dimension::NONE {
        return Err(ScenarioError::at(
            place.place,
            format!("an exponent is a number, found {}", exponent.term.dimension.describe()),
            "like `1.3^3`",
        ));
    }
    let mut dimension = base.term.dimension;
    if dimension != Dimension::NONE {
        let whole =
            exponent.term.value.point().filter(|value| value.fract() == 0.0 && (0.0..=4.0).contains(value));
        let Some(times) = whole else {
            return Err(ScenarioError::at(
                place.place,
                format!("the power of {} has no meaning", dimension.describe()),
                "divide by its unit first, like `(x / 1 GB)^0.5`",
            ));
        };
        let one = dimension;
        dimension = Dimension::NONE;
        let mut left = times;
        while left > 0.0 {
            dimension = dimension.times(one);
            left -= 1.0;
        }
    }
    Ok(Value { term: base.term.power(&exponent.term).measuring(dimension), per: None })
}

fn root(dimension: Dimension, place: &Expr) -> Result<Dimension, ScenarioError> {
    let Dimension { bytes, seconds, money } = dimension;
    if [bytes, seconds, money].iter().all(|exponent| exponent % 2 == 0) {
        return Ok(Dimension { bytes: bytes / 2, seconds: seconds / 2, money: money / 2 });
    }
    Err(ScenarioError::at(
        place.place,
        format!("{} has no square root", dimension.describe()),
        "divide by its unit first, like `sqrt(x / 1 GB)`",
    ))
}

fn pure(function: Function, dimension: Dimension, place: &Expr) -> Result<Dimension, ScenarioError> {
    if dimension == Dimension::NONE {
        return Ok(dimension);
    }
    let name = function.name();
    Err(ScenarioError::at(
        place.place,
        format!("`{name}` wants a plain number, found {}", dimension.describe()),
        format!("divide by a unit first: `{name}(x / 1 TB)`"),
    ))
}

fn value_of(function: Function) -> fn(f64) -> f64 {
    match function {
        Function::Ceil => f64::ceil,
        Function::Floor => f64::floor,
        Function::Round => f64::round,
        Function::Sqrt => f64::sqrt,
        Function::Ln => f64::ln,
        Function::Log2 => f64::log2,
        Function::Log10 => f64::log10,
        Function::Exp => f64::exp,
        Function::Sum | Function::Min | Function::Max => |value| value,
    }
}
