//! `data:`: what the system stores.

use crate::error::{ScenarioError, nearest};
use crate::raw::{Node, Value};
use crate::scenario::{CountOf, Entity, EntityKind, Size, Sourced};
use crate::units::{Bytes, Count, Factor};

use super::fields::{Fields, File, Read, check_names, entries, one_of, one_or_many, refused, scalar};
use super::forum_file;

const KEYS: &[&str] = &["size", "fields", "indexes", "count", "start", "for", "copies", "kind", "keep"];

/// Entities of the file, then those of the reference forum that the file does not name itself.
pub(super) fn read(file: File<'_>, node: Option<&Node>, forum: &[(&str, &Node)]) -> Read<Vec<Entity>> {
    let own = match node {
        Some(node) => entries(node, "data")?,
        None => &[],
    };
    check_names(own)?;
    let own = own.iter().map(|(key, node)| (file, key.name.as_str(), node, key.place));
    let own: Vec<_> = own.collect();
    let added = forum.iter().filter(|(name, _)| !own.iter().any(|(_, own, ..)| own == name));
    let all: Vec<_> = own
        .iter()
        .copied()
        .chain(added.map(|(name, node)| (forum_file(), *name, *node, node.place)))
        .collect();
    let names: Vec<&str> = all.iter().map(|(_, name, ..)| *name).collect();
    all.iter()
        .map(|(file, name, node, place)| {
            let mut entity = entity(*file, name, node, &names)?;
            entity.origin = file.origin(*place);
            Ok(entity)
        })
        .collect()
}

fn entity(file: File<'_>, name: &str, node: &Node, names: &[&str]) -> Read<Entity> {
    let origin = file.origin(node.place);
    if let Value::Scalar(_) | Value::Literal(_) = node.value {
        // The short form: `message: 100 B`.
        let size = Size::Whole(file.sourced(node)?);
        return Ok(Entity {
            name: name.to_owned(),
            size,
            count: None,
            copies: None,
            kind: None,
            indexes: None,
            keep: None,
            origin,
        });
    }
    let fields = Fields::of(node, &format!("`{name}`"), KEYS)?;
    let count = match (fields.get("count"), fields.get("start"), fields.get("for")) {
        (Some(_), Some(second), _) | (Some(_), None, Some(second)) | (None, Some(_), Some(second)) => {
            return Err(refused(
                second,
                "the count is given twice",
                "keep one of `count`, `start` and `for`",
            ));
        }
        (Some(node), ..) | (_, Some(node), _) | (.., Some(node)) => Some(count_of(file, node, names)?),
        (None, None, None) => None,
    };
    Ok(Entity {
        name: name.to_owned(),
        size: size(file, node, &fields)?,
        count,
        copies: fields.read("copies", |node| copies(file, node))?,
        kind: fields.read("kind", kind)?,
        indexes: fields.read("indexes", |node| indexes(file, node))?,
        keep: fields
            .read("keep", |node| Ok(Sourced { value: file.point(node)?, origin: file.origin(node.place) }))?,
        origin,
    })
}

fn size(file: File<'_>, node: &Node, fields: &Fields<'_>) -> Read<Size> {
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
            let read =
                |(key, node): &(crate::raw::Key, Node)| Ok((key.name.clone(), file.sourced::<Bytes>(node)?));
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

fn count_of(file: File<'_>, node: &Node, names: &[&str]) -> Read<Sourced<CountOf>> {
    let text = scalar(node)?.trim();
    let origin = file.origin(node.place);
    let value = if matches!(text, "users" | "registered") {
        CountOf::Users
    } else if let Some((each, entity)) = text.split_once(" of ") {
        CountOf::PerEntity {
            each: file.range_in::<Factor>(node, each)?,
            of: entity_index(node, entity.trim(), names)?,
        }
    } else {
        CountOf::Number(file.range::<Count>(node)?)
    };
    Ok(Sourced { value, origin })
}

/// Finds an entity by name.
pub(super) fn entity_index(node: &Node, name: &str, names: &[&str]) -> Read<usize> {
    names.iter().position(|known| *known == name).ok_or_else(|| {
        let label = nearest(name, names.iter().copied())
            .map_or(String::new(), |near| format!("did you mean `{near}`?"));
        let known = if names.is_empty() { "none yet".to_owned() } else { names.join(", ") };
        ScenarioError::new(node.place, format!("there is no `{name}` under `data`"), label)
            .hint(format!("`data` has: {known}"))
    })
}

fn copies(file: File<'_>, node: &Node) -> Read<Sourced<crate::range::Range<Factor>>> {
    let copies = file.sourced::<Factor>(node)?;
    if copies.value.low().times() < 1.0 {
        return Err(refused(node, "at least one copy is kept", "copies: 1 is the original alone"));
    }
    Ok(copies)
}

fn kind(node: &Node) -> Read<EntityKind> {
    Ok(match one_of(node, scalar(node)?, &["row", "blob"])? {
        "blob" => EntityKind::Blob,
        _ => EntityKind::Row,
    })
}

fn indexes(file: File<'_>, node: &Node) -> Read<Sourced<Vec<String>>> {
    let value =
        one_or_many(node).into_iter().map(|item| scalar(item).map(str::to_owned)).collect::<Read<_>>()?;
    Ok(Sourced { value, origin: file.origin(node.place) })
}
