//! The null endpoint: what the server costs when it has nothing to do, which is the ceiling of any
//! measurement against it.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hello))
}

/// A greeting.
#[derive(Serialize, ToSchema)]
struct Hello {
    #[schema(example = "Hello, World!")]
    message: &'static str,
}

/// Do nothing: what the server costs by itself
#[utoipa::path(
    get,
    path = "/json",
    tag = "operation",
    responses((status = 200, description = "Always the same", body = Hello)),
)]
async fn hello() -> Json<Hello> {
    Json(Hello { message: "Hello, World!" })
}
