//! Who looks at a page: the session cookie.
//!
//! The cookie is `HttpOnly` (no script can read it) and `SameSite=Lax` (see `origin`). Behind TLS it is `Secure` and its
//! name begins with `__Host-`, so that no other host of the domain and nobody on the way can set it. Over plain HTTP it
//! cannot be: `__Host-` requires `Secure`, and a browser would not send it back.

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};

use super::page::PageError;
use crate::app::App;
use crate::context;
use crate::domain::Visitor;
use crate::error::ApiError;
use crate::rate::KnownVisitor;
use crate::session::{SESSION_LIFETIME, Token};

/// The name of the cookie.
fn name(behind_tls: bool) -> &'static str {
    if behind_tls { "__Host-session" } else { "session" }
}

/// What keeps the cookie safe.
fn attributes(behind_tls: bool) -> &'static str {
    if behind_tls { "Path=/; Secure; HttpOnly; SameSite=Lax" } else { "Path=/; HttpOnly; SameSite=Lax" }
}

/// Who looks at a page, if he is logged in.
pub(super) struct MaybeVisitor(pub(super) Option<Visitor>);

impl FromRequestParts<App> for MaybeVisitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<Self, PageError> {
        let Some(token) = token(&parts.headers, state.behind_tls) else { return Ok(Self(None)) };
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
pub(crate) fn token(headers: &HeaderMap, behind_tls: bool) -> Option<Token> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name(behind_tls)).and_then(|(_, value)| Token::parse(value))
}

/// The cookie that begins a log-in.
pub(super) fn set(token: &Token, behind_tls: bool) -> Option<HeaderValue> {
    let (name, attributes) = (name(behind_tls), attributes(behind_tls));
    let seconds = SESSION_LIFETIME.as_secs();
    let cookie = format!("{name}={}; {attributes}; Max-Age={seconds}", token.reveal());
    let mut value = HeaderValue::try_from(cookie).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The cookie that ends it.
pub(super) fn clear(behind_tls: bool) -> HeaderValue {
    let cookie = format!("{}=; {}; Max-Age=0", name(behind_tls), attributes(behind_tls));
    HeaderValue::try_from(cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
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
            assert_eq!(token(&headers, false).is_some(), expected, "{cookie}");
            // Behind TLS a cookie that anybody on the way could have set is none.
            assert!(token(&headers, true).is_none(), "{cookie}");
            let cookie = cookie.replace("session=", "__Host-session=");
            let headers = HeaderMap::from_iter([(COOKIE, cookie.parse().expect("a header value"))]);
            assert_eq!(token(&headers, true).is_some(), expected, "{cookie}");
        }
    }
}
