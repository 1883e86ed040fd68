//! The key under which a request may be sent again.

use super::Timestamp;

/// Which request this is, for who sends it twice because he did not hear the answer. What is kept says nothing of the
/// request: both parts are SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryKey {
    /// Of the key and whose it is.
    pub name: [u8; 32],
    /// Of the method, the address and the body.
    pub request: [u8; 32],
    /// When it was sent this time.
    pub at: Timestamp,
}
