//! A formula under construction: its value, its names and its numbers grow together, so they cannot disagree.
//!
//! `ledger.term(count) * ledger.term(size)` has the value, the text `song count × song size`, the working
//! `100 M × 5 MB`, the dimension (bytes) and the list of what went in. Entering it under a name is for `ledger`.

use std::ops::{Add, Div, Mul, Sub};

use scenarios::units::Dimension;

use crate::ledger::LineId;
use crate::uncertain::Uncertain;

/// How tightly the outermost operation binds; decides about parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Atom,
}

/// A formula under construction.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) value: Uncertain,
    pub(crate) dimension: Dimension,
    /// In names.
    pub(crate) formula: String,
    /// In numbers with units.
    pub(crate) working: String,
    /// The lines of the ledger that it reads.
    pub(crate) inputs: Vec<LineId>,
    binding: Binding,
}

impl Term {
    /// One line of the ledger.
    pub(crate) fn line(
        id: LineId,
        value: Uncertain,
        dimension: Dimension,
        name: &str,
        shown: String,
    ) -> Term {
        Term {
            value,
            dimension,
            formula: name.to_owned(),
            working: shown,
            inputs: vec![id],
            binding: Binding::Atom,
        }
    }

    /// A constant that needs no source: the length of a day, the number one.
    pub(crate) fn constant(value: f64, dimension: Dimension, name: &str, shown: &str) -> Term {
        Term {
            value: Uncertain::Point(value),
            dimension,
            formula: name.to_owned(),
            working: shown.to_owned(),
            inputs: Vec::new(),
            binding: Binding::Atom,
        }
    }

    /// A pure number in a formula.
    pub(crate) fn number(value: f64) -> Term {
        let shown = scenarios::show::digits(value);
        Term::constant(value, Dimension::NONE, &shown, &shown)
    }

    /// A function of this term alone, written `name(term)`; it keeps the dimension.
    pub(crate) fn apply(self, name: &str, function: impl Fn(f64) -> f64) -> Term {
        Term {
            value: self.value.map(function),
            formula: format!("{name}({})", self.formula),
            working: format!("{name}({})", self.working),
            binding: Binding::Atom,
            ..self
        }
    }

    /// A function of several terms of one kind, written `name(a, b)`; of one term it is the term itself in brackets.
    pub(crate) fn fold(name: &str, terms: Vec<Term>, operation: fn(f64, f64) -> f64) -> Term {
        let joined = terms.into_iter().reduce(|left, right| Term {
            value: left.value.with(&right.value, operation),
            dimension: left.dimension,
            formula: format!("{}, {}", left.formula, right.formula),
            working: format!("{}, {}", left.working, right.working),
            inputs: joined(left.inputs, right.inputs),
            binding: Binding::Atom,
        });
        joined.unwrap_or_else(|| Term::number(0.0)).apply(name, |value| value)
    }

    /// Changes the value alone, under a name that `fold` has written already.
    pub(crate) fn apply_value(self, function: impl Fn(f64) -> f64) -> Term {
        Term { value: self.value.map(function), ..self }
    }

    /// The same number in another base unit.
    pub(crate) fn scaled(self, factor: f64) -> Term {
        self.apply_value(|value| value * factor)
    }

    /// The same value, measuring something else: a power, a root.
    pub(crate) fn measuring(self, dimension: Dimension) -> Term {
        Term { dimension, ..self }
    }

    /// The same value under another name.
    pub(crate) fn named(self, formula: &str) -> Term {
        Term { formula: formula.to_owned(), binding: Binding::Atom, ..self }
    }

    /// The same value, written otherwise.
    pub(crate) fn written(self, formula: String, working: String) -> Term {
        Term { formula, working, binding: Binding::Atom, ..self }
    }

    /// To the power of another; the dimension is for the caller to say.
    pub(crate) fn power(self, exponent: &Term) -> Term {
        let text = |base: &str, power: &str| {
            format!(
                "{}^{}",
                Term::inside(base, self.binding, Binding::Atom),
                Term::inside(power, exponent.binding, Binding::Atom)
            )
        };
        Term {
            formula: text(&self.formula, &exponent.formula),
            working: text(&self.working, &exponent.working),
            value: self.value.with(&exponent.value, f64::powf),
            inputs: joined(self.inputs, exponent.inputs.clone()),
            dimension: self.dimension,
            binding: Binding::Atom,
        }
    }

    /// The sum of all; `None` of nothing.
    pub(crate) fn sum(terms: impl IntoIterator<Item = Term>) -> Option<Term> {
        terms.into_iter().reduce(Add::add)
    }

    /// As a part of an operation that binds this tightly.
    fn inside(text: &str, own: Binding, outer: Binding) -> String {
        if own < outer { format!("({text})") } else { text.to_owned() }
    }

    fn join(
        self,
        sign: &str,
        right: Term,
        bindings: [Binding; 3],
        operation: impl Fn(f64, f64) -> f64,
    ) -> Term {
        let [whole, left_at_least, right_at_least] = bindings;
        let text = |left: &str, other: &str| {
            format!(
                "{} {sign} {}",
                Term::inside(left, self.binding, left_at_least),
                Term::inside(other, right.binding, right_at_least)
            )
        };
        let (formula, working) = (text(&self.formula, &right.formula), text(&self.working, &right.working));
        Term {
            value: self.value.with(&right.value, operation),
            dimension: self.dimension,
            formula,
            working,
            inputs: joined(self.inputs, right.inputs),
            binding: whole,
        }
    }
}

fn joined(mut left: Vec<LineId>, right: Vec<LineId>) -> Vec<LineId> {
    for id in right {
        if !left.contains(&id) {
            left.push(id);
        }
    }
    left
}

impl Mul for Term {
    type Output = Term;
    fn mul(self, right: Term) -> Term {
        let dimension = self.dimension.times(right.dimension);
        let product =
            self.join("×", right, [Binding::Product, Binding::Product, Binding::Product], |a, b| a * b);
        Term { dimension, ..product }
    }
}

impl Div for Term {
    type Output = Term;
    fn div(self, right: Term) -> Term {
        let dimension = self.dimension.over(right.dimension);
        let quotient =
            self.join("÷", right, [Binding::Product, Binding::Product, Binding::Atom], |a, b| a / b);
        Term { dimension, ..quotient }
    }
}

impl Add for Term {
    type Output = Term;
    fn add(self, right: Term) -> Term {
        debug_assert_eq!(self.dimension, right.dimension, "{} + {}", self.formula, right.formula);
        self.join("+", right, [Binding::Sum, Binding::Sum, Binding::Sum], |a, b| a + b)
    }
}

impl Sub for Term {
    type Output = Term;
    fn sub(self, right: Term) -> Term {
        debug_assert_eq!(self.dimension, right.dimension, "{} - {}", self.formula, right.formula);
        self.join("−", right, [Binding::Sum, Binding::Sum, Binding::Product], |a, b| a - b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(value: f64, name: &str) -> Term {
        Term::constant(value, Dimension::BYTES, name, &format!("{value} B"))
    }

    #[test]
    fn a_formula_has_its_value_its_names_its_numbers_and_its_dimension() {
        let (size, overhead) = (bytes(62.0, "size"), bytes(28.0, "overhead"));
        let term = Term::number(10.0) * ((size + overhead) / Term::number(0.9));
        assert_eq!(term.formula, "10 × (size + overhead) ÷ 0.9");
        assert_eq!(term.working, "10 × (62 B + 28 B) ÷ 0.9");
        assert_eq!(term.dimension, Dimension::BYTES);
        // (62 + 28) / 0.9 = 100, times ten.
        assert_eq!(term.value, Uncertain::Point(1_000.0));
    }

    #[test]
    fn parentheses_keep_the_meaning() {
        for (term, expected) in [
            (Term::number(8.0) / (Term::number(4.0) / Term::number(2.0)), "8 ÷ (4 ÷ 2)"),
            (Term::number(8.0) - (Term::number(4.0) - Term::number(2.0)), "8 − (4 − 2)"),
            (Term::number(8.0) * Term::number(4.0) + Term::number(2.0), "8 × 4 + 2"),
            (Term::number(8.2).apply("round up", f64::ceil) * Term::number(2.0), "round up(8.2) × 2"),
        ] {
            assert_eq!(term.formula, expected);
        }
    }
}
