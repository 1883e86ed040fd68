//! One answer as it was given, and how it is given again.
//!
//! A copy says so by the standard's words: `Age` (RFC 9111, 5.1), `Cache-Status` with what is left of its life, negative when
//! it is over (RFC 9211), and while the database is away `Warning: 110`, which newer readers ignore and older ones know
//! (RFC 7234, 5.5.1). A page that is shown although it is old says so to people as well.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::header::{AGE, CACHE_CONTROL, CONTENT_LENGTH, ETAG, SET_COOKIE, WARNING};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use super::wire::Answer;
use super::writes::Writes;
use crate::clock::Stopwatch;

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const STALE: &str = "110 - \"Response is Stale\"";
/// Longer answers are not kept.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Where the notice of an old page is put: before what the page is about.
const MAIN: &[u8] = b"<main id=\"main\" class=\"wide\">\n";

/// An answer as it was given.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) answer: Answer,
    /// How old it was when it came here: nothing, unless another forum made it.
    already: Duration,
    since: Stopwatch,
    /// What was known of writes when it was asked for.
    pub(super) writes: Writes,
}

/// Whether an answer was made from a copy.
pub(super) fn is_one(response: &Response) -> bool {
    response.headers().contains_key(AGE)
}

impl Copy {
    /// The answer and a copy of it; none if it is too long, or gives its reader a cookie after all.
    pub(super) async fn of(response: Response, writes: Writes) -> (Response, Option<Self>) {
        let (parts, body) = response.into_parts();
        let is_too_long = body.size_hint().exact().is_none_or(|bytes| bytes > BODY_BYTES_MAX as u64);
        if is_too_long || parts.headers.contains_key(SET_COOKIE) {
            return (Response::from_parts(parts, body), None);
        }
        let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
            // A body that is whole cannot fail to be read.
            return (Response::from_parts(parts, Body::empty()), None);
        };
        let mut headers = parts.headers.clone();
        headers.remove(CONTENT_LENGTH); // of a page that gets a notice it is another one
        let answer = Answer { status: parts.status, headers, body: body.clone() };
        let copy = Self { answer, already: Duration::ZERO, since: Stopwatch::start(), writes };
        (Response::from_parts(parts, Body::from(body)), Some(copy))
    }

    /// A copy of another forum, that is so old.
    pub(super) fn received(answer: Answer, already: Duration, writes: Writes) -> Self {
        Self { answer, already, since: Stopwatch::start(), writes }
    }

    pub(super) fn body_bytes(&self) -> usize {
        self.answer.body.len()
    }

    pub(super) fn is_missing(&self) -> bool {
        self.answer.status == StatusCode::NOT_FOUND
    }

    /// How long ago the database was asked.
    pub(super) fn age(&self) -> Duration {
        self.already + self.held()
    }

    /// How long it has been here.
    pub(super) fn held(&self) -> Duration {
        self.since.so_far()
    }

    /// The answer again; `left` is how many seconds it is still good for, negative when that is over.
    pub(super) fn response(&self, left: i64, stale: bool, page: bool) -> Response {
        let age = self.age().as_secs();
        let Answer { status, headers: given, body } = &self.answer;
        let body = if stale && page { with_notice(body, age) } else { body.clone() };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = *status;
        let headers = response.headers_mut();
        headers.clone_from(given);
        headers.insert(AGE, HeaderValue::from(age));
        let why = if stale { "; detail=database-away" } else { "" };
        if let Ok(status) = HeaderValue::try_from(format!("forum; hit; ttl={left}{why}")) {
            headers.insert(CACHE_STATUS, status);
        }
        if stale {
            headers.insert(WARNING, HeaderValue::from_static(STALE));
            // Nobody is to keep it for longer than the database is away.
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            if page {
                headers.remove(ETAG); // of the page without the notice
            }
        }
        response
    }
}

/// A page that says how old it is.
fn with_notice(page: &Bytes, age: u64) -> Bytes {
    let Some(at) = page.windows(MAIN.len()).position(|part| part == MAIN) else { return page.clone() };
    let (before, after) = page.split_at(at + MAIN.len());
    let since = if age < 120 { format!("{age} seconds") } else { format!("{} minutes", age / 60) };
    let notice = format!(
        "<p class=\"problem\" role=\"status\">The forum cannot reach its database for the moment. This is the page as a visitor \
         saw it {since} ago; nothing can be written until it is back.</p>\n"
    );
    Bytes::from([before, notice.as_bytes(), after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_page_says_so_before_what_it_is_about() {
        let page = Bytes::from_static(b"<header></header>\n<main id=\"main\" class=\"wide\">\n<h1>A</h1>");
        let text = |page: Bytes| String::from_utf8(page.to_vec()).expect("text");
        let shown = text(with_notice(&page, 90));
        assert!(
            shown.starts_with("<header></header>\n<main id=\"main\" class=\"wide\">\n<p class=\"problem\""),
            "{shown}"
        );
        assert!(shown.ends_with("</p>\n<h1>A</h1>") && shown.contains(" 90 seconds ago"), "{shown}");
        assert!(text(with_notice(&page, 7_200)).contains(" 120 minutes ago"));
        let other = Bytes::from_static(b"no page");
        assert_eq!(with_notice(&other, 1), other);
    }
}
