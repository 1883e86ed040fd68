//! The forum in PostgreSQL: for more than one machine, or for more writes than one file takes.
//!
//! The server commits in groups by itself, so there is no writer task here; every write is one statement,
//! which is its own transaction, or a transaction that locks the rows it decides about. Limits are those of the
//! connection pool. What only reads may be answered by a replica (`replicas`).

mod answers;
mod comments;
mod connect;
mod counters;
mod decisions;
mod documents;
mod edits;
mod indexes;
mod load;
mod migrations;
mod posts;
mod questions;
mod replicas;
mod retries;
mod schema;
mod sessions;
mod standing;
mod storage;
mod store;
mod transaction;
mod users;
mod votes;

// What helps people find things, and each other.
mod avatars;
mod finding;
mod lists;
mod notices;
mod outbox;
mod pieces;
mod tags;

pub use connect::migrate;
pub use finding::plans;
pub use load::PostgresLoad;
pub use store::PostgresStore;
