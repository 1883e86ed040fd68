//! Why a value from outside was not accepted.

/// A value that was refused: which field, a code for programs and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Rejection {
    /// The field as the client names it.
    pub field: &'static str,
    /// A stable code such as `title_too_long`.
    pub code: &'static str,
    /// What was found and what was expected, in a sentence that can stand beside the field.
    pub message: String,
}

impl Rejection {
    /// A rejection of `field`.
    pub fn new(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { field, code, message: message.into() }
    }
}
