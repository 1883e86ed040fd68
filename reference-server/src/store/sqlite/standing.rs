//! What the rules of the domain look at before a post is changed, read inside the group's transaction: nobody
//! else writes meanwhile, because there is one writer.

use super::writer::WriteConnection;
use crate::domain::{AnswerId, Contribution, Post, QuestionId, Standing, UserId};
use crate::store::{Counters, StoreError};

/// Question, answer or 0, author, version, taken back, part of something taken back.
type StandingRow = (i64, i64, i64, i64, bool, bool);

/// Where a contribution is and how it stands.
///
/// # Errors
/// [`StoreError::Missing`] when there never was one.
pub(super) async fn standing(
    connection: &mut WriteConnection,
    contribution: Contribution,
) -> Result<Standing, StoreError> {
    let (sql, id) = match contribution {
        Contribution::Question(id) => (
            "select id, 0, author_id, version, deleted_at is not null, false
               from questions
              where id = ?",
            id.get(),
        ),
        Contribution::Answer(id) => (
            "select a.question_id, a.id, a.author_id, a.version, a.deleted_at is not null, q.deleted_at is not null
               from answers a
               join questions q on q.id = a.question_id
              where a.id = ?",
            id.get(),
        ),
        Contribution::Comment(id) => (
            "select c.question_id, c.answer_id, c.author_id, c.version, c.deleted_at is not null,
                    q.deleted_at is not null or a.deleted_at is not null
               from comments c
               join questions q on q.id = c.question_id
               left join answers a on a.id = c.answer_id
              where c.id = ?",
            id.get(),
        ),
    };
    let row: Option<StandingRow> = sqlx::query_as(sql).bind(id).fetch_optional(connection.sql()).await?;
    let (question, answer, author, version, deleted, hidden) =
        row.ok_or(StoreError::Missing(contribution.name()))?;
    connection.touch(QuestionId::new(question));
    Ok(Standing {
        question: QuestionId::new(question),
        answer: (answer != 0).then(|| AnswerId::new(answer)),
        author: UserId::new(author),
        version,
        deleted,
        hidden,
    })
}

/// Adds to the count of comments on a post, if it is kept; one less when a comment is taken back.
pub(super) async fn count_comment(
    connection: &mut WriteConnection,
    post: Post,
    change: i32,
) -> Result<(), StoreError> {
    if connection.counters == Counters::Counted {
        return Ok(());
    }
    let (sql, id) = match post {
        Post::Question(id) => {
            ("update questions set comment_count = comment_count + ?2 where id = ?1", id.get())
        }
        Post::Answer(id) => ("update answers set comment_count = comment_count + ?2 where id = ?1", id.get()),
    };
    sqlx::query(sql).bind(id).bind(change).execute(connection.sql()).await?;
    Ok(())
}

/// Says that something was added to a question or changed in it; a clock that was put back changes nothing.
pub(super) async fn touch(
    connection: &mut WriteConnection,
    question: QuestionId,
    at: i64,
) -> Result<(), StoreError> {
    sqlx::query("update questions set active_at = max(active_at, ?2) where id = ?1")
        .bind(question.get())
        .bind(at)
        .execute(connection.sql())
        .await?;
    Ok(())
}
