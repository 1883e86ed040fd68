//! Questions: lists in several orders, one in full, asking.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::answers::AnswerItem;
use super::input::{IdPath, JsonBody, PageQuery, QueryOf, cursor_invalid};
use crate::app::AppState;
use crate::domain::{
    Author, Body, NewQuestion, Question, QuestionId, QuestionKey, QuestionList, QuestionOrder,
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
    answer_count: u32,
    answers: Vec<AnswerItem>,
    next: Option<String>,
}

impl From<Question> for QuestionAnswer {
    fn from(question: Question) -> Self {
        let Question { id, title, body, author, tags, answer_count, created_at, answers } = question;
        let next = answers.next.map(|key| key.to_string());
        let answers = answers.items.into_iter().map(AnswerItem::from).collect();
        let author = author.into();
        Self { id, title, body, author, tags, created_at, answer_count, answers, next }
    }
}

#[derive(Deserialize)]
struct QuestionForm {
    title: String,
    body: String,
    #[serde(default)]
    tags: Vec<String>,
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
) -> Result<Json<QuestionAnswer>, ApiError> {
    let question = state.store.question(id).await?;
    question.map(|question| Json(question.into())).ok_or(ApiError::NotFound("question"))
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
