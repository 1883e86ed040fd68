//! The description as a page for people: plain HTML with the forum's own stylesheet, nothing from elsewhere and no script.

use askama::Template;
use axum::http::HeaderName;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Html;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::text;
use crate::app::App;
use crate::error::ApiError;

/// The stylesheet is ours; there is nothing else to load.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

#[derive(Template)]
#[template(path = "openapi.html")]
struct DescriptionPage {
    title: String,
    operations: Vec<Operation>,
    schemas: Vec<(String, String)>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    needs_token: bool,
    request: String,
    responses: Vec<(String, String)>,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(page))
}

/// This document as a page
#[utoipa::path(
    get,
    path = "/api/v1/openapi.html",
    operation_id = "description_page",
    tag = "operation",
    responses((status = 200, description = "HTML", body = String, content_type = "text/html; charset=utf-8")),
)]
async fn page() -> Result<([(HeaderName, &'static str); 1], Html<String>), ApiError> {
    let document: Value = serde_json::from_str(text()).map_err(ApiError::internal)?;
    let page = described(&document).render().map_err(ApiError::internal)?;
    Ok(([(CONTENT_SECURITY_POLICY, POLICY)], Html(page)))
}

fn described(document: &Value) -> DescriptionPage {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| self::operation(path, method, operation))
    });
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    DescriptionPage {
        title: words(&document["info"]["title"]),
        operations: operations.collect(),
        schemas: schemas.map(|(name, schema)| (name.clone(), pretty(schema))).collect(),
    }
}

fn operation(path: &str, method: &str, operation: &Value) -> Operation {
    let responses = operation["responses"].as_object().into_iter().flatten();
    let means = |(status, response): (&String, &Value)| {
        let told = response["$ref"].as_str().or_else(|| response["description"].as_str());
        (status.clone(), told.unwrap_or_default().replace("#/components/responses/", "as every "))
    };
    Operation {
        id: words(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: words(&operation["summary"]),
        description: words(&operation["description"]),
        needs_token: operation["security"].as_array().is_some_and(|list| !list.is_empty()),
        request: operation.get("requestBody").map(pretty).unwrap_or_default(),
        responses: responses.map(means).collect(),
    }
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
