//! Notices: what others did that concerns the caller, how much of it is new, and saying that it was read.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, PageParameters, PageQuery};
use super::questions::{AuthorItem, Listing};
use crate::app::App;
use crate::domain::{AnswerId, CommentId, Notice, NoticeId, QuestionId, Timestamp};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(unread))
        .routes(routes!(read_all))
        .routes(routes!(read_one))
}

/// What somebody did that concerns the reader.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
struct NoticeItem {
    id: NoticeId,
    /// `answer`, `comment` or `accept`.
    #[schema(example = "answer")]
    kind: &'static str,
    /// Who did it.
    actor: AuthorItem,
    question: QuestionPart,
    /// The answer it is about or that was commented on, if any.
    answer_id: Option<AnswerId>,
    /// The comment it is about, if it is about one.
    comment_id: Option<CommentId>,
    created_at: Timestamp,
    read: bool,
}

/// Where it happened.
#[derive(Serialize, ToSchema)]
#[schema(as = QuestionOfNotification)]
struct QuestionPart {
    id: QuestionId,
    title: String,
}

impl From<Notice> for NoticeItem {
    fn from(Notice { id, kind, actor, question, title, answer, comment, created_at, read }: Notice) -> Self {
        let question = QuestionPart { id: question, title };
        Self {
            id,
            kind: kind.name(),
            actor: actor.into(),
            question,
            answer_id: answer,
            comment_id: comment,
            created_at,
            read,
        }
    }
}

/// How many are unread.
#[derive(Serialize, ToSchema)]
struct Unread {
    unread: u64,
}

/// What others did that concerns the caller, newest first
#[utoipa::path(
    get,
    path = "/api/v1/notifications",
    operation_id = "list_notifications",
    tag = "members",
    params(PageParameters),
    responses((status = 200, description = "One page", body = Listing<NoticeItem>)),
    security(("token" = [])),
)]
async fn list(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    page: PageQuery<NoticeId>,
) -> Result<Json<Listing<NoticeItem>>, ApiError> {
    let page = state.store.notices(visitor.user, page.limit, page.after).await?;
    Ok(Json(Listing {
        items: page.items.into_iter().map(NoticeItem::from).collect(),
        next: page.next.map(|key| key.to_string()),
    }))
}

/// How much of it is new
#[utoipa::path(
    get,
    path = "/api/v1/notifications/unread",
    operation_id = "unread_notifications",
    tag = "members",
    responses((status = 200, description = "The count", body = Unread)),
    security(("token" = [])),
)]
async fn unread(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
) -> Result<Json<Unread>, ApiError> {
    Ok(Json(Unread { unread: state.store.unread_notices(visitor.user).await? }))
}

/// Say that one was read
///
/// Somebody else's is not found, as one that does not exist.
#[utoipa::path(
    put,
    path = "/api/v1/notifications/{id}/read",
    operation_id = "read_notification",
    tag = "members",
    params(("id" = NoticeId, Path, description = "The notification")),
    responses((status = 204, description = "It is read")),
    security(("token" = [])),
)]
async fn read_one(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(notice): IdPath<NoticeId>,
) -> Result<StatusCode, ApiError> {
    if state.store.read_notice(visitor.user, notice, state.clock.now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound("notification"))
    }
}

/// Say that all were read
#[utoipa::path(
    put,
    path = "/api/v1/notifications/read",
    operation_id = "read_notifications",
    tag = "members",
    responses((status = 204, description = "All are read")),
    security(("token" = [])),
)]
async fn read_all(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
) -> Result<StatusCode, ApiError> {
    state.store.read_notices(visitor.user, state.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
