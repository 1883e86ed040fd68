//! What caches between a reader and the forum may do: validators (`ETag`, RFC 9110), freshness for shared caches
//! (`s-maxage`, RFC 9111; `stale-while-revalidate`, RFC 5861), and keys by which a cache can be told to forget (`Surrogate-Key`).
//!
//! Only answers that are the same for every stranger: a request with a cookie or a token passes untouched, so that what was
//! made for somebody is never kept. A `304` saves the bytes and not the work; the work is saved by a cache that need not ask.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, ETAG, IF_NONE_MATCH, SET_COOKIE,
    VARY, WARNING,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};

/// Longer than any answer of ours, which are pages of a list or of a question. What is longer passes as it is.
const MOST_BYTES: usize = 4 << 20;
/// Bytes of the hash that make a tag: two different answers with one tag are not to be expected before 2^48 of them.
const TAG_BYTES: usize = 12;
/// The longest time that can be set: an edit would be unseen for as long.
const LONGEST: Duration = Duration::from_hours(24);
/// Variants of an address: a page by cookie, an answer for programs by token.
const VARIES: &str = "cookie, authorization";
const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");

/// What caches may do with what strangers read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpCache {
    /// Keep it, but ask for each use; no validator to ask with.
    Off,
    /// Keep it and ask with the validator: an unchanged answer is not sent again.
    #[default]
    Revalidate,
    /// The same for browsers; shared caches need not ask for so long.
    Shared(Duration),
}

impl fmt::Display for HttpCache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => formatter.write_str("off"),
            Self::Revalidate => formatter.write_str("revalidate"),
            Self::Shared(time) => write!(formatter, "{}s", time.as_secs()),
        }
    }
}

impl FromStr for HttpCache {
    type Err = String;

    /// `off`, `revalidate`, `60s`, `5min`.
    fn from_str(text: &str) -> Result<Self, String> {
        let cannot =
            || format!("expected off, revalidate, or a time up to 24h like `60s` or `5min`, found `{text}`");
        match text {
            "off" => return Ok(Self::Off),
            "revalidate" => return Ok(Self::Revalidate),
            _ => {}
        }
        let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(cannot)?;
        let (number, unit) = text.split_at(unit_at);
        let number: u64 = number.parse().map_err(|_| cannot())?;
        let seconds = match unit {
            "s" => Some(number),
            "min" => number.checked_mul(60),
            "h" => number.checked_mul(3_600),
            _ => None,
        };
        let time = Duration::from_secs(seconds.ok_or_else(cannot)?);
        if time.is_zero() || time > LONGEST { Err(cannot()) } else { Ok(Self::Shared(time)) }
    }
}

impl HttpCache {
    /// What `Cache-Control` says. A shared cache may show what it has for as long again while it asks for news.
    fn control(self) -> Option<HeaderValue> {
        match self {
            Self::Off => None,
            Self::Revalidate => Some(HeaderValue::from_static("no-cache")),
            Self::Shared(time) => {
                let seconds = time.as_secs();
                let control =
                    format!("public, max-age=0, s-maxage={seconds}, stale-while-revalidate={seconds}");
                HeaderValue::try_from(control).ok()
            }
        }
    }
}

/// The inner layer: gives what strangers read a tag, inside of whatever keeps copies of answers, so that a copy has its tag
/// already.
pub(crate) async fn tag_layer(State(cache): State<HttpCache>, request: Request, next: Next) -> Response {
    let wanted = cache != HttpCache::Off && is_for_strangers(&request);
    let response = next.run(request).await;
    // A version that a change can be made conditional on (`If-Match`) is no validator: votes and answers change what is
    // shown and not the version. Such an answer is sent each time.
    let has_tag = response.headers().contains_key(ETAG);
    if !wanted || has_tag || response.status() != StatusCode::OK || !may_be_kept(response.headers()) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // Whole already, in memory: nothing here streams. What is longer than ever expected was counted by its length.
    let Ok(body) = to_bytes(body, MOST_BYTES).await else { return failed() };
    head.headers.insert(ETAG, tag(&body));
    Response::from_parts(head, Body::from(body))
}

/// The outer layer: says what may be kept, and does not send again what a client has; inside of the layer that says what may be
/// kept where this one says nothing.
pub(crate) async fn layer(State(cache): State<HttpCache>, request: Request, next: Next) -> Response {
    if cache == HttpCache::Off || !is_for_strangers(&request) {
        return next.run(request).await;
    }
    let known = request.headers().get(IF_NONE_MATCH).cloned();
    let address = request.uri().clone();
    let mut response = next.run(request).await;
    if response.status() != StatusCode::OK || !may_be_kept(response.headers()) {
        return response;
    }
    let headers = response.headers_mut();
    if let Some(control) = cache.control() {
        headers.insert(CACHE_CONTROL, control);
    }
    headers.insert(VARY, HeaderValue::from_static(VARIES));
    if let Ok(key) = HeaderValue::try_from(surrogate_key(address.path())) {
        headers.insert(SURROGATE_KEY, key);
    }
    let tag = headers.get(ETAG).filter(|tag| is_validator(tag));
    if known.is_none_or(|known| tag.is_none_or(|tag| !matches(&known, tag))) {
        return response;
    }
    let (mut head, _) = response.into_parts();
    head.status = StatusCode::NOT_MODIFIED;
    head.headers.remove(CONTENT_LENGTH);
    head.headers.remove(CONTENT_TYPE);
    Response::from_parts(head, Body::empty())
}

/// Read by somebody who brings nothing by which he could be known.
fn is_for_strangers(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::GET && !headers.contains_key(COOKIE) && !headers.contains_key(AUTHORIZATION)
}

/// Nothing that says itself how long it may be kept, nothing that sets a cookie, and nothing old that is shown because the
/// database is away.
fn may_be_kept(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    !headers.contains_key(CACHE_CONTROL)
        && !headers.contains_key(SET_COOKIE)
        && !headers.contains_key(WARNING)
        && length.is_none_or(|length| length <= MOST_BYTES)
}

/// How a tag of ours begins; a version, which is a number, does not.
const TAG_BEGINS: &str = "\"h";

fn is_validator(tag: &HeaderValue) -> bool {
    tag.as_bytes().starts_with(TAG_BEGINS.as_bytes())
}

/// A strong tag: equal only for equal bytes.
fn tag(body: &Bytes) -> HeaderValue {
    let hash = Sha256::digest(body);
    let mut text = String::with_capacity(3 + 2 * TAG_BYTES);
    text.push_str(TAG_BEGINS);
    for byte in &hash[..TAG_BYTES] {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text.push('"');
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Whether one of the tags a client knows is this one; compared weakly, as RFC 9110, 13.1.2 has it.
fn matches(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else { return false };
    known.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The thing an address is about: `question-42`, `user-7`, and `lists` for what any new question changes.
fn surrogate_key(path: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next()) {
        (Some(kind @ ("questions" | "users" | "answers" | "comments")), Some(id))
            if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{}-{id}", kind.trim_end_matches('s'))
        }
        _ => "lists".to_owned(),
    }
}

fn failed() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_read_as_it_is_shown() {
        for (text, expected) in [
            ("off", HttpCache::Off),
            ("revalidate", HttpCache::Revalidate),
            ("60s", HttpCache::Shared(Duration::from_mins(1))),
        ] {
            assert_eq!(text.parse(), Ok(expected));
            assert_eq!(expected.to_string(), text);
        }
        assert_eq!("5min".parse(), Ok(HttpCache::Shared(Duration::from_mins(5))));
        for bad in
            ["", "0s", "60", "25h", "1d", "-1s", "on", "99999999999999999999s", "18446744073709551615h"]
        {
            assert!(bad.parse::<HttpCache>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_names_what_an_address_is_about() {
        for (path, expected) in [
            ("/questions/42", "question-42"),
            ("/api/v1/questions/42/answers", "question-42"),
            ("/api/v1/users/7", "user-7"),
            ("/", "lists"),
            ("/api/v1/questions", "lists"),
            ("/questions/new", "lists"),
            ("/questions/", "lists"),
        ] {
            assert_eq!(surrogate_key(path), expected, "{path}");
        }
    }

    #[test]
    fn a_client_that_knows_one_of_several_tags_knows_it() {
        let tag = tag(&Bytes::from_static(b"a page"));
        let text = tag.to_str().expect("text").to_owned();
        assert_eq!(text.len(), 3 + 2 * TAG_BYTES);
        assert!(is_validator(&tag) && !is_validator(&HeaderValue::from_static("\"7\"")));
        for (known, expected) in [
            (text.clone(), true),
            (format!("\"other\", W/{text}"), true),
            ("*".to_owned(), true),
            ("\"other\"".to_owned(), false),
            (text.trim_matches('"').to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(
                matches(&HeaderValue::try_from(known.clone()).expect("a value"), &tag),
                expected,
                "{known}"
            );
        }
    }
}
