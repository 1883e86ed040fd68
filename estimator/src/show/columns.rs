//! Text on a screen of a hundred columns: what is cut, what is broken into lines, and how wide a column may be.
//!
//! Names and commands come from files and may be of any length; a table gives each column its room, and prose goes on
//! in the next line. A number is not parted from its unit.

/// No line is longer, but for commands, which are to be copied whole.
pub(super) const MOST_COLUMNS: usize = 100;

/// In characters.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// The widest cell, as far as there is room.
pub(super) fn widest<'a>(cells: impl Iterator<Item = &'a str>, least: usize, most: usize) -> usize {
    cells.map(width).max().unwrap_or(0).clamp(least, most.max(least))
}

/// The beginning of a text, with a mark where it is cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A name, cut in its middle: names that begin alike are told apart by their ends (`, 3 copies`, `in 3 years`).
pub(super) fn cut_inside(text: &str, most: usize) -> String {
    let all = width(text);
    if all <= most || most < 3 {
        return cut(text, most);
    }
    let behind = (most - 1) / 2;
    let before: String = text.chars().take(most - 1 - behind).collect();
    let after: String = text.chars().skip(all - behind).collect();
    format!("{}…{}", before.trim_end(), after.trim_start())
}

/// Lines of at most `most` columns, broken between words; a longer word is broken where the line ends.
pub(super) fn lines(text: &str, most: usize) -> Vec<String> {
    let most = most.max(1);
    let mut lines = vec![String::new()];
    for word in words(text) {
        let Some(line) = lines.last_mut() else { continue };
        if !line.is_empty() && width(line) + 1 + width(&word) <= most {
            line.push(' ');
            line.push_str(&word);
            continue;
        }
        let letters: Vec<char> = word.chars().collect();
        let parts = letters.chunks(most).map(|part| part.iter().collect::<String>());
        let begun = if line.is_empty() { lines.len() - 1 } else { lines.len() };
        lines.truncate(begun);
        lines.extend(parts);
    }
    lines
}

/// At most this many lines, broken between words; where they do not hold the text, words in its middle give way to `…`,
/// since a working is known by its first and its last operand.
pub(super) fn at_most(number: usize, text: &str, most: usize) -> Vec<String> {
    let whole = lines(text, most);
    if whole.len() <= number {
        return whole;
    }
    let all = words(text);
    // A word takes two columns at least, so no more of them can be seen.
    let (mut before, mut behind) =
        (all.len().div_ceil(2).min(number * most), (all.len() / 2).min(number * most));
    loop {
        let end = &all[all.len() - behind..];
        let text = [&all[..before], &["…".to_owned()], end].concat().join(" ");
        let lines = lines(&text, most);
        if lines.len() <= number {
            return lines;
        }
        match (before, behind) {
            // One word, longer than all the lines.
            (0 | 1, 0 | 1) => return lines.into_iter().take(number).collect(),
            _ if behind > before => behind -= 1,
            _ => before -= 1,
        }
    }
}

/// Words, a number together with its unit and with the sign before it: `17 %`, `× 5 MB`.
fn words(text: &str) -> Vec<String> {
    /// The longest unit that is worth a hole at the end of a line.
    const LONGEST_UNIT: usize = 6;
    let is_sign = |word: &str| matches!(word, "+" | "−" | "×" | "÷");
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_unit =
            word.starts_with(|c: char| c.is_alphabetic() || c == '%') && width(word) <= LONGEST_UNIT;
        match words.last_mut() {
            Some(last) if is_sign(last) || is_unit && last.ends_with(|c: char| c.is_ascii_digit()) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_ends() {
        for (text, most, expected) in [
            ("song, 3 copies", 14, "song, 3 copies"),
            ("a very long name of a song, 3 copies", 16, "a very l…copies"),
            ("äöüäöüäöü", 5, "äö…öü"),
            ("long", 2, "l…"),
        ] {
            assert_eq!(cut_inside(text, most), expected);
            assert!(width(&cut_inside(text, most)) <= most);
        }
        assert_eq!(cut("600 k × 20/day", 8), "600 k ×…");
    }

    #[test]
    fn a_working_keeps_its_first_and_its_last_operand() {
        for (text, most, expected) in [
            ("139/s × 3 KB", 12, &["139/s × 3 KB"][..]),
            ("139/s × 3 KB ÷ 65 %", 12, &["139/s × 3 KB", "÷ 65 %"]),
            ("(139/s × 3 KB + 41.7/s × 8 KB) ÷ 198/s", 18, &["(139/s × 3 KB …", "× 8 KB) ÷ 198/s"]),
            ("abcdefghij", 3, &["abc", "def"]),
        ] {
            assert_eq!(at_most(2, text, most), expected);
        }
        // Sums of thousands of terms are cut at once.
        let sum = vec!["1 KB"; 100_000].join(" + ");
        assert_eq!(at_most(2, &sum, 18), ["1 KB + 1 KB …", "+ 1 KB + 1 KB"]);
    }

    #[test]
    fn lines_are_broken_between_words_but_not_between_a_number_and_its_unit() {
        for (text, most, expected) in [
            ("varies with size (71 %), then", 21, &["varies with size", "(71 %), then"][..]),
            ("holds 1.4 TB of rows", 11, &["holds", "1.4 TB of", "rows"][..]),
            ("abcdefgh ij", 3, &["abc", "def", "gh", "ij"][..]),
            ("", 10, &[""][..]),
        ] {
            assert_eq!(lines(text, most), expected);
        }
    }
}
