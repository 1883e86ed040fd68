//! Questions in SQLite.

use super::answers;
use super::refusal::translate;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{
    Author, Limit, NewQuestion, Page, Question, QuestionId, QuestionSummary, Timestamp, UserId,
};
use crate::store::StoreError;

/// id, title, beginning of the body, author, author's name, author's display name, answer count, created at.
type SummaryRow = (i64, String, String, i64, String, String, u32, i64);

/// id, title, body, answer count, created at, author, author's name, author's display name.
type QuestionRow = (i64, String, String, u32, i64, i64, String, String);

/// The list comes as one JSON row: each row would cost a message between threads.
pub(super) async fn newest(
    readers: &Readers,
    limit: Limit,
    after: Option<QuestionId>,
) -> Result<Page<QuestionSummary, QuestionId>, StoreError> {
    let json: String = sqlx::query_scalar(
        "select json_group_array(
                    json_array(q.id, q.title, q.beginning, u.id, u.name, u.display_name, q.answer_count, q.created_at)
                    order by q.id desc)
           from (select id, title, substr(body, 1, ?1) as beginning, author_id, answer_count, created_at
                   from questions
                  where id < ?2
                  order by id desc
                  limit ?3) q
           join users u on u.id = q.author_id",
    )
    .bind(QuestionSummary::EXCERPT_READ)
    .bind(after.map_or(i64::MAX, QuestionId::get))
    .bind(i64::from(limit.get()) + 1)
    .fetch_one(readers.sql())
    .await?;
    let rows: Vec<SummaryRow> =
        serde_json::from_str(&json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let summary =
        |(id, title, beginning, author, name, display_name, answer_count, created_at): SummaryRow| {
            QuestionSummary {
                id: QuestionId::new(id),
                title,
                excerpt: QuestionSummary::excerpt(&beginning),
                author: Author { id: UserId::new(author), name, display_name },
                answer_count,
                created_at: Timestamp::from_unix_ms(created_at),
            }
        };
    Ok(Page::from_surplus(rows.into_iter().map(summary).collect(), limit, |question| question.id))
}

/// Two statements: the question, and the first page of its answers.
pub(super) async fn question(readers: &Readers, id: QuestionId) -> Result<Option<Question>, StoreError> {
    let row: Option<QuestionRow> = sqlx::query_as(
        "select q.id, q.title, q.body, q.answer_count, q.created_at, u.id, u.name, u.display_name
           from questions q
           join users u on u.id = q.author_id
          where q.id = ?",
    )
    .bind(id.get())
    .fetch_optional(readers.sql())
    .await?;
    let Some((id, title, body, answer_count, created_at, author, name, display_name)) = row else {
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
            "insert into questions (author_id, created_at, title, body)
             values (?, ?, ?, ?)
             returning id",
        )
        .bind(question.author.get())
        .bind(question.created_at.unix_ms())
        .bind(question.title.as_str())
        .bind(question.body.as_str())
        .fetch_one(connection.sql())
        .await
        .map_err(translate)?;
        Ok(QuestionId::new(id))
    }
}
