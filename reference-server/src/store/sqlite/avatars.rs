//! Pictures of members in SQLite.

use super::refusal::translate;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{Avatar, UserId};
use crate::store::StoreError;

/// The digest alone.
pub(super) async fn digest(readers: &Readers, user: UserId) -> Result<Option<[u8; 16]>, StoreError> {
    let row: Option<Vec<u8>> = sqlx::query_scalar("select digest from avatars where user_id = ?")
        .bind(user.get())
        .fetch_optional(readers.sql())
        .await?;
    row.map(digest_from).transpose()
}

fn digest_from(bytes: Vec<u8>) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Unreadable("a digest".to_owned()))
}

pub(super) async fn avatar(readers: &Readers, user: UserId) -> Result<Option<Avatar>, StoreError> {
    let row: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as("select digest, png from avatars where user_id = ?")
        .bind(user.get())
        .fetch_optional(readers.sql())
        .await?;
    row.map(|(digest, png)| Ok(Avatar { digest: digest_from(digest)?, png })).transpose()
}

/// Keeps a picture.
pub(super) struct PutAvatar {
    /// Whose.
    pub(super) user: UserId,
    /// Which.
    pub(super) avatar: Avatar,
}

impl Write for PutAvatar {
    type Reply = ();
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<(), StoreError> {
        sqlx::query(
            "insert into avatars (user_id, digest, png) values (?, ?, ?)
                 on conflict (user_id) do update set digest = excluded.digest, png = excluded.png",
        )
        .bind(self.user.get())
        .bind(self.avatar.digest.to_vec())
        .bind(self.avatar.png.clone())
        .execute(connection.sql())
        .await
        .map_err(translate)?;
        Ok(())
    }
}

/// Forgets a picture.
pub(super) struct DeleteAvatar {
    /// Whose.
    pub(super) user: UserId,
}

impl Write for DeleteAvatar {
    type Reply = bool;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<bool, StoreError> {
        let done = sqlx::query("delete from avatars where user_id = ?")
            .bind(self.user.get())
            .execute(connection.sql())
            .await?;
        Ok(done.rows_affected() > 0)
    }
}
