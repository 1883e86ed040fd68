//! Comments on questions and answers: the list, and commenting.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, JsonBody, PageParameters, PageQuery};
use super::questions::{AuthorItem, Created, Listing};
use crate::app::{App, AppState};
use crate::domain::{
    AnswerId, Comment, CommentId, CommentText, Contribution, NewComment, Post, QuestionId, Timestamp, UserId,
};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_question, comment_on_question))
        .routes(routes!(of_answer, comment_on_answer))
}

/// A comment, as programs see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Comment)]
pub(super) struct CommentItem {
    id: CommentId,
    body: String,
    author: AuthorItem,
    /// Grows with each edit; what `If-Match` names.
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
#[derive(Deserialize, ToSchema)]
pub(super) struct CommentForm {
    #[schema(min_length = 1, max_length = 1_024, example = "Which base do you count in?")]
    pub(super) body: String,
}

/// The comments on a question, oldest first
#[utoipa::path(
    get,
    path = "/api/v1/questions/{id}/comments",
    operation_id = "list_question_comments",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question"), PageParameters),
    responses((status = 200, description = "One page", body = Listing<CommentItem>)),
)]
async fn of_question(
    State(state): State<App>,
    IdPath(id): IdPath<QuestionId>,
    query: PageQuery<CommentId>,
) -> Result<Json<Listing<CommentItem>>, ApiError> {
    page(&state, id.into(), query).await
}

/// Comment on a question
#[utoipa::path(
    post,
    path = "/api/v1/questions/{id}/comments",
    operation_id = "comment_on_question",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    request_body = CommentForm,
    responses((status = 201, description = "The comment is kept", body = Created<CommentId>)),
    security(("token" = [])),
)]
async fn comment_on_question(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<QuestionId>,
    JsonBody(form): JsonBody<CommentForm>,
) -> Result<(StatusCode, Json<Created<CommentId>>), ApiError> {
    comment(&state, visitor.user, id.into(), form).await
}

/// The comments on an answer, oldest first
#[utoipa::path(
    get,
    path = "/api/v1/answers/{id}/comments",
    operation_id = "list_answer_comments",
    tag = "questions",
    params(("id" = AnswerId, Path, description = "The answer"), PageParameters),
    responses((status = 200, description = "One page", body = Listing<CommentItem>)),
)]
async fn of_answer(
    State(state): State<App>,
    IdPath(id): IdPath<AnswerId>,
    query: PageQuery<CommentId>,
) -> Result<Json<Listing<CommentItem>>, ApiError> {
    page(&state, id.into(), query).await
}

/// Comment on an answer
#[utoipa::path(
    post,
    path = "/api/v1/answers/{id}/comments",
    operation_id = "comment_on_answer",
    tag = "questions",
    params(("id" = AnswerId, Path, description = "The answer")),
    request_body = CommentForm,
    responses((status = 201, description = "The comment is kept", body = Created<CommentId>)),
    security(("token" = [])),
)]
async fn comment_on_answer(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<AnswerId>,
    JsonBody(form): JsonBody<CommentForm>,
) -> Result<(StatusCode, Json<Created<CommentId>>), ApiError> {
    comment(&state, visitor.user, id.into(), form).await
}

async fn page(
    state: &AppState,
    post: Post,
    query: PageQuery<CommentId>,
) -> Result<Json<Listing<CommentItem>>, ApiError> {
    let page = state.store.comments(post, query.after, query.limit).await?;
    let page = page.ok_or(ApiError::NotFound(Contribution::from(post).name()))?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(CommentItem::from).collect(),
        next: page.next.map(|key| key.to_string()),
    }))
}

async fn comment(
    state: &AppState,
    author: UserId,
    post: Post,
    form: CommentForm,
) -> Result<(StatusCode, Json<Created<CommentId>>), ApiError> {
    let text = CommentText::parse(form.body)?;
    let comment = NewComment { post, author, text, created_at: state.clock.now() };
    let id = state.store.insert_comment(comment).await?;
    Ok((StatusCode::CREATED, Json(Created { id })))
}
