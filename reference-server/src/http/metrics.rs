//! Metrics, for Prometheus and for whoever calibrates an estimate.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

use crate::app::AppState;
use crate::error::ApiError;

/// The content type of the text format, version 0.0.4.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(
    State(state): State<AppState>,
) -> Result<([(HeaderName, &'static str); 1], String), ApiError> {
    let text = state.telemetry.render(&state.store).await?;
    Ok(([(CONTENT_TYPE, TEXT_FORMAT)], text))
}
