//! Edits of questions, answers and comments by who wrote them, and the versions there were before.

use std::str::FromStr;

use axum::extract::State;
use axum::http::HeaderName;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::comments::CommentForm;
use super::input::{IdPath, JsonBody, PageQuery};
use super::precondition::{IfMatch, etag};
use super::questions::{Listing, QuestionForm};
use crate::app::AppState;
use crate::domain::{
    AnswerId, Body, CommentId, CommentText, Contribution, Edit, NewText, Post, QuestionId, Revision,
    Timestamp, Title, UserId,
};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/questions/{id}", put(edit_question))
        .route("/api/v1/answers/{id}", put(edit_answer))
        .route("/api/v1/comments/{id}", put(edit_comment))
        .route("/api/v1/questions/{id}/revisions", get(revisions::<QuestionId>))
        .route("/api/v1/answers/{id}/revisions", get(revisions::<AnswerId>))
}

#[derive(Deserialize)]
struct AnswerForm {
    body: String,
}

/// At which version it now is.
#[derive(Serialize)]
struct Edited {
    version: i64,
}

type EditedAnswer = ([(HeaderName, String); 1], Json<Edited>);

/// A version, as programs see it.
#[derive(Serialize)]
struct RevisionItem {
    version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    body: String,
    written_at: Timestamp,
}

impl From<Revision> for RevisionItem {
    fn from(Revision { version, title, body, written_at }: Revision) -> Self {
        Self { version, title, body, written_at }
    }
}

async fn edit_question(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<QuestionId>,
    IfMatch(expected): IfMatch,
    JsonBody(form): JsonBody<QuestionForm>,
) -> Result<EditedAnswer, ApiError> {
    let text = NewText::Question(id, Title::parse(&form.title)?, Body::parse(form.body)?);
    edit(&state, visitor.user, text, expected).await
}

async fn edit_answer(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<AnswerId>,
    IfMatch(expected): IfMatch,
    JsonBody(form): JsonBody<AnswerForm>,
) -> Result<EditedAnswer, ApiError> {
    edit(&state, visitor.user, NewText::Answer(id, Body::parse(form.body)?), expected).await
}

async fn edit_comment(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<CommentId>,
    IfMatch(expected): IfMatch,
    JsonBody(form): JsonBody<CommentForm>,
) -> Result<EditedAnswer, ApiError> {
    edit(&state, visitor.user, NewText::Comment(id, CommentText::parse(form.body)?), expected).await
}

async fn edit(
    state: &AppState,
    editor: UserId,
    text: NewText,
    expected_version: Option<i64>,
) -> Result<EditedAnswer, ApiError> {
    let edit = Edit { text, editor, expected_version, edited_at: state.clock.now() };
    let version = state.store.edit(edit).await?;
    Ok(([etag(version)], Json(Edited { version })))
}

async fn revisions<Id: FromStr + Into<Post> + Send>(
    State(state): State<AppState>,
    IdPath(id): IdPath<Id>,
    query: PageQuery<i64>,
) -> Result<Json<Listing<RevisionItem>>, ApiError> {
    let post = id.into();
    let page = state.store.revisions(post, query.after, query.limit).await?;
    let page = page.ok_or(ApiError::NotFound(Contribution::from(post).name()))?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(RevisionItem::from).collect(),
        next: page.next.map(|key| key.to_string()),
    }))
}
