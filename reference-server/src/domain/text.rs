//! What people write: titles, bodies and the text about oneself. All of it is plain text, kept as it was
//! sent.

use super::Rejection;

/// Shortest title, in characters: shorter ones say nothing in a list.
const TITLE_MIN: usize = 10;
/// Longest title, in characters: what fits on two lines of a phone.
const TITLE_MAX: usize = 150;
/// Longest body, in bytes.
const BODY_MAX_BYTES: usize = 30_000;
/// Longest comment, in characters: six times the average of 180; what needs more is an answer.
const COMMENT_MAX: usize = 1_024;
/// Longest text about oneself, in characters.
const ABOUT_MAX: usize = 2_000;

/// The title of a question: 10 to 150 characters on one line, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// Reads a title as typed.
    ///
    /// # Errors
    /// Says whether it is too short, too long or has a control character.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let text = text.trim();
        let length = text.chars().count();
        if length < TITLE_MIN {
            let message = format!("a title has at least {TITLE_MIN} characters, found {length}");
            return Err(Rejection::new("title", "title_too_short", message));
        }
        if length > TITLE_MAX {
            let message = format!("a title has at most {TITLE_MAX} characters, found {length}");
            return Err(Rejection::new("title", "title_too_long", message));
        }
        if text.chars().any(char::is_control) {
            let message = "a title is one line without control characters";
            return Err(Rejection::new("title", "title_control_character", message));
        }
        Ok(Self(text.to_owned()))
    }

    /// The title.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The body of a question or an answer: 1 to 30,000 bytes, not only white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Takes a body as sent; nothing is trimmed or rewritten.
    ///
    /// # Errors
    /// Says whether it is empty, too long or has a NUL character.
    pub fn parse(text: String) -> Result<Self, Rejection> {
        if text.trim().is_empty() {
            return Err(Rejection::new("body", "body_empty", "some text is needed here"));
        }
        if text.len() > BODY_MAX_BYTES {
            let message = format!("a text has at most {BODY_MAX_BYTES} bytes, found {}", text.len());
            return Err(Rejection::new("body", "body_too_long", message));
        }
        refuse_nul("body", "body_nul_character", &text)?;
        Ok(Self(text))
    }

    /// The body.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A comment: 1 to 1,024 characters, not only white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentText(String);

impl CommentText {
    /// Takes a comment as sent.
    ///
    /// # Errors
    /// Says whether it is empty, too long or has a NUL character.
    pub fn parse(text: String) -> Result<Self, Rejection> {
        if text.trim().is_empty() {
            return Err(Rejection::new("body", "comment_empty", "some text is needed here"));
        }
        let length = text.chars().count();
        if length > COMMENT_MAX {
            let message = format!("a comment has at most {COMMENT_MAX} characters, found {length}");
            return Err(Rejection::new("body", "comment_too_long", message));
        }
        refuse_nul("body", "comment_nul_character", &text)?;
        Ok(Self(text))
    }

    /// The comment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What somebody says about himself: at most 2,000 characters, possibly none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About(String);

impl About {
    /// Takes the text as sent.
    ///
    /// # Errors
    /// Says whether it is too long or has a NUL character.
    pub fn parse(text: String) -> Result<Self, Rejection> {
        let length = text.chars().count();
        if length > ABOUT_MAX {
            let message = format!("this text has at most {ABOUT_MAX} characters, found {length}");
            return Err(Rejection::new("about", "about_too_long", message));
        }
        refuse_nul("about", "about_nul_character", &text)?;
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// U+0000 is the one character PostgreSQL's `text` cannot hold; both databases shall behave alike.
fn refuse_nul(field: &'static str, code: &'static str, text: &str) -> Result<(), Rejection> {
    match text.find('\0') {
        Some(place) => {
            Err(Rejection::new(field, code, format!("the NUL character at byte {place} cannot be kept")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(result: Result<T, Rejection>) -> Result<(), &'static str> {
        result.map(|_| ()).map_err(|rejection| rejection.code)
    }

    #[test]
    fn a_title_is_counted_in_characters_after_trimming() {
        for (text, expected) in [
            ("a".repeat(10), Ok(())),
            ("a".repeat(150), Ok(())),
            ("é".repeat(150), Ok(())), // 300 bytes, 150 characters
            (format!("  {}  ", "a".repeat(150)), Ok(())),
            ("a".repeat(9), Err("title_too_short")),
            (format!("{}   ", "a".repeat(9)), Err("title_too_short")),
            ("a".repeat(151), Err("title_too_long")),
            ("two lines\nof a title".to_owned(), Err("title_control_character")),
        ] {
            assert_eq!(code(Title::parse(&text)), expected, "{text:?}");
        }
    }

    #[test]
    fn a_body_is_counted_in_bytes_and_kept_as_sent() {
        for (text, expected) in [
            ("x".to_owned(), Ok(())),
            ("a".repeat(30_000), Ok(())),
            ("é".repeat(15_000), Ok(())),
            ("a".repeat(30_001), Err("body_too_long")),
            ("é".repeat(15_001), Err("body_too_long")),
            (" \n\t ".to_owned(), Err("body_empty")),
            ("a\0b".to_owned(), Err("body_nul_character")),
        ] {
            let length = text.len();
            assert_eq!(code(Body::parse(text)), expected, "{length} bytes");
        }
        let body = Body::parse("  two\r\n\r\nparagraphs ".to_owned()).expect("a valid body");
        assert_eq!(body.as_str(), "  two\r\n\r\nparagraphs ");
    }

    #[test]
    fn a_comment_is_counted_in_characters_and_says_something() {
        for (text, expected) in [
            ("x".to_owned(), Ok(())),
            ("é".repeat(1_024), Ok(())),
            ("é".repeat(1_025), Err("comment_too_long")),
            ("\t\n".to_owned(), Err("comment_empty")),
            (String::new(), Err("comment_empty")),
            ("a\0".to_owned(), Err("comment_nul_character")),
        ] {
            assert_eq!(code(CommentText::parse(text)), expected);
        }
    }

    #[test]
    fn the_text_about_oneself_may_be_empty() {
        for (text, expected) in [
            (String::new(), Ok(())),
            ("é".repeat(2_000), Ok(())),
            ("é".repeat(2_001), Err("about_too_long")),
            ("a\0".to_owned(), Err("about_nul_character")),
        ] {
            assert_eq!(code(About::parse(text)), expected);
        }
    }
}
