//! What somebody wrote, whatever it is: an item of a search and of a member's activity.

use super::{AnswerId, Author, QuestionId, Timestamp};

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PieceKind {
    /// A question.
    Question = 1,
    /// An answer.
    Answer = 2,
    /// A comment.
    Comment = 3,
}

impl PieceKind {
    /// The name in answers and cursors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Comment => "comment",
        }
    }

    /// The number in the database's answers and in cursors; they order what was written in the same
    /// millisecond.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The kind with this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Question, Self::Answer, Self::Comment].into_iter().find(|kind| kind.number() == number)
    }
}

/// Something written, with the question it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Its identifier among its kind.
    pub id: i64,
    /// The question it is or belongs to.
    pub question: QuestionId,
    /// The answer it is or belongs to.
    pub answer: Option<AnswerId>,
    /// The title of that question.
    pub title: String,
    /// The tags of that question.
    pub tags: Vec<String>,
    /// How many answers that question has.
    pub answer_count: u32,
    /// Its own score; nobody votes on comments.
    pub score: Option<i64>,
    /// The beginning of its text, on one line.
    pub excerpt: String,
    /// Who wrote it.
    pub author: Author,
    /// When.
    pub created_at: Timestamp,
}

/// A place in a member's activity, newest first: right after what was written then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActivityKey {
    /// When.
    pub created_at: Timestamp,
    /// What.
    pub kind: PieceKind,
    /// Which of its kind.
    pub id: i64,
}

impl ActivityKey {
    /// The place of a piece.
    #[must_use]
    pub fn of(piece: &Piece) -> Self {
        Self { created_at: piece.created_at, kind: piece.kind, id: piece.id }
    }

    /// The cursor clients are given.
    #[must_use]
    pub fn cursor(self) -> String {
        format!("{}.{}.{}", self.created_at.unix_ms(), self.kind.number(), self.id)
    }

    /// Reads a cursor; `None` for what is none.
    #[must_use]
    pub fn from_cursor(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let created_at = Timestamp::from_unix_ms(parts.next()?.parse().ok()?);
        let kind = PieceKind::from_number(parts.next()?.parse().ok()?)?;
        let id = parts.next()?.parse().ok()?;
        Some(Self { created_at, kind, id })
    }

    /// Below which identifier pieces of `kind` from the very moment of this place come after it: all, those
    /// before this one, or none.
    #[must_use]
    pub fn bound(self, kind: PieceKind) -> i64 {
        match kind.cmp(&self.kind) {
            std::cmp::Ordering::Less => i64::MAX,
            std::cmp::Ordering::Equal => self.id,
            std::cmp::Ordering::Greater => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let key = ActivityKey { created_at: Timestamp::from_unix_ms(-5), kind: PieceKind::Answer, id: 7 };
        assert_eq!(ActivityKey::from_cursor(&key.cursor()), Some(key));
        for text in ["", "1", "1.1", "1.4.7", "1.0.7", "x.1.7", "1.1.x", "1.1.7.8"] {
            assert_eq!(ActivityKey::from_cursor(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_bounds_of_a_place_say_what_comes_after_it() {
        let key = |kind, id| ActivityKey { created_at: Timestamp::from_unix_ms(1), kind, id };
        let all = [PieceKind::Question, PieceKind::Answer, PieceKind::Comment];
        for place in all.map(|kind| key(kind, 5)) {
            for other in [4, 5, 6].into_iter().flat_map(|id| all.map(|kind| key(kind, id))) {
                // Newest first, so what comes after is smaller.
                assert_eq!(other.id < place.bound(other.kind), other < place, "{other:?} {place:?}");
            }
        }
    }
}
