//! Sessions: logging in, listing one's log-ins, ending them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, JsonBody};
use crate::account::{self, LogIn};
use crate::app::App;
use crate::domain::{SessionId, Timestamp};
use crate::error::{ApiError, ErrorAnswer};
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(log_in, list))
        .routes(routes!(log_out))
        .routes(routes!(revoke))
        .routes(routes!(change_password))
}

/// Who logs in.
#[derive(Deserialize, ToSchema)]
struct LogInForm {
    #[schema(example = "ada")]
    name: String,
    #[schema(example = "correct horse battery", write_only)]
    password: String,
}

/// A log-in that has begun.
#[derive(Serialize, ToSchema)]
#[schema(as = LogIn)]
struct LogInAnswer {
    /// The secret, shown this once; send it as `Authorization: Bearer TOKEN`.
    #[schema(min_length = 64, max_length = 64)]
    token: String,
    id: SessionId,
    expires_at: Timestamp,
}

impl From<LogIn> for LogInAnswer {
    fn from(LogIn { token, id, expires_at }: LogIn) -> Self {
        Self { token: token.reveal().to_owned(), id, expires_at }
    }
}

/// Another password.
#[derive(Deserialize, ToSchema)]
struct PasswordForm {
    #[schema(example = "correct horse battery", write_only)]
    current_password: String,
    /// At least 8 characters, and not the name.
    #[schema(min_length = 8, max_length = 128, example = "correct horse battery", write_only)]
    password: String,
}

/// A log-in that is valid.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionItem {
    id: SessionId,
    created_at: Timestamp,
    expires_at: Timestamp,
    /// Whether it is the one this was asked with.
    current: bool,
}

/// One's own log-ins, newest first.
#[derive(Serialize, ToSchema)]
struct Sessions {
    items: Vec<SessionItem>,
}

/// Log in
///
/// An unknown name and a wrong password are answered alike. A log-in is not kept under an `Idempotency-Key`, because
/// its secret would have to be kept as well; a second one changes nothing and ends by itself.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    tag = "members",
    request_body = LogInForm,
    responses(
        (status = 201, description = "The log-in has begun", body = LogInAnswer),
        (status = 401, description = "The name or the password is wrong", body = ErrorAnswer),
    ),
)]
async fn log_in(
    State(state): State<App>,
    JsonBody(form): JsonBody<LogInForm>,
) -> Result<(StatusCode, Json<LogInAnswer>), ApiError> {
    let log_in = account::log_in(&state, &form.name, form.password).await?;
    Ok((StatusCode::CREATED, Json(log_in.into())))
}

/// Change one's own password
///
/// Every log-in ends, this one too, and a new one begins.
#[utoipa::path(
    put,
    path = "/api/v1/profile/password",
    tag = "members",
    request_body = PasswordForm,
    responses((status = 200, description = "The new log-in", body = LogInAnswer)),
    security(("token" = [])),
)]
async fn change_password(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    JsonBody(form): JsonBody<PasswordForm>,
) -> Result<Json<LogInAnswer>, ApiError> {
    let PasswordForm { current_password, password } = form;
    Ok(Json(account::change_password(&state, &visitor, current_password, password).await?.into()))
}

/// One's own log-ins
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    operation_id = "list_sessions",
    tag = "members",
    responses((status = 200, description = "All that are valid", body = Sessions)),
    security(("token" = [])),
)]
async fn list(
    State(state): State<App>,
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

/// Log out
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/current",
    tag = "members",
    responses((status = 204, description = "The log-in has ended")),
    security(("token" = [])),
)]
async fn log_out(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
) -> Result<StatusCode, ApiError> {
    state.store.delete_session(visitor.user, visitor.session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End one of one's own log-ins
///
/// Somebody else's log-in is not found, as one that does not exist: whether it exists is not the caller's
/// business.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}",
    operation_id = "revoke_session",
    tag = "members",
    params(("id" = SessionId, Path, description = "The log-in")),
    responses((status = 204, description = "The log-in has ended")),
    security(("token" = [])),
)]
async fn revoke(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(session): IdPath<SessionId>,
) -> Result<StatusCode, ApiError> {
    if state.store.delete_session(visitor.user, session).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound("session"))
    }
}
