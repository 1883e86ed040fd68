//! A table of cells as text in columns, as Markdown and as CSV.

use std::fmt::Write;

/// Heads and rows of the same length; the first column is left-aligned, and those that are listed.
pub(super) struct Table {
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Columns of words, beside the first.
    pub(super) words: Vec<usize>,
}

impl Table {
    fn is_words(&self, column: usize) -> bool {
        column == 0 || self.words.contains(&column)
    }

    /// The line of the heads, then a line for each row, in columns.
    pub(super) fn lines(&self) -> Vec<String> {
        let all = || std::iter::once(&self.heads).chain(&self.rows);
        let widths: Vec<usize> = (0..self.heads.len())
            .map(|column| all().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0))
            .collect();
        all().map(|row| self.line(row, &widths)).collect()
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = if column == 0 { "" } else { "  " };
            // Writing to a string cannot fail.
            let _ = if self.is_words(column) {
                write!(line, "{gap}{cell:<width$}")
            } else {
                write!(line, "{gap}{cell:>width$}")
            };
        }
        line.trim_end().to_owned()
    }

    /// As a table of Markdown.
    pub(super) fn markdown(&self) -> String {
        let row = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let lines: Vec<&str> =
            (0..self.heads.len()).map(|column| if self.is_words(column) { "---" } else { "---:" }).collect();
        let mut out = row(&self.heads) + &format!("| {} |\n", lines.join(" | "));
        out.extend(self.rows.iter().map(|cells| row(cells)));
        out
    }

    /// As CSV (RFC 4180, with plain line ends).
    pub(super) fn csv(&self) -> String {
        let cell = |text: &String| {
            if text.contains(['"', ',', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.clone()
            }
        };
        let row = |cells: &Vec<String>| cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\n";
        std::iter::once(&self.heads).chain(&self.rows).map(row).collect()
    }
}

pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// Cut so that it fits.
pub(super) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Words in lines of at most `most` columns, each after `indent`.
pub(super) fn wrapped(text: &str, indent: &str, most: usize) -> String {
    let (mut out, mut line) = (String::new(), String::new());
    for word in text.split(' ') {
        if !line.is_empty() && width(indent) + width(&line) + 1 + width(word) > most {
            let _ = writeln!(out, "{indent}{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(out, "{indent}{line}");
    out
}

/// Names come from the file: what Markdown would read as a table or as markup is escaped.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '|' | '*' | '_' | '`' | '<' | '[' | '\\') {
            out.push('\\');
        }
        out.push(if character.is_control() { ' ' } else { character });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        Table {
            heads: text(&["name", "µs", "note"]),
            rows: vec![text(&["a, b", "1.5", "say \"x\""]), text(&["c|d", "20", ""])],
            words: vec![2],
        }
    }

    #[test]
    fn a_table_has_three_forms() {
        assert_eq!(table().lines(), ["name   µs  note", "a, b  1.5  say \"x\"", "c|d    20"]);
        assert_eq!(table().csv(), "name,µs,note\n\"a, b\",1.5,\"say \"\"x\"\"\"\nc|d,20,\n");
        assert_eq!(
            table().markdown(),
            "| name | µs | note |\n| --- | ---: | --- |\n| a, b | 1.5 | say \"x\" |\n| c\\|d | 20 |  |\n"
        );
    }

    #[test]
    fn words_are_broken_between_and_long_ones_cut() {
        assert_eq!(wrapped("one two three", "  ", 10), "  one two\n  three\n");
        assert_eq!((cut("abcdef", 6).as_str(), cut("abc def", 5).as_str()), ("abcdef", "abc…"));
    }
}
