//! Log-ins.

use super::{SessionId, Timestamp, UserId};

/// A log-in to be kept. The token itself is never kept: who reads the table cannot log in with what he finds.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Whose.
    pub user: UserId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A log-in as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Who is calling, as a valid token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub user: UserId,
    /// The unique name.
    pub name: String,
    /// The name that is shown.
    pub display_name: String,
    /// By which log-in.
    pub session: SessionId,
}
