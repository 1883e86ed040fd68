//! What PostgreSQL says of the schema of the forum.

use super::store::Connections;
use crate::store::schema::Schema;
use crate::store::{StoreError, schema};

const COLUMNS: &str = "
    select t.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), not a.attnotnull,
           coalesce(a.attnum = any (k.conkey), false)
      from pg_class t
      join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      left join pg_constraint k on k.conrelid = t.oid and k.contype = 'p'
     where t.relkind = 'r' and t.relnamespace = current_schema()::regnamespace and t.relname <> '_sqlx_migrations'
     order by t.relname collate \"C\", a.attnum";
const REFERENCES: &str = "
    select t.relname::text, a.attname::text, o.relname::text
      from pg_constraint f
      join pg_class t on t.oid = f.conrelid
      join pg_class o on o.oid = f.confrelid
      join pg_attribute a on a.attrelid = t.oid and a.attnum = any (f.conkey)
     where f.contype = 'f' and t.relnamespace = current_schema()::regnamespace
     order by t.relname collate \"C\", a.attname collate \"C\"";
const INDEXES: &str = "
    select t.relname::text, i.relname::text, pg_get_indexdef(x.indexrelid, k::integer, true), x.indisunique
      from pg_index x
      join pg_class t on t.oid = x.indrelid
      join pg_class i on i.oid = x.indexrelid
     cross join generate_series(1, x.indnkeyatts) k
     where t.relnamespace = current_schema()::regnamespace and not x.indisprimary and t.relname <> '_sqlx_migrations'
     order by t.relname collate \"C\", i.relname collate \"C\", k";

/// Reads it.
pub(super) async fn schema(connections: &Connections) -> Result<Schema, StoreError> {
    let columns: Vec<schema::ColumnRow> = sqlx::query_as(COLUMNS).fetch_all(connections.sql()).await?;
    let references: Vec<schema::ReferenceRow> =
        sqlx::query_as(REFERENCES).fetch_all(connections.sql()).await?;
    let indexes: Vec<schema::IndexRow> = sqlx::query_as(INDEXES).fetch_all(connections.sql()).await?;
    Ok(Schema::from_rows(columns, references, indexes))
}
