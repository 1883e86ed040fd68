//! Paths into a JSON answer: `$.id`, `$.items[0].id`; names and indexes, which is all that journeys need.

use std::borrow::Cow;

use serde_json::Value;

/// A path, taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonPath(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Name(String),
    Index(usize),
}

impl JsonPath {
    /// `None` when the text is not a path.
    pub(crate) fn parse(text: &str) -> Option<JsonPath> {
        let mut segments = Vec::new();
        let mut rest = text.strip_prefix('$')?;
        while !rest.is_empty() {
            if let Some(index) = rest.strip_prefix('[') {
                let (index, after) = index.split_once(']')?;
                segments.push(Segment::Index(index.parse().ok()?));
                rest = after;
            } else {
                let name = rest.strip_prefix('.')?;
                let end = name.find(['.', '[']).unwrap_or(name.len());
                if end == 0 {
                    return None;
                }
                segments.push(Segment::Name(name[..end].to_owned()));
                rest = &name[end..];
            }
        }
        Some(JsonPath(segments))
    }

    /// What stands there, if anything does.
    pub(crate) fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |value, segment| match segment {
            Segment::Name(name) => value.get(name),
            Segment::Index(index) => value.get(index),
        })
    }

    /// What stands there, as the text of a variable.
    pub(crate) fn text<'a>(&self, value: &'a Value) -> Option<Cow<'a, str>> {
        match self.find(value)? {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Null | Value::Object(_) | Value::Array(_) => None,
            other => Some(Cow::Owned(other.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_what_stands_there() {
        let value: Value =
            serde_json::from_str(r#"{"id":7,"items":[{"name":"a"},{"name":"b"}],"none":null}"#).unwrap();
        for (path, expected) in [
            ("$.id", Some("7")),
            ("$.items[1].name", Some("b")),
            ("$.items[2].name", None),
            ("$.none", None),
            ("$.items", None),
            ("$", None),
        ] {
            assert_eq!(JsonPath::parse(path).unwrap().text(&value).as_deref(), expected, "{path}");
        }
        for bad in ["id", "$id", "$.", "$..a", "$[x]", "$[1"] {
            assert_eq!(JsonPath::parse(bad), None, "{bad}");
        }
    }
}
