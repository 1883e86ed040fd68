//! `availability:`: the parts of a system, as `99.95%`, `2 x 99.9%` or `2 of 3 x 99.9%`.

use crate::availability::Part;
use crate::raw::Node;
use crate::units::Ratio;

use super::fields::{File, Read, check_names, entries, refused, scalar};

/// More of one part than a fleet has; the sum over all ways to fail has as many terms.
const MOST_OF_ONE: u32 = 1_000;
const HINT: &str = "like `99.95%`, `2 x 99.9%` (one of two suffices) or `2 of 3 x 99.9%`";

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Vec<Part>> {
    let parts = entries(node, "availability")?;
    check_names(parts)?;
    parts
        .iter()
        .map(|(key, node)| {
            let text = scalar(node)?.replace('×', " x ");
            let (number, needed, share) = match text.split_once(" x ") {
                None => (1, 1, text.as_str()),
                Some((group, share)) => {
                    let (needed, number) = match group.split_once(" of ") {
                        Some((needed, number)) => (whole(node, needed)?, whole(node, number)?),
                        None => (1, whole(node, group)?),
                    };
                    (number, needed, share)
                }
            };
            if needed > number {
                return Err(refused(node, format!("{needed} of {number} cannot be there"), HINT));
            }
            let each = file.range_in::<Ratio>(node, share)?;
            Ok(Part { name: key.name.clone(), each, number, needed, origin: file.origin(key.place) })
        })
        .collect()
}

fn whole(node: &Node, text: &str) -> Read<u32> {
    match text.trim().parse() {
        Ok(number) if (1..=MOST_OF_ONE).contains(&number) => Ok(number),
        _ => Err(refused(node, format!("`{}` is not a number from 1 to {MOST_OF_ONE}", text.trim()), HINT)),
    }
}
