//! `actions:`: what users do, and how often.

use crate::range::Range;
use crate::raw::{Node, Value};
use crate::scenario::{Action, ActionRate, Entity, Popularity, Sourced, Touch};
use crate::units::{Bytes, Dimension, Factor, Rate};

use super::calls;
use super::data::entity_index;
use super::fields::{Fields, File, Read, check_names, entries, refused, scalar};
use super::{Forum, forum_file};

const KEYS: &[&str] = &[
    "per user",
    "total",
    "reads",
    "writes",
    "answer",
    "requests",
    "keystrokes",
    "queries",
    "popularity",
    "fan-out",
    "background",
];

/// A day, for a bare number: `read question: 15..30` is so many a day by each user.
const PER_DAY: &str = "/day";

pub(super) fn read(file: File<'_>, node: Option<&Node>, data: &[Entity]) -> Read<Vec<Action>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let names: Vec<&str> = data.iter().map(|entity| entity.name.as_str()).collect();
    check_names(entries(node, "actions")?)?;
    entries(node, "actions")?
        .iter()
        .map(|(key, node)| {
            let mut action = match &node.value {
                Value::Map(_) => long_form(file, &key.name, node, &names)?,
                _ => short_form(file, &key.name, node)?,
            };
            action.origin = file.origin(key.place);
            Ok(action)
        })
        .collect()
}

fn bare(name: &str, rate: Sourced<ActionRate>) -> Action {
    Action {
        name: name.to_owned(),
        origin: rate.origin,
        rate,
        reads: vec![],
        writes: vec![],
        answer: None,
        requests_each: None,
        keystrokes: None,
        queries: None,
        popularity: None,
        fan_out: None,
        background: None,
    }
}

/// A bare number is by each user and day; with a unit of time it could be meant either way.
fn short_form(file: File<'_>, name: &str, node: &Node) -> Read<Action> {
    let read = file.any_quantity(node)?;
    if read.dimension == Dimension::RATE {
        let text = scalar(node)?;
        return Err(refused(
            node,
            format!("is `{text}` by each user, or by all together?"),
            format!(
                "write `{{ per user: {text} }}` or `{{ total: {text} }}`; a bare number is per user and day"
            ),
        ));
    }
    let rate = file.range_in::<Rate>(node, &format!("{}{PER_DAY}", scalar(node)?))?;
    Ok(bare(name, Sourced { value: ActionRate::PerUser(rate), origin: file.origin(node.place) }))
}

fn long_form(file: File<'_>, name: &str, node: &Node, names: &[&str]) -> Read<Action> {
    let fields = Fields::of(node, &format!("`{name}`"), KEYS)?;
    let rate = match (fields.get("per user"), fields.get("total")) {
        (Some(node), None) => {
            Sourced { value: ActionRate::PerUser(per_user(file, node)?), origin: file.origin(node.place) }
        }
        (None, Some(node)) => {
            Sourced { value: ActionRate::Total(file.range(node)?), origin: file.origin(node.place) }
        }
        (Some(_), Some(node)) => {
            return Err(refused(node, "the rate is given twice", "keep one of `per user` and `total`"));
        }
        (None, None) if file.is_forum => {
            Sourced { value: ActionRate::PerUser(none()), origin: file.origin(node.place) }
        }
        (None, None) => {
            return Err(refused(
                node,
                "how often is it done?",
                "add `per user: 6/day` or `total: 10M/month`",
            ));
        }
    };
    Ok(Action {
        reads: fields.read("reads", |node| touches(file, node, names))?.unwrap_or_default(),
        writes: fields.read("writes", |node| touches(file, node, names))?.unwrap_or_default(),
        answer: fields.read("answer", |node| file.sourced::<Bytes>(node))?,
        requests_each: fields.read("requests", |node| file.sourced::<Factor>(node))?,
        keystrokes: fields.read("keystrokes", |node| file.sourced::<Factor>(node))?,
        queries: fields.read("queries", |node| file.sourced::<Factor>(node))?,
        popularity: fields.read("popularity", |node| {
            Ok(Sourced { value: popularity(file, node)?, origin: file.origin(node.place) })
        })?,
        fan_out: fields.read("fan-out", |node| calls::fan_out(file, node))?,
        background: fields.read("background", |node| file.sourced(node))?,
        ..bare(name, rate)
    })
}

fn none() -> Range<Rate> {
    Range::point(Rate::default())
}

/// `6/day`, or `6` for the same.
fn per_user(file: File<'_>, node: &Node) -> Read<Range<Rate>> {
    if file.any_quantity(node)?.dimension == Dimension::NONE {
        return file.range_in(node, &format!("{}{PER_DAY}", scalar(node)?));
    }
    file.range(node)
}

/// `question + 4 answer`.
fn touches(file: File<'_>, node: &Node, names: &[&str]) -> Read<Vec<Touch>> {
    scalar(node)?
        .split('+')
        .map(|part| {
            let part = part.trim();
            // The longest entity name that ends the text: names may have spaces.
            let name = names.iter().filter(|name| part.ends_with(**name)).max_by_key(|name| name.len());
            let (count, name) = match name {
                Some(name) => (part[..part.len() - name.len()].trim(), *name),
                None => part.rsplit_once(' ').unwrap_or(("", part)),
            };
            let entity = entity_index(node, name, names)?;
            let count = if count.is_empty() {
                Range::point(Factor::ONE)
            } else {
                file.range_in::<Factor>(node, count)?
            };
            Ok(Touch { count, entity })
        })
        .collect()
}

fn popularity(file: File<'_>, node: &Node) -> Read<Popularity> {
    let text = scalar(node)?.trim();
    if text == "uniform" {
        return Ok(Popularity::Uniform);
    }
    match text.strip_prefix("zipf") {
        Some(exponent) => {
            let exponent = file.range_in::<Factor>(node, exponent)?.middle();
            if exponent > 5.0 {
                return Err(refused(
                    node,
                    "an exponent above 5 leaves one object",
                    "popular content has 0.6 to 1.1",
                ));
            }
            Ok(Popularity::Zipf(exponent))
        }
        None => Err(refused(node, format!("unknown popularity `{text}`"), "write `zipf 1.0` or `uniform`")),
    }
}

/// Fills in from the reference forum what the scenario leaves open about the forum's actions.
pub(super) fn complete(actions: &mut Vec<Action>, forum: &Forum, data: &mut [Entity]) -> Read<()> {
    let names: Vec<&str> = data.iter().map(|entity| entity.name.as_str()).collect();
    for (name, node) in &forum.action_nodes {
        let described = long_form(forum_file(), name, node, &names)?;
        match actions.iter_mut().find(|action| action.name == *name) {
            Some(own) => {
                if own.reads.is_empty() && own.writes.is_empty() {
                    own.reads = described.reads;
                    own.writes = described.writes;
                    own.answer = own.answer.or(described.answer);
                }
                own.queries = own.queries.or(described.queries);
                own.popularity = own.popularity.or(described.popularity);
            }
            // Known to journeys (`login`), though the action table gives it no rate.
            None => actions.push(described),
        }
    }
    Ok(())
}

/// Adds the requests that journeys, setup or teardown name and the action table does not: they have no rate of their own.
pub(super) fn imply(
    file: File<'_>,
    requests: Option<&Node>,
    steps: &[&str],
    actions: &mut Vec<Action>,
) -> Read<()> {
    let Some(requests) = requests else { return Ok(()) };
    check_names(entries(requests, "requests")?)?;
    for (key, _) in entries(requests, "requests")? {
        let is_known = actions.iter().any(|action| action.name == key.name);
        if !is_known && steps.contains(&key.name.as_str()) {
            let rate = ActionRate::PerUser(none());
            actions.push(bare(&key.name, Sourced { value: rate, origin: file.origin(key.place) }));
        }
    }
    Ok(())
}
