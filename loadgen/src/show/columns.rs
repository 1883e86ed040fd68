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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lean_left_and_numbers_right() {
        let rows = [vec!["a".to_owned(), "1".to_owned()], vec!["über".to_owned(), "1000".to_owned()]];
        assert_eq!(columns(&rows, &[Align::Left, Align::Right]), "  a        1\n  über  1000\n");
    }
}
