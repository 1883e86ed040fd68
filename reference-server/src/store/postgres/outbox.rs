//! Notifications that are given later, in PostgreSQL.
//!
//! Whoever has locked the oldest entry of a question does all of that question, so that several forums share the work and
//! each question's is done in order. Entries of a question are numbered in the order of their deeds, because each deed holds the
//! lock on its question when it takes a number.

use super::store::Connections;
use crate::domain::Timestamp;
use crate::store::StoreError;
use crate::store::derived::{BATCH, Derived};
use crate::store::interface::MAX_NOTICES_PER_USER;

/// Gives what waits, a batch at the most, and looks at what is left.
pub(super) async fn derive(connections: &Connections) -> Result<Derived, StoreError> {
    let done: Vec<i64> = sqlx::query_scalar("select give_notices($1, $2)")
        .bind(BATCH)
        .bind(MAX_NOTICES_PER_USER)
        .fetch_all(connections.sql())
        .await?;
    let (waiting, oldest): (i64, Option<i64>) =
        sqlx::query_as("select count(*), min(created_at) from outbox").fetch_one(connections.sql()).await?;
    Ok(Derived {
        done: done.into_iter().map(Timestamp::from_unix_ms).collect(),
        waiting: waiting.unsigned_abs(),
        oldest: oldest.map(Timestamp::from_unix_ms),
    })
}
