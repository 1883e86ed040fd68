//! The part of JSON Schema that our schema is written in; a keyword beyond it is a mistake of the schema or a gap here.

use serde_json::{Map, Value};

/// Whether the schema accepts the value, and if not, where it does not.
pub(crate) fn accepts(schema: &Value, value: &Value) -> Result<(), String> {
    check(schema, value, "")
}

fn check(schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    let refuse = |what: &str| Err(format!("{place}: {what}"));
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "type" if !types(rule).contains(&type_of(value)) => return refuse("another type is due"),
            "enum" if !rule.as_array().expect("words").contains(value) => {
                return refuse("another word is due");
            }
            "anyOf" => any_of(rule.as_array().expect("forms"), value, place)?,
            "required" => {
                for name in rule.as_array().expect("names").iter().filter_map(Value::as_str) {
                    if value.as_object().is_some_and(|map| !map.contains_key(name)) {
                        return refuse(&format!("{name} is missing"));
                    }
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, &format!("{place}/{index}"))?;
                }
            }
            "properties" => {
                for (name, rule) in rule.as_object().expect("keys") {
                    if let Some(value) = value.get(name) {
                        check(rule, value, &format!("{place}/{name}"))?;
                    }
                }
            }
            "additionalProperties" => others(schema, rule, value, place)?,
            "type" | "enum" | "$schema" | "title" | "description" | "examples" => {}
            unknown => panic!("{place}: the keyword {unknown} is not known here"),
        }
    }
    Ok(())
}

/// The refusal that lies deepest is about the form that was meant.
fn any_of(forms: &[Value], value: &Value, place: &str) -> Result<(), String> {
    let refusals: Result<Vec<String>, ()> = forms
        .iter()
        .map(|form| match check(form, value, place) {
            Ok(()) => Err(()),
            Err(refusal) => Ok(refusal),
        })
        .collect();
    let Ok(refusals) = refusals else { return Ok(()) };
    Err(refusals.into_iter().max_by_key(|refusal| refusal.matches('/').count()).expect("a form"))
}

fn others(schema: &Value, rule: &Value, value: &Value, place: &str) -> Result<(), String> {
    let none = Map::new();
    let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let others = value.as_object().unwrap_or(&none).iter().filter(|(name, _)| !known.contains_key(*name));
    for (name, value) in others {
        let place = format!("{place}/{name}");
        match rule {
            Value::Bool(false) => return Err(format!("{place}: unknown key")),
            rule => check(rule, value, &place)?,
        }
    }
    Ok(())
}

/// One name of a type or several.
pub(crate) fn types(rule: &Value) -> Vec<&str> {
    match rule {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
