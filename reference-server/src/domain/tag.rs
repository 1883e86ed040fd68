//! Tags: the words a question is filed under.

use std::fmt;

use super::Rejection;

/// Longest name of a tag, in characters.
const NAME_MAX: usize = 35;
/// Most tags of a question: what fits on a line, and a bound on what keeping the lists costs.
const TAGS_MAX: usize = 5;

/// The name of a tag: 1 to 35 of `a-z`, `0-9`, `+`, `#`, `.` and `-`, with at least one letter or digit, kept
/// in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagName(String);

impl TagName {
    /// Reads a name as typed; capitals are folded.
    ///
    /// # Errors
    /// Says whether the length or a character is wrong.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Rejection::new("tags", "tag_empty", "a tag has at least one character"));
        }
        refuse_long(text)?;
        if !is_plain(text) || !text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            return Err(invalid_character());
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The name, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The beginning of a tag's name, possibly empty, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagPrefix(String);

impl TagPrefix {
    /// Reads the beginning of a name as typed.
    ///
    /// # Errors
    /// Says whether the length or a character is wrong.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        refuse_long(text)?;
        if !is_plain(text) {
            return Err(invalid_character());
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The beginning.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comes right after every name that begins so: no name has a tilde, or any byte above it.
    #[must_use]
    pub fn end(&self) -> String {
        format!("{}~", self.0)
    }
}

fn refuse_long(text: &str) -> Result<(), Rejection> {
    let length = text.chars().count();
    if length > NAME_MAX {
        let message = format!("a tag has at most {NAME_MAX} characters, found {length}");
        return Err(Rejection::new("tags", "tag_too_long", message));
    }
    Ok(())
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'#' | b'.' | b'-'))
}

fn invalid_character() -> Rejection {
    let message =
        "a tag has only the letters a to z, digits, +, #, . and -, and at least one letter or digit";
    Rejection::new("tags", "tag_invalid_character", message)
}

/// The tags of one question: at most five, each once, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<TagName>);

impl Tags {
    /// Reads names as typed; one that is given twice counts once.
    ///
    /// # Errors
    /// Says what is wrong with the first bad name, or that there are too many.
    pub fn parse(names: &[impl AsRef<str>]) -> Result<Self, Rejection> {
        let mut tags: Vec<TagName> = Vec::new();
        for name in names {
            let name = TagName::parse(name.as_ref())?;
            if tags.contains(&name) {
                continue;
            }
            if tags.len() == TAGS_MAX {
                let message = format!("a question has at most {TAGS_MAX} tags");
                return Err(Rejection::new("tags", "too_many_tags", message));
            }
            tags.push(name);
        }
        Ok(Self(tags))
    }

    /// As they are kept with the question: a JSON array of the names.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Plain characters only, so nothing needs an escape.
        let names: Vec<String> = self.0.iter().map(|name| format!("\"{name}\"")).collect();
        format!("[{}]", names.join(","))
    }
}

/// A tag in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its number; it only orders tags of the same popularity.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// How many questions have it.
    pub question_count: u32,
}

/// Which tags, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagList {
    /// All, those of most questions first; after the tag with this count and number, if given.
    Popular(Option<(u32, i64)>),
    /// Those whose names begin so, by name; after the one with this name, if given.
    ByName(TagPrefix, Option<TagName>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_short_plain_word_in_lower_case() {
        let longest = "a".repeat(35);
        let too_long = "a".repeat(36);
        for (text, expected) in [
            ("rust", Ok("rust")),
            (" Rust ", Ok("rust")),
            ("c++", Ok("c++")),
            ("c#", Ok("c#")),
            (".net-4", Ok(".net-4")),
            (longest.as_str(), Ok(longest.as_str())),
            (too_long.as_str(), Err("tag_too_long")),
            ("", Err("tag_empty")),
            (" ", Err("tag_empty")),
            ("two words", Err("tag_invalid_character")),
            ("über", Err("tag_invalid_character")),
            ("a_b", Err("tag_invalid_character")),
            ("\"", Err("tag_invalid_character")),
            ("--", Err("tag_invalid_character")),
        ] {
            let parsed = TagName::parse(text);
            let found = parsed.as_ref().map(TagName::as_str).map_err(|rejection| rejection.code);
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn a_question_has_at_most_five_tags_each_once() {
        for (names, expected) in [
            (&[] as &[&str], Ok("[]")),
            (&["b", "a", "B"], Ok(r#"["b","a"]"#)),
            (&["a", "b", "c", "d", "e", "a"], Ok(r#"["a","b","c","d","e"]"#)),
            (&["a", "b", "c", "d", "e", "f"], Err("too_many_tags")),
            (&["a", ""], Err("tag_empty")),
        ] {
            let found = Tags::parse(names).map(|tags| tags.to_json()).map_err(|rejection| rejection.code);
            assert_eq!(found.as_deref().map_err(|code| *code), expected, "{names:?}");
        }
    }

    #[test]
    fn the_names_that_begin_so_are_a_range() {
        let prefix = TagPrefix::parse("C").expect("a prefix");
        for (name, inside) in [("c", true), ("c++", true), ("cz9", true), ("b", false), ("d", false)] {
            let found = (prefix.as_str()..prefix.end().as_str()).contains(&name);
            assert_eq!(found, inside, "{name}");
        }
        assert!(TagPrefix::parse("").is_ok() && TagPrefix::parse("%").is_err());
    }
}
