//! Answers in PostgreSQL.

use super::connect::translate;
use super::store::Connections;
use super::transaction::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{Answer, AnswerId, Limit, NewAnswer, NoticeKind, Page, QuestionId};
use crate::store::counters::by_counters;
use crate::store::interface::MAX_NOTICES_PER_USER;
use crate::store::rows::{self, AnswerRow};
use crate::store::{Counters, DerivedWork, StoreError};

/// One statement, so that the count, if it is kept, the answer and the notice to the asker change together; the asker is told by
/// the function of this name.
macro_rules! insert_answer {
    ($count:literal, $tell:literal) => {
        concat!(
            "with counted as (
                 update questions
                    set ",
            $count,
            "active_at = greatest(active_at, $3)
                  where id = $1
                    and deleted_at is null
              returning id, author_id),
             written as (
                 insert into answers (question_id, author_id, created_at, body)
                 select id, $2, $3, $4
                   from counted
              returning id)
             select w.id, ",
            $tell,
            "(c.author_id, $5, $2, c.id, w.id, null, $3, $6)
               from written w, counted c"
        )
    };
}

/// Keeps an answer.
pub(super) struct InsertAnswer(pub(super) NewAnswer, pub(super) DerivedWork);

impl Write for InsertAnswer {
    type Reply = AnswerId;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection<'_>) -> Result<AnswerId, StoreError> {
        let InsertAnswer(answer, when) = self;
        connection.touch(answer.question);
        let row: Option<(i64, bool)> = sqlx::query_as(match (connection.counters, when) {
            (Counters::Stored, DerivedWork::Now) => {
                insert_answer!("answer_count = answer_count + 1, ", "tell_member")
            }
            (Counters::Stored, DerivedWork::Later) => {
                insert_answer!("answer_count = answer_count + 1, ", "tell_member_later")
            }
            (Counters::Counted, DerivedWork::Now) => insert_answer!("", "tell_member"),
            (Counters::Counted, DerivedWork::Later) => insert_answer!("", "tell_member_later"),
        })
        .bind(answer.question.get())
        .bind(answer.author.get())
        .bind(answer.created_at.unix_ms())
        .bind(answer.body.as_str())
        .bind(NoticeKind::Answer.name())
        .bind(MAX_NOTICES_PER_USER)
        .fetch_optional(connection.sql())
        .await
        .map_err(translate)?;
        row.map(|(id, _told)| AnswerId::new(id)).ok_or(StoreError::Missing("question"))
    }
}

/// The statement of [`of_question`].
const OF_QUESTION: &str =
    "select a.id, a.question_id, a.body, u.id, u.name, u.display_name, a.score, a.comment_count,
                a.version, a.created_at, a.edited_at
           from answers a
           join users u on u.id = a.author_id
           join questions q on q.id = a.question_id
          where a.question_id = $1
            and a.id > $2
            and a.deleted_at is null
            and q.deleted_at is null
          order by a.id
          limit $3";

/// One page, oldest first.
pub(super) async fn of_question(
    connections: &Connections,
    question: QuestionId,
    after: Option<AnswerId>,
    limit: Limit,
) -> Result<Page<Answer, AnswerId>, StoreError> {
    let rows: Vec<AnswerRow> = sqlx::query_as(by_counters!(connections.counters, OF_QUESTION))
        .bind(question.get())
        .bind(after.map_or(0, AnswerId::get))
        .bind(i64::from(limit.get()) + 1)
        .fetch_all(connections.sql())
        .await?;
    Ok(rows::answers(rows, limit))
}

/// The statement of [`one`].
const ONE: &str =
    "select a.id, a.question_id, a.body, u.id, u.name, u.display_name, a.score, a.comment_count,
                a.version, a.created_at, a.edited_at
           from answers a
           join users u on u.id = a.author_id
           join questions q on q.id = a.question_id
          where a.id = $1
            and a.deleted_at is null
            and q.deleted_at is null";

/// An answer alone.
pub(super) async fn one(connections: &Connections, id: AnswerId) -> Result<Option<Answer>, StoreError> {
    let row: Option<AnswerRow> = sqlx::query_as(by_counters!(connections.counters, ONE))
        .bind(id.get())
        .fetch_optional(connections.sql())
        .await?;
    Ok(row.map(rows::answer))
}
