//! What the command line means, once it makes sense.

use crate::store::{Database, OpenError};

/// How to serve.
#[derive(Clone, Debug)]
pub struct ServeConfig {
    /// Host and port to listen on; port 0 for any free one.
    pub listen: String,
    /// Where the forum is kept.
    pub database: Database,
    /// Connections open at a time.
    pub max_connections: usize,
}

impl ServeConfig {
    /// Takes what was typed.
    ///
    /// # Errors
    /// When the database's address makes no sense.
    pub fn new(listen: String, database: &str, max_connections: usize) -> Result<Self, OpenError> {
        Ok(Self { listen, database: database.parse()?, max_connections })
    }
}
