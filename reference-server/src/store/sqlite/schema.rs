//! What a SQLite file says of its own schema.

use super::store::Readers;
use crate::store::schema::Schema;
use crate::store::{StoreError, schema};

/// Tables of ours and those of full-text search, without what either keeps behind the scenes.
const COLUMNS: &str = r#"
    select t.name, c.name, c.type, c."notnull" = 0 and c.pk = 0, c.pk > 0
      from pragma_table_list t
      join pragma_table_info(t.name) c
     where t.schema = 'main' and t.type in ('table', 'virtual')
       and t.name not like 'sqlite\_%' escape '\' and t.name <> '_sqlx_migrations'
     order by t.name, c.cid"#;
const REFERENCES: &str = r#"
    select t.name, f."from", f."table"
      from pragma_table_list t
      join pragma_foreign_key_list(t.name) f
     where t.schema = 'main' and t.type = 'table'
     order by t.name, f."from""#;
/// `c`: made by `create index`. An expression has no name, and stands as such.
const INDEXES: &str = r#"
    select t.name, i.name, coalesce(c.name, '(expression)'), i."unique" = 1
      from pragma_table_list t
      join pragma_index_list(t.name) i
      join pragma_index_info(i.name) c
     where t.schema = 'main' and t.type = 'table' and i.origin = 'c'
     order by t.name, i.name, c.seqno"#;

/// Reads it.
pub(super) async fn schema(readers: &Readers) -> Result<Schema, StoreError> {
    let columns: Vec<schema::ColumnRow> = sqlx::query_as(COLUMNS).fetch_all(readers.sql()).await?;
    let references: Vec<schema::ReferenceRow> = sqlx::query_as(REFERENCES).fetch_all(readers.sql()).await?;
    let indexes: Vec<schema::IndexRow> = sqlx::query_as(INDEXES).fetch_all(readers.sql()).await?;
    Ok(Schema::from_rows(columns, references, indexes))
}
