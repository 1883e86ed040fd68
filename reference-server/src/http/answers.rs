//! Answers: the pages after the first one, and answering.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, JsonBody, PageParameters, PageQuery};
use super::questions::{AuthorItem, Created, Listing};
use crate::app::AppState;
use crate::domain::{Answer, AnswerId, Body, NewAnswer, QuestionId, Timestamp};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(page, answer))
}

/// An answer, as programs see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Answer)]
pub(super) struct AnswerItem {
    id: AnswerId,
    body: String,
    author: AuthorItem,
    created_at: Timestamp,
}

impl From<Answer> for AnswerItem {
    fn from(Answer { id, body, author, created_at }: Answer) -> Self {
        Self { id, body, author: author.into(), created_at }
    }
}

/// An answer that is given.
#[derive(Deserialize, ToSchema)]
struct AnswerForm {
    /// At most 30,000 bytes.
    #[schema(min_length = 1, max_length = 30_000, example = "By counting further.")]
    body: String,
}

/// The answers to a question, oldest first
#[utoipa::path(
    get,
    path = "/api/v1/questions/{id}/answers",
    operation_id = "list_answers",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question"), PageParameters),
    responses((status = 200, description = "One page", body = Listing<AnswerItem>)),
)]
async fn page(
    State(state): State<AppState>,
    IdPath(question): IdPath<QuestionId>,
    query: PageQuery<AnswerId>,
) -> Result<Json<Listing<AnswerItem>>, ApiError> {
    let page = state.store.answers(question, query.after, query.limit).await?;
    let page = page.ok_or(ApiError::NotFound("question"))?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(AnswerItem::from).collect(),
        next: page.next.map(|key| key.to_string()),
    }))
}

/// Answer a question
#[utoipa::path(
    post,
    path = "/api/v1/questions/{id}/answers",
    operation_id = "answer_question",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    request_body = AnswerForm,
    responses((status = 201, description = "The answer is kept", body = Created<AnswerId>)),
    security(("token" = [])),
)]
async fn answer(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(question): IdPath<QuestionId>,
    JsonBody(form): JsonBody<AnswerForm>,
) -> Result<(StatusCode, Json<Created<AnswerId>>), ApiError> {
    let answer = NewAnswer {
        question,
        author: visitor.user,
        body: Body::parse(form.body)?,
        created_at: state.clock.now(),
    };
    let id = state.store.insert_answer(answer).await?;
    Ok((StatusCode::CREATED, Json(Created { id })))
}
