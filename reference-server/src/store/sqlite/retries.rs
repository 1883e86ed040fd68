//! Keys of writes that may be sent again, in SQLite.

use super::writer::{Write, WriteConnection};
use crate::context;
use crate::domain::RetryKey;
use crate::store::StoreError;
use crate::store::retry::{CLEARED, KEPT, Repeatable};

/// Carries a write out, or gives the reply of the first time. There is one writer, so nobody comes in between.
pub(super) async fn once<W: Write>(
    write: &W,
    key: Option<RetryKey>,
    connection: &mut WriteConnection,
) -> Result<W::Reply, StoreError> {
    let Some(key) = key else { return write.apply(connection).await };
    let known: Option<(Vec<u8>, i64)> =
        sqlx::query_as("select request, reply from retries where name = ? and created_at > ?")
            .bind(key.name.to_vec())
            .bind(key.at.before(KEPT).unix_ms())
            .fetch_optional(connection.sql())
            .await?;
    if let Some((request, reply)) = known {
        if request != key.request {
            return Err(StoreError::KeyReused);
        }
        context::mark_replayed();
        let problem = || StoreError::Unreadable("a reply was kept that cannot be given".to_owned());
        return W::Reply::given_again(reply).ok_or_else(problem);
    }
    let reply = write.apply(connection).await?;
    if let Some(number) = reply.kept() {
        keep(&key, number, connection).await?;
    }
    Ok(reply)
}

async fn keep(key: &RetryKey, number: i64, connection: &mut WriteConnection) -> Result<(), StoreError> {
    // Replaced: a forgotten key of the same name may still be there.
    sqlx::query("insert or replace into retries (name, request, reply, created_at) values (?, ?, ?, ?)")
        .bind(key.name.to_vec())
        .bind(key.request.to_vec())
        .bind(number)
        .bind(key.at.unix_ms())
        .execute(connection.sql())
        .await?;
    sqlx::query(
        "delete from retries
          where name in (select name
                           from retries
                          where created_at <= ?
                          order by created_at
                          limit +?)",
    )
    .bind(key.at.before(KEPT).unix_ms())
    .bind(CLEARED)
    .execute(connection.sql())
    .await?;
    Ok(())
}
