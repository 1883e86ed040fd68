//! The forum in PostgreSQL: for more than one machine, or for more writes than one file takes.
//!
//! The server commits in groups by itself, so there is no writer task here; every write is one statement,
//! which is its own transaction. Limits are those of the connection pool.

mod answers;
mod connect;
mod load;
mod migrations;
mod questions;
mod sessions;
mod store;
mod users;

// What helps people find things, and each other.
mod avatars;
mod finding;
mod lists;
mod notices;
mod passwords;
mod posts;
mod tags;

pub use connect::migrate;
pub use finding::plans;
pub use load::PostgresLoad;
pub use store::PostgresStore;
