//! Answers.

use super::{AnswerId, Author, Body, QuestionId, Timestamp, UserId};

/// An answer to be kept.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    /// To which question.
    pub question: QuestionId,
    /// Who answers.
    pub author: UserId,
    /// In full.
    pub body: Body,
    /// When.
    pub created_at: Timestamp,
}

/// An answer below its question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which.
    pub id: AnswerId,
    /// In full.
    pub body: String,
    /// Who answered.
    pub author: Author,
    /// When.
    pub created_at: Timestamp,
}
