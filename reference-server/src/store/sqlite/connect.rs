//! How the file is opened: for writing, for reading, for bringing its schema up to date.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use super::migrations::migrator;
use crate::store::{Durability, OpenError};

/// The oldest SQLite that may be used: before it, two connections on one write-ahead log can lose committed
/// writes (sqlite.org/wal.html, "The WAL-Reset Bug").
const OLDEST_ENGINE: &str = "3.51.3";
/// How long a connection waits for a lock. Only a second process can hold one, since there is one writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long it is waited for others to close a file.
const ALONE_TIMEOUT: Duration = Duration::from_millis(200);
/// Page cache of one connection, in the unit of the pragma: negative, KiB. 64 MiB for the writer.
const WRITER_CACHE: &str = "-65536";
/// Page cache of one reader: 16 MiB; what is not in it is in the memory map.
const READER_CACHE: &str = "-16384";
/// Bytes of the file that are read through a memory map, without a copy into the page cache: 1 GiB.
const MEMORY_MAP_BYTES: &str = "1073741824";
/// Rows that `pragma optimize` looks at for each index; the value SQLite's manual recommends.
const ANALYSIS_LIMIT: u32 = 400;
/// Readers for each core: 2 was best of 1, 2, 4 and 8 connections on two cores (67 against 11, 36 and 58
/// thousand reads/s).
const READERS_PER_CORE: usize = 2;
/// How long a request waits for a reader before it is told that the store is busy.
const READER_WAIT: Duration = Duration::from_secs(2);

/// Options of every connection that writes.
pub(super) fn writing(path: &Path, durability: Durability) -> SqliteConnectOptions {
    let synchronous = match durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::Normal => SqliteSynchronous::Normal,
        Durability::Off => SqliteSynchronous::Off,
    };
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("temp_store", "memory")
        .optimize_on_close(true, ANALYSIS_LIMIT)
        .disable_statement_logging()
}

/// A pool of connections that only read.
pub(super) async fn readers(path: &Path) -> Result<SqlitePool, OpenError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", READER_CACHE)
        .pragma("mmap_size", MEMORY_MAP_BYTES)
        .pragma("temp_store", "memory")
        .disable_statement_logging();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    SqlitePoolOptions::new()
        .max_connections(u32::try_from(cores * READERS_PER_CORE).unwrap_or(u32::MAX))
        .acquire_timeout(READER_WAIT)
        // A connection to a file does not go stale; asking each time costs 60 % of the reads.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .map_err(|error| unreachable(path, &error))
}

/// Opens the writing connection, asserts the engine and brings the schema up to date.
pub(super) async fn connect(
    path: &Path,
    durability: Durability,
) -> Result<(SqliteConnection, String), OpenError> {
    create_private(path).map_err(|error| unreachable(path, &sqlx::Error::Io(error)))?;
    let mut connection =
        writing(path, durability).connect().await.map_err(|error| unreachable(path, &error))?;
    let engine: String = sqlx::query_scalar("select sqlite_version()")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| unreachable(path, &error))?;
    if numbers(&engine) < numbers(OLDEST_ENGINE) {
        return Err(OpenError::OldEngine { found: engine, expected: OLDEST_ENGINE });
    }
    migrator()
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|error| OpenError::from_migration(&path.display().to_string(), &error))?;
    Ok((connection, engine))
}

/// Brings the schema of a file up to date, making the file if there is none.
///
/// # Errors
/// Names the file, the cause and what to do.
pub async fn migrate(path: &Path) -> Result<(), OpenError> {
    let (connection, _) = connect(path, Durability::Full).await?;
    connection.close().await.map_err(|error| unreachable(path, &error))
}

/// Makes the file, if there is none, so that only its owner can read it: it holds the hashes of passwords.
/// SQLite gives the files beside it the same permissions.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(|_| ()),
    }
}

pub(super) fn unreachable(path: &Path, error: &sqlx::Error) -> OpenError {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let hint = match folder {
        Some(folder) if !folder.exists() => "its folder does not exist; make it first",
        Some(folder) if !folder.is_dir() => "what should be its folder is a file; choose another place",
        _ if path.is_dir() => "this is a folder; name a file in it",
        _ => "the file must be a SQLite database, and it and its folder must be writable by this user",
    };
    OpenError::Unreachable { place: path.display().to_string(), cause: error.to_string(), hint }
}

/// The numbers of a version, which compare as versions do.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// Whether somebody else has this file open; if nobody has, its write-ahead log is moved into it. Leaving the log is what
/// SQLite allows to the only connection alone (manual of `pragma journal_mode`); the next writer begins a new
/// one. Of a file that cannot be opened at all nobody makes use.
pub(in crate::store) async fn is_in_use(path: &Path) -> bool {
    let options =
        writing(path, Durability::Full).journal_mode(SqliteJournalMode::Delete).busy_timeout(ALONE_TIMEOUT);
    let closed = match options.connect().await {
        Ok(connection) => connection.close().await,
        Err(error) => Err(error),
    };
    let code = closed.as_ref().err().and_then(|error| error.as_database_error()?.code()?.parse::<u32>().ok());
    // SQLITE_BUSY and SQLITE_LOCKED; an extended code has more in its higher bytes.
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_commit_waits_for_the_disk_as_it_was_told_to() {
        let folder = tempfile::tempdir().expect("a folder");
        // The numbers of https://www.sqlite.org/pragma.html#pragma_synchronous
        for (durability, expected) in [(Durability::Full, 2), (Durability::Normal, 1), (Durability::Off, 0)] {
            let path = folder.path().join(durability.name());
            let (mut connection, _) = connect(&path, durability).await.expect("a database");
            let found: i64 =
                sqlx::query_scalar("pragma synchronous").fetch_one(&mut connection).await.expect("a level");
            assert_eq!(found, expected, "{durability}");
        }
    }

    #[test]
    fn versions_compare_by_number_not_by_letter() {
        for (older, newer) in
            [("3.51.2", "3.51.3"), ("3.9.0", "3.51.3"), ("3.51.3", "3.60.0"), ("3.51.3", "4.0.0")]
        {
            assert!(numbers(older) < numbers(newer), "{older} {newer}");
        }
    }
}
