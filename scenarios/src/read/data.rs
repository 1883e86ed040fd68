//! `data:`: what the system stores.

use crate::error::{ScenarioError, nearest};
use crate::raw::{Node, Value};
use crate::scenario::{Copies, CountOf, Entity, EntityKind, Origin, Size, Sourced};
use crate::units::{Count, Factor};

use super::fields::{Fields, File, Read, check_names, entries, one_of, one_or_many, refused, scalar};
use super::{forum_file, sizes};

const KEYS: &[&str] =
    &["size", "fields", "indexes", "unique", "count", "start", "for", "copies", "variants", "kind", "keep"];

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
        return Ok(bare(name, Size::Whole(file.sourced(node)?), origin));
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
    let indexed = fields.read("indexes", |node| indexes(file, node))?;
    let unique = fields.read("unique", |node| indexes(file, node))?;
    Ok(Entity {
        count,
        copies: fields.read("copies", |node| copies(file, node))?,
        variants: fields.read("variants", |node| sizes::variants(file, node))?,
        kind: fields.read("kind", kind)?,
        indexes: with_unique(indexed, unique.as_ref()),
        unique,
        keep: fields
            .read("keep", |node| Ok(Sourced { value: file.point(node)?, origin: file.origin(node.place) }))?,
        ..bare(name, sizes::size(file, node, &fields)?, origin)
    })
}

/// An entity of which nothing is known but its size.
fn bare(name: &str, size: Size, origin: Origin) -> Entity {
    Entity {
        name: name.to_owned(),
        size,
        count: None,
        copies: None,
        variants: None,
        kind: None,
        indexes: None,
        unique: None,
        keep: None,
        origin,
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
        let known = if names.is_empty() {
            "nothing yet; add a line there, like `song: 5 MB`".to_owned()
        } else {
            names.join(", ")
        };
        ScenarioError::new(node.place, format!("there is no `{name}` under `data`"), label)
            .hint(format!("`data` has: {known}"))
    })
}

/// `3`, or `8+4` for erasure coding.
fn copies(file: File<'_>, node: &Node) -> Read<Sourced<Copies>> {
    let origin = file.origin(node.place);
    let pieces = |text: &str| text.trim().parse::<u32>().ok();
    if let Some((data, parity)) = scalar(node)?.split_once('+')
        && let (Some(data), Some(parity)) = (pieces(data), pieces(parity))
    {
        if data == 0 || data.saturating_add(parity) > MOST_PIECES {
            let message = format!("a code has at least 1 and in all at most {MOST_PIECES} pieces");
            return Err(refused(node, message, "8+4 is usual: any 8 of 12 pieces bring it back"));
        }
        return Ok(Sourced { value: Copies::Coded { data, parity }, origin });
    }
    let copies = file.range::<Factor>(node)?;
    if copies.low().times() < 1.0 {
        return Err(refused(node, "at least one copy is kept", "copies: 1 is the original alone"));
    }
    Ok(Sourced { value: Copies::Whole(copies), origin })
}

/// Reed-Solomon codes over bytes have no more.
const MOST_PIECES: u32 = 255;

fn kind(node: &Node) -> Read<EntityKind> {
    let words: Vec<&str> = EntityKind::ALL.iter().map(|(word, _)| *word).collect();
    let word = one_of(node, scalar(node)?, &words)?;
    Ok(EntityKind::ALL.iter().find(|(known, _)| *known == word).map_or(EntityKind::Row, |(_, kind)| *kind))
}

/// What must not be there twice is looked up at each write, so it has an index.
fn with_unique(
    indexes: Option<Sourced<Vec<String>>>,
    unique: Option<&Sourced<Vec<String>>>,
) -> Option<Sourced<Vec<String>>> {
    let Some(unique) = unique else { return indexes };
    let mut all = indexes.unwrap_or_else(|| Sourced { value: Vec::new(), origin: unique.origin });
    let missing: Vec<String> =
        unique.value.iter().filter(|name| !all.value.contains(name)).cloned().collect();
    all.value.extend(missing);
    Some(all)
}

fn indexes(file: File<'_>, node: &Node) -> Read<Sourced<Vec<String>>> {
    let value =
        one_or_many(node).into_iter().map(|item| scalar(item).map(str::to_owned)).collect::<Read<_>>()?;
    Ok(Sourced { value, origin: file.origin(node.place) })
}
