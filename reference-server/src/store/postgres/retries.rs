//! Keys of writes that may be sent again, in PostgreSQL.
//!
//! The key is claimed first, by a row that nobody else can insert: whoever sends the same key at the same time, to
//! this server or another one, waits for the end of this transaction and then finds the reply.

use super::transaction::{Write, WriteConnection};
use crate::context;
use crate::domain::RetryKey;
use crate::store::StoreError;
use crate::store::retry::{CLEARED, KEPT, Repeatable};

/// Carries a write out, or gives the reply of the first time; all of it inside one transaction, if there is a key.
pub(super) async fn once<W: Write>(
    write: &W,
    key: Option<RetryKey>,
    connection: &mut WriteConnection<'_>,
) -> Result<W::Reply, StoreError> {
    let Some(key) = key else { return write.apply(connection).await };
    if !claim(&key, connection).await? {
        return given_again(&key, connection).await;
    }
    let reply = write.apply(connection).await?;
    keep(&key, reply.kept(), connection).await?;
    Ok(reply)
}

/// Whether the key is new; a forgotten one is.
async fn claim(key: &RetryKey, connection: &mut WriteConnection<'_>) -> Result<bool, StoreError> {
    let claimed = sqlx::query(
        "insert into retries as known (name, request, created_at)
         values ($1, $2, $3)
             on conflict (name) do update
            set request = excluded.request, reply = null, created_at = excluded.created_at
          where known.created_at <= $4",
    )
    .bind(key.name.to_vec())
    .bind(key.request.to_vec())
    .bind(key.at.unix_ms())
    .bind(key.at.before(KEPT).unix_ms())
    .execute(connection.sql())
    .await?;
    Ok(claimed.rows_affected() > 0)
}

async fn given_again<Reply: Repeatable>(
    key: &RetryKey,
    connection: &mut WriteConnection<'_>,
) -> Result<Reply, StoreError> {
    let (request, reply): (Vec<u8>, Option<i64>) =
        sqlx::query_as("select request, reply from retries where name = $1")
            .bind(key.name.to_vec())
            .fetch_one(connection.sql())
            .await?;
    if request != key.request {
        return Err(StoreError::KeyReused);
    }
    context::mark_replayed();
    let problem = || StoreError::Unreadable("a reply was kept that cannot be given".to_owned());
    reply.and_then(Reply::given_again).ok_or_else(problem)
}

/// Two statements: what was replied, and forgotten keys cleared away.
async fn keep(
    key: &RetryKey,
    reply: Option<i64>,
    connection: &mut WriteConnection<'_>,
) -> Result<(), StoreError> {
    sqlx::query("update retries set reply = $2 where name = $1")
        .bind(key.name.to_vec())
        .bind(reply)
        .execute(connection.sql())
        .await?;
    // Those that somebody else clears away just now are left to him.
    sqlx::query(
        "delete from retries
          where name in (select name
                           from retries
                          where created_at <= $1
                          order by created_at
                          limit $2
                            for update skip locked)",
    )
    .bind(key.at.before(KEPT).unix_ms())
    .bind(CLEARED)
    .execute(connection.sql())
    .await?;
    Ok(())
}
