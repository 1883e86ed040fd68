//! Documents of questions in SQLite: made with the table, written anew by whoever writes to a question.

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::store::Readers;
use super::writer::WriteConnection;
use crate::domain::{Question, QuestionId, UserId};
use crate::store::counters::by_counters;
use crate::store::layout::{self, most};
use crate::store::{Layout, Setup, StoreError};

/// Writes the documents of questions that `$which` chooses. Parameters: how many comments and how many answers, then those
/// of the choice.
macro_rules! documents {
    ($which:literal) => {
        concat!(
            "insert into question_documents (question_id, document)
             select q.id, json_array(
                        q.id, q.title, q.body, json(q.tags), u.id, u.name, u.display_name, q.score, q.answer_count,
                        q.accepted_answer_id, q.comment_count, q.version, q.created_at, q.edited_at,
                        json((select json_group_array(
                                         json_array(c.id, c.body, w.id, w.name, w.display_name, c.version, c.created_at,
                                                    c.edited_at)
                                         order by c.id)
                                from (select *
                                        from comments
                                       where question_id = q.id
                                         and answer_id = 0
                                         and deleted_at is null
                                       order by id
                                       limit +?1) c
                                join users w on w.id = c.author_id)),
                        json((select json_group_array(
                                         json_array(a.id, a.question_id, a.body, w.id, w.name, w.display_name, a.score, a.comment_count,
                                                    a.version, a.created_at, a.edited_at)
                                         order by a.id)
                                from (select *
                                        from answers
                                       where question_id = q.id
                                         and deleted_at is null
                                       order by id
                                       limit +?2) a
                                join users w on w.id = a.author_id)))
               from questions q
               join users u on u.id = q.author_id
              where q.deleted_at is null
                and ",
            $which,
            " on conflict (question_id) do update set document = excluded.document
          returning octet_length(document)"
        )
    };
}

/// ?3 which question.
const ONE: &str = documents!("q.id = ?3");
/// ?3 which member.
const OF_MEMBER: &str = documents!(
    "q.id in (
         select id from questions where author_id = ?3
          union
         select question_id from answers where author_id = ?3 and deleted_at is null
          union
         select question_id from comments where author_id = ?3 and deleted_at is null)"
);
/// Those that are not there.
const MISSING: &str =
    documents!("not exists (select 1 from question_documents d where d.question_id = q.id)");

/// Makes the table of documents and those that are missing, or drops it.
pub(super) async fn apply(connection: &mut SqliteConnection, setup: Setup) -> Result<(), sqlx::Error> {
    if setup.layout == Layout::Rows {
        sqlx::query("drop table if exists question_documents").execute(connection).await?;
        return Ok(());
    }
    let mut transaction = connection.begin_with("begin immediate").await?;
    sqlx::query(
        "create table if not exists question_documents (
             question_id integer primary key,
             document text not null
         ) strict",
    )
    .execute(&mut *transaction)
    .await?;
    let (comments, answers) = most();
    let missing = sqlx::query(by_counters!(setup.counters, MISSING)).bind(comments).bind(answers);
    missing.execute(&mut *transaction).await?;
    transaction.commit().await
}

/// A question, in one statement.
pub(super) async fn question(readers: &Readers, id: QuestionId) -> Result<Option<Question>, StoreError> {
    let document: Option<String> =
        sqlx::query_scalar("select document from question_documents where question_id = ?1")
            .bind(id.get())
            .fetch_optional(readers.sql())
            .await?;
    document.as_deref().map(layout::question).transpose()
}

/// Makes the document of a question anew, or removes it if the question is not shown; nothing where there are none.
pub(super) async fn remake(connection: &mut WriteConnection, question: QuestionId) -> Result<(), StoreError> {
    if connection.layout == Layout::Rows {
        return Ok(());
    }
    let (comments, answers) = most();
    let bytes: Option<i64> = sqlx::query_scalar(by_counters!(connection.counters, ONE))
        .bind(comments)
        .bind(answers)
        .bind(question.get())
        .fetch_optional(connection.sql())
        .await?;
    match bytes {
        Some(bytes) => connection.documents.add(bytes),
        None => {
            sqlx::query("delete from question_documents where question_id = ?1")
                .bind(question.get())
                .execute(connection.sql())
                .await?;
        }
    }
    Ok(())
}

/// Makes every document anew in which a member is named: of what he asked, answered and commented on.
pub(super) async fn remake_of(connection: &mut WriteConnection, member: UserId) -> Result<(), StoreError> {
    if connection.layout == Layout::Rows {
        return Ok(());
    }
    let (comments, answers) = most();
    let bytes: Vec<i64> = sqlx::query_scalar(by_counters!(connection.counters, OF_MEMBER))
        .bind(comments)
        .bind(answers)
        .bind(member.get())
        .fetch_all(connection.sql())
        .await?;
    for bytes in bytes {
        connection.documents.add(bytes);
    }
    Ok(())
}
