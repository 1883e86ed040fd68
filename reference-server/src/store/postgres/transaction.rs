//! Writes: what they are, and the transaction that carries one out together with the key of its retry.

use sqlx::postgres::{PgConnection, PgPool};

use super::retries;
use crate::store::retry::{Repeatable, key_for};
use crate::store::{Statements, StoreError};

/// A connection in the middle of a write; it counts what is sent over it.
pub(super) struct WriteConnection<'c> {
    connection: &'c mut PgConnection,
    statements: &'c Statements,
}

impl WriteConnection<'_> {
    /// The connection for one statement.
    pub(super) fn sql(&mut self) -> &mut PgConnection {
        self.statements.count();
        self.connection
    }
}

/// A write: what it needs as a value, and the statements that carry it out.
pub(super) trait Write: Send + Sync {
    /// What it answers.
    type Reply: Repeatable + Send;
    /// How many statements it takes. One is its own transaction; several need one around them.
    const STATEMENTS: StatementsNeeded;
    /// Carries the write out.
    fn apply(
        &self,
        connection: &mut WriteConnection<'_>,
    ) -> impl Future<Output = Result<Self::Reply, StoreError>> + Send;
}

/// Whether a write needs a transaction around it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StatementsNeeded {
    /// One.
    One,
    /// More than one.
    Several,
}

/// Carries a write out, or gives the reply of the first time.
///
/// A transaction has the isolation the server gives by itself (read committed): a statement after a lock was waited for
/// sees what the others have committed. Its beginning and its end are counted as statements.
pub(super) async fn write<W: Write>(
    pool: &PgPool,
    statements: &Statements,
    write: W,
) -> Result<W::Reply, StoreError> {
    let key = key_for::<W::Reply>();
    if key.is_none() && W::STATEMENTS == StatementsNeeded::One {
        let mut connection = pool.acquire().await?;
        return write.apply(&mut WriteConnection { connection: &mut connection, statements }).await;
    }
    statements.count();
    // Dropped before its end, the transaction is rolled back and the key is free again.
    let mut transaction = pool.begin().await?;
    let mut connection = WriteConnection { connection: &mut transaction, statements };
    let reply = retries::once(&write, key, &mut connection).await?;
    statements.count();
    transaction.commit().await?;
    Ok(reply)
}
