//! What a key's value may be, as pieces of JSON Schema.

use serde_json::{Map, Value, json};

/// A key, what it means, examples of its value, and what the value may be.
pub(super) type Key = (&'static str, Value);

/// One key of a map.
pub(super) fn key(name: &'static str, about: &str, examples: Value, value: Value) -> Key {
    let mut value = value;
    value["description"] = json!(about);
    value["examples"] = examples;
    (name, value)
}

/// One value: text, or what YAML takes for a number or a truth value.
pub(super) fn scalar() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// A number, a range or a number with its unit: `4`, `3..8 MB`, `5 MB +/- 20%`.
pub(super) fn number() -> Value {
    json!({ "type": ["string", "number"] })
}

/// One of a few words.
pub(super) fn word(words: &[&str]) -> Value {
    json!({ "enum": words })
}

/// A short form or a long one.
pub(super) fn either(forms: &[Value]) -> Value {
    json!({ "anyOf": forms })
}

/// A list.
pub(super) fn list(item: &Value) -> Value {
    json!({ "type": "array", "items": item })
}

/// One, a list of them, or none yet.
pub(super) fn one_or_many(item: &Value) -> Value {
    either(&[item.clone(), list(item), json!({ "type": "null" })])
}

/// A map with these keys and no others; what has nothing below it yet is `null` to YAML.
pub(super) fn map(keys: impl IntoIterator<Item = Key>) -> Value {
    let keys: Map<String, Value> = keys.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    json!({ "type": ["object", "null"], "properties": keys, "additionalProperties": false })
}

/// A map with names of the file's own.
pub(super) fn named(value: &Value) -> Value {
    json!({ "type": ["object", "null"], "additionalProperties": value })
}

/// Without the `null`, where a map is one of several forms.
pub(super) fn filled(mut map: Value) -> Value {
    map["type"] = json!("object");
    map
}
