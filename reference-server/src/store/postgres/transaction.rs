//! Writes: what they are, and the transaction that carries one out together with the key of its retry.

use sqlx::postgres::PgConnection;

use super::store::Connections;
use super::{documents, retries};
use crate::context;
use crate::domain::QuestionId;
use crate::store::retry::{Repeatable, key_for};
use crate::store::{Counters, DocumentWrites, Layout, Statements, StoreError};

/// A connection in the middle of a write; it counts what is sent over it.
pub(super) struct WriteConnection<'c> {
    connection: &'c mut PgConnection,
    statements: &'c Statements,
    /// Where numbers come from.
    pub(super) counters: Counters,
    /// Whether documents are to be made anew, and how many were.
    pub(super) layout: Layout,
    pub(super) documents: &'c DocumentWrites,
    /// The question that the write has written to.
    touched: Option<QuestionId>,
}

impl<'c> WriteConnection<'c> {
    fn new(connection: &'c mut PgConnection, connections: &'c Connections) -> Self {
        let Connections { statements, counters, layout, documents, .. } = connections;
        Self { connection, statements, counters: *counters, layout: *layout, documents, touched: None }
    }

    /// The connection for one statement.
    pub(super) fn sql(&mut self) -> &mut PgConnection {
        self.statements.count();
        self.connection
    }

    /// Says which question is being written to; it is one.
    pub(super) fn touch(&mut self, question: QuestionId) {
        self.touched = Some(question);
        context::touch(question);
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
pub(super) async fn write<W: Write>(connections: &Connections, write: W) -> Result<W::Reply, StoreError> {
    let Connections { pool, statements, .. } = connections;
    let key = key_for::<W::Reply>();
    let is_one = W::STATEMENTS == StatementsNeeded::One && connections.layout == Layout::Rows;
    if key.is_none() && is_one {
        let mut connection = pool.acquire().await?;
        return write.apply(&mut WriteConnection::new(&mut connection, connections)).await;
    }
    statements.count();
    // Dropped before its end, the transaction is rolled back and the key is free again.
    let mut transaction = pool.begin().await?;
    let mut connection = WriteConnection::new(&mut transaction, connections);
    let reply = retries::once(&write, key, &mut connection).await?;
    if let Some(question) = connection.touched {
        documents::remake(&mut connection, question).await?;
    }
    statements.count();
    transaction.commit().await?;
    Ok(reply)
}
