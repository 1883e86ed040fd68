//! What is searched for.

use super::Rejection;

/// Longest search, in characters.
const TEXT_MAX: usize = 200;
/// Most words of a search: each costs a walk along everything that has it.
const WORDS_MAX: usize = 8;

/// Where it is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchPlace {
    /// In titles and texts of questions.
    #[default]
    Questions,
    /// In answers.
    Answers,
}

impl SearchPlace {
    /// All of them.
    pub const ALL: [SearchPlace; 2] = [Self::Questions, Self::Answers];

    /// The name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Questions => "questions",
            Self::Answers => "answers",
        }
    }

    /// Reads a name.
    ///
    /// # Errors
    /// Names the places there are.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        Self::ALL.into_iter().find(|place| place.name() == text).ok_or_else(|| {
            Rejection::new("in", "search_place_unknown", "a search is in questions or in answers")
        })
    }
}

/// A search: one to eight words, all of which must be there, in any order.
///
/// What was typed is taken apart into words of letters and digits and nothing else is kept, so that no
/// database sees anything that could be an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
    within: SearchPlace,
}

impl Search {
    /// How many of the newest matches are ranked: a word that is everywhere must not cost more.
    pub const CANDIDATES: i64 = 1000;

    /// Reads a search as typed.
    ///
    /// # Errors
    /// Says whether there is nothing to search for or too much.
    pub fn parse(text: &str, within: SearchPlace) -> Result<Self, Rejection> {
        let length = text.chars().count();
        if length > TEXT_MAX {
            let message = format!("a search has at most {TEXT_MAX} characters, found {length}");
            return Err(Rejection::new("q", "search_too_long", message));
        }
        let mut words: Vec<String> = Vec::new();
        for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
            if !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        if words.is_empty() {
            return Err(Rejection::new("q", "search_empty", "a search has at least one word"));
        }
        if words.len() > WORDS_MAX {
            let message = format!("a search has at most {WORDS_MAX} different words, found {}", words.len());
            return Err(Rejection::new("q", "search_too_many_words", message));
        }
        Ok(Self { words, within })
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Where it is searched.
    #[must_use]
    pub fn within(&self) -> SearchPlace {
        self.within
    }
}

/// A place in what a search found, the best first: right after the piece of this rank.
///
/// What is written meanwhile changes ranks a little, so that a piece near the end of a page may come twice or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SearchKey {
    /// How well it fits, as the database reckons in thousand millionths: the more the better.
    pub rank: i64,
    /// Which of its kind; of equally good ones the newest comes first.
    pub id: i64,
}

impl SearchKey {
    /// Before the best.
    pub const START: SearchKey = SearchKey { rank: i64::MAX, id: i64::MAX };

    /// The cursor clients are given.
    #[must_use]
    pub fn cursor(self) -> String {
        format!("s{}.{}", self.rank, self.id)
    }

    /// Reads a cursor; `None` for what is none.
    #[must_use]
    pub fn from_cursor(text: &str) -> Option<Self> {
        let (rank, id) = text.strip_prefix('s')?.split_once('.')?;
        Some(Self { rank: rank.parse().ok()?, id: id.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_words_of_letters_and_digits() {
        let many = "a b c d e f g h";
        let too_many = "a b c d e f g h i";
        let long = "a".repeat(201);
        for (text, expected) in [
            ("rust", Ok(vec!["rust"])),
            ("  the \"borrow\" checker*", Ok(vec!["the", "borrow", "checker"])),
            ("c++ AND (x OR NEAR/2)", Ok(vec!["c", "AND", "x", "OR", "NEAR", "2"])),
            ("title:secret^2", Ok(vec!["title", "secret", "2"])),
            ("a a a", Ok(vec!["a"])),
            ("été 日本語", Ok(vec!["été", "日本語"])),
            (many, Ok(many.split(' ').collect())),
            (too_many, Err("search_too_many_words")),
            (long.as_str(), Err("search_too_long")),
            ("", Err("search_empty")),
            ("\"*^-:()'", Err("search_empty")),
            ("\0", Err("search_empty")),
        ] {
            let found = Search::parse(text, SearchPlace::default());
            let found = found.as_ref().map(Search::words).map_err(|rejection| rejection.code);
            let expected = expected.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(found.map(<[String]>::to_vec), expected, "{text:?}");
        }
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let key = SearchKey { rank: -12, id: 7 };
        assert_eq!(SearchKey::from_cursor(&key.cursor()), Some(key));
        for text in ["", "s", "s1", "1.7", "s1.", "s.1", "sx.7", "s1.7.8", "a1.7"] {
            assert_eq!(SearchKey::from_cursor(text), None, "{text:?}");
        }
    }
}
