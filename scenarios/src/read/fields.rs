//! Reading one map of the file: its keys, their values, and errors that point at them.

use crate::conventions::Conventions;
use crate::error::{Place, ScenarioError, nearest};
use crate::pause::Pause;
use crate::quantity::{self, Quantity};
use crate::range::Range;
use crate::raw::{Key, Node, Value};
use crate::scenario::{Origin, Sourced};
use crate::units::Unit;

pub(super) type Read<T> = Result<T, ScenarioError>;

/// What every reader needs to know about the file.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) text: &'a str,
    pub(super) conventions: &'a Conventions,
    /// The description of the reference forum that ships with the tools, not a file of the user's.
    pub(super) is_forum: bool,
}

impl File<'_> {
    pub(super) fn origin(&self, place: Place) -> Origin {
        if self.is_forum { Origin::Forum } else { Origin::File(place.line(self.text)) }
    }

    pub(super) fn line(&self, place: Place) -> usize {
        place.line(self.text)
    }

    /// The place of a part of a scalar; of all of it where quotes or escapes have moved the text.
    pub(super) fn inside(&self, node: &Node, text: &str, part: std::ops::Range<usize>) -> Place {
        let start = node.place.start;
        for quote in [0, 1] {
            if self.text.get(start + quote..).is_some_and(|written| written.starts_with(text)) {
                return Place { start: start + quote + part.start, end: start + quote + part.end };
            }
        }
        node.place
    }

    /// A number of any dimension.
    pub(super) fn any_quantity(&self, node: &Node) -> Read<Quantity> {
        self.quantity_in(node, scalar(node)?)
    }

    /// Likewise, from a part of the node's text.
    pub(super) fn quantity_in(&self, node: &Node, text: &str) -> Read<Quantity> {
        quantity::parse(text, None, self.conventions).map_err(|complaint| at(node, complaint))
    }

    /// A number or a range, in the unit that is due here.
    pub(super) fn range<T: Unit>(&self, node: &Node) -> Read<Range<T>> {
        self.range_in(node, scalar(node)?)
    }

    /// Likewise, from a part of the node's text.
    pub(super) fn range_in<T: Unit>(&self, node: &Node, text: &str) -> Read<Range<T>> {
        let read = quantity::parse(text, Some(T::DIMENSION), self.conventions)
            .map_err(|complaint| at(node, complaint))?;
        let end = |value| {
            T::from_base(value)
                .ok_or_else(|| refused(node, format!("`{}` {}", text.trim(), T::ALLOWED), T::INSTEAD))
        };
        Range::new(end(read.low)?, end(read.high)?)
            .ok_or_else(|| refused(node, "the range is upside down", "write the smaller end first"))
    }

    /// How long people pause, from a part of the node's text.
    pub(super) fn pause(&self, node: &Node, text: &str) -> Read<Pause> {
        super::pause::pause(text, self.conventions).map_err(|complaint| at(node, complaint))
    }

    pub(super) fn sourced<T: Unit>(&self, node: &Node) -> Read<Sourced<Range<T>>> {
        Ok(Sourced { value: self.range(node)?, origin: self.origin(node.place) })
    }

    /// One number, not a range.
    pub(super) fn point<T: Unit>(&self, node: &Node) -> Read<T> {
        let range = self.range::<T>(node)?;
        if range.is_point() {
            Ok(range.low())
        } else {
            Err(refused(node, "a range is not allowed here", "write one number"))
        }
    }

    /// A whole number of at least one.
    pub(super) fn whole(&self, node: &Node) -> Read<u32> {
        let number = self.point::<crate::units::Count>(node)?.number();
        if number.fract() != 0.0 || !(1.0..=f64::from(u32::MAX)).contains(&number) {
            return Err(refused(
                node,
                format!("expected a whole number of at least 1, found {number}"),
                "like 200",
            ));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
        Ok(number as u32)
    }
}

fn at(node: &Node, complaint: quantity::Complaint) -> ScenarioError {
    ScenarioError::new(node.place, complaint.message, "").hint(complaint.hint)
}

/// An error at a value.
pub(super) fn refused(node: &Node, message: impl Into<String>, hint: impl Into<String>) -> ScenarioError {
    ScenarioError::new(node.place, message, "").hint(hint)
}

/// The text of a scalar.
pub(super) fn scalar(node: &Node) -> Read<&str> {
    match &node.value {
        Value::Scalar(text) | Value::Literal(text) => Ok(text),
        Value::Empty => Err(refused(node, "a value is missing here", "write it after the colon")),
        Value::List(_) => {
            Err(refused(node, "expected one value, found a list", "write it without brackets or dashes"))
        }
        Value::Map(_) => Err(refused(
            node,
            "expected one value, found a map",
            "write the value alone, without braces and without lines below it",
        )),
    }
}

/// The keys and values of a map, in order, whatever the keys are.
pub(super) fn entries<'a>(node: &'a Node, what: &str) -> Read<&'a [(Key, Node)]> {
    match &node.value {
        Value::Map(entries) => Ok(entries),
        Value::Empty => Ok(&[]),
        _ => Err(refused(
            node,
            format!("{what} is a map: `name: value` lines"),
            "indent the lines under it by two spaces",
        )),
    }
}

/// Refuses names that would not print on one line.
pub(super) fn check_names(entries: &[(Key, Node)]) -> Read<()> {
    for (key, _) in entries {
        if key.name.trim().is_empty()
            || key.name.chars().any(char::is_control)
            || key.name.len() > MAX_NAME_BYTES
        {
            let message = format!("a name has 1 to {MAX_NAME_BYTES} printable characters");
            return Err(ScenarioError::new(key.place, message, "").hint("like `read question`"));
        }
    }
    Ok(())
}

/// The longest name of an action or an entity; it heads a row of every report.
const MAX_NAME_BYTES: usize = 80;

/// One value, or a list of them.
pub(super) fn one_or_many(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().collect(),
        Value::Empty => Vec::new(),
        _ => vec![node],
    }
}

/// The known keys of a map.
pub(super) struct Fields<'a> {
    entries: &'a [(Key, Node)],
}

impl<'a> Fields<'a> {
    /// Refuses keys that are not among `known`, with the nearest one as a hint.
    pub(super) fn of(node: &'a Node, what: &str, known: &[&str]) -> Read<Fields<'a>> {
        let entries = entries(node, what)?;
        for (key, _) in entries {
            if !known.contains(&key.name.as_str()) {
                return Err(unknown_key(key, known));
            }
        }
        Ok(Fields { entries })
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Node> {
        self.entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The value of `name` read by `read`, if it is there.
    pub(super) fn read<T>(&self, name: &str, read: impl FnOnce(&'a Node) -> Read<T>) -> Read<Option<T>> {
        self.get(name).map(read).transpose()
    }
}

pub(super) fn unknown_key(key: &Key, known: &[&str]) -> ScenarioError {
    let label = match nearest(&key.name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "not a key that is known here".to_owned(),
    };
    ScenarioError::new(key.place, format!("unknown key `{}`", key.name), label)
        .hint(format!("the keys at this level are {}", known.join(", ")))
}

/// A word that must be one of a few.
pub(super) fn one_of<'a>(node: &Node, word: &str, words: &[&'a str]) -> Read<&'a str> {
    words.iter().find(|known| **known == word).copied().ok_or_else(|| {
        let label = nearest(word, words.iter().copied())
            .map_or(String::new(), |near| format!("did you mean `{near}`?"));
        ScenarioError::new(node.place, format!("unknown word `{word}`"), label)
            .hint(format!("write one of: {}", words.join(", ")))
    })
}
