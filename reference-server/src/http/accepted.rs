//! The answer that helped, as who asked says.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, JsonBody};
use crate::app::App;
use crate::domain::{Acceptance, AnswerId, QuestionId, Rejection};
use crate::error::{ApiError, ErrorAnswer};
use crate::session::CurrentUser;
use crate::store::StoreError;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(accept, take_back))
}

/// Which answer helped.
#[derive(Deserialize, ToSchema)]
struct AcceptanceForm {
    #[schema(inline)]
    answer: AnswerId,
}

/// Which answer is accepted now.
#[derive(Serialize, ToSchema)]
struct Accepted {
    accepted_answer: AnswerId,
}

/// Accept the answer that helped
#[utoipa::path(
    put,
    path = "/api/v1/questions/{id}/accepted",
    operation_id = "accept_answer",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    request_body = AcceptanceForm,
    responses(
        (status = 200, description = "It is accepted", body = Accepted),
        (status = 403, description = "The question was asked by somebody else", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn accept(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(question): IdPath<QuestionId>,
    JsonBody(form): JsonBody<AcceptanceForm>,
) -> Result<Json<Accepted>, ApiError> {
    let acceptance =
        Acceptance { question, asker: visitor.user, answer: Some(form.answer), at: state.clock.now() };
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

/// Accept no answer any more
#[utoipa::path(
    delete,
    path = "/api/v1/questions/{id}/accepted",
    operation_id = "accept_no_answer",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    responses(
        (status = 204, description = "None is accepted"),
        (status = 403, description = "The question was asked by somebody else", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn take_back(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(question): IdPath<QuestionId>,
) -> Result<StatusCode, ApiError> {
    state
        .store
        .accept(Acceptance { question, asker: visitor.user, answer: None, at: state.clock.now() })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
