//! The description of the interface: it is served, it is whole, and it says what the router does.

use std::collections::BTreeSet;

use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::editing::edit;
use crate::forum::Forum;

/// Every operation of the document: path, method and what it says.
pub(crate) fn operations(document: &Value) -> Vec<(String, Method, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let method = method.to_uppercase().parse().expect("a method");
            all.push((path.clone(), method, operation.clone()));
        }
    }
    all
}

/// The address of an operation, every identifier being 1.
pub(crate) fn address(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/")
}

/// What must stand behind the question mark, from the examples.
fn query(operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let needed = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
    let given = |one: &Value| Some(format!("{}={}", one["name"].as_str()?, one["example"].as_str()?));
    let given: Vec<String> = needed.map(|one| given(one).expect("a name and an example")).collect();
    if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) }
}

pub(crate) async fn document(forum: &Forum) -> Value {
    let answer = forum.get("/api/v1/openapi.json").await;
    assert_eq!((answer.status, answer.header(CONTENT_TYPE)), (StatusCode::OK, "application/json"));
    answer.json()
}

/// What the pages are; everything else must be described.
const PAGES: &[&str] = &[
    "/",
    "/answers/{id}/comments",
    "/answers/{id}/delete",
    "/answers/{id}/edit",
    "/answers/{id}/restore",
    "/answers/{id}/revisions",
    "/answers/{id}/vote",
    "/ask",
    "/comments/{id}/delete",
    "/comments/{id}/edit",
    "/comments/{id}/restore",
    "/configuration",
    "/icon.svg",
    "/login",
    "/logout",
    "/notifications",
    "/notifications/read",
    "/notifications/{id}/read",
    "/profile",
    "/profile/avatar",
    "/profile/avatar/delete",
    "/profile/password",
    "/questions/{id}",
    "/questions/{id}/accept",
    "/questions/{id}/answers",
    "/questions/{id}/comments",
    "/questions/{id}/delete",
    "/questions/{id}/edit",
    "/questions/{id}/restore",
    "/questions/{id}/revisions",
    "/questions/{id}/vote",
    "/schema",
    "/search",
    "/sessions",
    "/sessions/{id}/revoke",
    "/signup",
    "/style.css",
    "/tags",
    "/tags/{name}",
    "/users/{id}",
];

#[tokio::test]
async fn the_router_and_the_document_have_the_same_routes() {
    let forum = Forum::new().await;
    let document = document(&forum).await;
    // axum does not list its routes, but shows them to who debugs it: `RouteId(7): "/api/v1/questions"`.
    let shown = format!("{:?}", forum.router);
    let after = shown.split("RouteId(").skip(1);
    let routed: BTreeSet<&str> = after
        .filter_map(|rest| rest.split_once("): \"").filter(|(id, _)| id.bytes().all(|b| b.is_ascii_digit())))
        .filter_map(|(_, rest)| rest.split('"').next())
        .filter(|path| !PAGES.contains(path) && !path.contains("__private__"))
        .collect();
    let described: BTreeSet<&str> =
        document["paths"].as_object().expect("paths").keys().map(String::as_str).collect();
    assert!(described.len() >= 12, "{described:?}");
    assert_eq!(routed, described);
}

#[tokio::test]
async fn every_described_method_exists_and_no_other() {
    let forum = Forum::new().await;
    let document = document(&forum).await;
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for path in document["paths"].as_object().expect("paths").keys() {
        for method in &methods {
            let described = document["paths"][path].get(method.as_str().to_lowercase()).is_some();
            let answer = forum.call(method.clone(), &address(path), "", None).await;
            let exists = answer.status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(exists, described, "{method} {path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn an_operation_asks_for_a_token_if_and_only_if_it_says_so() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question to read", "body").await;
    for (path, method, operation) in operations(&document(&forum).await) {
        let body = operation["requestBody"].is_object().then(|| json!({}));
        let answer = forum.call(method.clone(), &address(&path), "", body).await;
        let needed = operation["security"].as_array().is_some_and(|list| !list.is_empty());
        assert_eq!(answer.status == StatusCode::UNAUTHORIZED, needed, "{method} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn every_operation_is_told_in_full() {
    let forum = Forum::new().await;
    let document = document(&forum).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let place = format!("{method} {path}");
        let name = operation["operationId"].as_str().expect("a name").to_owned();
        assert!(names.insert(name), "{place}: another operation has the same name");
        for part in ["summary", "tags", "security", "responses"] {
            assert!(operation.get(part).is_some_and(|part| !part.is_null()), "{place} has no {part}");
        }
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{place} never succeeds");
        if path.starts_with("/api/") {
            assert!(responses.contains_key("429") && responses.contains_key("503"), "{place}");
        }
        if operation["requestBody"].is_object() {
            assert!(responses.contains_key("422") && responses.contains_key("413"), "{place}");
        }
        let parameters = operation["parameters"].to_string();
        let keyed = parameters.contains("IdempotencyKey");
        assert_eq!(keyed, method == Method::POST && path.starts_with("/api/"), "{place}");
    }
    references(&document, &document);
    let text = document.to_string();
    for name in document["components"]["schemas"].as_object().expect("schemas").keys() {
        let reference = format!("\"#/components/schemas/{name}\"");
        assert!(text.contains(&reference), "{name} is described and nothing refers to it");
    }
}

#[tokio::test]
async fn what_can_be_chosen_is_listed() {
    let forum = Forum::new().await;
    let document = document(&forum).await;
    let of = |path: &str, name: &str| {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().expect("parameters").clone();
        parameters.into_iter().find(|one| one["name"] == name).expect("the parameter")["schema"]["enum"]
            .clone()
    };
    assert_eq!(of("/api/v1/questions", "sort"), json!(["newest", "active", "top", "unanswered"]));
    assert_eq!(of("/api/v1/search", "in"), json!(["questions", "answers"]));
    assert_eq!(document["components"]["schemas"]["VoteForm"]["properties"]["value"]["enum"], json!([1, -1]));
}

/// Whatever is referred to exists.
fn references(document: &Value, part: &Value) {
    match part {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let pointer = reference.strip_prefix('#').expect("a reference into the document");
                assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            for part in map.values() {
                references(document, part);
            }
        }
        Value::Array(list) => {
            for part in list {
                references(document, part);
            }
        }
        _ => {}
    }
}

/// Whether a value is what a schema says: no field more, none less, and each of its type.
fn fits(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(&reference[1..]).expect("a schema");
        return fits(document, schema, value, place);
    }
    if let Some(kinds) = schema["oneOf"].as_array() {
        // What may be missing: null, or the type itself.
        let is_null = |kind: &&Value| kind["type"] == "null";
        let kind = kinds.iter().find(|kind| is_null(kind) == value.is_null());
        return fits(
            document,
            kind.unwrap_or_else(|| panic!("{place}: {value} is none of {schema}")),
            value,
            place,
        );
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => vec![kind.as_str().unwrap_or_else(|| panic!("{place}: no type in {schema}"))],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(kinds.contains(&kind), "{place}: {value} is not of {kinds:?}");
    if let Value::Array(items) = value {
        for item in items {
            fits(document, &schema["items"], item, place);
        }
    }
    if let Value::Object(fields) = value {
        let none = serde_json::Map::new();
        let known = schema["properties"].as_object().unwrap_or(&none);
        for (name, field) in fields {
            let schema = known.get(name).unwrap_or_else(|| panic!("{place}: {name} is not described"));
            fits(document, schema, field, &format!("{place}.{name}"));
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            assert!(fields.contains_key(name.as_str().expect("a name")), "{place}: {name} is missing");
        }
    }
}

#[tokio::test]
async fn what_is_answered_is_what_is_described_and_no_field_more() {
    let forum = Forum::new().await;
    let document = document(&forum).await;
    let mut ada = forum.member("grace").await;
    forum.ask(&ada, "A question to read", "body").await;
    // The answer is another member's, so that one can vote on it; all else is one's own.
    let bob = forum.member("bob").await;
    forum.post("/api/v1/questions/1/answers", &bob, json!({"body": "b"})).await;
    forum.post("/api/v1/answers/1/comments", &ada, json!({"body": "A comment"})).await;
    let mut looked_at = 0;
    let mut refused = 0;
    for (path, method, operation) in operations(&document) {
        // The document itself is any object, deletions say nothing, and a picture is no text.
        let is_picture = path.ends_with("/avatar") && method == Method::GET;
        if path.ends_with("openapi.json") || method == Method::DELETE || is_picture {
            continue;
        }
        let picture = operation["requestBody"]["content"].get("image/png").is_some();
        let body = (operation["requestBody"].is_object() && !picture).then(|| example(&document, &operation));
        let address = address(&path) + &query(&operation);
        let answer = if picture {
            crate::avatars::put(
                &forum,
                &ada,
                "image/png",
                crate::avatars::picture(4, 4, image::ImageFormat::Png),
            )
            .await
        } else if operation["parameters"].to_string().contains("if-match") {
            let path = address.trim_start_matches("/api/v1/");
            edit(&forum, &ada, path, "*", &body.unwrap_or_default()).await
        } else {
            forum.call(method.clone(), &address, &ada, body).await
        };
        let status = answer.status.as_str();
        // Not one's own answer, and one's own question: whoever does it, something may not be done.
        refused += u32::from(answer.status == StatusCode::FORBIDDEN);
        assert!(
            answer.status.is_success() || answer.status == StatusCode::FORBIDDEN,
            "{method} {path}: {}",
            answer.text
        );
        let place = format!("{method} {path} {status}");
        let mut described = &operation["responses"][status];
        if let Some(reference) = described["$ref"].as_str() {
            described = document.pointer(&reference[1..]).expect("a response");
        }
        assert!(described.is_object(), "{place} is not described: {}", answer.text);
        let schema = &described["content"]["application/json"]["schema"];
        if !schema.is_null() {
            fits(&document, schema, &answer.json(), &place);
            looked_at += 1;
            if let Some(token) = answer.json()["token"].as_str() {
                ada = token.to_owned(); // a change of the password ends the log-in before
            }
        }
    }
    assert!(looked_at >= 33 && refused <= 3, "{looked_at} {refused}");
}

/// The request that an operation gives as an example, put together from the examples of its fields.
pub(crate) fn example(document: &Value, operation: &Value) -> Value {
    let reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
    let schema = document.pointer(&reference.expect("a schema")[1..]).expect("a schema");
    let fields = schema["properties"].as_object().expect("fields");
    let given = |(name, field): (&String, &Value)| {
        let example = field.get("example").or_else(|| field["examples"].get(0));
        (name.clone(), example.unwrap_or_else(|| panic!("{name} has no example in {schema}")).clone())
    };
    Value::Object(fields.iter().map(given).collect())
}

#[cfg(feature = "openapi-page")]
#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let forum = Forum::new().await;
    let page = forum.get("/api/v1/openapi.html").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("<code>POST /api/v1/questions</code>"), "{}", page.text);
    for elsewhere in ["<script", "http://", "https://", "src="] {
        assert!(!page.text.contains(elsewhere), "{elsewhere}");
    }
}
