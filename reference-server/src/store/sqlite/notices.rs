//! Notices in SQLite.

use super::outbox;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
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
const NOTICES: &str = "select json_group_array(json_array(
            id, kind, actor, name, display_name, question, title, answer_id, comment_id, created_at, read_at))
   from (select n.id, n.kind, u.id as actor, u.name, u.display_name, q.id as question, q.title, n.answer_id,
                n.comment_id, n.created_at, n.read_at
           from notices n indexed by notices_user
           join questions q on q.id = n.question_id
           join users u on u.id = n.actor_id
           left join answers a on a.id = n.answer_id
           left join comments c on c.id = n.comment_id
          where n.user_id = ? and n.id < ? and q.deleted_at is null and a.deleted_at is null
            and c.deleted_at is null
          order by n.id desc
          limit +?)";
/// `notices_unread`.
const UNREAD: &str = "select count(*)
   from notices n indexed by notices_unread
   join questions q on q.id = n.question_id
   left join answers a on a.id = n.answer_id
   left join comments c on c.id = n.comment_id
  where n.user_id = ? and n.read_at is null and q.deleted_at is null and a.deleted_at is null
    and c.deleted_at is null";

/// The lists and their indexes.
pub(super) const PLANS: [Plan; 2] = [
    Plan { list: "notices", sql: NOTICES, indexes: &["notices_user (user_id=? AND id<?)"] },
    Plan { list: "unread notices", sql: UNREAD, indexes: &["notices_unread (user_id=?)"] },
];

/// Tells a member, inside the transaction of what happened, and forgets his oldest notices beyond
/// [`MAX_NOTICES_PER_USER`]; or writes down that he is to be told. Nobody is told what he did himself. Two statements: the write that calls this
/// needs [`StatementsNeeded::Several`].
pub(super) async fn tell(
    connection: &mut WriteConnection,
    telling: &Telling,
    when: DerivedWork,
) -> Result<(), StoreError> {
    if telling.member == telling.actor {
        return Ok(());
    }
    if when == DerivedWork::Later {
        return outbox::add(connection, telling).await;
    }
    sqlx::query(
        "delete from notices
          where user_id = ?1
            and id <= (select id from notices where user_id = ?1 order by id desc limit 1 offset ?2)",
    )
    .bind(telling.member.get())
    .bind(MAX_NOTICES_PER_USER - 1) // one place is for the new one
    .execute(connection.sql())
    .await?;
    write(
        connection,
        "insert into notices (user_id, kind, actor_id, question_id, answer_id, comment_id, created_at)
         values (?, ?, ?, ?, ?, ?, ?)",
        telling,
    )
    .await
}

/// Writes who is told what, now or later, by a statement with seven parameters.
pub(super) async fn write(
    connection: &mut WriteConnection,
    sql: &'static str,
    telling: &Telling,
) -> Result<(), StoreError> {
    sqlx::query(sql)
        .bind(telling.member.get())
        .bind(telling.kind.name())
        .bind(telling.actor.get())
        .bind(telling.question.get())
        .bind(telling.answer.map(AnswerId::get))
        .bind(telling.comment.map(CommentId::get))
        .bind(telling.created_at.unix_ms())
        .execute(connection.sql())
        .await?;
    Ok(())
}

/// One page, newest first, as one JSON row.
pub(super) async fn notices(
    readers: &Readers,
    user: UserId,
    limit: Limit,
    after: Option<NoticeId>,
) -> Result<Page<Notice, NoticeId>, StoreError> {
    let json: String = sqlx::query_scalar(NOTICES)
        .bind(user.get())
        .bind(after.map_or(i64::MAX, NoticeId::get))
        .bind(i64::from(limit.get()) + 1)
        .fetch_one(readers.sql())
        .await?;
    let rows: Vec<Row> =
        serde_json::from_str(&json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let mut notices = rows.into_iter().map(notice).collect::<Result<Vec<_>, _>>()?;
    notices.sort_by_key(|notice| std::cmp::Reverse(notice.id));
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

pub(super) async fn unread(readers: &Readers, user: UserId) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar(UNREAD).bind(user.get()).fetch_one(readers.sql()).await?;
    Ok(count.unsigned_abs())
}

/// Marks one notice read.
pub(super) struct ReadNotice {
    /// Whose.
    pub(super) user: UserId,
    /// Which.
    pub(super) notice: NoticeId,
    /// When.
    pub(super) now: Timestamp,
}

impl Write for ReadNotice {
    type Reply = bool;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<bool, StoreError> {
        // One that was read before is found as well: reading twice is no mistake.
        let done =
            sqlx::query("update notices set read_at = coalesce(read_at, ?3) where id = ?2 and user_id = ?1")
                .bind(self.user.get())
                .bind(self.notice.get())
                .bind(self.now.unix_ms())
                .execute(connection.sql())
                .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Marks every notice read.
pub(super) struct ReadNotices {
    /// Whose.
    pub(super) user: UserId,
    /// When.
    pub(super) now: Timestamp,
}

impl Write for ReadNotices {
    type Reply = u64;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<u64, StoreError> {
        let done = sqlx::query("update notices set read_at = ? where user_id = ? and read_at is null")
            .bind(self.now.unix_ms())
            .bind(self.user.get())
            .execute(connection.sql())
            .await?;
        Ok(done.rows_affected())
    }
}
