//! `expect:`: claims that the estimate or a measurement may refute.

use crate::raw::Node;
use crate::scenario::Claim;

use super::fields::{File, Read, entries, scalar};

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Vec<Claim>> {
    entries(node, "expect")?
        .iter()
        .map(|(key, node)| {
            let read = file.any_quantity(node)?;
            Ok(Claim {
                quantity: key.name.clone(),
                low: read.low,
                high: read.high,
                dimension: read.dimension,
                text: scalar(node)?.to_owned(),
                line: file.line(key.place),
            })
        })
        .collect()
}
