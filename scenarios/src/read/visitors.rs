//! `visitors:`: what a visitor brings with him, and where it comes from.

use crate::raw::{Key, Node, Value};
use crate::requests::{HowMany, Rows, Variable, VariableSource};

use super::Forum;
use super::fields::{Fields, File, Read, entries, one_or_many, refused, scalar};
use super::text;

pub(super) fn variables(file: File<'_>, node: &Node) -> Read<Vec<Variable>> {
    let nodes = entries(node, "visitors")?;
    let mut variables = nodes
        .iter()
        .map(|(key, node)| {
            text::check_name(key)?;
            Ok(Variable { name: key.name.clone(), source: source(file, node)?, line: file.line(key.place) })
        })
        .collect::<Read<Vec<_>>>()?;
    agree_on_rows(nodes, &mut variables)?;
    Ok(variables)
}

fn source(file: File<'_>, node: &Node) -> Read<VariableSource> {
    if let Value::Map(_) = &node.value {
        let list = Fields::of(node, "a variable", &["one of"])?.read("one of", |node| {
            one_or_many(node).into_iter().map(|item| Ok(scalar(item)?.to_owned())).collect::<Read<Vec<_>>>()
        })?;
        return some_of(node, list.unwrap_or_default());
    }
    let written = scalar(node)?.trim();
    if let Some(list) = written.strip_prefix("one of") {
        let list = list.trim().trim_start_matches('[').trim_end_matches(']');
        let items = list.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty());
        return some_of(node, items.collect());
    }
    let words: Vec<&str> = written.split_whitespace().collect();
    let many = |word: &str| -> Read<HowMany> {
        if file.is_forum {
            return Ok(HowMany::Seeded(word.to_owned()));
        }
        let count = file.range_in::<crate::units::Count>(node, word)?.high().number();
        if !(1.0..=1e12).contains(&count) {
            return Err(refused(
                node,
                "expected a number of them between 1 and a trillion",
                "like `zipf 1.0 of 10000`",
            ));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
        Ok(HowMany::Number(count as u64))
    };
    match words[..] {
        ["zipf", exponent, "of", of] => match exponent.parse::<f64>() {
            Ok(exponent) if (0.0..=5.0).contains(&exponent) => {
                Ok(VariableSource::Zipf { exponent, of: many(of)? })
            }
            _ => Err(refused(
                node,
                format!("`{exponent}` is not an exponent between 0 and 5"),
                "popular content has 0.6 to 1.1",
            )),
        },
        ["uniform", "of", of] => Ok(VariableSource::Zipf { exponent: 0.0, of: many(of)? }),
        ["env", name] => Ok(VariableSource::Environment(name.to_owned())),
        ["csv", csv, column, ref order @ ..] => Ok(VariableSource::Csv {
            file: csv.to_owned(),
            column: column.to_owned(),
            rows: match order {
                [] | ["random"] => Rows::Random,
                ["in", "order"] => Rows::InOrder,
                ["once"] => Rows::Once,
                _ => {
                    return Err(refused(
                        node,
                        format!("`{}` is not an order of rows", order.join(" ")),
                        "`random` (the default), `in order` (from the top again at the end), or `once` (no row twice; the run ends with the rows)",
                    ));
                }
            },
        }),
        ["uuid"] => Ok(VariableSource::Uuid),
        ["uniform", range] => {
            let (low, high) = text::numbers(node, range)?;
            Ok(VariableSource::Uniform(low, high))
        }
        ["seeded", column] => Ok(VariableSource::Seeded(column.to_owned())),
        _ => Err(refused(
            node,
            "where does it come from?",
            "write `zipf 1.0 of 10000`, `uniform 1..100`, `one of [a, b, c]`, `uuid`, `env NAME` or `csv FILE COLUMN`",
        )),
    }
}

fn some_of(node: &Node, items: Vec<String>) -> Read<VariableSource> {
    if items.is_empty() {
        return Err(refused(node, "one of which?", "like `one of [red, green, blue]`"));
    }
    Ok(VariableSource::OneOf(items))
}

/// Variables of one file come from one row, so they say alike which, or leave it to each other.
fn agree_on_rows(nodes: &[(Key, Node)], variables: &mut [Variable]) -> Read<()> {
    for index in 0..variables.len() {
        let VariableSource::Csv { file, rows, .. } = &variables[index].source else { continue };
        let (file, rows) = (file.clone(), *rows);
        if rows == Rows::Random {
            continue;
        }
        for (other, (_, node)) in variables.iter_mut().zip(nodes) {
            if let VariableSource::Csv { file: same, rows: theirs, .. } = &mut other.source
                && *same == file
            {
                if ![rows, Rows::Random].contains(theirs) {
                    return Err(refused(
                        node,
                        format!("the rows of {file} are taken in two ways"),
                        "a visitor has one row of a file: write the same order at each of its columns",
                    ));
                }
                *theirs = rows;
            }
        }
    }
    Ok(())
}

/// Adds the reference forum's variables that the scenario does not name itself.
pub(super) fn complete_variables(mut own: Vec<Variable>, forum: &Forum) -> Vec<Variable> {
    for variable in &forum.variables {
        if !own.iter().any(|known| known.name == variable.name) {
            own.push(variable.clone());
        }
    }
    own
}
