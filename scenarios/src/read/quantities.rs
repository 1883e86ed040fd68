//! `quantities:`: numbers of the file's own, by formula.

use std::ops::Range;

use crate::error::ScenarioError;
use crate::formula::{self, Function, OwnQuantity, Refusal};
use crate::quantity;
use crate::raw::{Key, Node};

use super::fields::{File, Read, check_names, entries, refused, scalar};

/// The most quantities of a file's own: a page of them.
const MAX_QUANTITIES: usize = 500;

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Vec<OwnQuantity>> {
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
    entries.iter().map(|(key, node)| own(file, key, node)).collect()
}

fn own(file: File<'_>, key: &Key, node: &Node) -> Read<OwnQuantity> {
    let text = scalar(node)?;
    let name = key.name.trim();
    if quantity::is_unit_alone(name, file.conventions) || Function::named(name).is_some() {
        let message = format!("`{name}` is the name of a unit or a function");
        return Err(ScenarioError::new(key.place, message, "").hint(format!("like `{name} of it`")));
    }
    if name.contains(['"', '`']) {
        return Err(ScenarioError::new(key.place, "a name has no quotes in it", "").hint("leave them out"));
    }
    formula(file, key, node, text, 0)
}

/// Reads the formula that begins at byte `from` of the scalar `node`.
pub(super) fn formula(file: File<'_>, key: &Key, node: &Node, text: &str, from: usize) -> Read<OwnQuantity> {
    let part = &text[from..];
    let place = |at: Range<usize>| file.inside(node, text, from + at.start..from + at.end);
    let refusal =
        |refusal: Refusal| ScenarioError::new(place(refusal.at), refusal.message, "").hint(refusal.hint);
    let split = formula::split(part, file.conventions).map_err(refusal)?;
    let tree = formula::parse(split.formula, &place, &split.conventions).map_err(refusal)?;
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
