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
    /// To which question.
    pub question: QuestionId,
    /// In full.
    pub body: String,
    /// Who answered.
    pub author: Author,
    /// Votes for it less votes against it.
    pub score: i32,
    /// How many comments on it there are.
    pub comment_count: u32,
    /// Grows by one with each edit.
    pub version: i64,
    /// When.
    pub created_at: Timestamp,
    /// When it was edited last.
    pub edited_at: Option<Timestamp>,
}
