//! Accounts: opening one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::JsonBody;
use crate::account::{self, Registration};
use crate::app::AppState;
use crate::domain::UserId;
use crate::error::ApiError;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/accounts", post(register))
}

#[derive(Deserialize)]
struct AccountForm {
    name: String,
    password: String,
    display_name: Option<String>,
}

#[derive(Serialize)]
struct Account {
    id: UserId,
    name: String,
}

async fn register(
    State(state): State<AppState>,
    JsonBody(form): JsonBody<AccountForm>,
) -> Result<(StatusCode, Json<Account>), ApiError> {
    let AccountForm { name, password, display_name } = form;
    let (id, name) = account::register(&state, Registration { name, password, display_name }).await?;
    Ok((StatusCode::CREATED, Json(Account { id, name: name.to_string() })))
}
