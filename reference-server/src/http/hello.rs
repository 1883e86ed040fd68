//! The null endpoint: what the server costs when it has nothing to do, which is the ceiling of any
//! measurement against it.

use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::app::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/json", get(hello))
}

#[derive(Serialize)]
struct Hello {
    message: &'static str,
}

async fn hello() -> Json<Hello> {
    Json(Hello { message: "Hello, World!" })
}
