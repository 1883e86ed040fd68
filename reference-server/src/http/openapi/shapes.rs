//! Each shape is told once: one that has a name among the components is referred to wherever it stands.
//!
//! What is generic (a list of something) arrives with the shape of its items written out. A reader, and a program that
//! makes a client from the document, would take it for a shape of its own.

use serde_json::{Map, Value, json};

/// Puts a reference in the place of each schema that is the same as a named one.
pub(super) fn told_once(document: &mut Value) {
    let Some(named) = document["components"]["schemas"].as_object().cloned() else { return };
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for schema in schemas.values_mut() {
        // The named shape itself stays.
        within(schema, &named);
    }
    within(&mut document["paths"], &named);
}

fn within(value: &mut Value, named: &Map<String, Value>) {
    match value {
        Value::Object(parts) => parts.values_mut().for_each(|part| refer(part, named)),
        Value::Array(parts) => parts.iter_mut().for_each(|part| refer(part, named)),
        _ => {}
    }
}

fn refer(value: &mut Value, named: &Map<String, Value>) {
    let is_shape = value.get("properties").is_some();
    match named.iter().find(|(_, schema)| is_shape && *schema == value) {
        Some((name, _)) => *value = json!({"$ref": format!("#/components/schemas/{name}")}),
        None => within(value, named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_name_is_referred_to_and_what_has_none_stays() {
        let tag = json!({"type": "object", "properties": {"name": {"type": "string"}}});
        let other = json!({"type": "object", "properties": {"name": {"type": "integer"}}});
        let mut document = json!({
            "paths": {"/tags": {"get": {"schema": tag}}},
            "components": {"schemas": {
                "Tag": tag,
                "Listing_Tag": {"properties": {"items": {"items": tag}, "other": other}},
                "Name": {"type": "string"},
            }},
        });
        told_once(&mut document);
        let reference = json!({"$ref": "#/components/schemas/Tag"});
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Tag"], tag);
        assert_eq!(
            schemas["Listing_Tag"]["properties"],
            json!({"items": {"items": reference}, "other": other})
        );
        assert_eq!(document["paths"]["/tags"]["get"]["schema"], reference);
    }
}
