//! Notices: what others did that concerns the caller, how much of it is new, and saying that it was read.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Serialize;

use super::input::{IdPath, PageQuery};
use super::questions::{AuthorItem, Listing};
use crate::app::AppState;
use crate::domain::{Notice, NoticeId, QuestionId, Timestamp};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/notifications", get(list))
        .route("/api/v1/notifications/unread", get(unread))
        .route("/api/v1/notifications/read", put(read_all))
        .route("/api/v1/notifications/{id}/read", put(read_one))
}

#[derive(Serialize)]
struct NoticeItem {
    id: NoticeId,
    kind: &'static str,
    actor: AuthorItem,
    question: QuestionPart,
    answer_id: Option<i64>,
    created_at: Timestamp,
    read: bool,
}

#[derive(Serialize)]
struct QuestionPart {
    id: QuestionId,
    title: String,
}

impl From<Notice> for NoticeItem {
    fn from(Notice { id, kind, actor, question, title, answer, created_at, read }: Notice) -> Self {
        let question = QuestionPart { id: question, title };
        Self { id, kind: kind.name(), actor: actor.into(), question, answer_id: answer, created_at, read }
    }
}

#[derive(Serialize)]
struct Unread {
    unread: u64,
}

async fn list(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    page: PageQuery<NoticeId>,
) -> Result<Json<Listing<NoticeItem>>, ApiError> {
    let page = state.store.notices(visitor.user, page.limit, page.after).await?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(NoticeItem::from).collect(),
        next: page.next.map(|key| key.to_string()),
    }))
}

async fn unread(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
) -> Result<Json<Unread>, ApiError> {
    Ok(Json(Unread { unread: state.store.unread_notices(visitor.user).await? }))
}

/// Somebody else's notice is not found, as one that does not exist.
async fn read_one(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(notice): IdPath<NoticeId>,
) -> Result<StatusCode, ApiError> {
    if state.store.read_notice(visitor.user, notice, state.clock.now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound("notification"))
    }
}

async fn read_all(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
) -> Result<StatusCode, ApiError> {
    state.store.read_notices(visitor.user, state.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
