//! Changing one's own password.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::put;
use serde::Deserialize;

use super::input::JsonBody;
use crate::account;
use crate::app::AppState;
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/account/password", put(change))
}

#[derive(Deserialize)]
struct PasswordForm {
    current_password: String,
    new_password: String,
}

async fn change(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    JsonBody(form): JsonBody<PasswordForm>,
) -> Result<StatusCode, ApiError> {
    account::change_password(&state, visitor, form.current_password, form.new_password).await?;
    Ok(StatusCode::NO_CONTENT)
}
