//! Answers: the pages after the first one, one alone, and answering.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::{IdPath, JsonBody, PageQuery};
use super::precondition::etag;
use super::questions::{AuthorItem, Created, Listing};
use crate::app::AppState;
use crate::domain::{Answer, AnswerId, Body, NewAnswer, QuestionId, Timestamp};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/questions/{id}/answers", get(page).post(answer))
        .route("/api/v1/answers/{id}", get(one))
}

/// An answer, as programs see it.
#[derive(Serialize)]
pub(super) struct AnswerItem {
    id: AnswerId,
    body: String,
    author: AuthorItem,
    score: i32,
    comment_count: u32,
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
#[derive(Serialize)]
struct AnswerAlone {
    question: QuestionId,
    #[serde(flatten)]
    answer: AnswerItem,
}

#[derive(Deserialize)]
struct AnswerForm {
    body: String,
}

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

async fn one(
    State(state): State<AppState>,
    IdPath(id): IdPath<AnswerId>,
) -> Result<([(HeaderName, String); 1], Json<AnswerAlone>), ApiError> {
    let answer = state.store.answer(id).await?.ok_or(ApiError::NotFound("answer"))?;
    let (question, tag) = (answer.question, etag(answer.version));
    Ok(([tag], Json(AnswerAlone { question, answer: answer.into() })))
}

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
