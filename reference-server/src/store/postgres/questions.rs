//! Questions in PostgreSQL.

use super::answers;
use super::connect::translate;
use super::retries::{Write, WriteConnection};
use super::store::Connections;
use crate::domain::{
    Author, Limit, NewQuestion, Page, Question, QuestionId, QuestionSummary, Timestamp, UserId,
};
use crate::store::StoreError;

/// id, title, beginning or whole of the body, author, author's name, author's display name, answer count,
/// created at.
type QuestionRow = (i64, String, String, i64, String, String, i32, i64);

/// Keeps a question.
pub(super) struct InsertQuestion(pub(super) NewQuestion);

impl Write for InsertQuestion {
    type Reply = QuestionId;

    async fn apply(&self, connection: &mut WriteConnection<'_>) -> Result<QuestionId, StoreError> {
        let InsertQuestion(question) = self;
        let id = sqlx::query_scalar(
            "insert into questions (author_id, created_at, title, body)
             values ($1, $2, $3, $4)
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

pub(super) async fn newest(
    connections: &Connections,
    limit: Limit,
    after: Option<QuestionId>,
) -> Result<Page<QuestionSummary, QuestionId>, StoreError> {
    let rows: Vec<QuestionRow> = sqlx::query_as(
        "select q.id, q.title, substr(q.body, 1, $1), u.id, u.name, u.display_name, q.answer_count, q.created_at
           from questions q
           join users u on u.id = q.author_id
          where q.id < $2
          order by q.id desc
          limit $3",
    )
    .bind(QuestionSummary::EXCERPT_READ)
    .bind(after.map_or(i64::MAX, QuestionId::get))
    .bind(i64::from(limit.get()) + 1)
    .fetch_all(connections.sql())
    .await?;
    let summary =
        |(id, title, beginning, author, name, display_name, answer_count, created_at): QuestionRow| {
            QuestionSummary {
                id: QuestionId::new(id),
                title,
                excerpt: QuestionSummary::excerpt(&beginning),
                author: Author { id: UserId::new(author), name, display_name },
                answer_count: answer_count.unsigned_abs(),
                created_at: Timestamp::from_unix_ms(created_at),
            }
        };
    Ok(Page::from_surplus(rows.into_iter().map(summary).collect(), limit, |question| question.id))
}

/// Two statements: the question, and the first page of its answers.
pub(super) async fn question(
    connections: &Connections,
    id: QuestionId,
) -> Result<Option<Question>, StoreError> {
    let row: Option<QuestionRow> = sqlx::query_as(
        "select q.id, q.title, q.body, u.id, u.name, u.display_name, q.answer_count, q.created_at
           from questions q
           join users u on u.id = q.author_id
          where q.id = $1",
    )
    .bind(id.get())
    .fetch_optional(connections.sql())
    .await?;
    let Some((id, title, body, author, name, display_name, answer_count, created_at)) = row else {
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
