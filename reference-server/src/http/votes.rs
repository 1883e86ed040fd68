//! Votes on questions and answers: one's own, cast, changed and taken back.

use std::str::FromStr;

use axum::extract::State;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::input::{IdPath, JsonBody};
use crate::app::AppState;
use crate::domain::{AnswerId, Ballot, Post, QuestionId, Tally, Vote};
use crate::error::ApiError;
use crate::session::CurrentUser;

pub(super) fn routes() -> Router<AppState> {
    let (on_question, on_answer) = ("/api/v1/questions/{id}/vote", "/api/v1/answers/{id}/vote");
    Router::new()
        .route(on_question, put(cast::<QuestionId>).delete(take_back::<QuestionId>))
        .route(on_answer, put(cast::<AnswerId>).delete(take_back::<AnswerId>))
        .route("/api/v1/questions/{id}/votes", get(own))
}

#[derive(Deserialize)]
struct VoteForm {
    value: i64,
}

/// How the post stands now, and what the voter thinks of it: 1, -1 or null.
#[derive(Serialize)]
struct TallyAnswer {
    score: i32,
    vote: Option<i32>,
}

impl From<Tally> for TallyAnswer {
    fn from(Tally { score, own }: Tally) -> Self {
        Self { score, vote: own.map(Vote::value) }
    }
}

/// A vote of one's own; on the question itself when there is no answer.
#[derive(Serialize)]
struct OwnVote {
    answer: Option<AnswerId>,
    vote: i32,
}

#[derive(Serialize)]
struct OwnVotes {
    items: Vec<OwnVote>,
}

async fn cast<Id: FromStr + Into<Post> + Send>(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<Id>,
    JsonBody(form): JsonBody<VoteForm>,
) -> Result<Json<TallyAnswer>, ApiError> {
    let vote = Some(Vote::parse(form.value)?);
    let ballot = Ballot { post: id.into(), voter: visitor.user, vote, cast_at: state.clock.now() };
    Ok(Json(state.store.vote(ballot).await?.into()))
}

async fn take_back<Id: FromStr + Into<Post> + Send>(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<Id>,
) -> Result<Json<TallyAnswer>, ApiError> {
    let ballot = Ballot { post: id.into(), voter: visitor.user, vote: None, cast_at: state.clock.now() };
    Ok(Json(state.store.vote(ballot).await?.into()))
}

async fn own(
    State(state): State<AppState>,
    CurrentUser(visitor): CurrentUser,
    IdPath(question): IdPath<QuestionId>,
) -> Result<Json<OwnVotes>, ApiError> {
    let votes = state.store.own_votes(question, visitor.user).await?;
    let item = |(post, vote): (Post, Vote)| {
        let answer = match post {
            Post::Question(_) => None,
            Post::Answer(id) => Some(id),
        };
        OwnVote { answer, vote: vote.value() }
    };
    Ok(Json(OwnVotes { items: votes.into_iter().map(item).collect() }))
}
