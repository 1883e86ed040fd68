//! The pages for people.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::app::AppState;

pub(crate) fn routes(_state: &AppState) -> Router<AppState> {
    Router::new()
}

pub(crate) async fn not_found(_state: State<AppState>, _request: Request) -> Response {
    StatusCode::NOT_FOUND.into_response()
}
