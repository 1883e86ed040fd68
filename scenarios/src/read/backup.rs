//! `backup:` as `7 daily + 4 weekly`, or as a map.

use crate::backup::Backup;
use crate::quantity;
use crate::range::Range;
use crate::raw::{Node, Value};
use crate::scenario::Sourced;
use crate::units::{Count, Dimension, Ratio, Unit};

use super::fields::{Fields, File, Read, refused, scalar};

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Backup> {
    let origin = file.origin(node.place);
    if !matches!(node.value, Value::Map(_)) {
        return Ok(Backup { full: full(file, node)?, log: None, ratio: None, origin });
    }
    let fields = Fields::of(node, "backup", &["full", "log", "ratio"])?;
    let Some(kept) = fields.get("full") else {
        return Err(refused(node, "how many full backups are kept?", "add `full: 7 daily + 4 weekly`"));
    };
    Ok(Backup {
        full: full(file, kept)?,
        log: fields
            .read("log", |node| Ok(Sourced { value: file.point(node)?, origin: file.origin(node.place) }))?,
        ratio: fields.read("ratio", |node| file.sourced::<Ratio>(node))?,
        origin,
    })
}

/// `11`, or `7 daily + 4 weekly`.
fn full(file: File<'_>, node: &Node) -> Read<Sourced<Range<Count>>> {
    const WORDS: &[&str] = &["hourly", "daily", "weekly", "monthly", "yearly"];
    let hint = "like `7 daily + 4 weekly`, or the number of all";
    let mut total = 0.0;
    for part in scalar(node)?.split('+') {
        let number = match part.trim().rsplit_once(' ') {
            Some((number, word)) if WORDS.contains(&word) => number,
            _ => part,
        };
        let read = quantity::parse(number, Some(Dimension::NONE), file.conventions)
            .map_err(|complaint| refused(node, complaint.message, hint))?;
        if read.low < read.high {
            return Err(refused(node, "a range is not allowed here", hint));
        }
        total += read.low;
    }
    let value = Count::from_base(total).ok_or_else(|| refused(node, "too many backups", hint))?;
    Ok(Sourced { value: Range::point(value), origin: file.origin(node.place) })
}
