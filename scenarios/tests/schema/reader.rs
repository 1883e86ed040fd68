//! What the schema says, held against the reader: for each key of the schema the reader is given a file with something
//! at that key, and its answer must agree.

use std::collections::BTreeSet;

use scenarios::{Scenario, schema};
use serde_json::{Value, json};

use super::accepts::{accepts, types};

const UNKNOWN: &str = "zzz_unknown";
/// Stands for every name that a file chooses itself.
const NAME: &str = "thing";
/// Keys of which a file has one or the other.
const EXCLUDES: &[(&str, &str)] = &[
    ("total", "per user"),
    ("fields", "size"),
    ("HEAD", "GET"),
    ("POST", "GET"),
    ("PUT", "GET"),
    ("PATCH", "GET"),
    ("DELETE", "GET"),
    ("body", "json"),
    ("form", "json"),
    ("file", "json"),
    ("header", "json"),
    ("cookie", "json"),
    ("regex", "json"),
    ("between", "json"),
];

/// A key of the schema: where it is, and what may stand there.
struct At {
    path: Vec<String>,
    schema: Value,
}

impl At {
    /// The forms that are possible here, one by one.
    fn forms(&self) -> Vec<&Value> {
        fn flat(schema: &Value) -> Vec<&Value> {
            match schema.get("anyOf").and_then(Value::as_array) {
                Some(forms) => forms.iter().flat_map(flat).collect(),
                None => vec![schema],
            }
        }
        flat(&self.schema)
    }

    fn shown(&self) -> String {
        self.path.join(" > ")
    }

    /// What the reader says of a good file with this value here.
    fn reader(&self, value: Value) -> Result<(), String> {
        let mut file = json!({
            "name": "a",
            "users": { "registered": 1 },
            "data": { NAME: { "size": "1 B" }, "question": "1 B", "answer": "1 B", "user": "1 B" },
            "actions": { NAME: { "per user": 1, "fan-out": { "mean": 1 } }, "read question": 1, "list latest": 1 },
            "requests": { NAME: { "GET": "/", "keep": { NAME: { "json": "$.a" } } } },
            "traffic": { "retries": { "most": 1 } },
            "choices": { "replicas": { "number": 1 } },
            "journeys": { NAME: { "steps": ["read question"] } },
            "backup": { "full": 1 },
            "compare": { "a": "x", "b": "y" },
            "tiers": { NAME: { "time": "1 ms" } },
        });
        if self.path.first().is_some_and(|first| first == "actions") && self.path.len() == 1 {
            // These are of actions.
            file["requests"] = json!({});
        }
        if matches!(self.path.as_slice(), [target, _, ..] if target == "target") {
            // These are of TLS, and come in a pair.
            file["target"] =
                json!({ "url": "https://a", "certificate": "a.pem", "key": "a.key", "command": "a" });
        }
        put(&mut file, &self.path, value);
        let text = file.to_string();
        Scenario::from_yaml(&text).map(drop).map_err(|error| error.render("x.yaml", &text))
    }
}

fn put(node: &mut Value, path: &[String], value: Value) {
    let Some((name, rest)) = path.split_first() else {
        for (name, value) in value.as_object().into_iter().flatten() {
            node[name] = value.clone();
        }
        return;
    };
    if !node.is_object() {
        *node = json!({});
    }
    let map = node.as_object_mut().expect("a map");
    for (_, other) in EXCLUDES.iter().filter(|(one, _)| one == name) {
        map.remove(*other);
    }
    match rest {
        [] => drop(map.insert(name.clone(), value)),
        _ => put(map.entry(name.clone()).or_insert(json!({})), rest, value),
    }
}

/// Every key of the schema, the file itself first.
fn everywhere() -> Vec<At> {
    let mut all = vec![At { path: vec![], schema: schema::scenario() }];
    let mut next = 0;
    while let Some(at) = all.get(next) {
        let mut below = Vec::new();
        for form in at.forms() {
            let keys = form.get("properties").and_then(Value::as_object).into_iter().flatten();
            let named = form.get("additionalProperties").filter(|rule| rule.is_object());
            let keys = keys.map(|(name, schema)| (name.as_str(), schema));
            for (name, schema) in keys.chain(named.map(|schema| (NAME, schema))) {
                let path = at.path.iter().map(String::as_str).chain([name]).map(str::to_owned).collect();
                below.push(At { path, schema: schema.clone() });
            }
        }
        all.extend(below);
        next += 1;
    }
    all
}

/// What follows in the answer, up to the end of its line, taken apart at commas.
fn listed<'a>(answer: &'a str, after: &str) -> Option<BTreeSet<&'a str>> {
    let (_, rest) = answer.split_once(after)?;
    Some(rest.lines().next().unwrap_or("").split(", ").collect())
}

#[test]
fn the_reader_knows_the_same_keys_at_every_level() {
    let mut levels = 0;
    for at in everywhere() {
        let fixed =
            at.forms().into_iter().find(|form| form.get("additionalProperties") == Some(&json!(false)));
        let answer = at.reader(json!({ UNKNOWN: 1 })).err().unwrap_or_default();
        let known = listed(&answer, "the keys at this level are ");
        let ours = fixed
            .map(|form| form["properties"].as_object().expect("keys").keys().map(String::as_str).collect());
        assert_eq!(
            ours,
            known,
            "below `{}`, `scenarios/src/schema/` left, the reader right: {answer}",
            at.shown()
        );
        levels += usize::from(ours.is_some());
    }
    assert!(levels >= 14, "{levels} levels");
}

#[test]
fn the_reader_takes_the_same_forms_for_every_key() {
    for at in everywhere().iter().skip(1) {
        let takes = |name: &str| {
            at.forms().iter().any(|form| {
                let by_type = form.get("type").is_none_or(|rule| types(rule).contains(&name));
                if form.get("enum").is_some() { name == "string" } else { by_type }
            })
        };
        for (name, value, refusals) in [
            ("object", json!({}), ["found a map"].as_slice()),
            ("array", json!([]), &["found a list", "is a map: "]),
            ("string", json!(UNKNOWN), &["is a map: "]),
        ] {
            let answer = at.reader(value).err().unwrap_or_default();
            let read = !refusals.iter().any(|refusal| answer.contains(refusal));
            assert_eq!(takes(name), read, "`{}` as {name}: {answer}", at.shown());
        }
        let empty = at.reader(Value::Null);
        assert_eq!(takes("null"), empty.is_ok(), "`{}` without a value: {empty:?}", at.shown());
    }
}

#[test]
fn the_reader_knows_the_same_words() {
    let mut choices = 0;
    for at in everywhere().iter().skip(1) {
        let answer = at.reader(json!(UNKNOWN)).err().unwrap_or_default();
        let known = listed(&answer, "write one of: ");
        // A word with a number behind it is an example.
        let words = at.schema.get("enum").or(known.as_ref().and(at.schema.get("examples")));
        let ours =
            words.map(|words| words.as_array().expect("words").iter().filter_map(Value::as_str).collect());
        assert_eq!(ours, known, "`{}`, ours left, the reader's right: {answer}", at.shown());
        choices += usize::from(known.is_some());
    }
    assert!(choices >= 7, "{choices} choices");
}

#[test]
fn every_key_is_described_and_the_reader_takes_its_examples() {
    for at in everywhere().iter().skip(1).filter(|at| at.path.last().is_some_and(|name| name != NAME)) {
        let about = at.schema.get("description").and_then(Value::as_str).unwrap_or_default();
        assert!(about.ends_with('.'), "`{}` is not described", at.shown());
        let examples = at.schema.get("examples").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        assert!(!examples.is_empty(), "`{}` has no example", at.shown());
        for example in examples {
            assert_eq!(accepts(&at.schema, example), Ok(()), "`{}`: {example}", at.shown());
            assert_eq!(at.reader(example.clone()), Ok(()), "`{}`: {example}", at.shown());
        }
    }
}
