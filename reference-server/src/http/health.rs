//! Health: whether the process lives, and whether it wants requests.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::app::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

/// Time for the store to answer; longer than it waits for a connection, so that it can say so itself.
const PING_TIME: Duration = Duration::from_secs(3);

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

async fn live() -> Json<Health> {
    Json(Health { status: "live" })
}

/// Not ready when it was told to stop, so that a balancer goes elsewhere before the door closes, or when the
/// store does not answer.
async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    if state.readiness.stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "stopping" }));
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
