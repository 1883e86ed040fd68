//! Where the forum is kept. The only place with SQL.
//!
//! [`Store`] says what the forum asks of a database; [`sqlite`] and [`postgres`] answer, each with its own
//! SQL and its own migrations. One story test, run on both, keeps them the same. A method is named after the
//! question it answers, takes and returns domain types, and says [`StoreError`] when it cannot.
//!
//! Left to others: who is calling (`http`, `web`), what a valid title is and who may do what with a post
//! (`domain`).

mod counters;
mod derived;
mod entity;
mod error;
mod interface;
mod layout;
mod load;
mod open;
mod plan;
pub mod postgres;
mod replicas;
mod retry;
mod rows;
mod schema;
mod setup;
mod snapshot;
pub mod sqlite;
mod statements;

pub use counters::Counters;
pub use derived::{Backlog, DERIVED_BACKLOG, Derived, DerivedWork};
pub use entity::{Entity, EntityStorage};
pub use error::{OpenError, StoreError};
pub use interface::{Finding, Membership, Posts, Reply, SharedStore, Store};
pub use layout::{DocumentWrites, Layout};
pub use load::{Load, Table};
pub use open::{Database, migrate, open, open_for_loading, open_with, open_with_replicas};
pub use plan::Plan;
pub use replicas::{REPLICAS_MAX, ReplicaFigures, ReplicaReads, ReplicaReport, ReplicaSet, Why};
pub use schema::{Column, Index, Reference, Schema, TableShape, reason};
pub use setup::{Durability, Setup};
pub use snapshot::{SnapshotError, keep, restore};
pub use statements::{GroupSizes, Statements};
