//! Log-ins in SQLite.

use super::refusal::translate;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{NewSession, PasswordChange, Session, SessionId, Timestamp, UserId, Visitor};
use crate::store::StoreError;
use crate::store::interface::MAX_SESSIONS_PER_USER;

pub(super) async fn visitor(
    readers: &Readers,
    token_hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<Visitor>, StoreError> {
    let row: Option<(i64, String, String, i64)> = sqlx::query_as(
        "select u.id, u.name, u.display_name, s.id
           from sessions s
           join users u on u.id = s.user_id
          where s.token_hash = ?
            and s.expires_at > ?",
    )
    .bind(token_hash.to_vec())
    .bind(now.unix_ms())
    .fetch_optional(readers.sql())
    .await?;
    Ok(row.map(|(user, name, display_name, session)| Visitor {
        user: UserId::new(user),
        name,
        display_name,
        session: SessionId::new(session),
    }))
}

pub(super) async fn of_user(
    readers: &Readers,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
        "select id, created_at, expires_at
           from sessions
          where user_id = ?
            and expires_at > ?
          order by id desc
          limit +?",
    )
    .bind(user.get())
    .bind(now.unix_ms())
    .bind(MAX_SESSIONS_PER_USER)
    .fetch_all(readers.sql())
    .await?;
    let session = |(id, created_at, expires_at)| Session {
        id: SessionId::new(id),
        created_at: Timestamp::from_unix_ms(created_at),
        expires_at: Timestamp::from_unix_ms(expires_at),
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Keeps a log-in.
pub(super) struct InsertSession(pub(super) NewSession);

impl Write for InsertSession {
    type Reply = SessionId;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<SessionId, StoreError> {
        let InsertSession(session) = self;
        sqlx::query(
            "delete from sessions
              where user_id = ?1
                and (expires_at <= ?2
                     or id <= (select id
                                 from sessions
                                where user_id = ?1
                                order by id desc
                                limit 1 offset ?3))",
        )
        .bind(session.user.get())
        .bind(session.created_at.unix_ms())
        .bind(MAX_SESSIONS_PER_USER - 1) // one place is for the new one
        .execute(connection.sql())
        .await
        .map_err(translate)?;
        let id = sqlx::query_scalar(
            "insert into sessions (user_id, token_hash, created_at, expires_at)
             values (?, ?, ?, ?)
             returning id",
        )
        .bind(session.user.get())
        .bind(session.token_hash.to_vec())
        .bind(session.created_at.unix_ms())
        .bind(session.expires_at.unix_ms())
        .fetch_one(connection.sql())
        .await
        .map_err(translate)?;
        Ok(SessionId::new(id))
    }
}

/// Another password, and one log-in instead of all there were.
pub(super) struct ChangePassword(pub(super) PasswordChange);

impl Write for ChangePassword {
    type Reply = Option<SessionId>;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<Option<SessionId>, StoreError> {
        let ChangePassword(PasswordChange { old_hash, new_hash, session }) = self;
        let changed = sqlx::query("update users set password_hash = ?3 where id = ?1 and password_hash = ?2")
            .bind(session.user.get())
            .bind(old_hash.as_str())
            .bind(new_hash.as_str())
            .execute(connection.sql())
            .await
            .map_err(translate)?;
        if changed.rows_affected() == 0 {
            return Ok(None);
        }
        DeleteSessions { user: session.user }.apply(connection).await?;
        InsertSession(session.clone()).apply(connection).await.map(Some)
    }
}

/// Ends one log-in.
pub(super) struct DeleteSession {
    /// Whose: nobody ends a log-in of somebody else.
    pub(super) user: UserId,
    /// Which.
    pub(super) session: SessionId,
}

impl Write for DeleteSession {
    type Reply = bool;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<bool, StoreError> {
        let done = sqlx::query("delete from sessions where id = ? and user_id = ?")
            .bind(self.session.get())
            .bind(self.user.get())
            .execute(connection.sql())
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Ends every log-in of a member.
pub(super) struct DeleteSessions {
    /// Whose.
    pub(super) user: UserId,
}

impl Write for DeleteSessions {
    type Reply = u64;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<u64, StoreError> {
        let done = sqlx::query("delete from sessions where user_id = ?")
            .bind(self.user.get())
            .execute(connection.sql())
            .await?;
        Ok(done.rows_affected())
    }
}
