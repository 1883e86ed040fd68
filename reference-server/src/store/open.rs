//! Which database is meant, and opening it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;

use super::postgres::PostgresStore;
use super::sqlite::SqliteStore;
use super::{Load, OpenError, ReplicaSet, Setup, SharedStore, postgres, sqlite};

/// A database by its address.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file, opened by the linked SQLite.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for Database {
    type Err = OpenError;

    fn from_str(address: &str) -> Result<Self, OpenError> {
        let problem = |problem: String| OpenError::Address { address: without_password(address), problem };
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options = address.parse().map_err(|error: sqlx::Error| problem(error.to_string()))?;
            return Ok(Self::Postgres(Box::new(options)));
        }
        let path = match address.strip_prefix("sqlite:") {
            Some(path) => path.strip_prefix("//").unwrap_or(path),
            None => address,
        };
        if let Some((scheme, _)) = path.split_once("://") {
            return Err(problem(format!("found {scheme}://, expected a file or postgres://")));
        }
        if path.is_empty() || path == ":memory:" {
            return Err(problem("found no file name".to_owned()));
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

impl fmt::Display for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(formatter),
            Self::Postgres(options) => {
                let database = options.get_database().unwrap_or("");
                match options.get_socket() {
                    Some(socket) => write!(formatter, "postgres:{}/{database}", socket.display()),
                    None => {
                        write!(
                            formatter,
                            "postgres://{}:{}/{database}",
                            options.get_host(),
                            options.get_port()
                        )
                    }
                }
            }
        }
    }
}

/// An address as it may be shown: without what stands between `//` and `@`.
fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => address.to_owned(),
    }
}

/// Opens a database for serving; one that is not there or is older than the program is brought up to date
/// first.
///
/// # Errors
/// Names the database, the cause and what to do.
pub async fn open(database: &Database) -> Result<SharedStore, OpenError> {
    open_with(database, Setup::default()).await
}

/// Opens a database for serving, to be used in a certain way.
///
/// # Errors
/// Names the database, the cause and what to do.
pub async fn open_with(database: &Database, setup: Setup) -> Result<SharedStore, OpenError> {
    open_with_replicas(database, setup, &ReplicaSet::default()).await
}

/// The same, with replicas from which is read what need not be the newest.
///
/// # Errors
/// Names the database, the cause and what to do. A replica that is not there is no error: it is used as soon as it is.
pub async fn open_with_replicas(
    database: &Database,
    setup: Setup,
    replicas: &ReplicaSet,
) -> Result<SharedStore, OpenError> {
    Ok(match database {
        Database::Sqlite(_) if !replicas.databases.is_empty() => {
            let problem = format!("{database} is a file, and a file has no replicas");
            return Err(OpenError::Replica { problem });
        }
        Database::Sqlite(path) => Arc::new(SqliteStore::open(path, setup).await?) as SharedStore,
        Database::Postgres(options) => {
            Arc::new(PostgresStore::open(options, &database.to_string(), setup, replicas).await?)
        }
    })
}

/// Brings the schema of a database up to date and closes it.
///
/// # Errors
/// Names the database, the cause and what to do.
pub async fn migrate(database: &Database) -> Result<(), OpenError> {
    match database {
        Database::Sqlite(path) => sqlite::migrate(path).await,
        Database::Postgres(options) => postgres::migrate(options, &database.to_string()).await,
    }
}

/// Opens a database to fill it; its schema is brought up to date first.
///
/// # Errors
/// Names the database, the cause and what to do.
pub async fn open_for_loading(database: &Database) -> Result<Box<dyn Load>, OpenError> {
    Ok(match database {
        Database::Sqlite(path) => Box::new(sqlite::SqliteLoad::open(path).await?) as Box<dyn Load>,
        Database::Postgres(options) => {
            Box::new(postgres::PostgresLoad::open(options, &database.to_string()).await?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_file_or_a_postgres_server() {
        for (address, expected) in [
            ("forum.sqlite", Some("forum.sqlite")),
            ("sqlite:/var/lib/forum.sqlite", Some("/var/lib/forum.sqlite")),
            ("sqlite://forum.sqlite", Some("forum.sqlite")),
            ("postgres://ada@db.example:5433/forum", Some("postgres://db.example:5433/forum")),
            ("mysql://localhost/forum", None),
            ("sqlite:", None),
            ("", None),
            (":memory:", None), // every connection would see its own
        ] {
            let found = address.parse::<Database>().ok().map(|database| database.to_string());
            assert_eq!(found.as_deref(), expected, "{address:?}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        let error =
            "postgres://ada:canary@host:port/forum".parse::<Database>().expect_err("a port is a number");
        assert!(!error.to_string().contains("canary"), "{error}");
        let database = "postgres://ada:canary@host/forum".parse::<Database>().expect("a valid address");
        assert!(!database.to_string().contains("canary"), "{database}");
    }
}
