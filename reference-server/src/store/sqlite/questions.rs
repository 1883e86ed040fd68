//! Questions in SQLite.

use super::answers;
use super::refusal::translate;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{Author, Limit, NewQuestion, Page, Question, QuestionId, Timestamp, UserId};
use crate::store::StoreError;

/// id, title, body, tags, answer count, created at, author, author's name, author's display name.
type QuestionRow = (i64, String, String, String, u32, i64, i64, String, String);

/// Two statements: the question, and the first page of its answers.
pub(super) async fn question(readers: &Readers, id: QuestionId) -> Result<Option<Question>, StoreError> {
    let row: Option<QuestionRow> = sqlx::query_as(
        "select q.id, q.title, q.body, q.tags, q.answer_count, q.created_at, u.id, u.name, u.display_name
           from questions q
           join users u on u.id = q.author_id
          where q.id = ?",
    )
    .bind(id.get())
    .fetch_optional(readers.sql())
    .await?;
    let Some((id, title, body, tags, answer_count, created_at, author, name, display_name)) = row else {
        return Ok(None);
    };
    let id = QuestionId::new(id);
    let answers = if answer_count == 0 {
        Page { items: Vec::new(), next: None }
    } else {
        answers::of_question(readers, id, None, Limit::ANSWERS).await?
    };
    Ok(Some(Question {
        id,
        title,
        body,
        author: Author { id: UserId::new(author), name, display_name },
        tags: serde_json::from_str(&tags).map_err(|error| StoreError::Unreadable(error.to_string()))?,
        answer_count,
        created_at: Timestamp::from_unix_ms(created_at),
        answers,
    }))
}

pub(super) async fn exists(readers: &Readers, id: QuestionId) -> Result<bool, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("select 1 from questions where id = ?")
        .bind(id.get())
        .fetch_optional(readers.sql())
        .await?;
    Ok(found.is_some())
}

/// Keeps a question.
pub(super) struct InsertQuestion(pub(super) NewQuestion);

impl Write for InsertQuestion {
    type Reply = QuestionId;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<QuestionId, StoreError> {
        let InsertQuestion(question) = self;
        let id = sqlx::query_scalar(
            "insert into questions (author_id, created_at, active_at, title, body, tags)
             values (?1, ?2, ?2, ?3, ?4, ?5)
             returning id",
        )
        .bind(question.author.get())
        .bind(question.created_at.unix_ms())
        .bind(question.title.as_str())
        .bind(question.body.as_str())
        .bind(question.tags.to_json())
        .fetch_one(connection.sql())
        .await
        .map_err(translate)?;
        Ok(QuestionId::new(id))
    }
}
