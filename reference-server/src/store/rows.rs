//! Comments and answers as both databases return them: the columns of a row, or the same as a JSON array, alone or in a document.

use crate::domain::{
    Answer, AnswerId, Author, Comment, CommentId, Limit, Page, QuestionId, Timestamp, UserId,
};
use crate::store::StoreError;

/// id, text, author, author's name, author's display name, version, created at, edited at.
pub(super) type CommentRow = (i64, String, i64, String, String, i64, i64, Option<i64>);

/// id, question, body, author, author's name, author's display name, score, comment count, version, created at,
/// edited at.
pub(super) type AnswerRow = (i64, i64, String, i64, String, String, i32, i32, i64, i64, Option<i64>);

/// The comment of a row.
pub(super) fn comment(row: CommentRow) -> Comment {
    let (id, text, author, name, display_name, version, created_at, edited_at) = row;
    Comment {
        id: CommentId::new(id),
        text,
        author: Author { id: UserId::new(author), name, display_name },
        version,
        created_at: Timestamp::from_unix_ms(created_at),
        edited_at: edited_at.map(Timestamp::from_unix_ms),
    }
}

/// The answer of a row.
pub(super) fn answer(row: AnswerRow) -> Answer {
    let (
        id,
        question,
        body,
        author,
        name,
        display_name,
        score,
        comment_count,
        version,
        created_at,
        edited_at,
    ) = row;
    Answer {
        id: AnswerId::new(id),
        question: QuestionId::new(question),
        body,
        author: Author { id: UserId::new(author), name, display_name },
        score,
        comment_count: comment_count.unsigned_abs(),
        version,
        created_at: Timestamp::from_unix_ms(created_at),
        edited_at: edited_at.map(Timestamp::from_unix_ms),
    }
}

/// A page of comments, of rows of which there is one more if there is a next page.
pub(super) fn comments(rows: Vec<CommentRow>, limit: Limit) -> Page<Comment, CommentId> {
    Page::from_surplus(rows.into_iter().map(comment).collect(), limit, |comment| comment.id)
}

/// Likewise of answers.
pub(super) fn answers(rows: Vec<AnswerRow>, limit: Limit) -> Page<Answer, AnswerId> {
    Page::from_surplus(rows.into_iter().map(answer).collect(), limit, |answer| answer.id)
}

/// The same page from a JSON array of rows.
pub(super) fn comments_of(json: &str, limit: Limit) -> Result<Page<Comment, CommentId>, StoreError> {
    let rows = serde_json::from_str(json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    Ok(comments(rows, limit))
}
