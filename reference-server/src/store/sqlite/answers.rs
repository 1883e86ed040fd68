//! Answers in SQLite.

use super::notices;
use super::refusal::translate;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{Answer, AnswerId, Limit, NewAnswer, NoticeKind, Page, QuestionId, Telling, UserId};
use crate::store::counters::by_counters;
use crate::store::rows::{self, AnswerRow};
use crate::store::{Counters, DerivedWork, StoreError};

/// The statement of [`of_question`].
const OF_QUESTION: &str = "select json_group_array(
                    json_array(a.id, a.question_id, a.body, u.id, u.name, u.display_name, a.score, a.comment_count,
                               a.version, a.created_at, a.edited_at)
                    order by a.id)
           from (select id, question_id, body, author_id, score, comment_count, version, created_at, edited_at
                   from answers
                  where question_id = ?1
                    and id > ?2
                    and deleted_at is null
                    and exists (select 1 from questions where id = ?1 and deleted_at is null)
                  order by id
                  limit +?3) a
           join users u on u.id = a.author_id";

/// One page, oldest first, as one JSON row.
pub(super) async fn of_question(
    readers: &Readers,
    question: QuestionId,
    after: Option<AnswerId>,
    limit: Limit,
) -> Result<Page<Answer, AnswerId>, StoreError> {
    let json: String = sqlx::query_scalar(by_counters!(readers.counters, OF_QUESTION))
        .bind(question.get())
        .bind(after.map_or(0, AnswerId::get))
        .bind(i64::from(limit.get()) + 1)
        .fetch_one(readers.sql())
        .await?;
    let rows: Vec<AnswerRow> =
        serde_json::from_str(&json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    Ok(rows::answers(rows, limit))
}

/// The statement of [`one`].
const ONE: &str =
    "select a.id, a.question_id, a.body, u.id, u.name, u.display_name, a.score, a.comment_count,
                a.version, a.created_at, a.edited_at
           from answers a
           join users u on u.id = a.author_id
           join questions q on q.id = a.question_id
          where a.id = ?
            and a.deleted_at is null
            and q.deleted_at is null";

/// An answer alone.
pub(super) async fn one(readers: &Readers, id: AnswerId) -> Result<Option<Answer>, StoreError> {
    let row: Option<AnswerRow> = sqlx::query_as(by_counters!(readers.counters, ONE))
        .bind(id.get())
        .fetch_optional(readers.sql())
        .await?;
    Ok(row.map(rows::answer))
}

/// Keeps an answer.
pub(super) struct InsertAnswer(pub(super) NewAnswer, pub(super) DerivedWork);

impl Write for InsertAnswer {
    type Reply = AnswerId;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<AnswerId, StoreError> {
        let InsertAnswer(answer, when) = self;
        connection.touch(answer.question);
        let asker: Option<i64> = sqlx::query_scalar(match connection.counters {
            Counters::Stored => {
                "update questions
                    set answer_count = answer_count + 1, active_at = max(active_at, ?2)
                  where id = ?1
                    and deleted_at is null
              returning author_id"
            }
            Counters::Counted => {
                "update questions
                    set active_at = max(active_at, ?2)
                  where id = ?1
                    and deleted_at is null
              returning author_id"
            }
        })
        .bind(answer.question.get())
        .bind(answer.created_at.unix_ms())
        .fetch_optional(connection.sql())
        .await
        .map_err(translate)?;
        let asker = asker.ok_or(StoreError::Missing("question"))?;
        let id: i64 = sqlx::query_scalar(
            "insert into answers (question_id, author_id, created_at, body)
             values (?, ?, ?, ?)
             returning id",
        )
        .bind(answer.question.get())
        .bind(answer.author.get())
        .bind(answer.created_at.unix_ms())
        .bind(answer.body.as_str())
        .fetch_one(connection.sql())
        .await
        .map_err(translate)?;
        let telling = Telling {
            member: UserId::new(asker),
            kind: NoticeKind::Answer,
            actor: answer.author,
            question: answer.question,
            answer: Some(AnswerId::new(id)),
            comment: None,
            created_at: answer.created_at,
        };
        notices::tell(connection, &telling, *when).await?;
        Ok(AnswerId::new(id))
    }
}
