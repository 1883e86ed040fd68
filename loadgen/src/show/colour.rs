//! Colour for a terminal, put on a text that says everything without it: the answer, and outcomes behind their sign.
//!
//! Whether the terminal wants colour (and what `NO_COLOR` says) is the business of whoever prints.

use anstyle::{AnsiColor, Style};

/// Outcomes as the tables write them, each with its colour. The sign and the word carry the meaning.
const OUTCOMES: [(&str, AnsiColor); 10] = [
    ("✓ met", AnsiColor::Green),
    ("✓ CONFIRMED", AnsiColor::Green),
    ("✓ valid", AnsiColor::Green),
    ("✗ missed", AnsiColor::Red),
    ("✗ REFUTED", AnsiColor::Red),
    ("? cannot tell", AnsiColor::Yellow),
    ("? generator limited", AnsiColor::Yellow),
    ("? too few samples", AnsiColor::Yellow),
    ("? not stationary", AnsiColor::Yellow),
    ("? server limited", AnsiColor::Yellow),
];

/// The text with its colours.
pub(crate) fn coloured(page: &str) -> String {
    let (first, rest) = page.split_once('\n').unwrap_or((page, ""));
    let colour = match first.chars().next() {
        Some('✓') => Some(AnsiColor::Green),
        Some('✗') => Some(AnsiColor::Red),
        Some('?') => Some(AnsiColor::Yellow),
        _ => None,
    };
    // What the run was stands behind the answer, and stays plain.
    let (answer, run) =
        first.split_once(" · ").map_or((first, String::new()), |(answer, run)| (answer, format!(" · {run}")));
    let bold = Style::new().bold().fg_color(colour.map(Into::into));
    let mut rest = rest.to_owned();
    for (outcome, colour) in OUTCOMES {
        let style = Style::new().fg_color(Some(colour.into()));
        rest = rest.replace(outcome, &format!("{style}{outcome}{style:#}"));
    }
    format!("{bold}{answer}{bold:#}{run}\n{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::html::sample;
    use crate::show::text;

    #[test]
    fn colour_adds_nothing_but_colour() {
        for report in
            [sample::met(), sample::missed(), sample::closed(), sample::empty(), sample::cut_short()]
        {
            let plain = text::page(&report);
            let coloured = coloured(&plain);
            assert!(coloured.len() > plain.len());
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
        }
    }
}
