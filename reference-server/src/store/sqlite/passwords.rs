//! Changing a password in SQLite.

use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::PasswordChange;
use crate::store::StoreError;

/// Changes a password and ends all other log-ins.
pub(super) struct ChangePassword(pub(super) PasswordChange);

impl Write for ChangePassword {
    type Reply = bool;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<bool, StoreError> {
        let ChangePassword(change) = self;
        let changed = sqlx::query("update users set password_hash = ?3 where id = ?1 and password_hash = ?2")
            .bind(change.user.get())
            .bind(change.old_hash.as_str())
            .bind(change.new_hash.as_str())
            .execute(connection.sql())
            .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("delete from sessions where user_id = ? and id <> ?")
            .bind(change.user.get())
            .bind(change.session.get())
            .execute(connection.sql())
            .await?;
        Ok(true)
    }
}
