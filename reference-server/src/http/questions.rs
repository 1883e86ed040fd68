//! Questions: lists in several orders, one in full, asking.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::answers::AnswerItem;
use super::comments::CommentItem;
use super::input::{IdPath, JsonBody, PageQuery, QueryOf, cursor_invalid};
use super::precondition::etag;
use crate::app::AppState;
use crate::domain::{
    AnswerId, Author, Body, NewQuestion, Question, QuestionId, QuestionKey, QuestionList, QuestionOrder,
    QuestionSummary, Rejection, TagName, Tags, Timestamp, Title, UserId,
};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/questions", get(list).post(ask)).route("/api/v1/questions/{id}", get(one))
}

/// Who wrote something, as programs see it.
#[derive(Serialize)]
pub(super) struct AuthorItem {
    id: UserId,
    name: String,
}

impl From<Author> for AuthorItem {
    fn from(Author { id, name, display_name: _ }: Author) -> Self {
        Self { id, name }
    }
}

#[derive(Serialize)]
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
#[derive(Serialize)]
pub(super) struct Listing<Item> {
    pub(super) items: Vec<Item>,
    pub(super) next: Option<String>,
}

#[derive(Serialize)]
struct QuestionAnswer {
    id: QuestionId,
    title: String,
    body: String,
    author: AuthorItem,
    tags: Vec<String>,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
    version: i64,
    score: i32,
    comment_count: u32,
    comments: Vec<CommentItem>,
    next_comments: Option<String>,
    answer_count: u32,
    accepted_answer: Option<AnswerId>,
    answers: Vec<AnswerItem>,
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
#[derive(Deserialize)]
pub(super) struct QuestionForm {
    pub(super) title: String,
    pub(super) body: String,
    #[serde(default)]
    pub(super) tags: Vec<String>,
}

/// Which list: `?sort=active&tag=rust`.
#[derive(Deserialize)]
struct ListQuery {
    sort: Option<String>,
    tag: Option<String>,
}

/// What was made.
#[derive(Serialize)]
pub(super) struct Created<Id> {
    pub(super) id: Id,
}

async fn list(
    State(state): State<AppState>,
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

async fn one(
    State(state): State<AppState>,
    IdPath(id): IdPath<QuestionId>,
) -> Result<([(HeaderName, String); 1], Json<QuestionAnswer>), ApiError> {
    let question = state.store.question(id).await?.ok_or(ApiError::NotFound("question"))?;
    Ok(([etag(question.version)], Json(question.into())))
}

async fn ask(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    JsonBody(form): JsonBody<QuestionForm>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Created<QuestionId>>), ApiError> {
    let question = NewQuestion {
        author: visitor.user,
        title: Title::parse(&form.title)?,
        body: Body::parse(form.body)?,
        tags: Tags::parse(&form.tags)?,
        created_at: state.clock.now(),
    };
    let id = state.store.insert_question(question).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/v1/questions/{id}"))], Json(Created { id })))
}
