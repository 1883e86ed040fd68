//! Notices: what others did that concerns a member.

use super::{AnswerId, Author, CommentId, NoticeId, QuestionId, Timestamp, UserId};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Somebody answered the member's question.
    Answer,
    /// Somebody commented on what the member wrote.
    Comment,
    /// Somebody accepted the member's answer.
    Accept,
}

impl NoticeKind {
    /// The name in the database and in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Comment => "comment",
            Self::Accept => "accept",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Answer, Self::Comment, Self::Accept].into_iter().find(|kind| kind.name() == name)
    }
}

/// A notice as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which.
    pub id: NoticeId,
    /// What happened.
    pub kind: NoticeKind,
    /// Who did it.
    pub actor: Author,
    /// Where.
    pub question: QuestionId,
    /// The title of that question.
    pub title: String,
    /// The answer it is about or that was commented on, if any.
    pub answer: Option<AnswerId>,
    /// The comment it is about, if it is about one.
    pub comment: Option<CommentId>,
    /// When.
    pub created_at: Timestamp,
    /// Whether its reader has said that he knows.
    pub read: bool,
}

/// What one member is to be told about another.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    /// Who is told.
    pub member: UserId,
    /// What happened.
    pub kind: NoticeKind,
    /// Who did it.
    pub actor: UserId,
    /// Where.
    pub question: QuestionId,
    /// The answer it is about or that was commented on, if any.
    pub answer: Option<AnswerId>,
    /// The comment it is about, if it is about one.
    pub comment: Option<CommentId>,
    /// When.
    pub created_at: Timestamp,
}
