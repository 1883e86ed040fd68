//! One number of a table: `8`, `12.5`, `1_200`, `11k`, `30 ms`.

use super::header::seconds;

/// A number with the unit of time that was written behind it, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) value: f64,
    pub(super) seconds: Option<f64>,
}

/// Why a number was refused: what was found, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) hint: String,
}

/// Reads a number; above 0, since a fit has no use for others.
pub(super) fn cell(text: &str, what: &str) -> Result<Cell, Complaint> {
    let complain = |message: String, hint: &str| Err(Complaint { message, hint: hint.to_owned() });
    let text = text.trim();
    if text.is_empty() {
        return complain(
            format!("{what} is missing"),
            "fill it in, or put a # before the line to leave it out",
        );
    }
    let split = text.find(|c: char| c.is_alphabetic() && !is_exponent(text, c)).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let (factor, unit) = match unit.trim() {
        "k" => (1e3, ""),
        "M" => (1e6, ""),
        unit => (1.0, unit),
    };
    let seconds = seconds(unit);
    let number = number.trim().replace('_', "");
    let Some(value) = number.parse::<f64>().ok().filter(|_| seconds.is_some() || unit.is_empty()) else {
        let hint = if number.contains(',') {
            "write 1.5 with a point, and thousands without separators"
        } else {
            "write a number like 8, 12.5 or 11k"
        };
        return complain(format!("{what} is `{}`, expected a number", shortened(text)), hint);
    };
    let value = value * factor;
    if !value.is_finite() || value <= 0.0 {
        return complain(
            format!("{what} is `{}`, expected a number above 0", shortened(text)),
            "put a # before the line to leave it out",
        );
    }
    Ok(Cell { value, seconds })
}

/// The `e` of `1e6`, as opposed to a unit.
fn is_exponent(text: &str, letter: char) -> bool {
    let is_number = text.parse::<f64>().is_ok();
    is_number && matches!(letter, 'e' | 'E')
}

/// As much of a text as fits an error message, without what a terminal would obey.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let short: String = text.chars().take(MOST).map(plain).collect();
    if text.chars().count() > MOST { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value, seconds) in [
            ("8", 8.0, None),
            (" 12.5 ", 12.5, None),
            ("1_200", 1_200.0, None),
            ("1e6", 1e6, None),
            ("11k", 11_000.0, None),
            ("1.5M", 1.5e6, None),
            ("30 ms", 30.0, Some(1e-3)),
            ("30ms", 30.0, Some(1e-3)),
            ("2s", 2.0, Some(1.0)),
        ] {
            assert_eq!(cell(text, "x"), Ok(Cell { value, seconds }), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_a_hint() {
        for (text, expected) in [
            ("", "x is missing"),
            ("fast", "x is `fast`, expected a number"),
            ("1,5", "x is `1,5`, expected a number"),
            ("12 apples", "x is `12 apples`, expected a number"),
            ("0", "x is `0`, expected a number above 0"),
            ("-3", "x is `-3`, expected a number above 0"),
            ("1e999", "x is `1e999`, expected a number above 0"),
            ("NaN", "x is `NaN`, expected a number"),
            ("inf", "x is `inf`, expected a number"),
            ("\u{1b}[31m", "x is `\u{fffd}[31m`, expected a number"),
        ] {
            assert_eq!(cell(text, "x").unwrap_err().message, expected);
        }
    }
}
