//! A chain of formulas as a tree.

use std::fmt::Write;

use scenarios::conventions::Conventions;
use scenarios::estimate::{Kind, Spread};
use scenarios::show;

use crate::Explanation;

use super::page::kind_name;

/// The chain as text: each number with its formula, its numbers and its source, its inputs indented below it.
#[must_use]
pub fn explanation(explanation: &Explanation, conventions: &Conventions) -> String {
    let mut out = String::new();
    node(&mut out, explanation, conventions, "", "");
    out
}

fn node(out: &mut String, explanation: &Explanation, conventions: &Conventions, first: &str, rest: &str) {
    let Explanation { quantity, inputs, is_repeated } = explanation;
    let write = |value| show::value_in(value, quantity.unit, quantity.shown.as_ref(), conventions);
    let Spread { p10, p50, p90 } = quantity.value;
    let value = if quantity.value.is_point() {
        write(p50)
    } else {
        format!("{} [{} .. {}]", write(p50), write(p10), write(p90))
    };
    let source = if quantity.source.is_empty() { String::new() } else { format!(" · {}", quantity.source) };
    let _ = writeln!(out, "{first}{} = {value}   {}{source}", quantity.name, kind_name(quantity.kind));
    let bar = if inputs.is_empty() { " " } else { "│" };
    if *is_repeated {
        let _ = writeln!(out, "{rest}    as above");
    } else if !quantity.formula.is_empty() {
        let _ = writeln!(out, "{rest}{bar}   {}", quantity.formula);
        let _ = writeln!(out, "{rest}{bar}   = {}", quantity.working);
    } else if !quantity.working.is_empty() {
        let what = if quantity.kind == Kind::Given { "as written" } else { "between" };
        let _ = writeln!(out, "{rest}{bar}   {what}: {}", quantity.working);
    }
    for (index, input) in inputs.iter().enumerate() {
        let (branch, below) =
            if index + 1 == inputs.len() { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        node(out, input, conventions, &format!("{rest}{branch}"), &format!("{rest}{below}"));
    }
}
