//! Changing a password in PostgreSQL.

use super::store::Connections;
use crate::domain::PasswordChange;
use crate::store::StoreError;

/// One statement, so that the other log-ins end exactly when the password changes.
pub(super) async fn change(connections: &Connections, change: PasswordChange) -> Result<bool, StoreError> {
    let changed: Option<i64> = sqlx::query_scalar(
        "with changed as (
             update users
                set password_hash = $3
              where id = $1
                and password_hash = $2
          returning id),
         ended as (
             delete from sessions
              where user_id in (select id from changed)
                and id <> $4)
         select id from changed",
    )
    .bind(change.user.get())
    .bind(change.old_hash)
    .bind(change.new_hash)
    .bind(change.session.get())
    .fetch_optional(connections.sql())
    .await?;
    Ok(changed.is_some())
}
