//! The document: what it says of the whole interface, the routes put into it, and where it is served.

use std::sync::LazyLock;

use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, Info, License, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{every_operation, shapes};
use crate::app::App;

const DESCRIPTION: &str = "Questions and answers. Every error is JSON with a `code` that does not change. A POST that \
carries an `Idempotency-Key` can be sent again without being done again. How much a client may ask for is limited; an \
answer of 429 says when to come back. Where reads are answered by replicas, the answer to a write has a header \
`x-log-position`: who sends it along with a read is sure to see the write.";

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let described = serde_json::to_value(super::super::boundary::described().into_openapi());
    // Cannot fail: the document is text, numbers and lists.
    let mut document = described.unwrap_or_default();
    every_operation::complete(&mut document);
    shapes::told_once(&mut document);
    serde_json::to_string_pretty(&document).unwrap_or_default()
});

/// The whole document.
pub(crate) fn text() -> &'static str {
    &TEXT
}

/// What the document says before any route is put into it.
pub(crate) fn beginning() -> OpenApi {
    let mut info = Info::new("Headroom Forum", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    let mut license = License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    info.license = Some(license);
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token that a log-in answers with."));
    let components = ComponentsBuilder::new()
        .security_scheme("token", SecurityScheme::Http(token.build()))
        .schema_from::<crate::error::ErrorAnswer>();
    let tag = |name: &str, says: &str| TagBuilder::new().name(name).description(Some(says)).build();
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([utoipa::openapi::Server::new("/")]))
        .tags(Some([
            tag("questions", "Questions and their answers."),
            tag("members", "Accounts, log-ins and profiles."),
            tag("operation", "For who runs the server."),
        ]))
        .components(Some(components.build()))
        .build()
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    let routes = OpenApiRouter::new().routes(routes!(description));
    #[cfg(feature = "openapi-page")]
    let routes = routes.merge(super::page::routes());
    routes
}

/// This document
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
)]
async fn description() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "application/json")], text())
}
