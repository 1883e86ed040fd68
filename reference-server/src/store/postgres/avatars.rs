//! Pictures of members in PostgreSQL.

use super::connect::translate;
use super::store::Connections;
use crate::domain::{Avatar, UserId};
use crate::store::StoreError;

/// The digest alone.
pub(super) async fn digest(connections: &Connections, user: UserId) -> Result<Option<[u8; 16]>, StoreError> {
    let row: Option<Vec<u8>> = sqlx::query_scalar("select digest from avatars where user_id = $1")
        .bind(user.get())
        .fetch_optional(connections.sql())
        .await?;
    row.map(digest_from).transpose()
}

fn digest_from(bytes: Vec<u8>) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Unreadable("a digest".to_owned()))
}

pub(super) async fn avatar(connections: &Connections, user: UserId) -> Result<Option<Avatar>, StoreError> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select digest, png from avatars where user_id = $1")
            .bind(user.get())
            .fetch_optional(connections.sql())
            .await?;
    row.map(|(digest, png)| Ok(Avatar { digest: digest_from(digest)?, png })).transpose()
}

pub(super) async fn put(connections: &Connections, user: UserId, avatar: Avatar) -> Result<(), StoreError> {
    sqlx::query(
        "insert into avatars (user_id, digest, png) values ($1, $2, $3)
             on conflict (user_id) do update set digest = excluded.digest, png = excluded.png",
    )
    .bind(user.get())
    .bind(avatar.digest.to_vec())
    .bind(avatar.png)
    .execute(connections.sql())
    .await
    .map_err(translate)?;
    Ok(())
}

pub(super) async fn delete(connections: &Connections, user: UserId) -> Result<bool, StoreError> {
    let done = sqlx::query("delete from avatars where user_id = $1")
        .bind(user.get())
        .execute(connections.sql())
        .await?;
    Ok(done.rows_affected() > 0)
}
