//! Votes on questions and answers: one's own, cast, changed and taken back.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::{IdPath, JsonBody};
use super::openapi::schemas;
use crate::app::{App, AppState};
use crate::domain::{AnswerId, Ballot, Post, QuestionId, Tally, UserId, Vote};
use crate::error::{ApiError, ErrorAnswer};
use crate::session::CurrentUser;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(vote_on_question, take_back_on_question))
        .routes(routes!(vote_on_answer, take_back_on_answer))
        .routes(routes!(own))
}

/// A vote.
#[derive(Deserialize, ToSchema)]
struct VoteForm {
    /// 1 for it, -1 against it.
    #[schema(schema_with = schemas::vote)]
    value: i64,
}

/// How the post stands now, and what the voter thinks of it: 1, -1 or null.
#[derive(Serialize, ToSchema)]
#[schema(as = Tally)]
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
#[derive(Serialize, ToSchema)]
struct OwnVote {
    answer: Option<AnswerId>,
    vote: i32,
}

/// One's own votes below a question, that on the question itself first.
#[derive(Serialize, ToSchema)]
struct OwnVotes {
    items: Vec<OwnVote>,
}

/// Vote on a question, or change one's vote
#[utoipa::path(
    put,
    path = "/api/v1/questions/{id}/vote",
    operation_id = "vote_on_question",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    request_body = VoteForm,
    responses(
        (status = 200, description = "How the question stands now", body = TallyAnswer),
        (status = 403, description = "One's own question", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn vote_on_question(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<QuestionId>,
    JsonBody(form): JsonBody<VoteForm>,
) -> Result<Json<TallyAnswer>, ApiError> {
    cast(&state, visitor.user, id.into(), Some(Vote::parse(form.value)?)).await
}

/// Take back one's vote on a question
#[utoipa::path(
    delete,
    path = "/api/v1/questions/{id}/vote",
    operation_id = "take_back_vote_on_question",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    responses(
        (status = 200, description = "How the question stands now", body = TallyAnswer),
        (status = 403, description = "One's own question", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn take_back_on_question(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<QuestionId>,
) -> Result<Json<TallyAnswer>, ApiError> {
    cast(&state, visitor.user, id.into(), None).await
}

/// Vote on an answer, or change one's vote
#[utoipa::path(
    put,
    path = "/api/v1/answers/{id}/vote",
    operation_id = "vote_on_answer",
    tag = "questions",
    params(("id" = AnswerId, Path, description = "The answer")),
    request_body = VoteForm,
    responses(
        (status = 200, description = "How the answer stands now", body = TallyAnswer),
        (status = 403, description = "One's own answer", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn vote_on_answer(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<AnswerId>,
    JsonBody(form): JsonBody<VoteForm>,
) -> Result<Json<TallyAnswer>, ApiError> {
    cast(&state, visitor.user, id.into(), Some(Vote::parse(form.value)?)).await
}

/// Take back one's vote on an answer
#[utoipa::path(
    delete,
    path = "/api/v1/answers/{id}/vote",
    operation_id = "take_back_vote_on_answer",
    tag = "questions",
    params(("id" = AnswerId, Path, description = "The answer")),
    responses(
        (status = 200, description = "How the answer stands now", body = TallyAnswer),
        (status = 403, description = "One's own answer", body = ErrorAnswer),
    ),
    security(("token" = [])),
)]
async fn take_back_on_answer(
    State(state): State<App>,
    CurrentUser(visitor): CurrentUser,
    IdPath(id): IdPath<AnswerId>,
) -> Result<Json<TallyAnswer>, ApiError> {
    cast(&state, visitor.user, id.into(), None).await
}

async fn cast(
    state: &AppState,
    voter: UserId,
    post: Post,
    vote: Option<Vote>,
) -> Result<Json<TallyAnswer>, ApiError> {
    let ballot = Ballot { post, voter, vote, cast_at: state.clock.now() };
    Ok(Json(state.store.vote(ballot).await?.into()))
}

/// One's own votes on a question and the answers to it
#[utoipa::path(
    get,
    path = "/api/v1/questions/{id}/votes",
    operation_id = "own_votes",
    tag = "questions",
    params(("id" = QuestionId, Path, description = "The question")),
    responses((status = 200, description = "The votes", body = OwnVotes)),
    security(("token" = [])),
)]
async fn own(
    State(state): State<App>,
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
