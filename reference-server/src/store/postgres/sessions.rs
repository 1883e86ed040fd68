//! Log-ins in PostgreSQL.

use super::connect::translate;
use super::store::Connections;
use crate::domain::{NewSession, PasswordChange, Session, SessionId, Timestamp, UserId, Visitor};
use crate::store::StoreError;
use crate::store::interface::MAX_SESSIONS_PER_USER;

/// One statement, so that the old log-ins end only if the new one begins.
pub(super) async fn insert(connections: &Connections, session: NewSession) -> Result<SessionId, StoreError> {
    let id = sqlx::query_scalar(
        "with ended as (
             delete from sessions
              where user_id = $1
                and (expires_at <= $3
                     or id <= (select id
                                 from sessions
                                where user_id = $1
                                order by id desc
                                limit 1 offset $5)))
         insert into sessions (user_id, token_hash, created_at, expires_at)
         values ($1, $2, $3, $4)
         returning id",
    )
    .bind(session.user.get())
    .bind(session.token_hash.to_vec())
    .bind(session.created_at.unix_ms())
    .bind(session.expires_at.unix_ms())
    .bind(MAX_SESSIONS_PER_USER - 1) // one place is for the new one
    .fetch_one(connections.sql())
    .await
    .map_err(translate)?;
    Ok(SessionId::new(id))
}

/// One statement, so that the password changes and the log-ins end together.
pub(super) async fn change_password(
    connections: &Connections,
    change: PasswordChange,
) -> Result<Option<SessionId>, StoreError> {
    let PasswordChange { old_hash, new_hash, session } = change;
    let id: Option<i64> = sqlx::query_scalar(
        "with changed as (
             update users
                set password_hash = $6
              where id = $1
                and password_hash = $5
          returning id),
         ended as (
             delete from sessions
              where user_id in (select id from changed))
         insert into sessions (user_id, token_hash, created_at, expires_at)
         select id, $2, $3, $4
           from changed
         returning id",
    )
    .bind(session.user.get())
    .bind(session.token_hash.to_vec())
    .bind(session.created_at.unix_ms())
    .bind(session.expires_at.unix_ms())
    .bind(old_hash)
    .bind(new_hash)
    .fetch_optional(connections.sql())
    .await
    .map_err(translate)?;
    Ok(id.map(SessionId::new))
}

pub(super) async fn visitor(
    connections: &Connections,
    token_hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<Visitor>, StoreError> {
    let row: Option<(i64, String, String, i64)> = sqlx::query_as(
        "select u.id, u.name, u.display_name, s.id
           from sessions s
           join users u on u.id = s.user_id
          where s.token_hash = $1
            and s.expires_at > $2",
    )
    .bind(token_hash.to_vec())
    .bind(now.unix_ms())
    .fetch_optional(connections.sql())
    .await?;
    Ok(row.map(|(user, name, display_name, session)| Visitor {
        user: UserId::new(user),
        name,
        display_name,
        session: SessionId::new(session),
    }))
}

pub(super) async fn of_user(
    connections: &Connections,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
        "select id, created_at, expires_at
           from sessions
          where user_id = $1
            and expires_at > $2
          order by id desc
          limit $3",
    )
    .bind(user.get())
    .bind(now.unix_ms())
    .bind(MAX_SESSIONS_PER_USER)
    .fetch_all(connections.sql())
    .await?;
    let session = |(id, created_at, expires_at)| Session {
        id: SessionId::new(id),
        created_at: Timestamp::from_unix_ms(created_at),
        expires_at: Timestamp::from_unix_ms(expires_at),
    };
    Ok(rows.into_iter().map(session).collect())
}

pub(super) async fn delete(
    connections: &Connections,
    user: UserId,
    session: SessionId,
) -> Result<bool, StoreError> {
    let done = sqlx::query("delete from sessions where id = $1 and user_id = $2")
        .bind(session.get())
        .bind(user.get())
        .execute(connections.sql())
        .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn delete_all(connections: &Connections, user: UserId) -> Result<u64, StoreError> {
    let done = sqlx::query("delete from sessions where user_id = $1")
        .bind(user.get())
        .execute(connections.sql())
        .await?;
    Ok(done.rows_affected())
}
