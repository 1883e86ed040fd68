//! Putting a forum back to a copy of itself: between two runs of a load test, which must begin alike.
//!
//! A SQLite forum that is closed is one file, so that a snapshot is a copy of it and putting it back is a copy, too. The
//! copy is made beside the database and takes its place at once: who is interrupted has the old one or the new one. A
//! database that is open somewhere is left alone: its server would go on with a file that nobody sees any more.
//!
//! PostgreSQL has its own way: `create database forum template seeded`.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Database, sqlite};

/// What every SQLite file begins with (sqlite.org/fileformat2.html, 1.3).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Only a file can be copied.
    #[error(
        "the database {0} is no file\n  hint: in PostgreSQL make a copy with `create database forum template seeded`"
    )]
    NotAFile(String),
    /// Somebody has it open.
    #[error("the database {0} is in use\n  hint: stop its server first")]
    InUse(String),
    /// It is something else.
    #[error("{} is no SQLite file\n  hint: name a file that `seed --snapshot` has made", .0.display())]
    NotASnapshot(PathBuf),
    /// The system refused.
    #[error("cannot copy {} to {}: {cause}\n  hint: is there room, and may it be read and written?", from.display(), to.display())]
    Copy {
        /// What was to be copied.
        from: PathBuf,
        /// Where to.
        to: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

/// Keeps a copy of a database that nobody has open.
///
/// # Errors
/// When it is no file, in use or cannot be copied.
pub async fn keep(database: &Database, snapshot: &Path) -> Result<(), SnapshotError> {
    let path = closed(database).await?;
    copy(path, snapshot).await
}

/// Puts a database that nobody has open back to a copy.
///
/// # Errors
/// When it is no file or in use, or when the copy is none or cannot be read.
pub async fn restore(database: &Database, snapshot: &Path) -> Result<(), SnapshotError> {
    let path = closed(database).await?;
    let mut beginning = [0; MAGIC.len()];
    let read = File::open(snapshot).and_then(|mut file| file.read_exact(&mut beginning));
    match read {
        Ok(()) if beginning == *MAGIC => copy(snapshot, path).await,
        Err(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => {
            Err(SnapshotError::Copy { from: snapshot.to_owned(), to: path.to_owned(), cause })
        }
        _ => Err(SnapshotError::NotASnapshot(snapshot.to_owned())),
    }
}

/// The file of a database, all of it in one file and nobody beside us; one that is not there yet is closed.
async fn closed(database: &Database) -> Result<&Path, SnapshotError> {
    let Database::Sqlite(path) = database else {
        return Err(SnapshotError::NotAFile(database.to_string()));
    };
    if path.exists() && sqlite::is_in_use(path).await {
        return Err(SnapshotError::InUse(database.to_string()));
    }
    Ok(path)
}

async fn copy(from: &Path, to: &Path) -> Result<(), SnapshotError> {
    let (source, target) = (from.to_owned(), to.to_owned());
    // Copying is nothing to wait for on a thread that serves others.
    let copied = tokio::task::spawn_blocking(move || replace(&source, &target)).await;
    let copied = copied.unwrap_or_else(|gone| Err(io::Error::other(gone)));
    copied.map_err(|cause| SnapshotError::Copy { from: from.to_owned(), to: to.to_owned(), cause })
}

fn replace(from: &Path, to: &Path) -> io::Result<()> {
    let copy = beside(to, ".copy");
    let copied = fs::copy(from, &copy).and_then(|_| File::open(&copy)?.sync_all());
    if let Err(cause) = copied {
        // A part of a copy is of no use and takes room; that it cannot be removed either is not the news.
        drop(fs::remove_file(&copy));
        return Err(cause);
    }
    // What a crash may have left: a log would be taken for that of the new file.
    for leftover in ["-wal", "-shm"] {
        match fs::remove_file(beside(to, leftover)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    fs::rename(&copy, to)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
