//! How a question lies in the database: as rows, or also as one document with its answers and comments.
//!
//! Rows are the truth either way: lists, searches and the rules of the domain need them. A document is what the page of a
//! question shows, as one JSON text: the question, the first of its comments, the first page of its answers, and the names of
//! who wrote them. Whoever writes to a question writes its document anew in the same transaction; whoever reads the question
//! reads one row. That the document has no more than a page bounds it (30 answers of 30 kB and 10 comments of 4 kB: a
//! megabyte, of which a usual question has 4 kB); further answers are read from their rows.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use super::StoreError;
use super::rows::{self, AnswerRow, CommentRow};
use crate::domain::{AnswerId, Author, Limit, Question, QuestionId, Timestamp, UserId};

/// How a question lies in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// As rows, which every reader puts together.
    #[default]
    Rows,
    /// Also as a document, which every writer puts together.
    Document,
}

impl Layout {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rows, Self::Document];

    /// As typed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Document => "document",
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Layout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|layout| layout.name() == text);
        found.ok_or_else(|| format!("expected rows or document, found `{text}`"))
    }
}

/// How many documents were written, and their bytes: against the bytes of what members wrote, what embedding costs.
#[derive(Clone, Debug, Default)]
pub struct DocumentWrites(Arc<[AtomicU64; 2]>);

impl DocumentWrites {
    /// Counts one.
    pub(super) fn add(&self, bytes: i64) {
        // Only ever summed up for a reader; no other memory depends on their order.
        self.0[0].fetch_add(1, Ordering::Relaxed);
        self.0[1].fetch_add(bytes.unsigned_abs(), Ordering::Relaxed);
    }

    /// How many there were.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.0[0].load(Ordering::Relaxed)
    }

    /// Their bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0[1].load(Ordering::Relaxed)
    }
}

/// The parameters of the statements that make documents: comments and answers, and one of each more to know that there are more.
pub(super) fn most() -> (i64, i64) {
    (i64::from(Limit::COMMENTS.get()) + 1, i64::from(Limit::ANSWERS.get()) + 1)
}

/// id, title, body, tags, author, author's name, author's display name, score, answer count, accepted answer, comment count,
/// version, created at, edited at, comments, answers.
#[derive(Deserialize)]
struct Document(
    i64,
    String,
    String,
    Vec<String>,
    i64,
    String,
    String,
    i32,
    u32,
    Option<i64>,
    u32,
    i64,
    i64,
    Option<i64>,
    Vec<CommentRow>,
    Vec<AnswerRow>,
);

/// The question that a document is of.
pub(super) fn question(document: &str) -> Result<Question, StoreError> {
    let document: Document =
        serde_json::from_str(document).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let Document(id, title, body, tags, author, name, display_name, score, answer_count, accepted, ..) =
        document;
    let Document(.., comment_count, version, created_at, edited_at, comments, answers) = document;
    Ok(Question {
        id: QuestionId::new(id),
        title,
        body,
        author: Author { id: UserId::new(author), name, display_name },
        tags,
        score,
        answer_count,
        accepted_answer: accepted.map(AnswerId::new),
        comment_count,
        version,
        created_at: Timestamp::from_unix_ms(created_at),
        edited_at: edited_at.map(Timestamp::from_unix_ms),
        comments: rows::comments(comments, Limit::COMMENTS),
        answers: rows::answers(answers, Limit::ANSWERS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_is_shown() {
        for layout in Layout::ALL {
            assert_eq!(layout.to_string().parse(), Ok(layout));
        }
        assert_eq!("json".parse::<Layout>(), Err("expected rows or document, found `json`".to_owned()));
    }
}
