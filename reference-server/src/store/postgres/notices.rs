//! Notices in PostgreSQL.
//!
//! They are written by the function `tell_member` of the schema (or for later by `tell_member_later`), called inside the statement of what happened,
//! so that a write stays one statement.

use super::store::Connections;
use super::transaction::WriteConnection;
use crate::domain::{
    AnswerId, Author, CommentId, Limit, Notice, NoticeId, NoticeKind, Page, QuestionId, Telling, Timestamp,
    UserId,
};
use crate::store::interface::MAX_NOTICES_PER_USER;
use crate::store::{DerivedWork, Plan, StoreError};

/// id, kind, actor, actor's name, actor's display name, question, its title, answer, comment,
/// created at, read at.
type Row = (i64, String, i64, String, String, i64, String, Option<i64>, Option<i64>, i64, Option<i64>);

/// `notices_user`. A notice about what was taken back is not shown.
const NOTICES: &str =
    "select n.id, n.kind, u.id, u.name, u.display_name, q.id, q.title, n.answer_id, n.comment_id, n.created_at,
        n.read_at
   from notices n
   join questions q on q.id = n.question_id
   join users u on u.id = n.actor_id
   left join answers a on a.id = n.answer_id
   left join comments c on c.id = n.comment_id
  where n.user_id = $1 and n.id < $2 and q.deleted_at is null and a.deleted_at is null and c.deleted_at is null
  order by n.id desc
  limit $3";
/// `notices_unread`.
const UNREAD: &str = "select count(*)
   from notices n
   join questions q on q.id = n.question_id
   left join answers a on a.id = n.answer_id
   left join comments c on c.id = n.comment_id
  where n.user_id = $1 and n.read_at is null and q.deleted_at is null and a.deleted_at is null
    and c.deleted_at is null";

/// The lists and their indexes.
pub(super) const PLANS: [Plan; 1] = [Plan { list: "notices", sql: NOTICES, indexes: &["notices_user"] }];

/// Tells a member, inside the transaction of what happened. Nobody is told what he did himself.
pub(super) async fn tell(
    connection: &mut WriteConnection<'_>,
    telling: &Telling,
    when: DerivedWork,
) -> Result<(), StoreError> {
    if telling.member == telling.actor {
        return Ok(());
    }
    sqlx::query(match when {
        DerivedWork::Now => "select tell_member($1, $2, $3, $4, $5, $6, $7, $8)",
        DerivedWork::Later => "select tell_member_later($1, $2, $3, $4, $5, $6, $7, $8)",
    })
    .bind(telling.member.get())
    .bind(telling.kind.name())
    .bind(telling.actor.get())
    .bind(telling.question.get())
    .bind(telling.answer.map(AnswerId::get))
    .bind(telling.comment.map(CommentId::get))
    .bind(telling.created_at.unix_ms())
    .bind(MAX_NOTICES_PER_USER)
    .execute(connection.sql())
    .await?;
    Ok(())
}

/// One page, newest first.
pub(super) async fn notices(
    connections: &Connections,
    user: UserId,
    limit: Limit,
    after: Option<NoticeId>,
) -> Result<Page<Notice, NoticeId>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(NOTICES)
        .bind(user.get())
        .bind(after.map_or(i64::MAX, NoticeId::get))
        .bind(i64::from(limit.get()) + 1)
        .fetch_all(connections.sql())
        .await?;
    let notices = rows.into_iter().map(notice).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_surplus(notices, limit, |notice| notice.id))
}

fn notice(row: Row) -> Result<Notice, StoreError> {
    let (id, kind, actor, name, display_name, question, title, answer, comment, created_at, read_at) = row;
    Ok(Notice {
        id: NoticeId::new(id),
        kind: NoticeKind::from_name(&kind)
            .ok_or_else(|| StoreError::Unreadable(format!("a notice of the kind {kind}")))?,
        actor: Author { id: UserId::new(actor), name, display_name },
        question: QuestionId::new(question),
        title,
        answer: answer.map(AnswerId::new),
        comment: comment.map(CommentId::new),
        created_at: Timestamp::from_unix_ms(created_at),
        read: read_at.is_some(),
    })
}

pub(super) async fn unread(connections: &Connections, user: UserId) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar(UNREAD).bind(user.get()).fetch_one(connections.sql()).await?;
    Ok(count.unsigned_abs())
}

pub(super) async fn read(
    connections: &Connections,
    user: UserId,
    notice: NoticeId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // One that was read before is found as well: reading twice is no mistake.
    let done =
        sqlx::query("update notices set read_at = coalesce(read_at, $3) where id = $2 and user_id = $1")
            .bind(user.get())
            .bind(notice.get())
            .bind(now.unix_ms())
            .execute(connections.sql())
            .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn read_all(
    connections: &Connections,
    user: UserId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let done = sqlx::query("update notices set read_at = $2 where user_id = $1 and read_at is null")
        .bind(user.get())
        .bind(now.unix_ms())
        .execute(connections.sql())
        .await?;
    Ok(done.rows_affected())
}
