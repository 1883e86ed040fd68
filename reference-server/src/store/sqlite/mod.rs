//! The forum in a SQLite file: one writer that commits in groups, several readers.
//!
//! The recipe: write-ahead log; `synchronous=FULL`, because an acknowledged write shall survive a power loss;
//! one connection that writes, since SQLite has one writer at a time anyway and several only wait for each
//! other; about two readers a core; `STRICT` tables; one JSON row for a list, because each row costs a
//! message between threads.

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
mod refusal;
mod retries;
mod schema;
mod sessions;
mod standing;
mod storage;
mod store;
mod users;
mod votes;
mod writer;

// What helps people find things, and each other.
mod avatars;
mod finding;
mod lists;
mod notices;
mod outbox;
mod pieces;
mod tags;

pub(super) use connect::is_in_use;
pub use connect::migrate;
pub use finding::plans;
pub use load::SqliteLoad;
pub use store::SqliteStore;
