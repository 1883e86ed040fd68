//! A Rust file taken apart into code, quoted text and comments.

use std::collections::BTreeSet;
use std::iter;

/// A Rust file taken apart.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    /// Its code line by line; comments and quoted text are blank.
    code: String,
    /// What stands in quotes, and in which line.
    pub(crate) quoted: Vec<(usize, String)>,
    /// Lines of items under `#[cfg(test)]`.
    pub(crate) test_lines: BTreeSet<usize>,
    pub(crate) is_test: bool,
}

impl Source {
    pub(crate) fn new(path: &str, text: String) -> Source {
        let (code, quoted) = apart(&text);
        let lines = |(line, item): (usize, &str)| line..=line + item.matches('\n').count();
        let test_lines = test_items(&code).into_iter().flat_map(lines).collect();
        Source { path: path.to_owned(), text, is_test: path.contains("/tests/"), code, quoted, test_lines }
    }

    /// Its code line by line, and after that what it imports, each path in full.
    pub(crate) fn lines_and_imports(&self) -> impl Iterator<Item = (usize, String)> {
        let lines = self.code.lines().enumerate().map(|(index, line)| (index + 1, line.to_owned()));
        lines.chain(imports(&self.code))
    }

    /// Beginnings of the paths of its modules that are compiled for tests only.
    pub(crate) fn test_modules(&self) -> Vec<String> {
        let stem = self.path.trim_end_matches(".rs");
        let last = stem.rfind('/').unwrap_or(0);
        let folder = if ["/lib", "/main", "/mod"].contains(&&stem[last..]) { &stem[..last] } else { stem };
        let name = |item: &str| Some(item.strip_suffix(';')?.rsplit_once("mod ")?.1.trim().to_owned());
        test_items(&self.code)
            .iter()
            .filter_map(|(_, item)| Some(format!("{folder}/{}", name(item)?)))
            .collect()
    }
}

enum Kind {
    Code,
    Quoted,
    Comment,
}

/// Code with everything else blanked, and quoted text with its line.
fn apart(text: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut quoted, mut line, mut at) = (String::new(), Vec::new(), 1, 0);
    while at < chars.len() {
        let (length, kind) = piece(&chars[at..]);
        let piece = &chars[at..(at + length).min(chars.len())];
        if matches!(kind, Kind::Quoted) {
            quoted.push((line, piece.iter().collect()));
        }
        let is_code = matches!(kind, Kind::Code);
        code.extend(piece.iter().map(|c| if is_code || *c == '\n' { *c } else { ' ' }));
        line += piece.iter().filter(|c| **c == '\n').count();
        at += length;
    }
    (code, quoted)
}

/// The length and kind of what stands at the beginning.
fn piece(rest: &[char]) -> (usize, Kind) {
    let until = |from: usize, end: &[char]| {
        let body = rest.get(from..).unwrap_or_default();
        body.windows(end.len())
            .position(|window| window == end)
            .map_or(rest.len(), |found| from + found + end.len())
    };
    match rest {
        ['/', '/', ..] => (until(2, &['\n']) - 1, Kind::Comment),
        ['/', '*', ..] => (until(2, &['*', '/']), Kind::Comment),
        ['\'', '\\', ..] => (until(3, &['\'']), Kind::Comment),
        ['\'', _, '\'', ..] => (3, Kind::Comment),
        ['"', ..] => {
            let mut at = 1;
            while at < rest.len() && rest[at] != '"' {
                at += if rest[at] == '\\' { 2 } else { 1 };
            }
            (at + 1, Kind::Quoted)
        }
        ['r', '"' | '#', ..] => {
            let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
            let close: Vec<char> = iter::once('"').chain(iter::repeat_n('#', hashes)).collect();
            let is_raw = rest.get(1 + hashes) == Some(&'"');
            if is_raw { (until(2 + hashes, &close), Kind::Quoted) } else { (1, Kind::Code) }
        }
        _ => (1, Kind::Code),
    }
}

/// Items under `#[cfg(test)]`: the line where each begins, and its code.
fn test_items(code: &str) -> Vec<(usize, &str)> {
    let item = |(start, _)| {
        let mut depth = 0;
        let end = code[start..].find(|c| {
            depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
            depth == 0 && ";}".contains(c)
        });
        (1 + code[..start].matches('\n').count(), &code[start..end.map_or(code.len(), |end| start + end + 1)])
    };
    code.match_indices("#[cfg(test)]").map(item).collect()
}

/// What `use` brings in, each path in full: `use std::{fs, io::Read}` is `std::fs` and `std::io::Read`.
fn imports(code: &str) -> Vec<(usize, String)> {
    fn expand(prefix: &str, tree: &str, into: &mut Vec<String>) {
        let (mut depth, mut parts) = (0, vec![String::new()]);
        for c in tree.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if c == ',' && depth == 0 {
                parts.push(String::new());
            } else {
                parts.last_mut().expect("begins with one").push(c);
            }
        }
        for part in parts.iter().map(|part| part.trim()) {
            match part.split_once('{') {
                Some((head, inner)) => {
                    expand(&format!("{prefix}{head}"), inner.trim_end().trim_end_matches('}'), into);
                }
                None => into.push(format!("{prefix}{part}")),
            }
        }
    }
    let mut paths = Vec::new();
    for (start, _) in code.match_indices("use ").filter(|(start, _)| !code[..*start].ends_with(is_word)) {
        let mut expanded = Vec::new();
        expand("", code[start + 4..].split(';').next().unwrap_or(""), &mut expanded);
        let line = 1 + code[..start].matches('\n').count();
        paths.extend(expanded.into_iter().map(|path| (line, path)));
    }
    paths
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

pub(crate) fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let (before, after) = (&text[..start], &text[start + word.len()..]);
        !(word.starts_with(is_word) && before.ends_with(is_word)
            || word.ends_with(is_word) && after.starts_with(is_word))
    })
}
