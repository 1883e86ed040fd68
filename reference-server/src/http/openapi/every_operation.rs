//! What holds for every operation, added to the document in one place: so that no handler says it again, and none
//! forgets it.
//!
//! It works on the finished JSON: responses and headers are told once, under `components`, and referred to.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::limits::HEAD_BYTES;

/// Adds the common parts to a document.
pub(super) fn complete(document: &mut Value) {
    let components = &mut document["components"];
    components["headers"] = headers();
    components["responses"] = responses();
    components["parameters"] = json!({"IdempotencyKey": idempotency_key()});
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        let Some(operations) = item.as_object_mut() else { continue };
        for (method, operation) in operations {
            complete_operation(path, method, operation);
        }
    }
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let of_interface = path.starts_with("/api/");
    let has = |operation: &Value, part: &str| operation.get(part).is_some();
    let mut possible = vec!["431", "500"];
    if of_interface {
        possible.extend(["429", "503"]);
    }
    if has(operation, "requestBody") {
        possible.extend(["400", "408", "413", "415", "422"]);
    }
    if path.contains('{') {
        possible.push("404");
    }
    if method == "get" && operation["parameters"].as_array().is_some_and(|list| list.iter().any(is_query)) {
        possible.extend(["400", "422"]);
    }
    if has(operation, "security") {
        possible.push("401");
    } else {
        // Said, so that nobody has to wonder whether it was forgotten.
        operation["security"] = json!([]);
    }
    if method == "post" && of_interface {
        let key = json!({"$ref": "#/components/parameters/IdempotencyKey"});
        match operation["parameters"].as_array_mut() {
            Some(list) => list.push(key),
            None => operation["parameters"] = json!([key]),
        }
        // A key that was used for another request is 422.
        possible.extend(["409", "422"]);
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for response in responses.values_mut() {
        let Some(response) = response.as_object_mut() else { continue };
        let known = response.entry("headers").or_insert_with(|| json!({}));
        for name in of_every_answer(of_interface) {
            known[*name] = json!({"$ref": format!("#/components/headers/{name}")});
        }
        if method == "post" && of_interface {
            known["idempotent-replayed"] = json!({"$ref": "#/components/headers/idempotent-replayed"});
        }
    }
    for status in possible {
        let told = json!({"$ref": format!("#/components/responses/{status}")});
        responses.entry(status).or_insert(told);
    }
}

fn is_query(parameter: &Value) -> bool {
    parameter["in"] == "query"
}

fn of_every_answer(of_interface: bool) -> &'static [&'static str] {
    if of_interface {
        &["x-request-id", "server-timing", "ratelimit-policy", "ratelimit"]
    } else {
        &["x-request-id", "server-timing"]
    }
}

fn idempotency_key() -> Value {
    json!({
        "name": "idempotency-key",
        "in": "header",
        "required": false,
        "description": "Up to 255 visible characters, new for each thing that is to be done. The same request with the \
                        same key, within 24 h, is not done again and answered as the first time; another request \
                        with it is refused with 422, and one that is still being done with 409.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "example": "6f1c2b6e-4a0e-4d0c-9a4f-0d3b1c2d3e4f",
    })
}

fn headers() -> Value {
    let text = |says: &str, example: &str| json!({"description": says, "schema": {"type": "string"}, "example": example});
    json!({
        "x-request-id": text("The name of the request in our log; taken from the request if it is well-formed.", "c0ffee0123456789"),
        "server-timing": text("Where the time went, in milliseconds (W3C Server Timing).", "db;dur=0.21, total;dur=0.35"),
        "ratelimit-policy": text("How many requests (q) are allowed in a window of seconds (w).", "\"read\";q=600;w=60"),
        "ratelimit": text("How many more may be sent now (r), and when all are allowed again (t, seconds).", "\"read\";r=599;t=1"),
        "idempotent-replayed": text("`true`: this was done before under the same key.", "true"),
        "retry-after": {
            "description": "Seconds after which it may work.",
            "schema": {"type": "integer", "minimum": 1},
            "example": 1,
        },
    })
}

/// The errors that are the same wherever they occur, with an example of each.
fn responses() -> Value {
    let error = |says: &str, code: &str, message: &str| {
        json!({
            "description": says,
            "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}},
            "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "example": {"error": {"code": code, "message": message}},
            }},
        })
    };
    let ours = |says: &str, example: ApiError| error(says, example.code(), &example.to_string());
    let later = |mut response: Value| {
        response["headers"]["retry-after"] = json!({"$ref": "#/components/headers/retry-after"});
        response
    };
    json!({
        "400": error("The request cannot be read", "json_invalid", "the body is no JSON"),
        "401": ours("No valid token was sent", ApiError::NotLoggedIn),
        "404": ours("There is no such thing", ApiError::NotFound("question")),
        "408": error("The body did not arrive in time", "body_too_slow", "the body did not arrive within 8 s"),
        "409": error(
            "Somebody else has it, or a request with the same key is still being done",
            "in_progress",
            "a request with this key is being done; try again in a moment",
        ),
        "413": error("The body is too large", "body_too_large", "a body has at most 65536 bytes"),
        "415": error("The body is not JSON", "json_expected", "a body is application/json"),
        "422": error(
            "A value makes no sense, or another request was made with the same key",
            "title_too_short",
            "a title has at least 10 characters, found 7",
        ),
        "429": later(error("Too many requests", "too_many_requests", "too many requests; try again in 6 s")),
        "431": {"description": format!("The head of the request is larger than {HEAD_BYTES} bytes; the connection ends")},
        "500": ours("Our fault", ApiError::Internal),
        "503": later(ours("The server is busy", ApiError::Busy)),
    })
}
