//! How much of everything there is in a SQLite file.

use super::store::Readers;
use crate::store::{Entity, EntityStorage, StoreError};

/// Weighs tables and their indexes by the pages they own. The rows of a table are the cells of its leaves, so
/// that one pass answers both questions.
pub(super) async fn storage(readers: &Readers) -> Result<Vec<EntityStorage>, StoreError> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "select s.tbl_name,
                sum(d.pgsize),
                sum(case when s.type = 'table' and d.pagetype = 'leaf' then d.ncell else 0 end)
           from dbstat d
           join sqlite_schema s on s.name = d.name
          group by s.tbl_name",
    )
    .fetch_all(readers.sql())
    .await?;
    let weigh = |entity: Entity| {
        let row = rows.iter().find(|(table, _, _)| table == entity.table());
        let (bytes, count) = row.map_or((0, 0), |(_, bytes, count)| (*bytes, *count));
        EntityStorage {
            entity,
            rows: u64::try_from(count).unwrap_or_default(),
            bytes: u64::try_from(bytes).unwrap_or_default(),
        }
    };
    Ok(Entity::ALL.map(weigh).to_vec())
}
