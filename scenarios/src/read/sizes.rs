//! Bytes of one entity: `size:`, `fields:` with sizes or column types, and `variants:`.

use crate::quantity;
use crate::range::Range;
use crate::raw::{Key, Node, Value};
use crate::scenario::{Size, Sourced, Variants};
use crate::units::{Bytes, Dimension, Factor, Unit};

use super::fields::{Fields, File, Read, check_names, entries, refused, scalar};

/// Column types of a fixed width, in bytes: `PostgreSQL` manual, chapter "Data Types"; `datetime` is `MySQL`'s
/// (reference manual, "Data Type Storage Requirements"), and `md5` and `sha256` are digests kept as bytes.
const TYPES: &[(&str, f64)] = &[
    ("bool", 1.0),
    ("boolean", 1.0),
    ("smallint", 2.0),
    ("int2", 2.0),
    ("int", 4.0),
    ("integer", 4.0),
    ("int4", 4.0),
    ("serial", 4.0),
    ("bigint", 8.0),
    ("int8", 8.0),
    ("bigserial", 8.0),
    ("real", 4.0),
    ("float", 8.0),
    ("double", 8.0),
    ("money", 8.0),
    ("date", 4.0),
    ("time", 8.0),
    ("timestamp", 8.0),
    ("timestamptz", 8.0),
    ("datetime", 5.0),
    ("uuid", 16.0),
    ("md5", 16.0),
    ("sha256", 32.0),
];

/// Column types that are as long as they say: `char 7`, `text 60..90`; the mean length of what is in them.
const LONG_TYPES: &[&str] = &["char", "varchar", "text"];

pub(super) fn size(file: File<'_>, node: &Node, fields: &Fields<'_>) -> Read<Size> {
    match (fields.get("size"), fields.get("fields")) {
        (Some(size), None) => Ok(Size::Whole(file.sourced(size)?)),
        (None, Some(list)) => {
            let list = entries(list, "fields")?;
            if list.is_empty() {
                return Err(refused(
                    node,
                    "`fields` is empty",
                    "like `fields: { title: 60 B, body: 1..3 KB }`",
                ));
            }
            let read = |(key, node): &(Key, Node)| Ok((key.name.clone(), field(file, node)?));
            Ok(Size::Fields(list.iter().map(read).collect::<Read<_>>()?))
        }
        (Some(_), Some(fields)) => Err(refused(
            fields,
            "the size is given twice",
            "keep one of `size` and `fields`; the size is the sum of the fields",
        )),
        (None, None) => Err(refused(
            node,
            "how large is one of it?",
            "add `size: 5 MB`, or `fields:` with the size of each",
        )),
    }
}

/// `60 B`, `bigint`, `char 7`.
fn field(file: File<'_>, node: &Node) -> Read<Sourced<Range<Bytes>>> {
    let text = scalar(node)?.trim();
    let bytes = |low, high| Range::new(Bytes::from_base(low)?, Bytes::from_base(high)?);
    if let Some((_, width)) = TYPES.iter().find(|(name, _)| *name == text)
        && let Some(value) = bytes(*width, *width)
    {
        return Ok(Sourced { value, origin: file.origin(node.place) });
    }
    let (word, rest) = text.split_once([' ', '(']).unwrap_or((text, ""));
    if LONG_TYPES.contains(&word) {
        let length = rest.trim_end_matches(')').trim();
        let hint = format!("like `{word} 60` or `{word} 60..90`: the mean length of what is in it");
        if length.is_empty() {
            return Err(refused(node, format!("how long is the `{word}`?"), hint));
        }
        // `text 1..3 KB` says its unit, `char 7` means characters of a byte each.
        return match quantity::parse(length, Some(Dimension::NONE), file.conventions) {
            Ok(read) => {
                let value = bytes(read.low, read.high).ok_or_else(|| refused(node, "too long", hint))?;
                Ok(Sourced { value, origin: file.origin(node.place) })
            }
            Err(_) => Ok(Sourced { value: file.range_in(node, length)?, origin: file.origin(node.place) }),
        };
    }
    if text.starts_with(char::is_alphabetic) {
        let names: Vec<&str> =
            TYPES.iter().map(|(name, _)| *name).chain(LONG_TYPES.iter().copied()).collect();
        let near = crate::error::nearest(word, names.iter().copied());
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a size like `60 B`, or a type: bool, int, bigint, double, date, timestamp, uuid, \
                     char 7, text 60..90"
                .to_owned(),
        };
        return Err(refused(node, format!("unknown type `{text}`"), hint));
    }
    file.sourced(node)
}

/// `4`, `[200 KB, 20 KB]`, or `{ medium: 200 KB, thumbnail: 20 KB }`.
pub(super) fn variants(file: File<'_>, node: &Node) -> Read<Sourced<Variants>> {
    let value = match &node.value {
        Value::Map(list) => {
            check_names(list)?;
            let read = |(key, node): &(Key, Node)| Ok((key.name.clone(), file.sourced(node)?));
            Variants::Sizes(list.iter().map(read).collect::<Read<_>>()?)
        }
        Value::List(list) => {
            let read =
                |(index, node): (usize, &Node)| Ok((format!("variant {}", index + 1), file.sourced(node)?));
            Variants::Sizes(list.iter().enumerate().map(read).collect::<Read<_>>()?)
        }
        _ => {
            let number = file.range::<Factor>(node)?;
            if number.low().times() < 1.0 {
                let hint = "`variants: 4` is the original and three others";
                return Err(refused(node, "the original is kept at least", hint));
            }
            Variants::Number(number)
        }
    };
    Ok(Sourced { value, origin: file.origin(node.place) })
}
