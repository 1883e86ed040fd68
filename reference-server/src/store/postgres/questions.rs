//! Questions in PostgreSQL.

use super::answers;
use super::connect::translate;
use super::lists::names;
use super::store::Connections;
use crate::domain::{Author, Limit, NewQuestion, Page, Question, QuestionId, Timestamp, UserId};
use crate::store::StoreError;

/// id, title, body, tags, author, author's name, author's display name, answer count, created at.
type QuestionRow = (i64, String, String, String, i64, String, String, i32, i64);

pub(super) async fn insert(
    connections: &Connections,
    question: NewQuestion,
) -> Result<QuestionId, StoreError> {
    let id = sqlx::query_scalar(
        "insert into questions (author_id, created_at, active_at, title, body, tags)
         values ($1, $2, $2, $3, $4, $5)
         returning id",
    )
    .bind(question.author.get())
    .bind(question.created_at.unix_ms())
    .bind(question.title.as_str())
    .bind(question.body.as_str())
    .bind(question.tags.to_json())
    .fetch_one(connections.sql())
    .await
    .map_err(translate)?;
    Ok(QuestionId::new(id))
}

/// Two statements: the question, and the first page of its answers.
pub(super) async fn question(
    connections: &Connections,
    id: QuestionId,
) -> Result<Option<Question>, StoreError> {
    let row: Option<QuestionRow> = sqlx::query_as(
        "select q.id, q.title, q.body, q.tags, u.id, u.name, u.display_name, q.answer_count, q.created_at
           from questions q
           join users u on u.id = q.author_id
          where q.id = $1",
    )
    .bind(id.get())
    .fetch_optional(connections.sql())
    .await?;
    let Some((id, title, body, tags, author, name, display_name, answer_count, created_at)) = row else {
        return Ok(None);
    };
    let id = QuestionId::new(id);
    let answers = if answer_count == 0 {
        Page { items: Vec::new(), next: None }
    } else {
        answers::of_question(connections, id, None, Limit::ANSWERS).await?
    };
    Ok(Some(Question {
        id,
        title,
        body,
        author: Author { id: UserId::new(author), name, display_name },
        tags: names(&tags)?,
        answer_count: answer_count.unsigned_abs(),
        created_at: Timestamp::from_unix_ms(created_at),
        answers,
    }))
}

pub(super) async fn exists(connections: &Connections, id: QuestionId) -> Result<bool, StoreError> {
    let found: Option<i32> = sqlx::query_scalar("select 1 from questions where id = $1")
        .bind(id.get())
        .fetch_optional(connections.sql())
        .await?;
    Ok(found.is_some())
}
