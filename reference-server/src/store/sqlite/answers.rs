//! Answers in SQLite.

use super::notices::{self, Telling};
use super::refusal::translate;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{
    Answer, AnswerId, Author, Limit, NewAnswer, NoticeKind, Page, QuestionId, Timestamp, UserId,
};
use crate::store::StoreError;

/// id, body, created at, author, author's name, author's display name.
type AnswerRow = (i64, String, i64, i64, String, String);

/// One page, oldest first, as one JSON row.
pub(super) async fn of_question(
    readers: &Readers,
    question: QuestionId,
    after: Option<AnswerId>,
    limit: Limit,
) -> Result<Page<Answer, AnswerId>, StoreError> {
    let json: String = sqlx::query_scalar(
        "select json_group_array(
                    json_array(a.id, a.body, a.created_at, u.id, u.name, u.display_name)
                    order by a.id)
           from (select id, body, created_at, author_id
                   from answers
                  where question_id = ?
                    and id > ?
                  order by id
                  limit ?) a
           join users u on u.id = a.author_id",
    )
    .bind(question.get())
    .bind(after.map_or(0, AnswerId::get))
    .bind(i64::from(limit.get()) + 1)
    .fetch_one(readers.sql())
    .await?;
    let rows: Vec<AnswerRow> =
        serde_json::from_str(&json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let answer = |(id, body, created_at, author, name, display_name): AnswerRow| Answer {
        id: AnswerId::new(id),
        body,
        author: Author { id: UserId::new(author), name, display_name },
        created_at: Timestamp::from_unix_ms(created_at),
    };
    Ok(Page::from_surplus(rows.into_iter().map(answer).collect(), limit, |answer| answer.id))
}

/// Keeps an answer.
pub(super) struct InsertAnswer(pub(super) NewAnswer);

impl Write for InsertAnswer {
    type Reply = AnswerId;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<AnswerId, StoreError> {
        let InsertAnswer(answer) = self;
        let asker: Option<i64> = sqlx::query_scalar(
            "update questions
                set answer_count = answer_count + 1, active_at = max(active_at, ?2)
              where id = ?1
                and deleted_at is null
          returning author_id",
        )
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
            answer: Some(id),
            created_at: answer.created_at,
        };
        notices::tell(connection, &telling).await?;
        Ok(AnswerId::new(id))
    }
}
