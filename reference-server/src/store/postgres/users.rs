//! Members in PostgreSQL.

use super::connect::translate;
use super::documents;
use super::store::Connections;
use super::transaction::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{Credentials, NewUser, ProfileChange, Timestamp, User, UserId};
use crate::store::StoreError;

/// id, name, display name, about, version, created at.
type UserRow = (i64, String, String, String, i64, i64);

fn user_from((id, name, display_name, about, version, created_at): UserRow) -> User {
    let created_at = Timestamp::from_unix_ms(created_at);
    User { id: UserId::new(id), name, display_name, about, version, created_at }
}

/// Opens an account.
pub(super) struct InsertUser(pub(super) NewUser);

impl Write for InsertUser {
    type Reply = UserId;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection<'_>) -> Result<UserId, StoreError> {
        let InsertUser(user) = self;
        let id = sqlx::query_scalar(
            "insert into users (name, display_name, password_hash, created_at)
             values ($1, $2, $3, $4)
             returning id",
        )
        .bind(user.name.as_str())
        .bind(user.display_name.as_str())
        .bind(user.password_hash.as_str())
        .bind(user.created_at.unix_ms())
        .fetch_one(connection.sql())
        .await
        .map_err(translate)?;
        Ok(UserId::new(id))
    }
}

pub(super) async fn credentials(
    connections: &Connections,
    name: String,
) -> Result<Option<Credentials>, StoreError> {
    let row: Option<(i64, Option<String>)> = sqlx::query_as(
        "select id, password_hash
           from users
          where name = $1",
    )
    .bind(name)
    .fetch_optional(connections.sql())
    .await?;
    Ok(row.map(|(id, password_hash)| Credentials { user: UserId::new(id), password_hash }))
}

pub(super) async fn user(connections: &Connections, id: UserId) -> Result<Option<User>, StoreError> {
    let row: Option<UserRow> = sqlx::query_as(
        "select id, name, display_name, about, version, created_at
           from users
          where id = $1",
    )
    .bind(id.get())
    .fetch_optional(connections.sql())
    .await?;
    Ok(row.map(user_from))
}

/// Changes a profile.
pub(super) struct UpdateProfile(pub(super) ProfileChange);

impl Write for UpdateProfile {
    type Reply = User;
    // The second statement only reads.
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection<'_>) -> Result<User, StoreError> {
        let UpdateProfile(change) = self;
        documents::alone(connection).await?;
        let row: Option<UserRow> = sqlx::query_as(
            "update users
                set display_name = $2, about = $3, version = version + 1
              where id = $1
                and ($4::bigint is null or version = $4)
          returning id, name, display_name, about, version, created_at",
        )
        .bind(change.user.get())
        .bind(change.display_name.as_str())
        .bind(change.about.as_str())
        .bind(change.expected_version)
        .fetch_optional(connection.sql())
        .await
        .map_err(translate)?;
        if let Some(row) = row {
            documents::remake_of(connection, change.user).await?;
            return Ok(user_from(row));
        }
        let current: Option<i64> = sqlx::query_scalar("select version from users where id = $1")
            .bind(change.user.get())
            .fetch_optional(connection.sql())
            .await?;
        Err(current.map_or(StoreError::Missing("user"), |current| StoreError::Stale { current }))
    }
}
