//! How much of everything there is in a SQLite file.

use super::store::Readers;
use crate::store::entity::weigh;
use crate::store::{EntityStorage, StoreError};

/// Weighs tables and their indexes by the pages they own. The rows of a table are the cells of its leaves, so
/// that one pass answers both questions; a table without row numbers is itself an index, which has rows above its
/// leaves as well.
pub(super) async fn storage(readers: &Readers) -> Result<Vec<EntityStorage>, StoreError> {
    let tables: Vec<(String, i64, i64)> = sqlx::query_as(
        "select s.tbl_name,
                sum(d.pgsize),
                sum(case when s.type = 'table' and (d.pagetype = 'leaf' or s.sql like '%without rowid')
                         then d.ncell else 0 end)
           from dbstat d
           join sqlite_schema s on s.name = d.name
          group by s.tbl_name",
    )
    .fetch_all(readers.sql())
    .await?;
    Ok(weigh(&tables))
}
