//! Taking back what one wrote, and showing it again.

use std::str::FromStr;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, post};

use super::input::IdPath;
use crate::app::AppState;
use crate::domain::{AnswerId, CommentId, Contribution, QuestionId, Withdrawal};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/questions/{id}", delete(take_back::<QuestionId>))
        .route("/api/v1/questions/{id}/restore", post(restore::<QuestionId>))
        .route("/api/v1/answers/{id}", delete(take_back::<AnswerId>))
        .route("/api/v1/answers/{id}/restore", post(restore::<AnswerId>))
        .route("/api/v1/comments/{id}", delete(take_back::<CommentId>))
        .route("/api/v1/comments/{id}/restore", post(restore::<CommentId>))
}

async fn take_back<Id: FromStr + Into<Contribution> + Send>(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<Id>,
) -> Result<StatusCode, ApiError> {
    let deleted_at = Some(state.clock.now());
    let withdrawal = Withdrawal { contribution: id.into(), member: visitor.user, deleted_at };
    state.store.withdraw(withdrawal).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn restore<Id: FromStr + Into<Contribution> + Send>(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<Id>,
) -> Result<StatusCode, ApiError> {
    let withdrawal = Withdrawal { contribution: id.into(), member: visitor.user, deleted_at: None };
    state.store.withdraw(withdrawal).await?;
    Ok(StatusCode::NO_CONTENT)
}
