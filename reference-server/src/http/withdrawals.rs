//! Taking back what one wrote, and showing it again.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::IdPath;
use crate::app::{App, AppState};
use crate::domain::{AnswerId, CommentId, Contribution, QuestionId, Timestamp, UserId, Withdrawal};
use crate::error::{ApiError, ErrorAnswer};
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(take_back_question))
        .routes(routes!(restore_question))
        .routes(routes!(take_back_answer))
        .routes(routes!(restore_answer))
        .routes(routes!(take_back_comment))
        .routes(routes!(restore_comment))
}

/// Take back a question
#[utoipa::path(
    delete,
    path = "/api/v1/questions/{id}",
    operation_id = "take_back_question",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    responses(
        (status = 204, description = "It is shown to nobody any more"),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn take_back_question(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<QuestionId>,
) -> Result<StatusCode, ApiError> {
    let now = state.clock.now();
    withdraw(&state, visitor.user, id.into(), Some(now)).await
}

/// Show a question again that was taken back
#[utoipa::path(
    post,
    path = "/api/v1/questions/{id}/restore",
    operation_id = "restore_question",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    responses(
        (status = 204, description = "It is shown again"),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn restore_question(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<QuestionId>,
) -> Result<StatusCode, ApiError> {
    withdraw(&state, visitor.user, id.into(), None).await
}

/// Take back an answer
#[utoipa::path(
    delete,
    path = "/api/v1/answers/{id}",
    operation_id = "take_back_answer",
    tag = "questions",
    params(("id" = AnswerId, Path, description = "The answer")),
    responses(
        (status = 204, description = "It is shown to nobody any more"),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn take_back_answer(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<AnswerId>,
) -> Result<StatusCode, ApiError> {
    let now = state.clock.now();
    withdraw(&state, visitor.user, id.into(), Some(now)).await
}

/// Show an answer again that was taken back
#[utoipa::path(
    post,
    path = "/api/v1/answers/{id}/restore",
    operation_id = "restore_answer",
    tag = "questions",
    params(("id" = AnswerId, Path, description = "The answer")),
    responses(
        (status = 204, description = "It is shown again"),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn restore_answer(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<AnswerId>,
) -> Result<StatusCode, ApiError> {
    withdraw(&state, visitor.user, id.into(), None).await
}

/// Take back a comment
#[utoipa::path(
    delete,
    path = "/api/v1/comments/{id}",
    operation_id = "take_back_comment",
    tag = "questions",
    params(("id" = CommentId, Path, description = "The comment")),
    responses(
        (status = 204, description = "It is shown to nobody any more"),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn take_back_comment(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<CommentId>,
) -> Result<StatusCode, ApiError> {
    let now = state.clock.now();
    withdraw(&state, visitor.user, id.into(), Some(now)).await
}

/// Show a comment again that was taken back
#[utoipa::path(
    post,
    path = "/api/v1/comments/{id}/restore",
    operation_id = "restore_comment",
    tag = "questions",
    params(("id" = CommentId, Path, description = "The comment")),
    responses(
        (status = 204, description = "It is shown again"),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn restore_comment(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<CommentId>,
) -> Result<StatusCode, ApiError> {
    withdraw(&state, visitor.user, id.into(), None).await
}

async fn withdraw(
    state: &AppState,
    member: UserId,
    contribution: Contribution,
    deleted_at: Option<Timestamp>,
) -> Result<StatusCode, ApiError> {
    state.store.withdraw(Withdrawal { contribution, member, deleted_at }).await?;
    Ok(StatusCode::NO_CONTENT)
}
