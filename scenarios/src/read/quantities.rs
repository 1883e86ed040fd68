//! `quantities:`: numbers of the file's own, by formula.

use std::ops::Range;

use crate::error::ScenarioError;
use crate::formula::{self, OwnQuantity, Refusal, Words};
use crate::quantity;
use crate::raw::{Key, Node};

use super::fields::{File, Read, check_names, entries, refused, scalar};

/// The most quantities of a file's own: a page of them.
const MAX_QUANTITIES: usize = 500;

/// The names of a file that have to be known before a formula with them can be read.
pub(super) fn odd_names<'a>(file: File<'_>, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let is_odd = |name: &&str| formula::is_odd(name) || quantity::is_unit_alone(name, file.conventions);
    names.map(str::trim).filter(is_odd).collect()
}

/// The names that the file's own quantities have.
pub(super) fn names(node: Option<&Node>) -> impl Iterator<Item = &str> {
    let entries = node.and_then(|node| entries(node, "quantities").ok()).unwrap_or_default();
    entries.iter().map(|(key, _)| key.name.as_str())
}

pub(super) fn read(file: File<'_>, node: &Node, odd_names: &[&str]) -> Read<Vec<OwnQuantity>> {
    let entries = entries(node, "quantities")?;
    check_names(entries)?;
    if entries.len() > MAX_QUANTITIES {
        let found = entries.len();
        return Err(refused(
            node,
            format!("{found} quantities: at most {MAX_QUANTITIES} are read"),
            "split the file",
        ));
    }
    entries.iter().map(|(key, node)| own(file, key, node, odd_names)).collect()
}

fn own(file: File<'_>, key: &Key, node: &Node, odd_names: &[&str]) -> Read<OwnQuantity> {
    let text = scalar(node)?;
    let name = key.name.trim();
    if name.contains(['"', '`']) {
        return Err(ScenarioError::new(key.place, "a name has no quotes in it", "").hint("leave them out"));
    }
    formula(file, key, Written { node, text, from: 0 }, odd_names)
}

/// Where a formula stands: from byte `from` of the text of a scalar.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) node: &'a Node,
    pub(super) text: &'a str,
    pub(super) from: usize,
}

/// Reads one formula.
pub(super) fn formula(
    file: File<'_>,
    key: &Key,
    written: Written<'_>,
    odd_names: &[&str],
) -> Read<OwnQuantity> {
    let Written { node, text, from } = written;
    let words = Words { conventions: file.conventions, odd_names };
    let part = &text[from..];
    let place = |at: Range<usize>| file.inside(node, text, from + at.start..from + at.end);
    let refusal =
        |refusal: Refusal| ScenarioError::new(place(refusal.at), refusal.message, "").hint(refusal.hint);
    let split = formula::split(part, words).map_err(refusal)?;
    let tree = formula::parse(split.formula, &place, Words { conventions: &split.conventions, ..words })
        .map_err(refusal)?;
    let place = place(0..split.formula.len());
    Ok(OwnQuantity {
        name: key.name.trim().to_owned(),
        formula: tree,
        shown: split.shown,
        conventions: split.conventions,
        origin: file.origin(key.place),
        place,
    })
}
