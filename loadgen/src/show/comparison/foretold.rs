//! What was predicted of a comparison and what became of it, in the words that every form has in common.

use scenarios::comparison::{Against, Comparison, Foretold};
use scenarios::experiment::Scale;
use scenarios::show;
use scenarios::verdict::Finding;

use super::super::columns::Align::Left;
use super::super::columns::columns;
use super::super::verdict::found;

/// Predicted, measured with its interval, and the verdict: a row for each.
pub(crate) fn rows(against: &Against) -> Vec<[String; 4]> {
    against.predictions.iter().map(row).collect()
}

fn row(held: &Foretold) -> [String; 4] {
    let (low, high) = held.predicted;
    let ends = |low, high| format!("{} .. {}", change(low, held.scale), change(high, held.scale));
    let measured = match (held.measured, held.interval) {
        (Some(middle), Some((low, high))) => {
            format!(
                "{} [{}, {}]",
                change(middle, held.scale),
                change(low, held.scale),
                change(high, held.scale)
            )
        }
        (Some(middle), None) => change(middle, held.scale),
        (None, _) => "–".to_owned(),
    };
    let (_, word) = found(held.finding);
    let verdict = if held.note.is_empty() { word } else { format!("{word}: {}", held.note) };
    [held.name.clone(), ends(low, high), measured, verdict]
}

/// A change with its sign and unit: `−52 %`, `×3.4`, `+101 µs`, `+40 points`.
fn change(value: f64, scale: Scale) -> String {
    let signed = |text: String| {
        let sign = if value < 0.0 { "−" } else { "+" };
        // Nothing is neither more nor less.
        if text.chars().all(|c| !c.is_ascii_digit() || c == '0') { text } else { format!("{sign}{text}") }
    };
    match scale {
        // Beyond twice as much people say how many times.
        Scale::Share if value > 1.0 => format!("×{}", show::digits(value + 1.0)),
        Scale::Share => signed(percent(value)),
        Scale::Points => signed(percent(value).replace(" %", " points")),
        Scale::Seconds => signed(show::seconds(value.abs())),
    }
}

fn percent(share: f64) -> String {
    let percent = share.abs() * 100.0;
    let digits = usize::from(percent < 9.95 && percent.fract() > 0.049);
    format!("{percent:.digits$} %")
}

/// The table for a terminal; empty where nothing was predicted.
pub(crate) fn text(because: Option<&str>, against: &Against) -> String {
    if against.predictions.is_empty() {
        return String::new();
    }
    let mut out = because.map_or(String::new(), |because| format!("  because {because}\n"));
    let head = ["", "predicted", "measured", "verdict"].map(str::to_owned).to_vec();
    let rows = rows(against).into_iter().map(|row| row.to_vec());
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    out += &columns(&rows, &[Left, Left, Left, Left]);
    out
}

/// What became of all predictions, with its sign: `✓ all 3 predictions confirmed`; `None` where nothing was predicted.
pub(crate) fn answer(comparison: &Comparison) -> Option<(&'static str, String)> {
    let all = || comparison.against.iter().flat_map(|against| &against.predictions);
    let count = |finding| all().filter(|held| held.finding == finding).count();
    let whole = all().count();
    let of = |some: usize, word: &str| match (some, whole) {
        (1, 1) => format!("the prediction {word}"),
        (some, whole) if some == whole => format!("all {whole} predictions {word}"),
        (some, whole) => format!("{some} of {whole} predictions {word}"),
    };
    Some(match comparison.finding()? {
        Finding::Confirmed => ("✓", of(whole, "confirmed")),
        Finding::Refuted => ("✗", of(count(Finding::Refuted), "refuted")),
        Finding::CannotTell => ("?", of(count(Finding::CannotTell), "cannot be told")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_a_sign_and_a_unit() {
        for (value, scale, expected) in [
            (-0.523, Scale::Share, "−52 %"),
            (0.051, Scale::Share, "+5.1 %"),
            (-0.03, Scale::Share, "−3 %"),
            (0.0, Scale::Share, "0 %"),
            (1.0, Scale::Share, "+100 %"),
            (2.4, Scale::Share, "×3.4"),
            (0.4, Scale::Points, "+40 points"),
            (101e-6, Scale::Seconds, "+101 µs"),
            (-1.5e-3, Scale::Seconds, "−1.5 ms"),
        ] {
            assert_eq!(change(value, scale).replace('\u{a0}', " "), expected, "{value}");
        }
    }
}
