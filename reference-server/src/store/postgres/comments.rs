//! Comments in PostgreSQL.

use super::connect::translate;
use super::notices;
use super::standing::{Lock, count_comment, standing, touch};
use super::store::Connections;
use super::transaction::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{
    AnswerId, Comment, CommentId, Limit, NewComment, NoticeKind, Page, Post, QuestionId, Telling,
};
use crate::store::rows;
use crate::store::{DerivedWork, StoreError};

/// question, answer or 0, then a [`rows::CommentRow`].
type PlacedRow = (i64, i64, i64, String, i64, String, String, i64, i64, Option<i64>);

/// A comment alone, and what it is on.
pub(super) async fn one(
    connections: &Connections,
    id: CommentId,
) -> Result<Option<(Post, Comment)>, StoreError> {
    let row: Option<PlacedRow> = sqlx::query_as(
        "select c.question_id, c.answer_id, c.id, c.body, u.id, u.name, u.display_name, c.version, c.created_at,
                c.edited_at
           from comments c
           join users u on u.id = c.author_id
           join questions q on q.id = c.question_id
           left join answers a on a.id = c.answer_id
          where c.id = $1
            and c.deleted_at is null
            and q.deleted_at is null
            and a.deleted_at is null",
    )
    .bind(id.get())
    .fetch_optional(connections.sql())
    .await?;
    Ok(row.map(|(question, answer, id, text, author, name, display_name, version, created_at, edited_at)| {
        let post = if answer == 0 { QuestionId::new(question).into() } else { AnswerId::new(answer).into() };
        (post, rows::comment((id, text, author, name, display_name, version, created_at, edited_at)))
    }))
}

/// One page, oldest first, as one JSON row; `None` when the post is not shown.
pub(super) async fn of_post(
    connections: &Connections,
    post: Post,
    after: Option<CommentId>,
    limit: Limit,
) -> Result<Option<Page<Comment, CommentId>>, StoreError> {
    let (sql, id) = match post {
        Post::Question(id) => (
            "select (select coalesce(
                                json_agg(
                                    json_build_array(c.id, c.body, u.id, u.name, u.display_name, c.version,
                                                     c.created_at, c.edited_at)
                                    order by c.id),
                                '[]')::text
                       from (select *
                               from comments
                              where question_id = q.id
                                and answer_id = 0
                                and id > $2
                                and deleted_at is null
                              order by id
                              limit $3) c
                       join users u on u.id = c.author_id)
               from questions q
              where q.id = $1
                and q.deleted_at is null",
            id.get(),
        ),
        Post::Answer(id) => (
            "select (select coalesce(
                                json_agg(
                                    json_build_array(c.id, c.body, u.id, u.name, u.display_name, c.version,
                                                     c.created_at, c.edited_at)
                                    order by c.id),
                                '[]')::text
                       from (select *
                               from comments
                              where question_id = a.question_id
                                and answer_id = a.id
                                and id > $2
                                and deleted_at is null
                              order by id
                              limit $3) c
                       join users u on u.id = c.author_id)
               from answers a
               join questions q on q.id = a.question_id
              where a.id = $1
                and a.deleted_at is null
                and q.deleted_at is null",
            id.get(),
        ),
    };
    let json: Option<String> = sqlx::query_scalar(sql)
        .bind(id)
        .bind(after.map_or(0, CommentId::get))
        .bind(i64::from(limit.get()) + 1)
        .fetch_optional(connections.sql())
        .await?;
    json.map(|json| rows::comments_of(&json, limit)).transpose()
}

/// Keeps a comment.
pub(super) struct InsertComment(pub(super) NewComment, pub(super) DerivedWork);

impl Write for InsertComment {
    type Reply = CommentId;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection<'_>) -> Result<CommentId, StoreError> {
        let InsertComment(comment, when) = self;
        let contribution = comment.post.into();
        let standing = standing(connection, contribution, Lock::WithQuestion).await?;
        standing.shown().map_err(|refusal| StoreError::refused(contribution.name(), refusal))?;
        let id: i64 = sqlx::query_scalar(
            "insert into comments (question_id, answer_id, author_id, created_at, body)
             values ($1, $2, $3, $4, $5)
             returning id",
        )
        .bind(standing.question.get())
        .bind(standing.answer.map_or(0, AnswerId::get))
        .bind(comment.author.get())
        .bind(comment.created_at.unix_ms())
        .bind(comment.text.as_str())
        .fetch_one(connection.sql())
        .await
        .map_err(translate)?;
        count_comment(connection, comment.post, 1).await?;
        touch(connection, standing.question, comment.created_at.unix_ms()).await?;
        let id = CommentId::new(id);
        let telling = Telling {
            member: standing.author,
            kind: NoticeKind::Comment,
            actor: comment.author,
            question: standing.question,
            answer: standing.answer,
            comment: Some(id),
            created_at: comment.created_at,
        };
        notices::tell(connection, &telling, *when).await?;
        Ok(id)
    }
}
