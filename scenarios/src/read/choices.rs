//! `choices:`: what is already decided. Each has a short form (`256 MB ttl 60 s`), those with several numbers a map too.

use std::time::Duration;

use crate::cdn::Cdn;
use crate::choices::{Cache, Replicas, Room, Updates, UpdatesBy};
use crate::range::Range;
use crate::raw::{Node, Value};
use crate::scenario::{Choice, Sourced};
use crate::units::{Bytes, Count, Ratio};

use super::fields::{Fields, File, Read, entries, one_of, refused, scalar};

const KNOWN: &[&str] = &["database", "cache", "writes", "replicas", "shards", "cdn", "updates", "switches"];

/// Every decision with its words, and those that have numbers.
#[derive(Default)]
pub(super) struct Choices {
    pub(super) all: Vec<Choice>,
    pub(super) cdn: Option<Cdn>,
    pub(super) cache: Option<Cache>,
    pub(super) replicas: Option<Replicas>,
    pub(super) updates: Option<Updates>,
    pub(super) switches: Vec<Choice>,
}

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Choices> {
    Fields::of(node, "choices", KNOWN)?;
    let mut choices = Choices::default();
    for (key, node) in entries(node, "choices")? {
        match key.name.as_str() {
            "database" => drop(one_of(node, scalar(node)?, &["sqlite", "postgres"])?),
            "writes" => drop(one_of(node, scalar(node)?, &["sync", "async"])?),
            "cdn" => choices.cdn = Some(cdn(file, node)?),
            "cache" => choices.cache = Some(cache(file, node)?),
            "replicas" => choices.replicas = Some(replicas(file, node)?),
            "updates" => choices.updates = Some(updates(file, node)?),
            "switches" => {
                choices.switches = switches(file, node)?;
                continue;
            }
            _ => drop(file.whole(node)?),
        }
        choices.all.push(Choice { name: key.name.clone(), value: words(node)?, line: file.line(key.place) });
    }
    Ok(choices)
}

/// What the reference server is told; it knows itself which switches there are.
pub(super) fn switches(file: File<'_>, node: &Node) -> Read<Vec<Choice>> {
    let mut switches = Vec::new();
    for (key, node) in entries(node, "switches")? {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
        if !key.name.starts_with(|c: char| c.is_ascii_lowercase()) || !key.name.chars().all(is_name) {
            let hint = "like `durability: normal`; `reference-server serve --help` lists them";
            return Err(refused(node, format!("`{}` is not the name of a switch", key.name), hint));
        }
        let value = scalar(node)?.trim().to_owned();
        switches.push(Choice { name: key.name.clone(), value, line: file.line(key.place) });
    }
    Ok(switches)
}

/// As written; a map as its short form, `256 MB ttl 60 s`.
fn words(node: &Node) -> Read<String> {
    let Value::Map(entries) = &node.value else { return Ok(scalar(node)?.trim().to_owned()) };
    let words = entries.iter().map(|(key, node)| {
        let value = scalar(node)?;
        Ok(match key.name.as_str() {
            "size" | "number" => value.to_owned(),
            "hits" => format!("{value} hits"),
            name => format!("{name} {value}"),
        })
    });
    Ok(words.collect::<Read<Vec<_>>>()?.join(" "))
}

const CACHE_HINT: &str = "write `256 MB`, `256 MB ttl 60 s`, `90% hits`, `on` or `none`";

fn cache(file: File<'_>, node: &Node) -> Read<Cache> {
    let origin = file.origin(node.place);
    let silent = Cache { is_used: true, room: None, ttl: None, origin };
    if matches!(node.value, Value::Map(_)) {
        let fields = Fields::of(node, "cache", &["size", "hits", "ttl"])?;
        let room = match (fields.get("size"), fields.get("hits")) {
            (Some(_), Some(second)) => {
                let hint = "keep one of `size` and `hits`: either follows from the other";
                return Err(refused(second, "how large it is is said twice", hint));
            }
            (Some(node), None) => Some(Room::Size(file.sourced::<Bytes>(node)?)),
            (None, Some(node)) => Some(Room::Hits(hits(file, node, scalar(node)?)?)),
            (None, None) => None,
        };
        return Ok(Cache { room, ttl: fields.read("ttl", |node| ttl(file, node, scalar(node)?))?, ..silent });
    }
    let text = scalar(node)?.trim();
    if matches!(text, "0" | "no" | "none" | "off") {
        return Ok(Cache { is_used: false, ..silent });
    }
    if text == "on" {
        return Ok(silent);
    }
    let (room, life) = match text.split_once("ttl ") {
        Some((room, life)) => (room.trim(), Some(ttl(file, node, life)?)),
        None => (text, None),
    };
    let room = match room.strip_suffix("hits") {
        _ if room.is_empty() => None,
        Some(share) => Some(Room::Hits(hits(file, node, share)?)),
        None if room.starts_with(|first: char| first.is_ascii_digit()) => {
            Some(Room::Size(Sourced { value: file.range_in(node, room)?, origin }))
        }
        None => return Err(refused(node, format!("`{text}` says nothing of a cache"), CACHE_HINT)),
    };
    Ok(Cache { room, ttl: life, ..silent })
}

fn hits(file: File<'_>, node: &Node, text: &str) -> Read<Sourced<Range<Ratio>>> {
    let value: Range<Ratio> = file.range_in(node, text)?;
    if value.high().share() >= 1.0 {
        let hint = "like `90% hits`: the first read of a thing always misses";
        return Err(refused(node, "no cache answers every read", hint));
    }
    Ok(Sourced { value, origin: file.origin(node.place) })
}

fn ttl(file: File<'_>, node: &Node, text: &str) -> Read<Sourced<Duration>> {
    let time: Range<Duration> = file.range_in(node, text)?;
    if !time.is_point() || time.low().is_zero() {
        return Err(refused(node, "a time to live is one time above zero", "like `ttl 60 s`"));
    }
    Ok(Sourced { value: time.low(), origin: file.origin(node.place) })
}

fn replicas(file: File<'_>, node: &Node) -> Read<Replicas> {
    let origin = file.origin(node.place);
    let number = |node: &Node, text: &str| -> Read<Sourced<Range<Count>>> {
        let value: Range<Count> = file.range_in(node, text)?;
        if !value.is_point() || value.low().number().fract() != 0.0 {
            return Err(refused(node, "a range is not allowed here", "write one whole number"));
        }
        Ok(Sourced { value, origin })
    };
    if matches!(node.value, Value::Map(_)) {
        let fields = Fields::of(node, "replicas", &["number", "lag"])?;
        let Some(written) = fields.get("number") else {
            return Err(refused(node, "how many replicas are there?", "add `number: 2`"));
        };
        let number = number(written, scalar(written)?)?;
        return Ok(Replicas { number, lag: fields.read("lag", |node| file.sourced(node))? });
    }
    let text = scalar(node)?;
    match text.split_once(" lag ") {
        Some((text, lag)) => {
            let lag = Sourced { value: file.range_in(node, lag)?, origin };
            Ok(Replicas { number: number(node, text)?, lag: Some(lag) })
        }
        None => Ok(Replicas { number: number(node, text)?, lag: None }),
    }
}

fn updates(file: File<'_>, node: &Node) -> Read<Updates> {
    let (text, origin) = (scalar(node)?.trim(), file.origin(node.place));
    let by = match text.strip_prefix("poll ") {
        Some(time) => {
            let every: Range<Duration> = file.range_in(node, time)?;
            if every.low().is_zero() {
                return Err(refused(
                    node,
                    "polling without a pause is no load to plan for",
                    "like `poll 10 s`",
                ));
            }
            UpdatesBy::Poll(every)
        }
        None => match one_of(node, text, &["websocket", "sse", "poll 10 s"])? {
            "websocket" => UpdatesBy::WebSocket,
            "sse" => UpdatesBy::ServerSent,
            _ => UpdatesBy::Poll(file.range_in(node, "10 s")?),
        },
    };
    Ok(Updates { by, origin })
}

/// `on`, `off`, `90%` (hits), `90% of 80%` (hits, of what can be cached).
fn cdn(file: File<'_>, node: &Node) -> Read<Cdn> {
    let text = scalar(node)?.trim();
    let origin = file.origin(node.place);
    let silent = Cdn { is_used: text != "off", hits: None, cacheable: None, origin };
    if matches!(text, "on" | "off") {
        return Ok(silent);
    }
    let share = |text: &str| -> Read<Option<Sourced<Range<Ratio>>>> {
        Ok(Some(Sourced { value: file.range_in(node, text)?, origin }))
    };
    match text.split_once(" of ") {
        Some((hits, cacheable)) => Ok(Cdn { hits: share(hits)?, cacheable: share(cacheable)?, ..silent }),
        None if text.starts_with(|c: char| c.is_ascii_digit()) => Ok(Cdn { hits: share(text)?, ..silent }),
        None => Err(refused(
            node,
            format!("`{text}` says nothing of a CDN"),
            "write `on`, `off`, `90%` (hits) or `90% of 80%` (hits, of what can be cached)",
        )),
    }
}
