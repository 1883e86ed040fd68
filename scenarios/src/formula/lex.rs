//! From the text of a formula to its words, numbers and signs.
//!
//! A name is a run of words up to the next sign, so `minutes watched` needs no quotes; a name with digits or commas
//! stands in double quotes. A number takes its unit with it (`35 min/day`, `3..8 MB`), because there a blank is not the end.

use std::ops::Range;

use crate::conventions::Conventions;
use crate::quantity::{self, is_unit, is_unit_alone};

use super::{Function, Literal, Refusal, Sign, refuse};

/// A word, a number or a sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(Literal),
    Name(String),
    Function(Function),
    Sign(Sign),
    Open,
    Close,
    Comma,
}

/// What the names and numbers of a formula are read by.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) conventions: &'a Conventions,
    /// Names of the file that would be read as something else: with digits, commas, slashes, ` in `; those of units.
    pub(crate) odd_names: &'a [&'a str],
}

impl Words<'_> {
    /// The longest of the odd names with which a text begins.
    fn odd_name(&self, text: &str) -> Option<&str> {
        let begins = |name: &&&str| {
            if !is_odd(name) {
                return false;
            }
            let rest = text.strip_prefix(**name);
            rest.is_some_and(|rest| !rest.starts_with(is_word_inside))
        };
        self.odd_names.iter().filter(begins).max_by_key(|name| name.len()).copied()
    }

    /// Whether a text ends with an odd name that begins before `at`: then what stands at `at` is a part of it.
    pub(super) fn ends_in_name(&self, text: &str, at: usize) -> bool {
        let text = text.trim_end();
        self.odd_names.iter().any(|name| text.ends_with(name) && text.len() - name.len() <= at)
    }
}

/// Whether a name has to be known before it can be read.
pub(crate) fn is_odd(name: &str) -> bool {
    // A thing called `x` can only be meant in quotes: elsewhere the letter multiplies.
    if matches!(name, "x" | "of") {
        return false;
    }
    let words = name.split(' ').all(|word| word.starts_with(is_word) && word_length(word) == word.len());
    !words || name.split(' ').any(|word| matches!(word, "in" | "with" | "x" | "of"))
}

/// Splits a formula into tokens with their places.
pub(super) fn lex(text: &str, words: Words<'_>) -> Result<Vec<(Token, Range<usize>)>, Refusal> {
    let mut lexer = Lexer { text, at: 0, words, conventions: words.conventions };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    words: Words<'a>,
    conventions: &'a Conventions,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn next(&mut self) -> Result<Option<(Token, Range<usize>)>, Refusal> {
        self.skip_blanks();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let token = if let Some(name) = self.words.odd_name(self.rest()) {
            let name = name.to_owned();
            self.at += name.len();
            Token::Name(name)
        } else if let Some((sign, length)) = sign(self.rest()) {
            self.at += length;
            sign
        } else if self.rest().starts_with("of ") {
            // `30% of users`
            self.at += "of".len();
            Token::Sign(Sign::Times)
        } else if first.is_ascii_digit() || first == '.' {
            self.number()?
        } else if first == '"' || first == '`' {
            self.quoted(first)?
        } else if is_word(first) {
            self.words()?
        } else {
            let at = start..start + first.len_utf8();
            return refuse(
                at,
                format!("`{first}` has no place in a formula"),
                "a formula has numbers with units, names, + - x / ^, brackets and functions like `max(a, b)`",
            );
        };
        Ok(Some((token, start..self.at)))
    }

    fn quoted(&mut self, quote: char) -> Result<Token, Refusal> {
        let start = self.at;
        let inside = &self.rest()[1..];
        let Some(length) = inside.find(quote) else {
            return refuse(
                start..self.text.len(),
                "the quoted name has no end",
                "close it: `\"song, 3 copies\"`",
            );
        };
        let name = inside[..length].trim().to_owned();
        self.at += length + 2;
        if name.is_empty() {
            return refuse(
                start..self.at,
                "a name is missing between the quotes",
                "like `\"song, 3 copies\"`",
            );
        }
        Ok(Token::Name(name))
    }

    /// A run of words: a name, a function, or a unit by itself (`day` is one day).
    fn words(&mut self) -> Result<Token, Refusal> {
        let start = self.at;
        let mut end = start;
        loop {
            let word = word_length(&self.text[end..]);
            end += word;
            let blanks = self.text[end..].len() - self.text[end..].trim_start().len();
            let next = &self.text[end + blanks..];
            // `x` alone is the sign; everything else that begins like a word belongs to the name.
            let ends = blanks == 0 || !next.starts_with(is_word) || sign(next).is_some();
            if ends || self.words.odd_name(next).is_some() {
                break;
            }
            end += blanks;
        }
        self.at = end;
        let name = &self.text[start..end];
        let calls = self.text[end..].trim_start().starts_with('(');
        match Function::named(name) {
            Some(function) if calls => return Ok(Token::Function(function)),
            None if calls => return unknown_function(start..end, name),
            _ => {}
        }
        if is_unit_alone(name, self.conventions) && !self.words.odd_names.contains(&name) {
            return self.literal(start..end, &format!("1 {name}"), None);
        }
        if self.text[end..].trim_start().starts_with(|next: char| next.is_ascii_digit()) {
            return refuse(
                start..end,
                format!("a number follows the name `{name}`"),
                "put a sign between them, or quotes round a name with digits: `\"song, 3 copies\"`",
            );
        }
        Ok(Token::Name(name.to_owned()))
    }

    /// A number or a range with its unit: as long as what follows still belongs to it.
    fn number(&mut self) -> Result<Token, Refusal> {
        let start = self.at;
        let mut per = self.one_number();
        for join in ["..", "+/-", "±"] {
            let blanks = self.rest().len() - self.rest().trim_start().len();
            if let Some(after) = self.rest().trim_start().strip_prefix(join) {
                let gap = after.len() - after.trim_start().len();
                self.at += blanks + join.len() + gap;
                per = self.one_number().or(per);
            }
        }
        let range = start..self.at;
        let text = self.text[range.clone()].to_owned();
        let literal = self.literal(range.clone(), &text, per)?;
        let next = self.rest().trim_start();
        let word = &next[..word_length(next)];
        if next.starts_with(is_word) && sign(next).is_none() && word != "of" {
            let end = self.text.len() - next.len() + word.len();
            return refuse(
                range.start..end,
                format!("`{word}` after a number is no unit"),
                format!("a unit like `MB`, `min/day` or `k`; or a sign before a name: `{text} x {word}`"),
            );
        }
        Ok(literal)
    }

    /// Steps over digits, unit and what it is divided by; gives the unit of time below the line.
    fn one_number(&mut self) -> Option<String> {
        let digits = self.rest();
        let mut length = 0;
        let bytes = digits.as_bytes();
        while let Some(byte) = bytes.get(length) {
            let is_exponent = matches!(byte, b'e' | b'E')
                && digits[length + 1..]
                    .trim_start_matches(['+', '-'])
                    .starts_with(|next: char| next.is_ascii_digit());
            let is_range = digits[length..].starts_with("..");
            if is_exponent {
                length += 1 + usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
            } else if is_range
                || !matches!(byte, b'0'..=b'9' | b'_' | b'.' | b',')
                || (*byte == b',' && !is_grouping(&bytes[length + 1..]))
            {
                break;
            } else {
                length += 1;
            }
        }
        self.at += length;
        self.unit();
        let mut per = None;
        while let Some(unit) = self.divisor() {
            per = per.or(Some(unit));
        }
        per
    }

    /// Up to two words of a unit: `MB`, `k`, `million bytes`.
    fn unit(&mut self) {
        for _ in 0..2 {
            let rest = self.rest();
            let word = rest.trim_start();
            let attached = word.len() == rest.len();
            let length = word_length(word);
            // `2x` is twice; with a blank before it, `x` is the sign.
            let is_sign = sign(word).is_some() && !(attached && ends_here(&word[length..]));
            if length == 0 || is_sign || !is_unit(&word[..length], self.conventions) {
                return;
            }
            self.at += rest.len() - word.len() + length;
        }
    }

    /// `/day`, ` per day`.
    fn divisor(&mut self) -> Option<String> {
        let rest = self.rest();
        let trimmed = rest.trim_start();
        let unit = trimmed.strip_prefix('/').or_else(|| trimmed.strip_prefix("per "))?.trim_start();
        let length = word_length(unit);
        let word = &unit[..length];
        // `12 / months` where the file has a quantity of this name; `12/months` is still a rate.
        let is_name = trimmed.len() < rest.len() && self.words.odd_names.contains(&word);
        // `10M / day length` divides by something that has a name.
        let goes_on =
            unit[length..].trim_start().starts_with(is_word) && sign(unit[length..].trim_start()).is_none();
        if length == 0
            || is_name
            || goes_on
            || !is_unit(word, self.conventions)
            || quantity::is_multiplier(word)
        {
            return None;
        }
        let word = word.to_owned();
        self.at += rest.len() - unit.len() + length;
        Some(word)
    }

    fn literal(&self, at: Range<usize>, text: &str, per: Option<String>) -> Result<Token, Refusal> {
        match quantity::parse(text, None, self.conventions) {
            Ok(read) => Ok(Token::Number(Literal {
                low: read.low,
                high: read.high,
                dimension: read.dimension,
                text: self.text[at].to_owned(),
                per,
            })),
            Err(complaint) => refuse(at, complaint.message, complaint.hint),
        }
    }
}

fn unknown_function<T>(at: Range<usize>, name: &str) -> Result<T, Refusal> {
    let names = Function::ALL.iter().map(|(name, _)| *name);
    let hint = match crate::error::nearest(name, names.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the functions are {}; `x` multiplies", names.collect::<Vec<_>>().join(", ")),
    };
    refuse(at, format!("there is no function `{name}`"), hint)
}

/// The sign at the beginning of a text, and how long it is.
fn sign(text: &str) -> Option<(Token, usize)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let second = chars.next();
    let token = match first {
        '(' => Token::Open,
        ')' => Token::Close,
        ',' => Token::Comma,
        '+' => Token::Sign(Sign::Plus),
        '-' | '−' => Token::Sign(Sign::Minus),
        '*' if second == Some('*') => return Some((Token::Sign(Sign::Power), 2)),
        '*' | '×' | '·' => Token::Sign(Sign::Times),
        'x' if !second.is_some_and(is_word_inside) => Token::Sign(Sign::Times),
        '/' | '÷' => Token::Sign(Sign::Over),
        '^' => Token::Sign(Sign::Power),
        _ => return None,
    };
    Some((token, first.len_utf8()))
}

/// Whether a comma stands before a group of three digits (`86,400`), and does not separate two values (`max(1,2)`).
fn is_grouping(rest: &[u8]) -> bool {
    rest.iter().take_while(|byte| byte.is_ascii_digit()).count() == 3
}

/// Whether nothing follows that `x` could multiply.
fn ends_here(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with([')', ',', '+', '-', '/', '*', '^', 'x', '.'])
}

fn is_word(first: char) -> bool {
    first.is_alphabetic() || first == '_' || first == '%'
}

fn is_word_inside(inner: char) -> bool {
    inner.is_alphanumeric() || inner == '_'
}

/// Bytes of the word at the beginning: letters and digits, and a hyphen between letters.
fn word_length(text: &str) -> usize {
    if text.starts_with('%') {
        return 1;
    }
    if !text.starts_with(is_word) {
        return 0;
    }
    let mut end = 0;
    for (at, inner) in text.char_indices() {
        let hyphen = inner == '-' && text[at + 1..].starts_with(char::is_alphabetic);
        if !(is_word_inside(inner) || hyphen) {
            break;
        }
        end = at + inner.len_utf8();
    }
    end
}
