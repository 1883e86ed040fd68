//! Why a store did not do what it was asked, and why one could not be opened.

use std::sync::Arc;

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

use crate::domain::Refusal;

/// Why a request to the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule kept by the database was broken; the rule by its name in the schema.
    #[error("the database refused the row: constraint {0}")]
    Constraint(String),
    /// What was to be changed or added to is not there.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// It was changed since the version the caller knows.
    #[error("the row is at version {current}, not at the one expected")]
    Stale {
        /// The version it has now.
        current: i64,
    },
    /// Another request was made with the same key.
    #[error("another request was made with this key")]
    KeyReused,
    /// Only who wrote it may do this.
    #[error("it was written by somebody else")]
    NotTheAuthor,
    /// Nobody votes on what he wrote himself.
    #[error("it was written by the voter")]
    OwnPost,
    /// Too many writes are waiting; trying again later helps.
    #[error("the store is busy")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A row cannot be read as what it should be.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(String),
    /// The database cannot be reached, is stopping, or has no room; trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(Arc<str>),
    /// The database failed.
    #[error(transparent)]
    Database(sqlx::Error),
    /// The transaction that this write shared with others could not be committed.
    #[error("the group of writes was not committed: {0}")]
    Group(Arc<str>),
}

impl StoreError {
    /// Whether the database is as before and only this one request was refused.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Constraint(_)
                | Self::Missing(_)
                | Self::Stale { .. }
                | Self::KeyReused
                | Self::NotTheAuthor
                | Self::OwnPost
        )
    }

    /// The refusal of a wish about a `what`.
    #[must_use]
    pub(super) fn refused(what: &'static str, refusal: Refusal) -> Self {
        match refusal {
            Refusal::Gone => Self::Missing(what),
            Refusal::NotTheAuthor => Self::NotTheAuthor,
            Refusal::OwnPost => Self::OwnPost,
            Refusal::Stale { current } => Self::Stale { current },
        }
    }
}

/// A database that went away, or to which no connection can be had in time, may come back.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error.to_string().into())
            }
            sqlx::Error::Database(ref failure) if is_passing(failure.as_ref()) => {
                Self::Unavailable(error.to_string().into())
            }
            other => Self::Database(other),
        }
    }
}

/// Whether the database itself says that it cannot now but could later.
fn is_passing(failure: &(dyn DatabaseError + 'static)) -> bool {
    if let Some(failure) = failure.try_downcast_ref::<PgDatabaseError>() {
        // Classes of the SQL standard and of PostgreSQL's appendix A: connection, resources, operator's
        // intervention.
        return ["08", "53", "57"].iter().any(|class| failure.code().starts_with(class));
    }
    // SQLITE_BUSY, SQLITE_IOERR (a quota or a limit of the system, which has another code than a full disk) and SQLITE_FULL
    // (sqlite.org/rescode.html); an extended code has more in its higher bytes.
    let code = failure.code().and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 10 | 13))
}

/// Why a store could not be opened: where, what, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address of the database makes no sense.
    #[error("{address}: {problem}\n  hint: use a file name, sqlite:PATH or postgres://USER@HOST/DATABASE")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The file or the server could not be reached.
    #[error("cannot open the database {place}: {cause}\n  hint: {hint}")]
    Unreachable {
        /// Which database.
        place: String,
        /// What the system said.
        cause: String,
        /// What to do.
        hint: &'static str,
    },
    /// The replicas cannot be used.
    #[error(
        "cannot read from replicas: {problem}\n  hint: give the address of a streaming replica of the same PostgreSQL, such as --read-replica postgres://USER@HOST/DATABASE"
    )]
    Replica {
        /// What is wrong.
        problem: String,
    },
    /// The linked SQLite has a bug that loses committed writes.
    #[error(
        "SQLite {found} is linked, at least {expected} is needed: older ones can lose committed writes\n  hint: build with the bundled SQLite"
    )]
    OldEngine {
        /// The version linked.
        found: String,
        /// The oldest that may be used.
        expected: &'static str,
    },
    /// The schema is not one this program knows.
    #[error("the database {place} has a schema this program cannot use: {cause}\n  hint: {hint}")]
    Schema {
        /// Which database.
        place: String,
        /// What was found.
        cause: String,
        /// What to do.
        hint: &'static str,
    },
}

impl OpenError {
    /// Says in the forum's words why a migration did not run.
    pub(super) fn from_migration(place: &str, error: &sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError;
        let hint = match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                "the database is newer than this program; use the program that made it, or a newer one"
            }
            MigrateError::VersionMismatch(_) => {
                "an applied migration was edited; use the program that made the database"
            }
            _ => "see the cause; nothing was changed",
        };
        Self::Schema { place: place.to_owned(), cause: error.to_string(), hint }
    }
}
