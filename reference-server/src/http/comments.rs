//! Comments on questions and answers: the list, and commenting.

use std::str::FromStr;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::{IdPath, JsonBody, PageQuery};
use super::questions::{AuthorItem, Created, Listing};
use crate::app::AppState;
use crate::domain::{
    AnswerId, Comment, CommentId, CommentText, Contribution, NewComment, Post, QuestionId, Timestamp,
};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    let (on_question, on_answer) = ("/api/v1/questions/{id}/comments", "/api/v1/answers/{id}/comments");
    Router::new()
        .route(on_question, get(page::<QuestionId>).post(comment::<QuestionId>))
        .route(on_answer, get(page::<AnswerId>).post(comment::<AnswerId>))
}

/// A comment, as programs see it.
#[derive(Serialize)]
pub(super) struct CommentItem {
    id: CommentId,
    body: String,
    author: AuthorItem,
    version: i64,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
}

impl From<Comment> for CommentItem {
    fn from(Comment { id, text, author, version, created_at, edited_at }: Comment) -> Self {
        Self { id, body: text, author: author.into(), version, created_at, edited_at }
    }
}

/// A comment, as it is sent.
#[derive(Deserialize)]
pub(super) struct CommentForm {
    pub(super) body: String,
}

async fn page<Id: FromStr + Into<Post> + Send>(
    State(state): State<AppState>,
    IdPath(id): IdPath<Id>,
    query: PageQuery<CommentId>,
) -> Result<Json<Listing<CommentItem>>, ApiError> {
    let post = id.into();
    let page = state.store.comments(post, query.after, query.limit).await?;
    let page = page.ok_or(ApiError::NotFound(Contribution::from(post).name()))?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(CommentItem::from).collect(),
        next: page.next.map(|key| key.to_string()),
    }))
}

async fn comment<Id: FromStr + Into<Post> + Send>(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<Id>,
    JsonBody(form): JsonBody<CommentForm>,
) -> Result<(StatusCode, Json<Created<CommentId>>), ApiError> {
    let comment = NewComment {
        post: id.into(),
        author: visitor.user,
        text: CommentText::parse(form.body)?,
        created_at: state.clock.now(),
    };
    let id = state.store.insert_comment(comment).await?;
    Ok((StatusCode::CREATED, Json(Created { id })))
}
