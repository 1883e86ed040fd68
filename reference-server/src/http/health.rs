//! Health: whether the process lives, and whether it wants requests.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::app::AppState;
use crate::error::ApiError;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

async fn live() -> Json<Health> {
    Json(Health { status: "live" })
}

/// Not ready when it was told to stop, so that a balancer goes elsewhere before the door closes, or when the store does not answer.
async fn ready(State(state): State<AppState>) -> Result<(StatusCode, Json<Health>), ApiError> {
    if state.readiness.stopping() {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "stopping" })));
    }
    match state.store.ping().await {
        Ok(()) => Ok((StatusCode::OK, Json(Health { status: "ready" }))),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            Ok((StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "store unreachable" })))
        }
    }
}
