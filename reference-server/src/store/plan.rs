//! Which index serves which list, as data, so that a test can ask the database whether it does.

/// A statement and the indexes it is meant to use.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What it lists.
    pub list: &'static str,
    /// The statement.
    pub sql: &'static str,
    /// What walks the list in order; the plan must name each of them.
    pub indexes: &'static [&'static str],
}
