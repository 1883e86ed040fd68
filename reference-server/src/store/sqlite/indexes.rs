//! A schema without its secondary indexes, to show what they cost and what they are worth.
//!
//! What is dropped is kept as text in a table of its own, so that it can be made again. Unique indexes stay: they hold rules.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

/// Drops the secondary indexes, or makes those that were dropped again; nothing when that is how it is.
pub(super) async fn apply(connection: &mut SqliteConnection, wanted: bool) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    let statements: Vec<String> = if wanted {
        let dropped: bool =
            sqlx::query_scalar("select exists (select 1 from sqlite_schema where name = 'spare_indexes')")
                .fetch_one(&mut *transaction)
                .await?;
        if !dropped {
            return transaction.rollback().await;
        }
        let mut statements: Vec<String> =
            sqlx::query_scalar("select definition from spare_indexes").fetch_all(&mut *transaction).await?;
        statements.push("drop table spare_indexes".to_owned());
        statements
    } else {
        sqlx::raw_sql(
            "create table if not exists spare_indexes (name text primary key, definition text not null) strict;
             insert or replace into spare_indexes
             select name, sql from sqlite_schema
              where type = 'index' and sql is not null and sql not like 'create unique %'",
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query_scalar("select format('drop index if exists \"%w\"', name) from spare_indexes")
            .fetch_all(&mut *transaction)
            .await?
    };
    for statement in statements {
        // From the schema of this program, and nothing that anybody typed.
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}
