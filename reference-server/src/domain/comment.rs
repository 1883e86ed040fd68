//! Comments on questions and answers.

use super::{Author, CommentId, CommentText, Post, Timestamp, UserId};

/// A comment to be kept.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// On what.
    pub post: Post,
    /// Who comments.
    pub author: UserId,
    /// In full.
    pub text: CommentText,
    /// When.
    pub created_at: Timestamp,
}

/// A comment below its post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Which.
    pub id: CommentId,
    /// In full.
    pub text: String,
    /// Who commented.
    pub author: Author,
    /// Grows by one with each edit.
    pub version: i64,
    /// When.
    pub created_at: Timestamp,
    /// When it was edited last.
    pub edited_at: Option<Timestamp>,
}
