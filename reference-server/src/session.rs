//! Log-ins: tokens, and who is calling.
//!
//! A token is 256 bits from the operating system, written in hexadecimal. It means nothing by itself: the
//! server looks up its SHA-256, so a log-in can be ended at once, and a stolen table of log-ins logs nobody
//! in. A slow hash would protect nothing here: nobody guesses 256 bits.

use std::fmt::Write as _;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::context;
use crate::domain::Visitor;
use crate::error::ApiError;
use crate::rate::KnownVisitor;

/// How long a log-in lasts, whether it is used or not.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(30 * 24);
/// Random bytes of a token.
const TOKEN_BYTES: usize = 32;

/// The secret of a log-in; shown once, to the one who logged in.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token nobody can guess.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn random() -> Result<Self, rand::rngs::SysError> {
        let mut bytes = [0; TOKEN_BYTES];
        SysRng.try_fill_bytes(&mut bytes)?;
        Ok(Self::from_bytes(bytes))
    }

    /// The token of these bytes; whoever knows where they come from knows the token.
    #[must_use]
    pub fn from_bytes(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(hexadecimal(&bytes))
    }

    /// Reads a token that was presented; `None` for what cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == 2 * TOKEN_BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| Self(text.to_owned()))
    }

    /// The token, for the one it belongs to.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token(not shown)")
    }
}

/// A number by which log-ins are told apart well enough, made from the hash of a token.
pub(crate) fn log_in_number(token_hash: &[u8; 32]) -> u64 {
    token_hash.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The member who calls a program's interface, as `Authorization: Bearer TOKEN` says. A handler that asks for
/// it is not reached by a stranger.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub Visitor);

impl FromRequestParts<App> for CurrentUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or(ApiError::NotLoggedIn)?;
        let known = parts.extensions.get::<KnownVisitor>().map(|KnownVisitor(visitor)| visitor.clone());
        let visitor = match known {
            Some(visitor) => Some(visitor),
            None => state.store.visitor(token.hash(), state.clock.now()).await?,
        };
        let visitor = visitor.ok_or(ApiError::NotLoggedIn)?;
        context::identify(visitor.user);
        Ok(Self(visitor))
    }
}

/// The token of a program.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    Token::parse(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_64_digits_and_does_not_show_itself() {
        let token = Token::from_bytes([0xab; 32]);
        assert_eq!(token.reveal(), "ab".repeat(32));
        assert_eq!(Token::parse(token.reveal()), Some(token.clone()));
        assert!(!format!("{token:?}").contains("ab"), "{token:?}");
        for text in ["", "ab", &"x".repeat(64), &"a".repeat(63), &"a".repeat(65), &"é".repeat(32)] {
            assert_eq!(Token::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_token_is_its_sha256() {
        // The first test vector of FIPS 180-2 is `abc`; here only that the text, not the bytes, is hashed.
        let token = Token::from_bytes([0; 32]);
        let expected: [u8; 32] = Sha256::digest("0".repeat(64)).into();
        assert_eq!(token.hash(), expected);
    }

    #[test]
    fn only_a_bearer_token_says_who_is_calling() {
        let token = "ab".repeat(32);
        for (value, expected) in [
            (format!("Bearer {token}"), true),
            (format!("bearer {token}"), true),
            (format!("Basic {token}"), false),
            (token.clone(), false),
            ("Bearer".to_owned(), false),
            ("Bearer x".to_owned(), false),
        ] {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().expect("a header value"))]);
            assert_eq!(bearer(&headers).is_some(), expected, "{value:?}");
        }
    }
}
