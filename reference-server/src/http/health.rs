//! Health: whether the process lives, and whether it wants requests.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::limits::PING_TIME;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready))
}

/// How the server is.
#[derive(Serialize, ToSchema)]
struct Health {
    #[schema(example = "ready")]
    status: &'static str,
}

/// Whether the process lives
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "operation",
    responses((status = 200, description = "It does", body = Health)),
)]
async fn live() -> Json<Health> {
    Json(Health { status: "live" })
}

/// Whether the server wants requests
///
/// Not ready when it was told to stop, so that a balancer goes elsewhere before the door closes, or when the
/// store does not answer.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "operation",
    responses(
        (status = 200, description = "It does", body = Health),
        (status = 503, description = "It is stopping, or its store does not answer", body = Health),
    ),
)]
async fn ready(State(state): State<App>) -> (StatusCode, Json<Health>) {
    if state.readiness.stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "stopping" }));
    }
    if state.outage.is_on() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "the store does not answer" }));
    }
    // A database that hangs does not say so.
    let status = match tokio::time::timeout(PING_TIME, state.store.ping()).await {
        Ok(Ok(())) => return (StatusCode::OK, Json(Health { status: "ready" })),
        Ok(Err(error)) => {
            tracing::error!(%error, "the store fails");
            "the store fails"
        }
        Err(_) => "the store does not answer",
    };
    (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status }))
}
