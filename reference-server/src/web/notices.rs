//! What others did that concerns who looks, and saying that it was read.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::page::{After, Frame, PageError, PageId, place, show};
use super::visitor::MaybeVisitor;
use crate::app::App;
use crate::domain::{Limit, Notice, NoticeId, NoticeKind, Page};
use crate::error::ApiError;

/// Where this page is.
const HERE: &str = "/notifications";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(HERE, get(notices))
        .route("/notifications/read", post(read_all))
        .route("/notifications/{id}/read", post(read_one))
}

#[derive(Template)]
#[template(path = "notifications.html")]
struct NoticesPage {
    frame: Frame,
    notices: Page<Notice, NoticeId>,
    first: bool,
}

/// What somebody did, between his name and the title.
fn deed(notice: &Notice) -> &'static str {
    match (notice.kind, notice.answer) {
        (NoticeKind::Answer, _) => "answered your question",
        (NoticeKind::Comment, None) => "commented on your question",
        (NoticeKind::Comment, Some(_)) => "commented on your answer to",
        (NoticeKind::Accept, _) => "accepted your answer to",
    }
}

/// Where it can be seen.
fn address(notice: &Notice) -> String {
    place(notice.question, notice.answer, notice.comment)
}

fn log_in_first() -> Response {
    Redirect::to("/login?next=/notifications").into_response()
}

async fn notices(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    query: Result<Query<After>, QueryRejection>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else { return Ok(log_in_first()) };
    let after: Option<NoticeId> = query.ok().and_then(|Query(query)| query.after?.parse().ok());
    let notices = state.store.notices(visitor.user, Limit::default(), after).await?;
    let frame = Frame::of(&state, Some(visitor)).await;
    show(StatusCode::OK, &NoticesPage { frame, notices, first: after.is_none() })
}

async fn read_one(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(notice): PageId<NoticeId>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else { return Ok(log_in_first()) };
    if state.store.read_notice(visitor.user, notice, state.clock.now()).await? {
        Ok(Redirect::to(HERE).into_response())
    } else {
        Err(PageError(ApiError::NotFound("notification")))
    }
}

async fn read_all(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else { return Ok(log_in_first()) };
    state.store.read_notices(visitor.user, state.clock.now()).await?;
    Ok(Redirect::to(HERE).into_response())
}
