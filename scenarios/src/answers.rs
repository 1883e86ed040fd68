//! What a good answer to a request looks like, and what of it is kept for later requests.
//!
//! A check is data with the text it was written as, so that a report can say which one failed. Looking at an answer
//! is the load generator's business.

use std::fmt;

/// What must hold of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// As written: `json $.id exists`.
    pub text: String,
    /// What it means.
    pub test: Test,
}

/// What a check looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The status is one of these.
    Status(Statuses),
    /// A header is there, and holds this.
    Header(String, HeaderTest),
    /// The JSON answer at this path.
    Json(String, JsonTest),
    /// Bytes of the body: at least, at most.
    Size(u64, u64),
    /// The body has this text.
    Contains(String),
    /// The body does not have this text.
    ContainsNot(String),
    /// The body has a place that fits.
    Matches(Pattern),
}

/// Statuses that are good ones, as ranges; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses(pub(crate) Vec<(u16, u16)>);

impl Statuses {
    /// Whether this is one of them.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|(low, high)| (*low..=*high).contains(&status))
    }

    /// All that are no errors.
    #[must_use]
    pub fn below_400() -> Statuses {
        Statuses(vec![(100, 399)])
    }

    /// The lowest of them: what an interface would document.
    #[must_use]
    pub fn first(&self) -> u16 {
        self.0.iter().map(|(low, _)| *low).min().unwrap_or(200)
    }
}

/// What a header must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderTest {
    /// There.
    Exists,
    /// It has this text.
    Contains(String),
    /// It is this.
    Is(String),
}

/// What a part of a JSON answer must be like.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonTest {
    /// There.
    Exists,
    /// A string with this text, or a list with this among its items.
    Contains(String),
    /// Compared with a value.
    Compare(Comparison, Operand),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// The signs, longer ones first, for reading.
    pub(crate) const SIGNS: [(&'static str, Comparison); 6] = [
        ("==", Comparison::Equal),
        ("!=", Comparison::Unequal),
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ];

    /// Whether it asks which is larger.
    #[must_use]
    pub fn is_of_order(self) -> bool {
        !matches!(self, Comparison::Equal | Comparison::Unequal)
    }

    /// Whether it holds of two numbers.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "`== 1.5` means exactly that")]
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::Unequal => left != right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Greater => left > right,
            Comparison::AtLeast => left >= right,
        }
    }
}

/// What a part of an answer is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A number.
    Number(f64),
    /// A text, or what else is no number: `true` and `null` as they are written.
    Text(String),
    /// A truth value or null, as JSON writes it.
    Word(String),
    /// The value that a variable of the visitor has: `{order}`.
    Variable(String),
}

/// A variable taken from an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// Its name.
    pub name: String,
    /// Where in the answer.
    pub source: KeepSource,
    /// Its value when the answer does not have it; without one the answer is a bad one.
    pub default: Option<String>,
    /// As written, for messages.
    pub text: String,
}

/// Where in an answer a variable is taken from.
#[derive(Clone, Debug, PartialEq)]
pub enum KeepSource {
    /// A path like `$.id` into a JSON answer.
    Json(String),
    /// A header.
    Header(String),
    /// A cookie that the answer sets.
    Cookie(String),
    /// The text between the first of one and the next of the other.
    Between {
        /// What stands before it.
        after: String,
        /// What stands behind it.
        before: String,
    },
    /// The first group of a pattern, or all that fits where it has no group.
    Pattern(Pattern),
}

/// A regular expression over the bytes of a body.
#[derive(Clone)]
pub struct Pattern(regex::bytes::Regex);

/// Bytes that one compiled pattern may take; patterns of a page or two of text take a tenth of it.
const MAX_PATTERN_BYTES: usize = 1 << 20;

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// It is not a regular expression, or too large a one; says why in a line.
    pub fn new(text: &str) -> Result<Pattern, String> {
        let built = regex::bytes::RegexBuilder::new(text).size_limit(MAX_PATTERN_BYTES).build();
        built.map(Pattern).map_err(|error| {
            let told = error.to_string();
            told.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        })
    }

    /// The first place in `bytes` that fits: its first group, or all of it where the pattern has no group.
    #[must_use]
    pub fn find<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        if self.0.captures_len() == 1 {
            return self.0.find(bytes).map(|found| found.as_bytes());
        }
        self.0.captures(bytes)?.get(1).map(|group| group.as_bytes())
    }

    /// Whether any place fits.
    #[must_use]
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.as_str(), out)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_gives_its_first_group_or_all_that_fits() {
        for (pattern, text, expected) in [
            (r#"name="csrf" value="([^"]+)""#, r#"<input name="csrf" value="a-1">"#, Some("a-1")),
            (r"\d+", "order 17 of 20", Some("17")),
            (r"(x)?\d", "7", None),
            (r"order (\d+)", "no order", None),
        ] {
            let found = Pattern::new(pattern).unwrap().find(text.as_bytes()).map(<[u8]>::to_vec);
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{pattern} in {text}");
        }
        for (bad, says) in [("a(", "unclosed group"), ("a{1000}{1000}{1000}", "size limit")] {
            let told = Pattern::new(bad).unwrap_err();
            assert!(told.contains(says), "{bad}: {told}");
        }
    }
}
