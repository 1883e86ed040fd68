//! Whether a PostgreSQL database keeps scores and numbers, and what is done when that changes.
//!
//! While they are not kept, a table without rows says so; who keeps them again counts everything first. All servers of a
//! database have to do it the same way.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::store::Counters;
use crate::store::counters::recount;

/// Of the lock under which one server at a time changes this; any number that nobody else uses.
const LOCK: i64 = 0x636f_756e_7465_7200;

/// Makes the kept numbers right, if they are to be kept and were not.
pub(super) async fn apply(connection: &mut PgConnection, wanted: Counters) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("select pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
    match wanted {
        Counters::Counted => {
            sqlx::query("create table if not exists counters_not_kept (since bigint)")
                .execute(&mut *transaction)
                .await?;
        }
        Counters::Stored => {
            let wrong: bool = sqlx::query_scalar("select to_regclass('counters_not_kept') is not null")
                .fetch_one(&mut *transaction)
                .await?;
            if !wrong {
                return transaction.rollback().await;
            }
            for statement in recount() {
                // From the texts of this program, and nothing that anybody typed.
                sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
            }
            sqlx::query("drop table counters_not_kept").execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await
}
