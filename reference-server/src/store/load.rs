//! Fills an empty database in bulk.
//!
//! Rows travel as one JSON array a batch, because both databases can turn such a text into rows in a single
//! statement (`json_each`, `json_to_recordset`); a statement per row would cost more than the row. Only for
//! the first filling: identifiers are given, and a batch is not acknowledged as durable before
//! [`Load::finish`].

use super::Reply;

/// Which table a batch is for; its rows are arrays of the columns in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// id, name, display name, about, created at.
    Users,
    /// id, author, title, body, answer count, created at, active at, names of tags, score, comment count, accepted answer.
    Questions,
    /// id, question, author, body, created at, score, comment count.
    Answers,
    /// question, voter, answer or 0, value, created at.
    Votes,
    /// id, question, answer or 0, author, text, created at.
    Comments,
    /// SHA-256 of the token in hexadecimal, user, created at, expires at.
    Sessions,
}

/// A database that is being filled.
pub trait Load: Send {
    /// How many members and questions are there already.
    fn present(&mut self) -> Reply<'_, (u64, u64)>;
    /// Adds the rows of a JSON array of arrays.
    fn load(&mut self, table: Table, rows: String) -> Reply<'_, ()>;
    /// Makes everything durable and leaves the database ready to serve.
    fn finish(self: Box<Self>) -> Reply<'static, ()>;
}
