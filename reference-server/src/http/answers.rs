//! Answers: the pages after the first one, one alone, and answering.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, JsonBody, PageParameters, PageQuery};
use super::precondition::etag;
use super::questions::{AuthorItem, Created, Listing};
use crate::app::App;
use crate::domain::{Answer, AnswerId, Body, NewAnswer, QuestionId, Timestamp};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(page, answer)).routes(routes!(one))
}

/// An answer, as programs see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Answer)]
pub(super) struct AnswerItem {
    id: AnswerId,
    body: String,
    author: AuthorItem,
    /// Votes for it less votes against it.
    score: i32,
    comment_count: u32,
    /// Grows with each edit.
    version: i64,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
}

impl From<Answer> for AnswerItem {
    fn from(answer: Answer) -> Self {
        let Answer { id, question: _, body, author, score, comment_count, version, created_at, edited_at } =
            answer;
        Self { id, body, author: author.into(), score, comment_count, version, created_at, edited_at }
    }
}

/// An answer that is not below its question and so says which it is.
#[derive(Serialize, ToSchema)]
struct AnswerAlone {
    question: QuestionId,
    id: AnswerId,
    body: String,
    author: AuthorItem,
    /// Votes for it less votes against it.
    score: i32,
    comment_count: u32,
    /// Grows with each edit; the same number is in `ETag`.
    version: i64,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
}

/// An answer, as it is sent.
#[derive(Deserialize, ToSchema)]
pub(super) struct AnswerForm {
    /// At most 30,000 bytes.
    #[schema(min_length = 1, max_length = 30_000, example = "By counting further.")]
    pub(super) body: String,
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
    State(state): State<App>,
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

/// An answer alone
#[utoipa::path(
    get,
    path = "/api/v1/answers/{id}",
    operation_id = "answer",
    tag = "questions",
    params(("id" = AnswerId, Path, description = "The answer")),
    responses((
        status = 200,
        description = "The answer",
        body = AnswerAlone,
        headers(("etag" = String, description = "The version, for `If-Match`")),
    )),
)]
async fn one(
    State(state): State<App>,
    IdPath(id): IdPath<AnswerId>,
) -> Result<([(HeaderName, String); 1], Json<AnswerAlone>), ApiError> {
    let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
    let (question, tag) = (answer.question, etag(answer.version));
    let AnswerItem { id, body, author, score, comment_count, version, created_at, edited_at } = answer.into();
    let answer =
        AnswerAlone { question, id, body, author, score, comment_count, version, created_at, edited_at };
    Ok(([tag], Json(answer)))
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
    State(state): State<App>,
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
