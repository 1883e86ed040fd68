//! Sessions: logging in, listing one's log-ins, ending them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::{IdPath, JsonBody};
use crate::account;
use crate::app::AppState;
use crate::domain::{SessionId, Timestamp};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/sessions", post(log_in).get(list))
        .route("/api/v1/sessions/current", delete(log_out))
        .route("/api/v1/sessions/{id}", delete(revoke))
}

#[derive(Deserialize)]
struct LogInForm {
    name: String,
    password: String,
}

#[derive(Serialize)]
struct LogInAnswer {
    token: String,
    id: SessionId,
    expires_at: Timestamp,
}

#[derive(Serialize)]
struct SessionItem {
    id: SessionId,
    created_at: Timestamp,
    expires_at: Timestamp,
    current: bool,
}

#[derive(Serialize)]
struct Sessions {
    items: Vec<SessionItem>,
}

async fn log_in(
    State(state): State<AppState>,
    JsonBody(form): JsonBody<LogInForm>,
) -> Result<(StatusCode, Json<LogInAnswer>), ApiError> {
    let log_in = account::log_in(&state, &form.name, form.password).await?;
    let answer =
        LogInAnswer { token: log_in.token.reveal().to_owned(), id: log_in.id, expires_at: log_in.expires_at };
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn list(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
) -> Result<Json<Sessions>, ApiError> {
    let sessions = state.store.sessions(visitor.user, state.clock.now()).await?;
    let item = |session: crate::domain::Session| SessionItem {
        id: session.id,
        created_at: session.created_at,
        expires_at: session.expires_at,
        current: session.id == visitor.session,
    };
    Ok(Json(Sessions { items: sessions.into_iter().map(item).collect() }))
}

async fn log_out(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
) -> Result<StatusCode, ApiError> {
    state.store.delete_session(visitor.user, visitor.session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody else's log-in is not found, as one that does not exist: whether it exists is not the caller's
/// business.
async fn revoke(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(session): IdPath<SessionId>,
) -> Result<StatusCode, ApiError> {
    if state.store.delete_session(visitor.user, session).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound("session"))
    }
}
