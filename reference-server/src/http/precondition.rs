//! Versions as HTTP says them: `ETag` on what was read, `If-Match` on a change of it.
//!
//! The tag is the version of what its author wrote. What others add to it, such as votes and answers, does not
//! change the tag: a vote shall not make an edit fail. A change that names a version is refused when somebody
//! (the same person in another window) was faster.

use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

use crate::error::ApiError;

/// The header that says at which version something is.
pub(super) fn etag(version: i64) -> (HeaderName, String) {
    (ETAG, format!("\"{version}\""))
}

/// The version that a change must name: `If-Match: "3"`, or `*` to overwrite whatever is there. A handler that
/// asks for it is not reached without the header.
pub(super) struct IfMatch(pub(super) Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        if !parts.headers.contains_key(IF_MATCH) {
            return Err(ApiError::NoPrecondition);
        }
        expected_version(&parts.headers).map(Self)
    }
}

/// The version that `If-Match` names; `None` without the header or for `*`. A tag that was never given out
/// matches nothing.
pub(super) fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get(IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let tag = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    tag.and_then(|tag| tag.parse().ok()).map(Some).ok_or(ApiError::Stale)
}
