//! Text with holes: `/questions/{question}`, `{words 6..12}`, `{text 1..3 KB}`, `{n}`; `{{` is a brace.

use crate::answers::{JsonTest, Operand, Test};
use crate::conventions::Conventions;
use crate::error::ScenarioError;
use crate::quantity;
use crate::range::Range;
use crate::raw::{Key, Node};
use crate::requests::{Body, Json, Piece, RequestTemplate, Text};
use crate::units::{Bytes, Dimension, Unit};

use super::fields::{Read, refused, scalar, unknown_key};

/// The longest prose that one hole may ask for.
const MAX_PROSE_BYTES: f64 = 1e6;
/// Numbers that are drawn are below this: whatever reads them can count so far (2^53).
const MAX_NUMBER: u64 = 1 << 53;
/// Holes that are no variables.
const BUILT_IN: [&str; 2] = ["n", "uuid"];
/// The most words that one hole may ask for.
const MAX_WORDS: f64 = 10_000.0;

pub(super) fn read(node: &Node) -> Read<Text> {
    let mut rest = scalar(node)?;
    let mut pieces = Vec::new();
    let mut literal = String::new();
    while let Some(brace) = rest.find(['{', '}']) {
        literal.push_str(&rest[..brace]);
        let after = &rest[brace..];
        if let Some(tail) = after.strip_prefix("{{") {
            literal.push('{');
            rest = tail;
        } else if let Some(tail) = after.strip_prefix("}}") {
            literal.push('}');
            rest = tail;
        } else if let Some(end) = after.find('}').filter(|_| after.starts_with('{')) {
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(hole(node, after[1..end].trim())?);
            rest = &after[end + 1..];
        } else {
            return Err(refused(
                node,
                "a brace stands alone",
                "close it, or double it (`{{`) to mean the character",
            ));
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(Text { pieces })
}

fn hole(node: &Node, inside: &str) -> Read<Piece> {
    if inside == "n" {
        return Ok(Piece::Number);
    }
    if inside == "uuid" {
        return Ok(Piece::Uuid);
    }
    if let Some(range) = inside.strip_prefix("random ") {
        let (low, high) = numbers(node, range)?;
        return Ok(Piece::Random(low, high));
    }
    if let Some(range) = inside.strip_prefix("words ") {
        let (low, high) = bounded(node, range, Dimension::NONE, MAX_WORDS)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just above")]
        return Ok(Piece::Words { low: low.ceil() as u32, high: high.floor() as u32 });
    }
    if let Some(range) = inside.strip_prefix("text ") {
        let (low, high) = bounded(node, range, Dimension::BYTES, MAX_PROSE_BYTES)?;
        let bytes = |value| Bytes::from_base(value).unwrap_or_default();
        return Ok(Piece::Prose(Range::new(bytes(low), bytes(high)).unwrap_or(Range::point(bytes(low)))));
    }
    if is_name(inside) {
        Ok(Piece::Variable(inside.to_owned()))
    } else {
        Err(refused(
            node,
            format!("`{{{inside}}}` cannot be filled in"),
            "write `{variable}`, `{words 6..12}`, `{text 1..3 KB}`, `{random 1..6}`, `{uuid}` or `{n}`",
        ))
    }
}

/// Whether this can be the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ' ')
}

/// Refuses names that no hole could have, or that mean something else in one.
pub(super) fn check_name(key: &Key) -> Read<()> {
    if BUILT_IN.contains(&key.name.as_str()) {
        let message = format!("`{{{}}}` has a meaning of its own", key.name);
        return Err(ScenarioError::new(key.place, message, "").hint("give the variable another name"));
    }
    if is_name(&key.name) {
        return Ok(());
    }
    Err(unknown_key(key, &[]).hint("a variable is named with letters, digits and underscores"))
}

/// `1..100`: two whole numbers.
pub(super) fn numbers(node: &Node, text: &str) -> Read<(u64, u64)> {
    let read = text.split_once("..").and_then(|(low, high)| {
        let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        (low <= high && high < MAX_NUMBER).then_some((low, high))
    });
    read.ok_or_else(|| {
        refused(
            node,
            format!("`{text}` is not a range of whole numbers"),
            "the smaller one first, like `1..100`",
        )
    })
}

fn bounded(node: &Node, range: &str, dimension: Dimension, most: f64) -> Read<(f64, f64)> {
    let read = quantity::parse(range, Some(dimension), &Conventions::default())
        .map_err(|complaint| refused(node, complaint.message, complaint.hint))?;
    if read.low < 1.0 || read.high > most {
        return Err(refused(
            node,
            format!("`{range}` must lie between 1 and {most}"),
            "like `{words 6..12}` or `{text 1..3 KB}`",
        ));
    }
    Ok((read.low, read.high))
}

/// The variables that a request needs.
pub(super) fn holes(request: &RequestTemplate) -> Vec<&str> {
    let mut names = Vec::new();
    collect(&request.path, &mut names);
    for (_, value) in &request.headers {
        collect(value, &mut names);
    }
    match &request.body {
        Body::None | Body::File(_) => {}
        Body::Form(form) => form.iter().for_each(|(_, value)| collect(value, &mut names)),
        Body::Text(text) => collect(text, &mut names),
        Body::Json(json) => collect_json(json, &mut names),
    }
    names.extend(request.checks.iter().filter_map(|check| match &check.test {
        Test::Json(_, JsonTest::Compare(_, Operand::Variable(name))) => Some(name.as_str()),
        _ => None,
    }));
    names
}

fn collect<'a>(text: &'a Text, names: &mut Vec<&'a str>) {
    names.extend(text.pieces.iter().filter_map(|piece| match piece {
        Piece::Variable(name) => Some(name.as_str()),
        _ => None,
    }));
}

fn collect_json<'a>(json: &'a Json, names: &mut Vec<&'a str>) {
    match json {
        Json::Plain(_) => {}
        Json::Text(text) => collect(text, names),
        Json::List(items) => items.iter().for_each(|item| collect_json(item, names)),
        Json::Object(entries) => entries.iter().for_each(|(_, value)| collect_json(value, names)),
    }
}
