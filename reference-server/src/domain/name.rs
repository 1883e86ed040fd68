//! What people are called: the name that identifies, and the name that is shown.

use std::fmt;

use super::Rejection;

/// The name somebody logs in with: 3 to 30 of `a-z`, `0-9`, `_` and `-`, kept in lower case.
///
/// Capitals are accepted and folded, so that `Ada` and `ada` are the same person and uniqueness needs no
/// special collation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName(String);

/// Shortest name, in characters.
const NAME_MIN: usize = 3;
/// Longest name, in characters.
const NAME_MAX: usize = 30;
/// Longest display name, in characters.
const DISPLAY_NAME_MAX: usize = 60;

impl UserName {
    /// Reads a name as typed.
    ///
    /// # Errors
    /// Says whether the length or a character is wrong.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let length = text.chars().count();
        if length < NAME_MIN {
            let message = format!("a name has at least {NAME_MIN} characters, found {length}");
            return Err(Rejection::new("name", "name_too_short", message));
        }
        if length > NAME_MAX {
            let message = format!("a name has at most {NAME_MAX} characters, found {length}");
            return Err(Rejection::new("name", "name_too_long", message));
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
            let message = "a name has only the letters a to z, digits, - and _";
            return Err(Rejection::new("name", "name_invalid_character", message));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The name, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The name that is shown: 1 to 60 characters without control characters, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// Reads a display name as typed.
    ///
    /// # Errors
    /// Says whether it is empty, too long or has a control character.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 {
            return Err(Rejection::new("display_name", "display_name_empty", "a display name is needed"));
        }
        if length > DISPLAY_NAME_MAX {
            let message = format!("a display name has at most {DISPLAY_NAME_MAX} characters, found {length}");
            return Err(Rejection::new("display_name", "display_name_too_long", message));
        }
        if text.chars().any(char::is_control) {
            let message = "a display name is one line without control characters";
            return Err(Rejection::new("display_name", "display_name_control_character", message));
        }
        Ok(Self(text.to_owned()))
    }

    /// The display name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who gives no display name is shown by the name.
impl From<&UserName> for DisplayName {
    fn from(name: &UserName) -> Self {
        Self(name.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_three_to_thirty_plain_characters_in_lower_case() {
        let longest = "a".repeat(30);
        let too_long = "a".repeat(31);
        for (text, expected) in [
            ("ada", Ok("ada")),
            ("Ada", Ok("ada")),
            ("a-b_9", Ok("a-b_9")),
            (longest.as_str(), Ok(longest.as_str())),
            ("ab", Err("name_too_short")),
            ("", Err("name_too_short")),
            (too_long.as_str(), Err("name_too_long")),
            ("ada lovelace", Err("name_invalid_character")),
            ("åda", Err("name_invalid_character")),
            ("a\nb", Err("name_invalid_character")),
            ("a/b", Err("name_invalid_character")),
        ] {
            let parsed = UserName::parse(text);
            let found = parsed.as_ref().map(UserName::as_str).map_err(|rejection| rejection.code);
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn a_display_name_is_one_trimmed_line() {
        let longest = "é".repeat(60);
        let too_long = "é".repeat(61);
        for (text, expected) in [
            ("  Ada Lovelace ", Ok("Ada Lovelace")),
            (longest.as_str(), Ok(longest.as_str())),
            (too_long.as_str(), Err("display_name_too_long")),
            ("   ", Err("display_name_empty")),
            ("a\u{0}b", Err("display_name_control_character")),
            ("a\nb", Err("display_name_control_character")),
        ] {
            let parsed = DisplayName::parse(text);
            let found = parsed.as_ref().map(DisplayName::as_str).map_err(|rejection| rejection.code);
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
