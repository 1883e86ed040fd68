//! The scenario file as written: a tree of scalars, lists and maps, each with its place in the text.
//!
//! The only module that calls the YAML parser. Short and long forms of a key, nearest-key hints and unit errors all
//! need the place of every key and value, so the file is read into this tree first and into meaning second (`read`).
//! Scalars stay text: it is our own quantity parser that decides what `1e6`, `1_000` or `20k` is.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;

use crate::error::{Place, ScenarioError};

/// The largest file that is read; a scenario is a page or two, so anything larger is a mistake.
pub(crate) const MAX_FILE_BYTES: usize = 1_000_000;

/// One value of the file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing: an empty value, `~` or `null`.
    Empty,
    /// Text, without quotes.
    Scalar(String),
    /// A number or a truth value, as written.
    Literal(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// Reads a file into its tree.
pub(crate) fn parse(text: &str) -> Result<Node, ScenarioError> {
    if text.len() > MAX_FILE_BYTES {
        return Err(ScenarioError::whole(format!(
            "the file has {} bytes; a scenario has at most {MAX_FILE_BYTES}",
            text.len()
        ))
        .hint("is this the right file?"));
    }
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(ScenarioError::whole("the file is empty")
            .hint("a scenario starts with `name: my-system`; `estimator list` shows those that ship"));
    }
    // A scenario has some hundred nodes; the limits stop files that unfold into billions.
    let options =
        serde_yaml::options! { budget: serde_yaml::budget! { max_aliases: 1_000, max_nodes: 50_000 } };
    let tree: Spanned<RawValue> = serde_yaml::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().map(|location| {
            let start = byte_offset(text, location.line(), location.column());
            Place::at(start, text[start..].chars().next().map_or(0, char::len_utf8))
        });
        let message = first_line(&error.without_snippet().to_string());
        let refused = ScenarioError::syntax(place, &message);
        match place.and_then(|place| hint(text, place, &message)) {
            Some(hint) => refused.hint(hint),
            None => refused,
        }
    })?;
    let node = place_tree(tree, text);
    if matches!(node.value, Value::Empty) {
        return Err(ScenarioError::whole("the file says nothing: it has only comments")
            .hint("a scenario starts with `name: my-system`"));
    }
    Ok(node)
}

/// The usual reason for a line that is not YAML.
fn hint(text: &str, place: Place, message: &str) -> Option<&'static str> {
    let line = text.lines().nth(place.line(text) - 1)?;
    let after_colon = line.split_once(": ").map_or("", |(_, value)| value);
    if message.starts_with("duplicate mapping key") {
        Some("keep one of the two")
    } else if message.contains("unclosed quote") {
        Some("close the quote on the same line")
    } else if line.contains('\t') || message.contains(" tab") {
        Some("YAML is indented with blanks, not with tabs")
    } else if line.split('"').step_by(2).any(|unquoted| unquoted.contains("/{") || unquoted.contains("}/")) {
        Some("quote text with braces: `GET: \"/items/{item}\"`")
    } else if after_colon.starts_with(['>', '%', '@', '*', '&', '!', '`']) {
        Some("quote a value that begins with a special character: `\"...\"`")
    } else {
        None
    }
}

/// The parser adds the position to its message, which the snippet below it says already, and its own settings.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or("not YAML");
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let end = [" at line ", ", set "].iter().filter_map(|tail| line.find(tail)).min();
    line[..end.unwrap_or(line.len())].to_owned()
}

/// Byte offset of a line and column, both counted from 1, columns in characters.
fn byte_offset(text: &str, line: u64, column: u64) -> usize {
    let skip = |count: u64| usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
    let start: usize = text.split_inclusive('\n').take(skip(line)).map(str::len).sum();
    let rest = &text[start.min(text.len())..];
    let column = rest.char_indices().nth(skip(column)).map_or(rest.len(), |(offset, _)| offset);
    (start + column).min(text.len())
}

/// Where something begins. The parser counts bytes as well, which spares a look at all lines before.
fn start_of(location: &serde_yaml::Location, text: &str) -> usize {
    let counted = location.span().byte_offset().and_then(|offset| usize::try_from(offset).ok());
    match counted {
        Some(offset) => text.floor_char_boundary(offset.min(text.len())),
        None => byte_offset(text, location.line(), location.column()),
    }
}

/// As the parser gives it: `Spanned` cannot stand inside itself, so places are added when all is read.
enum RawValue {
    Empty,
    Text(String),
    /// A number or a truth value: its text is taken from the file, so that nothing is lost in conversion.
    Literal,
    List(Vec<Spanned<RawValue>>),
    Map(Vec<(Spanned<String>, Spanned<RawValue>)>),
}

fn place_tree(raw: Spanned<RawValue>, text: &str) -> Node {
    let place = place_of(&raw, text);
    let value = match raw.value {
        RawValue::Empty => Value::Empty,
        RawValue::Text(scalar) => Value::Scalar(scalar),
        RawValue::Literal => {
            let defined = span_of(&raw.defined, text);
            Value::Literal(text[defined.start..defined.end].trim().to_owned())
        }
        RawValue::List(items) => Value::List(items.into_iter().map(|item| place_tree(item, text)).collect()),
        RawValue::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let place = place_of(&key, text);
                    (Key { name: key.value, place }, place_tree(value, text))
                })
                .collect(),
        ),
    };
    Node { value, place }
}

fn place_of<T>(spanned: &Spanned<T>, text: &str) -> Place {
    span_of(&spanned.referenced, text)
}

fn span_of(location: &serde_yaml::Location, text: &str) -> Place {
    let start = start_of(location, text);
    let length = location
        .span()
        .byte_len()
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or(1)
        .min(text.len() - start);
    // A quoted scalar or a block may end in the middle of nothing; a place never splits a character.
    let mut end = start + length;
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Place::at(start, end - start)
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawValue, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value, a list or a map")
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Empty)
    }

    fn visit_bool<E>(self, _: bool) -> Result<RawValue, E> {
        Ok(RawValue::Literal)
    }

    fn visit_i64<E>(self, _: i64) -> Result<RawValue, E> {
        Ok(RawValue::Literal)
    }

    fn visit_u64<E>(self, _: u64) -> Result<RawValue, E> {
        Ok(RawValue::Literal)
    }

    fn visit_i128<E>(self, _: i128) -> Result<RawValue, E> {
        Ok(RawValue::Literal)
    }

    fn visit_u128<E>(self, _: u128) -> Result<RawValue, E> {
        Ok(RawValue::Literal)
    }

    fn visit_f64<E>(self, _: f64) -> Result<RawValue, E> {
        Ok(RawValue::Literal)
    }

    fn visit_str<E>(self, text: &str) -> Result<RawValue, E> {
        Ok(RawValue::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<RawValue, E> {
        Ok(RawValue::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(RawValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(RawValue::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar_at<'a>(node: &'a Node, key: &str) -> (&'a str, Place) {
        let Value::Map(entries) = &node.value else { panic!("a map") };
        let (_, node) = entries.iter().find(|(name, _)| name.name == key).expect("the key");
        let (Value::Scalar(text) | Value::Literal(text)) = &node.value else {
            panic!("a scalar, found {:?}", node.value)
        };
        (text, node.place)
    }

    #[test]
    fn scalars_keep_their_text_and_their_place() {
        let text = "a: 1_000\nb: 1e6\nc: 'x y'\nd: no\ne: 5 MB # note\nf: 0.050\n";
        let tree = parse(text).unwrap();
        for (key, expected) in
            [("a", "1_000"), ("b", "1e6"), ("c", "x y"), ("d", "no"), ("e", "5 MB"), ("f", "0.050")]
        {
            assert_eq!(scalar_at(&tree, key).0, expected);
        }
        let place = scalar_at(&tree, "e").1;
        assert_eq!(&text[place.start..place.end], "5 MB");
    }

    #[test]
    fn a_place_is_right_behind_letters_of_several_bytes_and_a_byte_order_mark() {
        for mark in ["", "\u{feff}"] {
            for (text, key) in
                [("a: 1", "a"), ("ä: \"ü\"\nb: 5 MB", "b"), ("# ß\r\nb: x", "b"), ("b:\n  - 7", "b")]
            {
                let text = format!("{mark}{text}");
                let tree = parse(&text).unwrap();
                let Value::Map(entries) = &tree.value else { panic!("a map") };
                let (name, value) = entries.iter().find(|(name, _)| name.name == key).expect("the key");
                assert_eq!(&text[name.place.start..name.place.end], key, "{text:?}");
                assert_eq!(value.place.start, text.find(['1', '5', 'x', '-']).unwrap(), "{text:?}");
            }
        }
    }

    #[test]
    fn an_alias_bomb_and_deep_nesting_are_refused_quickly() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..9 {
            use std::fmt::Write as _;
            let parts = vec![format!("*a{}", level - 1); 9].join(",");
            writeln!(bomb, "a{level}: &a{level} [{parts}]").unwrap();
        }
        assert!(parse(&bomb).is_err());
        assert!(parse(&"[".repeat(20_000)).is_err());
    }

    #[test]
    fn a_duplicate_key_is_refused_at_the_second() {
        let error = parse("name: a\nusers: 1\nname: b\n").unwrap_err();
        assert!(error.render("x.yaml", "name: a\nusers: 1\nname: b\n").contains("x.yaml:3:1"));
    }
}
