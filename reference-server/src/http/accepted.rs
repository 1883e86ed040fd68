//! The answer that helped, as who asked says.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::put;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::{IdPath, JsonBody};
use crate::app::AppState;
use crate::domain::{Acceptance, AnswerId, QuestionId, Rejection};
use crate::error::ApiError;
use crate::session::CurrentUser;
use crate::store::StoreError;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/questions/{id}/accepted", put(accept).delete(take_back))
}

#[derive(Deserialize)]
struct AcceptanceForm {
    answer: AnswerId,
}

/// Which answer is accepted now.
#[derive(Serialize)]
struct Accepted {
    accepted_answer: AnswerId,
}

async fn accept(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(question): IdPath<QuestionId>,
    JsonBody(form): JsonBody<AcceptanceForm>,
) -> Result<Json<Accepted>, ApiError> {
    let acceptance = Acceptance { question, asker: visitor.user, answer: Some(form.answer) };
    state.store.accept(acceptance).await.map_err(|error| match error {
        // The address is fine; it is the answer in the body that is not.
        StoreError::Missing("answer") => {
            let message = "this question has no such answer";
            ApiError::Rejected(Rejection::new("answer", "answer_unknown", message))
        }
        other => other.into(),
    })?;
    Ok(Json(Accepted { accepted_answer: form.answer }))
}

async fn take_back(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(question): IdPath<QuestionId>,
) -> Result<StatusCode, ApiError> {
    state.store.accept(Acceptance { question, asker: visitor.user, answer: None }).await?;
    Ok(StatusCode::NO_CONTENT)
}
