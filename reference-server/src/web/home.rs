//! The first page: the newest questions, and the older ones page by page.

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::page::{Frame, PageError, show};
use super::visitor::MaybeVisitor;
use crate::app::AppState;
use crate::domain::{Limit, QuestionId, QuestionSummary};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/", get(home))
}

/// Where a page of a list starts. What is no key is read as none: an old or mistyped address shows the first
/// page.
#[derive(Deserialize)]
pub(super) struct After {
    pub(super) after: Option<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    questions: Vec<QuestionSummary>,
    next: Option<QuestionId>,
    first: bool,
}

async fn home(
    State(state): State<AppState>,
    MaybeVisitor(visitor): MaybeVisitor,
    query: Result<Query<After>, QueryRejection>,
) -> Result<Response, PageError> {
    let after = query.ok().and_then(|Query(query)| query.after?.parse().ok());
    let page = state.store.newest_questions(Limit::default(), after).await?;
    let frame = Frame::new(visitor);
    let page = HomePage { frame, questions: page.items, next: page.next, first: after.is_none() };
    show(StatusCode::OK, &page)
}
