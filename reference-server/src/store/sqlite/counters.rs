//! Whether a SQLite file keeps scores and numbers, and what is done when that changes.
//!
//! While they are not kept, a table without rows says so; who keeps them again counts everything first.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::store::Counters;
use crate::store::counters::recount;

/// Makes the kept numbers right, if they are to be kept and were not.
pub(super) async fn apply(connection: &mut SqliteConnection, wanted: Counters) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    match wanted {
        Counters::Counted => {
            sqlx::query("create table if not exists counters_not_kept (since integer) strict")
                .execute(&mut *transaction)
                .await?;
        }
        Counters::Stored => {
            let wrong: bool = sqlx::query_scalar(
                "select exists (select 1 from sqlite_schema where name = 'counters_not_kept')",
            )
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
