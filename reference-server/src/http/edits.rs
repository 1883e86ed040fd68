//! Edits of questions, answers and comments by who wrote them, and the versions there were before.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answers::AnswerForm;
use super::comments::CommentForm;
use super::input::{IdPath, JsonBody, PageParameters, PageQuery};
use super::precondition::{IfMatch, etag};
use super::questions::{Listing, QuestionForm};
use crate::app::{App, AppState};
use crate::domain::{
    AnswerId, Body, CommentId, CommentText, Contribution, Edit, NewText, Post, QuestionId, Revision, Tags,
    Timestamp, Title, UserId,
};
use crate::error::{ApiError, ErrorAnswer};
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(edit_question))
        .routes(routes!(edit_answer))
        .routes(routes!(edit_comment))
        .routes(routes!(revisions_of_question))
        .routes(routes!(revisions_of_answer))
}

/// At which version it now is.
#[derive(Serialize, ToSchema)]
struct Edited {
    version: i64,
}

type EditedAnswer = ([(HeaderName, String); 1], Json<Edited>);

/// A version, as programs see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Revision)]
struct RevisionItem {
    version: i64,
    /// Only questions have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    body: String,
    /// Only questions have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    written_at: Timestamp,
}

impl From<Revision> for RevisionItem {
    fn from(Revision { version, title, body, tags, written_at }: Revision) -> Self {
        Self { version, title, body, tags, written_at }
    }
}

/// Edit a question
///
/// Without `tags` it keeps those it has.
#[utoipa::path(
    put,
    path = "/api/v1/questions/{id}",
    operation_id = "edit_question",
    tag = "questions",
    params(
        ("id" = QuestionId, Path, description = "The question"),
        (
            "if-match" = String,
            Header,
            description = "The `ETag` of the version that is changed, or `*` for whichever there is",
            example = "\"1\"",
        ),
    ),
    request_body = QuestionForm,
    responses(
        (
            status = 200,
            description = "The version it now has",
            body = Edited,
            headers(("etag" = String, description = "The new version")),
        ),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
        (status = 412, description = "It was changed since that version", body = ErrorAnswer),
        (status = 428, description = "It is not said which version is changed", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn edit_question(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<QuestionId>,
    IfMatch(expected): IfMatch,
    JsonBody(form): JsonBody<QuestionForm>,
) -> Result<EditedAnswer, ApiError> {
    let tags = form.tags.map(|names| Tags::parse(&names)).transpose()?;
    let text = NewText::Question(id, Title::parse(&form.title)?, Body::parse(form.body)?, tags);
    edit(&state, visitor.user, text, expected).await
}

/// Edit an answer
#[utoipa::path(
    put,
    path = "/api/v1/answers/{id}",
    operation_id = "edit_answer",
    tag = "questions",
    params(
        ("id" = AnswerId, Path, description = "The answer"),
        (
            "if-match" = String,
            Header,
            description = "The `ETag` of the version that is changed, or `*` for whichever there is",
            example = "\"1\"",
        ),
    ),
    request_body = AnswerForm,
    responses(
        (
            status = 200,
            description = "The version it now has",
            body = Edited,
            headers(("etag" = String, description = "The new version")),
        ),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
        (status = 412, description = "It was changed since that version", body = ErrorAnswer),
        (status = 428, description = "It is not said which version is changed", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn edit_answer(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<AnswerId>,
    IfMatch(expected): IfMatch,
    JsonBody(form): JsonBody<AnswerForm>,
) -> Result<EditedAnswer, ApiError> {
    edit(&state, visitor.user, NewText::Answer(id, Body::parse(form.body)?), expected).await
}

/// Edit a comment
#[utoipa::path(
    put,
    path = "/api/v1/comments/{id}",
    operation_id = "edit_comment",
    tag = "questions",
    params(
        ("id" = CommentId, Path, description = "The comment"),
        (
            "if-match" = String,
            Header,
            description = "The `ETag` of the version that is changed, or `*` for whichever there is",
            example = "\"1\"",
        ),
    ),
    request_body = CommentForm,
    responses(
        (
            status = 200,
            description = "The version it now has",
            body = Edited,
            headers(("etag" = String, description = "The new version")),
        ),
        (status = 403, description = "It was written by somebody else", body = ErrorAnswer),
        (status = 412, description = "It was changed since that version", body = ErrorAnswer),
        (status = 428, description = "It is not said which version is changed", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn edit_comment(
    State(state): State<App>,
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

/// The versions of a question, newest first
#[utoipa::path(
    get,
    path = "/api/v1/questions/{id}/revisions",
    operation_id = "list_question_revisions",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question"), PageParameters),
    responses((status = 200, description = "One page", body = Listing<RevisionItem>)),
)]
async fn revisions_of_question(
    State(state): State<App>,
    IdPath(id): IdPath<QuestionId>,
    query: PageQuery<i64>,
) -> Result<Json<Listing<RevisionItem>>, ApiError> {
    revisions(&state, id.into(), query).await
}

/// The versions of an answer, newest first
#[utoipa::path(
    get,
    path = "/api/v1/answers/{id}/revisions",
    operation_id = "list_answer_revisions",
    tag = "questions",
    params(("id" = AnswerId, Path, description = "The answer"), PageParameters),
    responses((status = 200, description = "One page", body = Listing<RevisionItem>)),
)]
async fn revisions_of_answer(
    State(state): State<App>,
    IdPath(id): IdPath<AnswerId>,
    query: PageQuery<i64>,
) -> Result<Json<Listing<RevisionItem>>, ApiError> {
    revisions(&state, id.into(), query).await
}

async fn revisions(
    state: &AppState,
    post: Post,
    query: PageQuery<i64>,
) -> Result<Json<Listing<RevisionItem>>, ApiError> {
    let page = state.store.revisions(post, query.after, query.limit).await?;
    let page = page.ok_or(ApiError::NotFound(Contribution::from(post).name()))?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(RevisionItem::from).collect(),
        next: page.next.map(|key| key.to_string()),
    }))
}
