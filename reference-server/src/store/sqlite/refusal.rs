//! Turns SQLite's words about a broken rule into the rule's name in the schema.

use sqlx::error::{DatabaseError, ErrorKind};

use crate::store::StoreError;

/// SQLite names the columns of a broken unique index, not the index.
const UNIQUE_INDEXES: &[(&str, &str)] =
    &[("users.name", "users_name_unique"), ("sessions.token_hash", "sessions_token_hash_unique")];

/// A broken rule becomes [`StoreError::Constraint`]; anything else stays what it is.
pub(super) fn translate(error: sqlx::Error) -> StoreError {
    let name = error.as_database_error().and_then(constraint);
    match name {
        Some(name) => StoreError::Constraint(name),
        None => error.into(),
    }
}

fn constraint(error: &(dyn DatabaseError + 'static)) -> Option<String> {
    // The message is `CHECK constraint failed: NAME` or `UNIQUE constraint failed: TABLE.COLUMN`.
    let subject = error.message().split_once(": ").map_or("", |(_, subject)| subject);
    match error.kind() {
        ErrorKind::UniqueViolation => {
            let index = UNIQUE_INDEXES.iter().find(|(columns, _)| *columns == subject);
            Some(index.map_or(subject, |(_, index)| index).to_owned())
        }
        ErrorKind::CheckViolation => Some(subject.to_owned()),
        ErrorKind::ForeignKeyViolation => Some("foreign_key".to_owned()),
        ErrorKind::NotNullViolation => Some("not_null".to_owned()),
        _ => None,
    }
}
