//! Who looks at a page: the session cookie.
//!
//! The cookie is `HttpOnly` (no script can read it) and `SameSite=Lax` (see `origin`). Over plain HTTP its
//! name has no `__Host-` prefix, because that requires `Secure`, and a browser would not send it back.

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};

use super::page::PageError;
use crate::app::AppState;
use crate::context;
use crate::domain::Visitor;
use crate::error::ApiError;
use crate::rate::KnownVisitor;
use crate::session::{SESSION_LIFETIME, Token};

/// The name of the cookie.
const NAME: &str = "session";

/// Who looks at a page, if he is logged in.
pub(super) struct MaybeVisitor(pub(super) Option<Visitor>);

impl FromRequestParts<AppState> for MaybeVisitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        let Some(token) = token(&parts.headers) else { return Ok(Self(None)) };
        let known = parts.extensions.get::<KnownVisitor>().map(|KnownVisitor(visitor)| visitor.clone());
        let visitor = match known {
            Some(visitor) => Some(visitor),
            None => state.store.visitor(token.hash(), state.clock.now()).await.map_err(ApiError::from)?,
        };
        if let Some(visitor) = &visitor {
            context::identify(visitor.user);
        }
        Ok(Self(visitor))
    }
}

/// The token of a browser.
pub(super) fn token(headers: &HeaderMap) -> Option<Token> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).and_then(|(_, value)| Token::parse(value))
}

/// The cookie that begins a log-in.
pub(super) fn set(token: &Token) -> Option<HeaderValue> {
    let seconds = SESSION_LIFETIME.as_secs();
    let cookie = format!("{NAME}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}", token.reveal());
    let mut value = HeaderValue::try_from(cookie).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The cookie that ends it.
pub(super) fn clear() -> HeaderValue {
    HeaderValue::from_static("session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let good = "ab".repeat(32);
        for (cookie, expected) in [
            (format!("session={good}"), true),
            (format!("theme=dark; session={good}; x=y"), true),
            (format!("xsession={good}"), false),
            ("session=short".to_owned(), false),
            (String::new(), false),
        ] {
            let headers = HeaderMap::from_iter([(COOKIE, cookie.parse().expect("a header value"))]);
            assert_eq!(token(&headers).is_some(), expected, "{cookie}");
        }
    }
}
