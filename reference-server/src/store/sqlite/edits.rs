//! Edits and what was there before, in SQLite.

use super::refusal::translate;
use super::standing::{standing, touch};
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{
    AnswerId, Contribution, Edit, Limit, NewText, Page, Post, QuestionId, Revision, Tags, Timestamp,
};
use crate::store::StoreError;

/// version, title, body, names of tags, since when.
type RevisionRow = (i64, Option<String>, String, Option<Vec<String>>, i64);

/// One page, newest first: the current version from the post, the others from what edits left. One JSON row;
/// `None` when the post is not shown.
pub(super) async fn revisions(
    readers: &Readers,
    post: Post,
    after: Option<i64>,
    limit: Limit,
) -> Result<Option<Page<Revision, i64>>, StoreError> {
    let (sql, id) = match post {
        Post::Question(id) => (
            "select (select json_group_array(json_array(version, title, body, json(tags), written_at) order by version desc)
                       from (select q.version, q.title, q.body, q.tags, coalesce(q.edited_at, q.created_at) as written_at
                              where q.version < ?2
                              union all
                             select version, title, body, tags, written_at
                               from revisions
                              where question_id = q.id
                                and answer_id = 0
                                and version < ?2
                              order by 1 desc
                              limit +?3) versions)
               from questions q
              where q.id = ?1
                and q.deleted_at is null",
            id.get(),
        ),
        Post::Answer(id) => (
            "select (select json_group_array(json_array(version, title, body, json(tags), written_at) order by version desc)
                       from (select a.version, null as title, a.body, null as tags, coalesce(a.edited_at, a.created_at) as written_at
                              where a.version < ?2
                              union all
                             select version, title, body, tags, written_at
                               from revisions
                              where question_id = a.question_id
                                and answer_id = a.id
                                and version < ?2
                              order by 1 desc
                              limit +?3) versions)
               from answers a
               join questions q on q.id = a.question_id
              where a.id = ?1
                and a.deleted_at is null
                and q.deleted_at is null",
            id.get(),
        ),
    };
    let json: Option<String> = sqlx::query_scalar(sql)
        .bind(id)
        .bind(after.unwrap_or(i64::MAX))
        .bind(i64::from(limit.get()) + 1)
        .fetch_optional(readers.sql())
        .await?;
    let Some(json) = json else { return Ok(None) };
    let rows: Vec<RevisionRow> =
        serde_json::from_str(&json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let revision = |(version, title, body, tags, written_at)| Revision {
        version,
        title,
        body,
        tags,
        written_at: Timestamp::from_unix_ms(written_at),
    };
    let page =
        Page::from_surplus(rows.into_iter().map(revision).collect(), limit, |revision| revision.version);
    Ok(Some(page))
}

/// Replaces a text.
pub(super) struct EditText(pub(super) Edit);

impl Write for EditText {
    type Reply = i64;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<i64, StoreError> {
        let EditText(edit) = self;
        let contribution = edit.text.contribution();
        let standing = standing(connection, contribution).await?;
        standing
            .editable_by(edit.editor, edit.expected_version)
            .map_err(|refusal| StoreError::refused(contribution.name(), refusal))?;
        match &edit.text {
            NewText::Question(id, ..) => keep_question(connection, *id).await?,
            NewText::Answer(id, _) => keep_answer(connection, *id).await?,
            NewText::Comment(..) => {}
        }
        if matches!(contribution, Contribution::Question(_) | Contribution::Answer(_)) {
            touch(connection, standing.question, edit.edited_at.unix_ms()).await?;
        }
        replace(connection, edit).await
    }
}

async fn keep_question(connection: &mut WriteConnection, id: QuestionId) -> Result<(), StoreError> {
    sqlx::query(
        "insert into revisions (question_id, answer_id, version, written_at, title, body, tags)
         select id, 0, version, coalesce(edited_at, created_at), title, body, tags
           from questions
          where id = ?",
    )
    .bind(id.get())
    .execute(connection.sql())
    .await?;
    Ok(())
}

async fn keep_answer(connection: &mut WriteConnection, id: AnswerId) -> Result<(), StoreError> {
    sqlx::query(
        "insert into revisions (question_id, answer_id, version, written_at, body)
         select question_id, id, version, coalesce(edited_at, created_at), body
           from answers
          where id = ?",
    )
    .bind(id.get())
    .execute(connection.sql())
    .await?;
    Ok(())
}

async fn replace(connection: &mut WriteConnection, edit: &Edit) -> Result<i64, StoreError> {
    let edited_at = edit.edited_at.unix_ms();
    let query = match &edit.text {
        NewText::Question(id, title, body, tags) => sqlx::query_scalar(
            "update questions
                set title = ?3, body = ?4, tags = coalesce(?5, tags), version = version + 1,
                    edited_at = ?2
              where id = ?1
          returning version",
        )
        .bind(id.get())
        .bind(edited_at)
        .bind(title.as_str())
        .bind(body.as_str())
        .bind(tags.as_ref().map(Tags::to_json)),
        NewText::Answer(id, body) => sqlx::query_scalar(
            "update answers
                set body = ?3, version = version + 1, edited_at = ?2
              where id = ?1
          returning version",
        )
        .bind(id.get())
        .bind(edited_at)
        .bind(body.as_str()),
        NewText::Comment(id, text) => sqlx::query_scalar(
            "update comments
                set body = ?3, version = version + 1, edited_at = ?2
              where id = ?1
          returning version",
        )
        .bind(id.get())
        .bind(edited_at)
        .bind(text.as_str()),
    };
    query.fetch_one(connection.sql()).await.map_err(translate)
}
