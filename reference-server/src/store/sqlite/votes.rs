//! Votes in SQLite.

use super::refusal::translate;
use super::standing::standing;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{AnswerId, Ballot, Post, QuestionId, Tally, UserId, Vote, swing};
use crate::store::interface::MAX_OWN_VOTES;
use crate::store::{Counters, StoreError};

/// A vote as the table has it.
fn vote_from(value: i64) -> Result<Vote, StoreError> {
    Vote::parse(value).map_err(|rejection| StoreError::Unreadable(rejection.message))
}

pub(super) async fn own(
    readers: &Readers,
    question: QuestionId,
    voter: UserId,
) -> Result<Vec<(Post, Vote)>, StoreError> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "select v.answer_id, v.value
           from votes v
           join questions q on q.id = v.question_id
           left join answers a on a.id = v.answer_id
          where v.question_id = ?
            and v.voter_id = ?
            and q.deleted_at is null
            and a.deleted_at is null
          order by v.answer_id
          limit +?",
    )
    .bind(question.get())
    .bind(voter.get())
    .bind(MAX_OWN_VOTES)
    .fetch_all(readers.sql())
    .await?;
    let vote = |(answer, value)| {
        let post = if answer == 0 { Post::Question(question) } else { Post::Answer(AnswerId::new(answer)) };
        Ok((post, vote_from(value)?))
    };
    rows.into_iter().map(vote).collect()
}

/// Casts, changes or takes back a vote.
pub(super) struct CastVote(pub(super) Ballot);

impl Write for CastVote {
    type Reply = Tally;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<Tally, StoreError> {
        let CastVote(ballot) = self;
        let contribution = ballot.post.into();
        let standing = standing(connection, contribution).await?;
        standing
            .votable_by(ballot.voter)
            .map_err(|refusal| StoreError::refused(contribution.name(), refusal))?;
        let question = standing.question.get();
        let answer = standing.answer.map_or(0, AnswerId::get);
        let before: Option<i64> = sqlx::query_scalar(
            "select value from votes where question_id = ? and voter_id = ? and answer_id = ?",
        )
        .bind(question)
        .bind(ballot.voter.get())
        .bind(answer)
        .fetch_optional(connection.sql())
        .await?;
        let swing = swing(before.map(vote_from).transpose()?, ballot.vote);
        if swing != 0 {
            record(connection, ballot, question, answer).await?;
        }
        let score = match (connection.counters, ballot.post) {
            (Counters::Counted, _) => {
                return Ok(Tally { score: counted(connection, question, answer).await?, own: ballot.vote });
            }
            (Counters::Stored, Post::Question(_)) => {
                "update questions set score = score + ?2 where id = ?1 returning score"
            }
            (Counters::Stored, Post::Answer(_)) => {
                "update answers set score = score + ?2 where id = ?1 returning score"
            }
        };
        let score = sqlx::query_scalar(score)
            .bind(if answer == 0 { question } else { answer })
            .bind(swing)
            .fetch_one(connection.sql())
            .await?;
        Ok(Tally { score, own: ballot.vote })
    }
}

/// The score of a post, where it is not kept.
async fn counted(connection: &mut WriteConnection, question: i64, answer: i64) -> Result<i32, StoreError> {
    let score = sqlx::query_scalar(
        "select cast(coalesce(sum(value), 0) as integer) from votes where question_id = ?1 and answer_id = ?2",
    )
    .bind(question)
    .bind(answer)
    .fetch_one(connection.sql())
    .await?;
    Ok(score)
}

/// Writes the vote down, or strikes it out.
async fn record(
    connection: &mut WriteConnection,
    ballot: &Ballot,
    question: i64,
    answer: i64,
) -> Result<(), StoreError> {
    let query = match ballot.vote {
        Some(vote) => sqlx::query(
            "insert into votes (question_id, voter_id, answer_id, value, created_at)
             values (?, ?, ?, ?, ?)
             on conflict (question_id, voter_id, answer_id)
             do update set value = excluded.value, created_at = excluded.created_at",
        )
        .bind(question)
        .bind(ballot.voter.get())
        .bind(answer)
        .bind(vote.value())
        .bind(ballot.cast_at.unix_ms()),
        None => sqlx::query("delete from votes where question_id = ? and voter_id = ? and answer_id = ?")
            .bind(question)
            .bind(ballot.voter.get())
            .bind(answer),
    };
    query.execute(connection.sql()).await.map_err(translate)?;
    Ok(())
}
