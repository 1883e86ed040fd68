//! Notifications that are given later, in SQLite: by the one writer, in the order in which they were written down.

use super::notices;
use super::store::Readers;
use super::writer::{StatementsNeeded, Write, WriteConnection, Writer};
use crate::domain::{Telling, Timestamp};
use crate::store::StoreError;
use crate::store::derived::{BATCH, Derived};
use crate::store::interface::MAX_NOTICES_PER_USER;
use crate::store::retry::Repeatable;

/// Writes down who is to be told, inside the transaction of what happened.
pub(super) async fn add(connection: &mut WriteConnection, telling: &Telling) -> Result<(), StoreError> {
    notices::write(
        connection,
        "insert into outbox (user_id, kind, actor_id, question_id, answer_id, comment_id, created_at)
         values (?, ?, ?, ?, ?, ?, ?)",
        telling,
    )
    .await
}

/// Gives a batch of what waits.
struct Give;

/// When what was given had been written.
struct Given(Vec<i64>);

impl Repeatable for Given {}

impl Write for Give {
    type Reply = Given;
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<Given, StoreError> {
        let last: Option<i64> =
            sqlx::query_scalar("select max(id) from (select id from outbox order by id limit +?)")
                .bind(BATCH)
                .fetch_one(connection.sql())
                .await?;
        let Some(last) = last else { return Ok(Given(Vec::new())) };
        sqlx::query(
            "insert into notices (user_id, kind, actor_id, question_id, answer_id, comment_id, created_at)
             select user_id, kind, actor_id, question_id, answer_id, comment_id, created_at
               from outbox
              where id <= ?
              order by id",
        )
        .bind(last)
        .execute(connection.sql())
        .await?;
        sqlx::query(
            "delete from notices
              where user_id in (select user_id from outbox where id <= ?1)
                and id <= (select n.id
                             from notices n
                            where n.user_id = notices.user_id
                            order by n.id desc
                            limit 1 offset ?2)",
        )
        .bind(last)
        .bind(MAX_NOTICES_PER_USER)
        .execute(connection.sql())
        .await?;
        let given = sqlx::query_scalar("delete from outbox where id <= ? returning created_at")
            .bind(last)
            .fetch_all(connection.sql())
            .await?;
        Ok(Given(given))
    }
}

/// Gives what waits, a batch at the most, and looks at what is left. A look that finds nothing keeps no writer from its work.
pub(super) async fn derive(readers: &Readers, writer: &Writer) -> Result<Derived, StoreError> {
    let (waiting, _) = left(readers).await?;
    let given = if waiting > 0 { writer.write(Give).await?.0 } else { Vec::new() };
    let (waiting, oldest) = if given.is_empty() { (waiting, None) } else { left(readers).await? };
    Ok(Derived {
        done: given.into_iter().map(Timestamp::from_unix_ms).collect(),
        waiting: waiting.unsigned_abs(),
        oldest: oldest.map(Timestamp::from_unix_ms),
    })
}

async fn left(readers: &Readers) -> Result<(i64, Option<i64>), StoreError> {
    let left =
        sqlx::query_as("select count(*), min(created_at) from outbox").fetch_one(readers.sql()).await?;
    Ok(left)
}
