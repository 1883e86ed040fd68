//! Changes of what was written, and what was there before.

use super::{
    AnswerId, Body, CommentId, CommentText, Contribution, NoticeKind, QuestionId, Tags, Telling, Timestamp,
    Title, UserId,
};

/// A new text in the place of an old one.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What is to be there from now on, and where.
    pub text: NewText,
    /// Who wants it.
    pub editor: UserId,
    /// The version he read; `None` to overwrite whatever is there.
    pub expected_version: Option<i64>,
    /// When.
    pub edited_at: Timestamp,
}

/// A text and the contribution it is for.
#[derive(Clone, Debug)]
pub enum NewText {
    /// Of a question; without tags those it has stay.
    Question(QuestionId, Title, Body, Option<Tags>),
    /// Of an answer.
    Answer(AnswerId, Body),
    /// Of a comment; its older texts are not kept.
    Comment(CommentId, CommentText),
}

impl NewText {
    /// What is edited.
    #[must_use]
    pub const fn contribution(&self) -> Contribution {
        match self {
            Self::Question(id, ..) => Contribution::Question(*id),
            Self::Answer(id, _) => Contribution::Answer(*id),
            Self::Comment(id, _) => Contribution::Comment(*id),
        }
    }
}

/// One version of a question or an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Which, from 1.
    pub version: i64,
    /// The title, if it is a question's.
    pub title: Option<String>,
    /// In full.
    pub body: String,
    /// The names of its tags, if it is a question's.
    pub tags: Option<Vec<String>>,
    /// Since when it was the current one.
    pub written_at: Timestamp,
}

/// The wish of an author that something of his be taken back, or be shown again.
#[derive(Clone, Copy, Debug)]
pub struct Withdrawal {
    /// What.
    pub contribution: Contribution,
    /// Who wants it.
    pub member: UserId,
    /// When it is taken back; `None` to show it again.
    pub deleted_at: Option<Timestamp>,
}

/// The wish of an asker that an answer be marked as the one that helped.
#[derive(Clone, Copy, Debug)]
pub struct Acceptance {
    /// Which question.
    pub question: QuestionId,
    /// Who wants it.
    pub asker: UserId,
    /// The answer that helped; `None` for none.
    pub answer: Option<AnswerId>,
    /// When.
    pub at: Timestamp,
}

impl Acceptance {
    /// What who wrote the answer is to be told.
    #[must_use]
    pub const fn telling(&self, helper: UserId) -> Telling {
        Telling {
            member: helper,
            kind: NoticeKind::Accept,
            actor: self.asker,
            question: self.question,
            answer: self.answer,
            comment: None,
            created_at: self.at,
        }
    }
}
