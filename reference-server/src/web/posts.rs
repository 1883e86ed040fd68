//! What a member does to posts by a button: votes, accepts, takes back and restores. Each is a form without fields to
//! fill in, and leads back to the post.

use std::str::FromStr;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use super::form::Sent;
use super::membership::here;
use super::page::{Frame, PageError, PageId, show};
use super::visitor::MaybeVisitor;
use crate::app::App;
use crate::domain::{
    Acceptance, AnswerId, Ballot, CommentId, Contribution, Post, QuestionId, Visitor, Vote, Withdrawal,
};
use crate::error::ApiError;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/questions/{id}/vote", post(vote::<QuestionId>))
        .route("/answers/{id}/vote", post(vote::<AnswerId>))
        .route("/questions/{id}/accept", post(accept))
        .route("/questions/{id}/delete", post(take_back::<QuestionId>))
        .route("/answers/{id}/delete", post(take_back::<AnswerId>))
        .route("/comments/{id}/delete", post(take_back::<CommentId>))
        .route("/questions/{id}/restore", post(restore::<QuestionId>))
        .route("/answers/{id}/restore", post(restore::<AnswerId>))
        .route("/comments/{id}/restore", post(restore::<CommentId>))
}

#[derive(Deserialize)]
struct VoteForm {
    /// `1`, `-1`, or `0` to take it back.
    value: i64,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct AcceptForm {
    /// Empty: none any more.
    #[serde(default)]
    answer: String,
    #[serde(default)]
    next: String,
}

/// Where to go afterwards.
#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "withdrawn.html")]
struct WithdrawnPage {
    frame: Frame,
    what: &'static str,
    /// The address of the form that restores it.
    restore: String,
    next: String,
}

/// Where who is not logged in goes first.
fn log_in_first(next: &str) -> Response {
    Redirect::to(&format!("/login?next={}", here(next))).into_response()
}

async fn vote<Id: FromStr + Into<Post> + Send>(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<Id>,
    Sent(VoteForm { value, next }): Sent<VoteForm>,
) -> Result<Response, PageError> {
    let Some(Visitor { user, .. }) = visitor else { return Ok(log_in_first(&next)) };
    let vote = if value == 0 { None } else { Some(Vote::parse(value).map_err(ApiError::from)?) };
    state.store.vote(Ballot { post: id.into(), voter: user, vote, cast_at: state.clock.now() }).await?;
    Ok(Redirect::to(here(&next)).into_response())
}

async fn accept(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(question): PageId<QuestionId>,
    Sent(AcceptForm { answer, next }): Sent<AcceptForm>,
) -> Result<Response, PageError> {
    let Some(Visitor { user, .. }) = visitor else { return Ok(log_in_first(&next)) };
    let answer = match answer.as_str() {
        "" => None,
        text => Some(text.parse::<AnswerId>().map_err(|_| ApiError::NotFound("answer"))?),
    };
    state.store.accept(Acceptance { question, asker: user, answer, at: state.clock.now() }).await?;
    Ok(Redirect::to(here(&next)).into_response())
}

/// Shows what was done and how it is undone: a slip of the finger costs nothing.
async fn take_back<Id: FromStr + Into<Contribution> + Copy + Send>(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<Id>,
    Sent(Next { next }): Sent<Next>,
) -> Result<Response, PageError> {
    let Some(visitor) = visitor else { return Ok(log_in_first(&next)) };
    let contribution: Contribution = id.into();
    let deleted_at = Some(state.clock.now());
    state.store.withdraw(Withdrawal { contribution, member: visitor.user, deleted_at }).await?;
    let restore = match contribution {
        Contribution::Question(id) => format!("/questions/{id}/restore"),
        Contribution::Answer(id) => format!("/answers/{id}/restore"),
        Contribution::Comment(id) => format!("/comments/{id}/restore"),
    };
    let next = here(&next).to_owned();
    let page = WithdrawnPage {
        frame: Frame::of(&state, Some(visitor)).await,
        what: contribution.name(),
        restore,
        next,
    };
    show(StatusCode::OK, &page)
}

async fn restore<Id: FromStr + Into<Contribution> + Send>(
    State(state): State<App>,
    MaybeVisitor(visitor): MaybeVisitor,
    PageId(id): PageId<Id>,
    Sent(Next { next }): Sent<Next>,
) -> Result<Response, PageError> {
    let Some(Visitor { user, .. }) = visitor else { return Ok(log_in_first(&next)) };
    let withdrawal = Withdrawal { contribution: id.into(), member: user, deleted_at: None };
    state.store.withdraw(withdrawal).await?;
    Ok(Redirect::to(here(&next)).into_response())
}
