//! A password as typed, which must not appear in any log.

use std::fmt;

use super::{Rejection, UserName};

/// Shortest password, in characters (OWASP ASVS 5.0, 6.2.1).
const MIN: usize = 8;
/// Longest password, in characters: at least 64 must be allowed (6.2.9), and hashing must have a bound.
const MAX: usize = 128;

/// A password that may be chosen: 8 to 128 characters, compared and hashed as sent, without trimming or
/// truncation.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes the password somebody chose.
    ///
    /// # Errors
    /// Says whether it is too short, too long or the same as the name.
    pub fn choose(text: String, name: &UserName) -> Result<Self, Rejection> {
        let length = text.chars().count();
        if length < MIN {
            let message = format!("a password has at least {MIN} characters, found {length}");
            return Err(Rejection::new("password", "password_too_short", message));
        }
        if length > MAX {
            let message = format!("a password has at most {MAX} characters, found {length}");
            return Err(Rejection::new("password", "password_too_long", message));
        }
        if text.eq_ignore_ascii_case(name.as_str()) {
            let message = "a password differs from the name";
            return Err(Rejection::new("password", "password_is_name", message));
        }
        Ok(Self(text))
    }

    /// Takes a password given at log-in. `None` for what nobody can have chosen, which is then not worth
    /// hashing.
    #[must_use]
    pub fn attempt(text: String) -> Option<Self> {
        (text.chars().count() <= MAX).then_some(Self(text))
    }

    /// The bytes to hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_eight_to_128_characters_and_is_not_the_name() {
        let name = UserName::parse("ada-lovelace").expect("a valid name");
        for (text, expected) in [
            ("a".repeat(7), Err("password_too_short")),
            ("a".repeat(8), Ok(())),
            ("a".repeat(64), Ok(())),
            ("a".repeat(65), Ok(())),
            ("a".repeat(128), Ok(())),
            ("a".repeat(129), Err("password_too_long")),
            ("é".repeat(8), Ok(())), // characters, not bytes
            ("日".repeat(128), Ok(())),
            ("        ".to_owned(), Ok(())), // no rules of composition
            ("ada-lovelace".to_owned(), Err("password_is_name")),
            ("ADA-Lovelace".to_owned(), Err("password_is_name")),
        ] {
            let found = Password::choose(text.clone(), &name).map(|_| ()).map_err(|rejection| rejection.code);
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn a_password_is_not_shown_by_debug() {
        let name = UserName::parse("ada").expect("a valid name");
        let password = Password::choose("canary-in-the-log".to_owned(), &name).expect("a valid password");
        assert!(!format!("{password:?}").contains("canary"));
    }
}
