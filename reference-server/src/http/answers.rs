//! Answers: the pages after the first one, and answering.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::{IdPath, JsonBody, PageQuery};
use super::questions::{AuthorItem, Created, Listing};
use crate::app::AppState;
use crate::domain::{Answer, AnswerId, Body, NewAnswer, QuestionId, Timestamp};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/questions/{id}/answers", get(page).post(answer))
}

/// An answer, as programs see it.
#[derive(Serialize)]
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
