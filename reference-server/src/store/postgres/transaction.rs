//! Several statements that are carried out together or not at all.

use sqlx::Postgres;
use sqlx::postgres::PgConnection;

use crate::store::{Statements, StoreError};

/// A transaction on a connection of the pool; it counts what is sent, its own beginning and end included. One
/// that is dropped is undone before anybody else is given its connection.
pub(super) struct Transaction {
    transaction: sqlx::Transaction<'static, Postgres>,
    statements: Statements,
}

impl Transaction {
    /// Begins, at the isolation the server gives by itself (read committed): a statement after a lock was waited
    /// for sees what the others have committed.
    pub(super) async fn begin(pool: &sqlx::PgPool, statements: &Statements) -> Result<Self, StoreError> {
        statements.count();
        Ok(Self { transaction: pool.begin().await?, statements: statements.clone() })
    }

    /// The connection for one statement.
    pub(super) fn sql(&mut self) -> &mut PgConnection {
        self.statements.count();
        &mut self.transaction
    }

    /// Makes everything durable at once.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        self.statements.count();
        Ok(self.transaction.commit().await?)
    }
}
