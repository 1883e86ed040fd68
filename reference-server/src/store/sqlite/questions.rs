//! Questions in SQLite.

use super::answers;
use super::refusal::translate;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{AnswerId, Author, Limit, NewQuestion, Page, Question, QuestionId, Timestamp, UserId};
use crate::store::StoreError;
use crate::store::counters::by_counters;
use crate::store::rows;

/// id, title, body, tags, author, author's name, author's display name, score, answer count, accepted answer,
/// comment count, version, created at, edited at, a JSON array of comments.
type QuestionRow = (
    i64,
    String,
    String,
    String,
    i64,
    String,
    String,
    i32,
    u32,
    Option<i64>,
    u32,
    i64,
    i64,
    Option<i64>,
    String,
);

/// A question with the first of its comments.
const QUESTION: &str = "select q.id, q.title, q.body, q.tags, u.id, u.name, u.display_name, q.score, q.answer_count, q.accepted_answer_id,
            q.comment_count, q.version, q.created_at, q.edited_at,
            (select json_group_array(
                        json_array(c.id, c.body, w.id, w.name, w.display_name, c.version, c.created_at,
                                       c.edited_at)
                        order by c.id)
               from (select *
                       from comments
                      where question_id = q.id
                        and answer_id = 0
                        and deleted_at is null
                      order by id
                      limit +?2) c
               join users w on w.id = c.author_id)
       from questions q
       join users u on u.id = q.author_id
      where q.id = ?1
        and q.deleted_at is null";

/// Two statements: the question with the first of its comments, and the first page of its answers.
pub(super) async fn question(readers: &Readers, id: QuestionId) -> Result<Option<Question>, StoreError> {
    let row: Option<QuestionRow> = sqlx::query_as(by_counters!(readers.counters, QUESTION))
        .bind(id.get())
        .bind(i64::from(Limit::COMMENTS.get()) + 1)
        .fetch_optional(readers.sql())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut question = question_from(row)?;
    if question.answer_count > 0 {
        question.answers = answers::of_question(readers, id, None, Limit::ANSWERS).await?;
    }
    Ok(Some(question))
}

/// A question without its answers.
fn question_from(row: QuestionRow) -> Result<Question, StoreError> {
    let (id, title, body, tags, author, name, display_name, score, answer_count, accepted, ..) = row;
    let (.., comment_count, version, created_at, edited_at, comments) = row;
    Ok(Question {
        id: QuestionId::new(id),
        title,
        body,
        author: Author { id: UserId::new(author), name, display_name },
        tags: serde_json::from_str(&tags).map_err(|error| StoreError::Unreadable(error.to_string()))?,
        score,
        answer_count,
        accepted_answer: accepted.map(AnswerId::new),
        comment_count,
        version,
        created_at: Timestamp::from_unix_ms(created_at),
        edited_at: edited_at.map(Timestamp::from_unix_ms),
        comments: rows::comments_of(&comments, Limit::COMMENTS)?,
        answers: Page { items: Vec::new(), next: None },
    })
}

pub(super) async fn exists(readers: &Readers, id: QuestionId) -> Result<bool, StoreError> {
    let found: Option<i64> =
        sqlx::query_scalar("select 1 from questions where id = ? and deleted_at is null")
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
        let id = QuestionId::new(id);
        // That there was none is known by now, perhaps.
        connection.touch(id);
        Ok(id)
    }
}
