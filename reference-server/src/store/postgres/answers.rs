//! Answers in PostgreSQL.

use super::connect::translate;
use super::retries::{Write, WriteConnection};
use super::store::Connections;
use crate::domain::{Answer, AnswerId, Author, Limit, NewAnswer, Page, QuestionId, Timestamp, UserId};
use crate::store::StoreError;

/// id, body, created at, author, author's name, author's display name.
type AnswerRow = (i64, String, i64, i64, String, String);

/// Keeps an answer; one statement, so that the count and the answer change together.
pub(super) struct InsertAnswer(pub(super) NewAnswer);

impl Write for InsertAnswer {
    type Reply = AnswerId;

    async fn apply(&self, connection: &mut WriteConnection<'_>) -> Result<AnswerId, StoreError> {
        let InsertAnswer(answer) = self;
        let id = sqlx::query_scalar(
            "with counted as (
                 update questions
                    set answer_count = answer_count + 1
                  where id = $1
              returning id)
             insert into answers (question_id, author_id, created_at, body)
             select id, $2, $3, $4
               from counted
             returning id",
        )
        .bind(answer.question.get())
        .bind(answer.author.get())
        .bind(answer.created_at.unix_ms())
        .bind(answer.body.as_str())
        .fetch_optional(connection.sql())
        .await
        .map_err(translate)?;
        id.map(AnswerId::new).ok_or(StoreError::Missing("question"))
    }
}

/// One page, oldest first.
pub(super) async fn of_question(
    connections: &Connections,
    question: QuestionId,
    after: Option<AnswerId>,
    limit: Limit,
) -> Result<Page<Answer, AnswerId>, StoreError> {
    let rows: Vec<AnswerRow> = sqlx::query_as(
        "select a.id, a.body, a.created_at, u.id, u.name, u.display_name
           from answers a
           join users u on u.id = a.author_id
          where a.question_id = $1
            and a.id > $2
          order by a.id
          limit $3",
    )
    .bind(question.get())
    .bind(after.map_or(0, AnswerId::get))
    .bind(i64::from(limit.get()) + 1)
    .fetch_all(connections.sql())
    .await?;
    let answer = |(id, body, created_at, author, name, display_name): AnswerRow| Answer {
        id: AnswerId::new(id),
        body,
        author: Author { id: UserId::new(author), name, display_name },
        created_at: Timestamp::from_unix_ms(created_at),
    };
    Ok(Page::from_surplus(rows.into_iter().map(answer).collect(), limit, |answer| answer.id))
}
