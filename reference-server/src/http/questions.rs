//! Questions: lists in several orders, one in full, asking.

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answers::AnswerItem;
use super::comments::CommentItem;
use super::input::{IdPath, JsonBody, PageParameters, PageQuery, QueryOf, cursor_invalid};
use super::openapi::schemas;
use super::precondition::etag;
use crate::app::App;
use crate::domain::{
    AnswerId, Author, Body, NewQuestion, Question, QuestionId, QuestionKey, QuestionList, QuestionOrder,
    QuestionSummary, Rejection, TagName, Tags, Timestamp, Title, UserId,
};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, ask)).routes(routes!(one))
}

/// Who wrote something, as programs see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Author)]
pub(super) struct AuthorItem {
    id: UserId,
    #[schema(example = "ada")]
    name: String,
}

impl From<Author> for AuthorItem {
    fn from(Author { id, name, display_name: _ }: Author) -> Self {
        Self { id, name }
    }
}

/// A question in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = QuestionSummary)]
struct SummaryItem {
    id: QuestionId,
    title: String,
    excerpt: String,
    author: AuthorItem,
    tags: Vec<String>,
    score: i64,
    answer_count: u32,
    created_at: Timestamp,
    active_at: Timestamp,
}

impl From<QuestionSummary> for SummaryItem {
    fn from(summary: QuestionSummary) -> Self {
        let QuestionSummary { id, title, excerpt, author, tags, score, answer_count, created_at, active_at } =
            summary;
        let author = author.into();
        Self { id, title, excerpt, author, tags, score, answer_count, created_at, active_at }
    }
}

/// A list and the cursor of its next page.
#[derive(Serialize, ToSchema)]
pub(super) struct Listing<Item> {
    pub(super) items: Vec<Item>,
    /// The cursor of the next page, for `after`; null on the last one.
    pub(super) next: Option<String>,
}

/// A question with the first page of its answers.
#[derive(Serialize, ToSchema)]
#[schema(as = Question)]
struct QuestionAnswer {
    id: QuestionId,
    title: String,
    body: String,
    author: AuthorItem,
    tags: Vec<String>,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
    /// Grows with each edit; the same number is in `ETag`.
    version: i64,
    /// Votes for it less votes against it.
    score: i32,
    comment_count: u32,
    /// The first of them.
    comments: Vec<CommentItem>,
    /// The cursor of the next page of comments; null when all are here.
    next_comments: Option<String>,
    answer_count: u32,
    /// The one that helped, as who asked says.
    accepted_answer: Option<AnswerId>,
    /// The first of them.
    answers: Vec<AnswerItem>,
    /// The cursor of the next page of answers; null when all are here.
    next: Option<String>,
}

impl From<Question> for QuestionAnswer {
    fn from(question: Question) -> Self {
        let Question {
            id,
            title,
            body,
            author,
            tags,
            score,
            answer_count,
            accepted_answer,
            comment_count,
            version,
            created_at,
            edited_at,
            comments,
            answers,
        } = question;
        Self {
            id,
            title,
            body,
            author: author.into(),
            tags,
            created_at,
            edited_at,
            version,
            score,
            comment_count,
            comments: comments.items.into_iter().map(CommentItem::from).collect(),
            next_comments: comments.next.map(|key| key.to_string()),
            answer_count,
            accepted_answer,
            answers: answers.items.into_iter().map(AnswerItem::from).collect(),
            next: answers.next.map(|key| key.to_string()),
        }
    }
}

/// A question, as it is sent.
#[derive(Deserialize, ToSchema)]
pub(super) struct QuestionForm {
    #[schema(min_length = 10, max_length = 150, example = "How far can it count?")]
    pub(super) title: String,
    /// At most 30,000 bytes.
    #[schema(min_length = 1, max_length = 30_000, example = "To ten, or beyond?")]
    pub(super) body: String,
    /// At most five, of the letters a to z, digits, `+`, `#`, `.` and `-`.
    #[schema(max_items = 5, example = json!(["rust"]))]
    pub(super) tags: Option<Vec<String>>,
}

/// Which list: `?sort=active&tag=rust`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `newest`, `active`, `top` or `unanswered`; `newest` when not given.
    #[param(schema_with = schemas::order, example = "active")]
    sort: Option<String>,
    /// Only questions that have this tag.
    #[param(example = "rust")]
    tag: Option<String>,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Created<Id> {
    pub(super) id: Id,
}

/// A list of questions
///
/// The order of a list goes on from page to page: a cursor belongs to the order it was given with.
#[utoipa::path(
    get,
    path = "/api/v1/questions",
    operation_id = "list_questions",
    tag = "questions",
    params(ListQuery, PageParameters),
    responses((status = 200, description = "One page", body = Listing<SummaryItem>)),
)]
async fn list(
    State(state): State<App>,
    QueryOf(query): QueryOf<ListQuery>,
    page: PageQuery<String>,
) -> Result<Json<Listing<SummaryItem>>, ApiError> {
    let order = query.sort.as_deref().map_or(Ok(QuestionOrder::default()), QuestionOrder::parse)?;
    let tag = query.tag.as_deref().map(TagName::parse).transpose();
    let tag = tag.map_err(|rejection| Rejection { field: "tag", ..rejection })?;
    let after = match page.after {
        Some(text) => Some(QuestionKey::from_cursor(order, &text).ok_or_else(cursor_invalid)?),
        None => None,
    };
    let page = state.store.questions(QuestionList { order, tag }, page.limit, after).await?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(SummaryItem::from).collect(),
        next: page.next.map(|key| key.cursor(order)),
    }))
}

/// A question with the first page of its answers
#[utoipa::path(
    get,
    path = "/api/v1/questions/{id}",
    operation_id = "question",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    responses((
        status = 200,
        description = "The question",
        body = QuestionAnswer,
        headers(("etag" = String, description = "The version, for `If-Match`")),
    )),
)]
async fn one(
    State(state): State<App>,
    IdPath(id): IdPath<QuestionId>,
) -> Result<([(HeaderName, String); 1], Json<QuestionAnswer>), ApiError> {
    let question = state.store.question(id).await?.ok_or(ApiError::NotFound("question"))?;
    Ok(([etag(question.version)], Json(question.into())))
}

/// Ask a question
#[utoipa::path(
    post,
    path = "/api/v1/questions",
    operation_id = "ask_question",
    tag = "questions",
    request_body = QuestionForm,
    responses((
        status = 201,
        description = "The question is kept",
        body = Created<QuestionId>,
        headers(("location" = String, description = "Its address")),
    )),
    security(("token" = [])),
)]
async fn ask(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    JsonBody(form): JsonBody<QuestionForm>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Created<QuestionId>>), ApiError> {
    let question = NewQuestion {
        author: visitor.user,
        title: Title::parse(&form.title)?,
        body: Body::parse(form.body)?,
        tags: Tags::parse(&form.tags.unwrap_or_default())?,
        created_at: state.clock.now(),
    };
    let id = state.store.insert_question(question).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/v1/questions/{id}"))], Json(Created { id })))
}
