//! Rows of text in columns, two blanks apart, indented by two.

/// To which side a column leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Lines, each ended; rows may be shorter than `align`.
pub(crate) fn columns(rows: &[Vec<String>], align: &[Align]) -> String {
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..align.len()).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for ((cell, width), align) in row.iter().zip(&widths).zip(align) {
            if *width == 0 {
                continue;
            }
            let padding = " ".repeat(width - cell.chars().count());
            line.push_str("  ");
            match align {
                Align::Left => line = line + cell + &padding,
                Align::Right => line = line + &padding + cell,
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A line that is too long, as several: broken at a blank, and moved in below. A word that is longer is left whole.
pub(crate) fn fitted(line: &str, width: usize) -> Vec<String> {
    if line.chars().count() <= width {
        return vec![line.to_owned()];
    }
    let indent = line.chars().take_while(|c| *c == ' ').count() + 4;
    let mut lines = vec![String::new()];
    let mut length = 0;
    // Each word with the blanks before it, so that columns stay where they are.
    for word in line.split_inclusive(' ').map(str::to_owned) {
        let letters = word.trim_end().chars().count();
        if length + letters > width && length > indent && letters > 0 {
            lines.push(" ".repeat(indent));
            length = indent;
        }
        length += word.chars().count();
        if let Some(last) = lines.last_mut() {
            last.push_str(&word);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_goes_on_below() {
        assert_eq!(fitted("  one two", 9), ["  one two"]);
        assert_eq!(fitted("  one two three four", 13), ["  one two", "      three", "      four"]);
        assert_eq!(fitted("  a    b  cccccccccc", 12), ["  a    b", "      cccccccccc"]);
        assert_eq!(fitted("abcdefghij klm", 5), ["abcdefghij", "    klm"]);
    }

    #[test]
    fn words_lean_left_and_numbers_right() {
        let rows = [vec!["a".to_owned(), "1".to_owned()], vec!["über".to_owned(), "1000".to_owned()]];
        assert_eq!(columns(&rows, &[Align::Left, Align::Right]), "  a        1\n  über  1000\n");
    }
}
