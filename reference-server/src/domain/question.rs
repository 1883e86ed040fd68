//! Questions.

use super::{Answer, AnswerId, Body, Comment, CommentId, Page, QuestionId, Tags, Timestamp, Title, UserId};

/// A question to be kept.
#[derive(Clone, Debug)]
pub struct NewQuestion {
    /// Who asks.
    pub author: UserId,
    /// In a line.
    pub title: Title,
    /// In full.
    pub body: Body,
    /// Under which words.
    pub tags: Tags,
    /// When.
    pub created_at: Timestamp,
}

/// Who wrote something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Who.
    pub id: UserId,
    /// The unique name.
    pub name: String,
    /// The name that is shown.
    pub display_name: String,
}

/// A question in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionSummary {
    /// Which.
    pub id: QuestionId,
    /// In a line.
    pub title: String,
    /// The beginning of the body, on one line.
    pub excerpt: String,
    /// Who asked.
    pub author: Author,
    /// The names of its tags.
    pub tags: Vec<String>,
    /// Votes for it less votes against it.
    pub score: i64,
    /// How many answers there are.
    pub answer_count: u32,
    /// When.
    pub created_at: Timestamp,
    /// When something last happened to it.
    pub active_at: Timestamp,
}

impl QuestionSummary {
    /// Characters of the body that a list shows.
    pub const EXCERPT_CHARACTERS: usize = 200;
    /// Characters of the body that a list reads: one more, which tells whether anything was left out.
    pub const EXCERPT_READ: i32 = 201;

    /// Makes one line of the beginning of a body; an ellipsis says that there is more.
    #[must_use]
    pub fn excerpt(beginning: &str) -> String {
        let mut line = String::with_capacity(beginning.len() + '…'.len_utf8());
        let (shown, more) = match beginning.char_indices().nth(Self::EXCERPT_CHARACTERS) {
            Some((end, _)) => (whole_words(beginning, end), true),
            None => (beginning, false),
        };
        for word in shown.split_whitespace() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if more {
            line.push('…');
        }
        line
    }
}

/// `text` up to `end`, without the word that is cut there, unless it is the only one.
fn whole_words(text: &str, end: usize) -> &str {
    let shown = &text[..end];
    if text[end..].starts_with(char::is_whitespace) {
        return shown;
    }
    shown.rfind(char::is_whitespace).map_or(shown, |space| &shown[..space])
}

/// A question in full, with the first page of its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which.
    pub id: QuestionId,
    /// In a line.
    pub title: String,
    /// In full.
    pub body: String,
    /// Who asked.
    pub author: Author,
    /// The names of its tags.
    pub tags: Vec<String>,
    /// Votes for it less votes against it.
    pub score: i32,
    /// How many answers there are.
    pub answer_count: u32,
    /// The answer that helped the asker.
    pub accepted_answer: Option<AnswerId>,
    /// How many comments on it there are, those on its answers not counted.
    pub comment_count: u32,
    /// Grows by one with each edit.
    pub version: i64,
    /// When.
    pub created_at: Timestamp,
    /// When it was edited last.
    pub edited_at: Option<Timestamp>,
    /// The first comments on it, oldest first.
    pub comments: Page<Comment, CommentId>,
    /// The first answers, oldest first.
    pub answers: Page<Answer, AnswerId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_and_says_when_there_is_more() {
        for (beginning, expected) in [
            ("two\n\n  lines\t here ", "two lines here".to_owned()),
            ("", String::new()),
            (&"é".repeat(200), "é".repeat(200)),
            (&"é".repeat(201), format!("{}…", "é".repeat(200))),
            (&format!("{} bb", "a".repeat(198)), format!("{}…", "a".repeat(198))), // the second b is the 201st
            (&format!("{} b c", "a".repeat(198)), format!("{} b…", "a".repeat(198))),
        ] {
            assert_eq!(QuestionSummary::excerpt(beginning), expected);
        }
    }
}
