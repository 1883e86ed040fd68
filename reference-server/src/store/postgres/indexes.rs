//! A schema without its secondary indexes, to show what they cost and what they are worth.
//!
//! What is dropped is kept as text in a table of its own, so that it can be made again. Unique indexes stay: they hold rules.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

/// Of the lock under which one server at a time changes the indexes; any number that nobody else uses.
const LOCK: i64 = 0x696e_6465_7865_7300;

/// Drops the secondary indexes, or makes those that were dropped again; nothing when that is how it is.
pub(super) async fn apply(connection: &mut PgConnection, wanted: bool) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("select pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
    let statements: Vec<String> = if wanted {
        let dropped: bool = sqlx::query_scalar("select to_regclass('spare_indexes') is not null")
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
            "create table if not exists spare_indexes (name text primary key, definition text not null);
             insert into spare_indexes
             select i.relname, pg_get_indexdef(x.indexrelid)
               from pg_index x
               join pg_class i on i.oid = x.indexrelid
              where i.relnamespace = current_schema()::regnamespace and not x.indisunique
                 on conflict (name) do update set definition = excluded.definition",
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query_scalar("select format('drop index if exists %I', name) from spare_indexes")
            .fetch_all(&mut *transaction)
            .await?
    };
    for statement in statements {
        // From the schema of this program, and nothing that anybody typed.
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}
