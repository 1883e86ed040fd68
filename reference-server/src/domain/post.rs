//! What members contribute, by identifier, and what may be done with it by whom.
//!
//! A store reads the [`Standing`] of a contribution under a lock, asks here whether the wish is allowed, and
//! only then writes. So both databases keep the same rules, and the rules can be tried without a database.

use super::{AnswerId, CommentId, QuestionId, UserId};

/// What can be voted and commented on: a question or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Post {
    /// A question.
    Question(QuestionId),
    /// An answer.
    Answer(AnswerId),
}

impl From<QuestionId> for Post {
    fn from(id: QuestionId) -> Self {
        Self::Question(id)
    }
}

impl From<AnswerId> for Post {
    fn from(id: AnswerId) -> Self {
        Self::Answer(id)
    }
}

/// What has an author who can take it back: a question, an answer or a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contribution {
    /// A question; its answers and comments are not shown without it.
    Question(QuestionId),
    /// An answer; its comments are not shown without it.
    Answer(AnswerId),
    /// A comment.
    Comment(CommentId),
}

impl Contribution {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Question(_) => "question",
            Self::Answer(_) => "answer",
            Self::Comment(_) => "comment",
        }
    }
}

impl From<Post> for Contribution {
    fn from(post: Post) -> Self {
        match post {
            Post::Question(id) => Self::Question(id),
            Post::Answer(id) => Self::Answer(id),
        }
    }
}

impl From<QuestionId> for Contribution {
    fn from(id: QuestionId) -> Self {
        Self::Question(id)
    }
}

impl From<AnswerId> for Contribution {
    fn from(id: AnswerId) -> Self {
        Self::Answer(id)
    }
}

impl From<CommentId> for Contribution {
    fn from(id: CommentId) -> Self {
        Self::Comment(id)
    }
}

/// Where a contribution is and in which state: what the rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The question it is or belongs to.
    pub question: QuestionId,
    /// The answer it is or belongs to, if any.
    pub answer: Option<AnswerId>,
    /// Who wrote it.
    pub author: UserId,
    /// How often it was edited, plus one.
    pub version: i64,
    /// Whether its author has taken it back.
    pub deleted: bool,
    /// Whether what it belongs to was taken back.
    pub hidden: bool,
}

/// Why a wish is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It was taken back: to everybody it is as if it did not exist.
    Gone,
    /// Only the author may do this.
    NotTheAuthor,
    /// Nobody votes on what he wrote himself.
    OwnPost,
    /// It was edited since the version the editor read.
    Stale {
        /// The version it has now.
        current: i64,
    },
}

impl Standing {
    /// Whether everybody sees it; then everybody may comment on it, too.
    ///
    /// # Errors
    /// [`Refusal::Gone`].
    pub fn shown(&self) -> Result<(), Refusal> {
        if self.deleted || self.hidden { Err(Refusal::Gone) } else { Ok(()) }
    }

    /// Whether `voter` may vote on it.
    ///
    /// # Errors
    /// When it is gone or his own.
    pub fn votable_by(&self, voter: UserId) -> Result<(), Refusal> {
        self.shown()?;
        if self.author == voter { Err(Refusal::OwnPost) } else { Ok(()) }
    }

    /// Whether `member` may decide about it while it is shown: edit it, accept an answer to it.
    ///
    /// # Errors
    /// When it is gone or somebody else's.
    pub fn owned_by(&self, member: UserId) -> Result<(), Refusal> {
        self.shown()?;
        if self.author == member { Ok(()) } else { Err(Refusal::NotTheAuthor) }
    }

    /// Whether `editor` may replace its text, which he read at version `expected`; `None` to replace whatever
    /// is there. Whose it is comes first: a stranger learns nothing of versions.
    ///
    /// # Errors
    /// When it is gone, somebody else's or was edited in between.
    pub fn editable_by(&self, editor: UserId, expected: Option<i64>) -> Result<(), Refusal> {
        self.owned_by(editor)?;
        match expected {
            Some(expected) if expected != self.version => Err(Refusal::Stale { current: self.version }),
            _ => Ok(()),
        }
    }

    /// Whether there is anything to do for `member` to have it taken back (`deleted`) or shown again: asking
    /// twice is not an error, because the first answer may have been lost on the way.
    ///
    /// # Errors
    /// When it is somebody else's, or what it belongs to is gone.
    pub fn to_become(&self, deleted: bool, member: UserId) -> Result<bool, Refusal> {
        if self.hidden || (self.deleted && self.author != member) {
            return Err(Refusal::Gone);
        }
        if self.author != member {
            return Err(Refusal::NotTheAuthor);
        }
        Ok(self.deleted != deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHOR: UserId = UserId::new(1);
    const OTHER: UserId = UserId::new(2);

    fn standing(deleted: bool, hidden: bool) -> Standing {
        Standing { question: QuestionId::new(1), answer: None, author: AUTHOR, version: 3, deleted, hidden }
    }

    #[test]
    fn the_author_decides_and_the_others_vote() {
        let shown = standing(false, false);
        assert_eq!((shown.votable_by(AUTHOR), shown.votable_by(OTHER)), (Err(Refusal::OwnPost), Ok(())));
        assert_eq!((shown.owned_by(AUTHOR), shown.owned_by(OTHER)), (Ok(()), Err(Refusal::NotTheAuthor)));
        for (editor, expected, answer) in [
            (AUTHOR, Some(3), Ok(())),
            (AUTHOR, None, Ok(())),
            (AUTHOR, Some(2), Err(Refusal::Stale { current: 3 })),
            (AUTHOR, Some(4), Err(Refusal::Stale { current: 3 })),
            (OTHER, Some(3), Err(Refusal::NotTheAuthor)),
            (OTHER, Some(2), Err(Refusal::NotTheAuthor)),
        ] {
            assert_eq!(shown.editable_by(editor, expected), answer, "{editor} {expected:?}");
        }
    }

    #[test]
    fn what_is_gone_is_gone_for_everybody() {
        for (deleted, hidden) in [(true, false), (false, true), (true, true)] {
            let gone = standing(deleted, hidden);
            for member in [AUTHOR, OTHER] {
                assert_eq!(gone.votable_by(member), Err(Refusal::Gone));
                assert_eq!(gone.editable_by(member, Some(3)), Err(Refusal::Gone));
            }
            assert_eq!(gone.shown(), Err(Refusal::Gone));
        }
    }

    #[test]
    fn only_its_author_takes_back_and_restores_and_twice_is_once() {
        for (deleted, hidden, member, wish, answer) in [
            (false, false, AUTHOR, true, Ok(true)),
            (true, false, AUTHOR, true, Ok(false)),
            (true, false, AUTHOR, false, Ok(true)),
            (false, false, AUTHOR, false, Ok(false)),
            (false, false, OTHER, true, Err(Refusal::NotTheAuthor)),
            (false, false, OTHER, false, Err(Refusal::NotTheAuthor)),
            (true, false, OTHER, false, Err(Refusal::Gone)), // a stranger does not learn that it was there
            (false, true, AUTHOR, true, Err(Refusal::Gone)),
            (true, true, AUTHOR, false, Err(Refusal::Gone)),
        ] {
            assert_eq!(
                standing(deleted, hidden).to_become(wish, member),
                answer,
                "{deleted} {hidden} {member}"
            );
        }
    }
}
