//! Keeps other sites from sending our forms in a visitor's name (cross-site request forgery).
//!
//! Two fences, each enough by itself. The session cookie is `SameSite=Lax`, so a browser does not send it
//! with a form that another site posts. And every request that changes something must say that it comes from
//! here: by `Sec-Fetch-Site`, which every current browser sends and no page can forge, or else by an `Origin`
//! whose host is the `Host` that was asked. A request that says neither is refused: browsers send `Origin`
//! with every post, and programs have the interface under `/api`, which takes no cookies.
//!
//! A hidden token in each form would be a third fence, and a reason why no page with a form could be shared
//! between visitors.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::page::PageError;
use crate::error::ApiError;

/// Refuses what another site sends.
pub(super) async fn same_site(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_from_here(request.headers()) {
        next.run(request).await
    } else {
        PageError(ApiError::CrossSite).into_response()
    }
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        // `none`: typed or from a bookmark, so no other site is involved.
        return site == "same-origin" || site == "none";
    }
    match (text(ORIGIN), text(HOST)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, place)| place.eq_ignore_ascii_case(host))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn only_a_request_that_says_it_comes_from_here_does() {
        let host = ("host", "forum.example:8080");
        for (headers, expected) in [
            (vec![host, ("sec-fetch-site", "same-origin")], true),
            (vec![host, ("sec-fetch-site", "none")], true),
            (vec![host, ("sec-fetch-site", "cross-site")], false),
            (vec![host, ("sec-fetch-site", "same-site")], false), // another host of the same domain
            (vec![host, ("sec-fetch-site", "cross-site"), ("origin", "http://forum.example:8080")], false),
            (vec![host, ("origin", "http://forum.example:8080")], true),
            (vec![host, ("origin", "https://Forum.example:8080")], true),
            (vec![host, ("origin", "http://forum.example")], false), // another port
            (vec![host, ("origin", "http://evil.example")], false),
            (vec![host, ("origin", "http://forum.example:8080.evil.example")], false),
            (vec![host, ("origin", "null")], false),
            (vec![host], false),
            (vec![("origin", "http://forum.example:8080")], false),
        ] {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a header value")))
                .collect();
            assert_eq!(is_from_here(&map), expected, "{headers:?}");
        }
    }
}
