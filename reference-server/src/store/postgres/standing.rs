//! What the rules of the domain look at before a post is changed, read under row locks.
//!
//! Locks are always taken in the order question, answer, comment, so that no two transactions wait for each
//! other. A vote on an answer changes nothing of the question and does not lock it: votes on the answers to one
//! question do not wait for each other. `for no key update` lets rows that refer to the locked one be added by
//! others.

use super::transaction::WriteConnection;
use crate::domain::{AnswerId, Contribution, Post, QuestionId, Standing, UserId};
use crate::store::{Counters, StoreError};

/// How much of what a contribution belongs to is locked with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// The row alone.
    Row,
    /// The question as well, because it is changed too.
    WithQuestion,
}

/// Author, version, taken back.
type StandingRow = (i64, i64, bool);

/// Where a contribution is and how it stands, locked until the end of the transaction.
///
/// # Errors
/// [`StoreError::Missing`] when there never was one.
pub(super) async fn standing(
    connection: &mut WriteConnection<'_>,
    contribution: Contribution,
    lock: Lock,
) -> Result<Standing, StoreError> {
    let missing = StoreError::Missing(contribution.name());
    let Some((question, answer)) = place(connection, contribution).await? else { return Err(missing) };
    connection.touch(question);
    let mut hidden = false;
    if contribution != Contribution::Question(question) {
        hidden = question_is_deleted(connection, question, lock).await?;
    }
    if let (Contribution::Comment(_), Some(answer)) = (contribution, answer) {
        // Its count of comments may change, so that it is locked in its turn.
        hidden |= row(connection, answer.into()).await?.is_none_or(|(_, _, deleted)| deleted);
    }
    let Some((author, version, deleted)) = row(connection, contribution).await? else { return Err(missing) };
    Ok(Standing { question, answer, author: UserId::new(author), version, deleted, hidden })
}

/// The question and the answer a contribution is or belongs to, which never change.
async fn place(
    connection: &mut WriteConnection<'_>,
    contribution: Contribution,
) -> Result<Option<(QuestionId, Option<AnswerId>)>, StoreError> {
    let (sql, id) = match contribution {
        Contribution::Question(id) => return Ok(Some((id, None))),
        Contribution::Answer(id) => ("select question_id, id from answers where id = $1", id.get()),
        Contribution::Comment(id) => ("select question_id, answer_id from comments where id = $1", id.get()),
    };
    let row: Option<(i64, i64)> = sqlx::query_as(sql).bind(id).fetch_optional(connection.sql()).await?;
    Ok(row
        .map(|(question, answer)| (QuestionId::new(question), (answer != 0).then(|| AnswerId::new(answer)))))
}

async fn question_is_deleted(
    connection: &mut WriteConnection<'_>,
    question: QuestionId,
    lock: Lock,
) -> Result<bool, StoreError> {
    let sql = match lock {
        Lock::Row => "select deleted_at is not null from questions where id = $1",
        Lock::WithQuestion => "select deleted_at is not null from questions where id = $1 for no key update",
    };
    let deleted = sqlx::query_scalar(sql).bind(question.get()).fetch_optional(connection.sql()).await?;
    Ok(deleted.unwrap_or(true))
}

async fn row(
    connection: &mut WriteConnection<'_>,
    contribution: Contribution,
) -> Result<Option<StandingRow>, StoreError> {
    let (sql, id) = match contribution {
        Contribution::Question(id) => (
            "select author_id, version, deleted_at is not null from questions where id = $1 for no key update",
            id.get(),
        ),
        Contribution::Answer(id) => (
            "select author_id, version, deleted_at is not null from answers where id = $1 for no key update",
            id.get(),
        ),
        Contribution::Comment(id) => (
            "select author_id, version, deleted_at is not null from comments where id = $1 for no key update",
            id.get(),
        ),
    };
    Ok(sqlx::query_as(sql).bind(id).fetch_optional(connection.sql()).await?)
}

/// Adds to the count of comments on a post, if it is kept; one less when a comment is taken back.
pub(super) async fn count_comment(
    connection: &mut WriteConnection<'_>,
    post: Post,
    change: i32,
) -> Result<(), StoreError> {
    if connection.counters == Counters::Counted {
        return Ok(());
    }
    let (sql, id) = match post {
        Post::Question(id) => {
            ("update questions set comment_count = comment_count + $2 where id = $1", id.get())
        }
        Post::Answer(id) => ("update answers set comment_count = comment_count + $2 where id = $1", id.get()),
    };
    sqlx::query(sql).bind(id).bind(change).execute(connection.sql()).await?;
    Ok(())
}

/// Says that something was added to a question or changed in it; a clock that was put back changes nothing.
pub(super) async fn touch(
    connection: &mut WriteConnection<'_>,
    question: QuestionId,
    at: i64,
) -> Result<(), StoreError> {
    sqlx::query("update questions set active_at = greatest(active_at, $2) where id = $1")
        .bind(question.get())
        .bind(at)
        .execute(connection.sql())
        .await?;
    Ok(())
}
