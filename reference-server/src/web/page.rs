//! What all pages have in common: the frame around them, and errors.

use std::str::FromStr;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::style;
use crate::app::AppState;
use crate::domain::{AnswerId, CommentId, Piece, PieceKind, QuestionId, UserId, Visitor};
use crate::error::ApiError;
use crate::http::IdPath;

/// What the frame around a page needs.
pub(super) struct Frame {
    /// Who looks at it.
    pub(super) visitor: Option<Visitor>,
    /// How many notifications he has not read.
    pub(super) unread: u64,
    /// What stands in the search box.
    pub(super) query: String,
    /// Where the stylesheet is.
    pub(super) stylesheet: &'static str,
}

impl Frame {
    /// The frame for this visitor; if nobody can say how much is unread, the page is shown all the same.
    pub(super) async fn of(state: &AppState, visitor: Option<Visitor>) -> Self {
        let unread = match &visitor {
            Some(visitor) => state.store.unread_notices(visitor.user).await.unwrap_or_default(),
            None => 0,
        };
        Self { visitor, unread, ..Self::for_nobody() }
    }

    /// The frame when it is not asked who looks.
    pub(super) fn for_nobody() -> Self {
        Self { visitor: None, unread: 0, query: String::new(), stylesheet: style::address() }
    }

    /// Whether it is this member who looks.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
    pub(super) fn is(&self, member: &UserId) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.user == *member)
    }
}

/// Renders a page.
pub(super) fn show(status: StatusCode, template: &impl Template) -> Result<Response, PageError> {
    let page = template.render().map_err(|error| PageError(ApiError::internal(error)))?;
    Ok((status, Html(page)).into_response())
}

/// An error as a person sees it.
pub(super) struct PageError(pub(super) ApiError);

impl<E: Into<ApiError>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    heading: &'static str,
    message: String,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let Self(error) = self;
        let heading = match error.status() {
            StatusCode::NOT_FOUND => "Not found",
            StatusCode::SERVICE_UNAVAILABLE => "Busy",
            StatusCode::TOO_MANY_REQUESTS => "Too many requests",
            StatusCode::INTERNAL_SERVER_ERROR => "Something went wrong",
            StatusCode::FORBIDDEN => "Refused",
            _ => "This did not work",
        };
        // Without asking who looks: what failed may be the store.
        let page = ErrorPage { frame: Frame::for_nobody(), heading, message: sentence(&error.to_string()) };
        let mut response = match page.render() {
            Ok(page) => Html(page).into_response(),
            Err(_) => heading.into_response(),
        };
        error.decorate(&mut response);
        // For programs; people log in by a form.
        response.headers_mut().remove(WWW_AUTHENTICATE);
        response
    }
}

/// A score in words.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
pub(super) fn points(score: &i64) -> String {
    format!("{score} {}", if score.abs() == 1 { "point" } else { "points" })
}

/// The first letter of a name, for who shows no picture.
pub(super) fn initial(name: &str) -> String {
    name.chars().find(|letter| letter.is_alphanumeric()).into_iter().flat_map(char::to_uppercase).collect()
}

/// An error message, which begins in lower case and has no full stop, as a sentence.
pub(super) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// Where a page of a list starts. What is no key is read as none: an old or mistyped address shows the first
/// page.
#[derive(Deserialize)]
pub(super) struct After {
    pub(super) after: Option<String>,
}

/// Where a question, an answer to it or a comment on one of them stands: right after the one before it, so that its page is
/// found without counting.
pub(super) fn place(question: QuestionId, answer: Option<AnswerId>, comment: Option<CommentId>) -> String {
    match (answer, comment) {
        (None, None) => format!("/questions/{question}"),
        (Some(answer), None) => format!("/questions/{question}?after={}#answer-{answer}", answer.get() - 1),
        (Some(answer), Some(comment)) => {
            format!("/answers/{answer}/comments?after={}#comment-{comment}", comment.get() - 1)
        }
        (None, Some(comment)) => {
            format!("/questions/{question}/comments?after={}#comment-{comment}", comment.get() - 1)
        }
    }
}

/// Where something that was written stands.
pub(super) fn address_of(piece: &Piece) -> String {
    let comment = (piece.kind == PieceKind::Comment).then(|| CommentId::new(piece.id));
    place(piece.question, piece.answer, comment)
}

/// The one identifier of an address; what is none is not found.
pub(super) struct PageId<T>(pub(super) T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for PageId<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let IdPath(id) = IdPath::from_request_parts(parts, state).await?;
        Ok(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("the server is busy"), "The server is busy.");
    }
}
