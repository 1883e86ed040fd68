//! Estimate against measurement: each measured number as a multiple of the one that was predicted.
//!
//! The foot is logarithmic, so that twice and half are equally far from one. The band is the predicted range, the
//! whisker the measured one. The outcome is a shape and a word; colour only repeats it.

use std::fmt::Write;

use scenarios::report::Prediction;
use scenarios::verdict::Finding;

use super::frame::{Frame, WIDTH};
use super::{Chart, figure};

/// Rows that are drawn; the table holds them all.
const ROWS_MAX: usize = 16;
/// Letters of a name; the table has it in full.
const NAME_MAX: usize = 30;
/// Height of a row: a line of words over a line of marks.
const ROW: f64 = 44.0;
/// The ends of the picture are at least so many times the prediction and its inverse.
const RATIO_MIN: f64 = 2.0;
/// And at most so many: further off is off the chart, and said so in words.
const RATIO_MAX: f64 = 1_000.0;
/// Where the marks begin and end: the whole width but for half a mark.
const ENDS: (f64, f64) = (12.0, WIDTH - 12.0);

/// One prediction as multiples of its own median.
#[derive(Clone, Debug, PartialEq)]
struct Row<'a> {
    quantity: &'a str,
    finding: Finding,
    ratio: f64,
    measured: (f64, f64),
    predicted: (f64, f64),
}

/// Draws measured over predicted; `None` when nothing was both predicted and measured.
pub(crate) fn held(predictions: &[Prediction]) -> Option<Chart> {
    let rows: Vec<Row<'_>> = predictions.iter().filter_map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let title = finding(&rows);
    let mut note =
        "What was measured as a multiple of what was predicted; at 1 they are equal. The band is the \
                    predicted range, the whisker the measured one."
            .to_owned();
    if rows.len() > ROWS_MAX {
        let _ = write!(note, " The first {ROWS_MAX} of {}; the table has them all.", rows.len());
    }
    let svg = draw(&rows[..rows.len().min(ROWS_MAX)], (&title, &note));
    Some(Chart { title, note, svg: Some(svg) })
}

fn row(prediction: &Prediction) -> Option<Row<'_>> {
    let (predicted, measured) = (prediction.predicted, prediction.measured?);
    let by = predicted.p50;
    let ratio = measured.p50 / by;
    let known = [ratio, measured.p10 / by, measured.p90 / by, predicted.p10 / by, predicted.p90 / by];
    (by > 0.0 && ratio > 0.0 && known.iter().all(|value| value.is_finite())).then_some(Row {
        quantity: &prediction.quantity,
        finding: prediction.finding,
        ratio,
        measured: (known[1], known[2]),
        predicted: (known[3], known[4]),
    })
}

/// What the picture shows to be the case.
fn finding(rows: &[Row<'_>]) -> String {
    let count = |finding: Finding| rows.iter().filter(|row| row.finding == finding).count();
    let (confirmed, refuted, total) = (count(Finding::Confirmed), count(Finding::Refuted), rows.len());
    let worst = rows
        .iter()
        .filter(|row| row.finding == Finding::Refuted)
        .max_by(|one, other| one.ratio.ln().abs().total_cmp(&other.ratio.ln().abs()));
    match worst {
        None if confirmed == total => {
            format!("The estimate held: {confirmed} of {total} measured numbers confirmed")
        }
        None => format!("Nothing refuted the estimate: {confirmed} of {total} measured numbers confirmed"),
        Some(worst) => format!(
            "{refuted} of {total} measured numbers refute the estimate; {} is furthest off, {}",
            worst.quantity,
            times(worst.ratio)
        ),
    }
}

/// `4.7 times the prediction`.
fn times(ratio: f64) -> String {
    format!("{} times the prediction", figure::multiple(ratio))
}

fn draw(rows: &[Row<'_>], (title, note): (&str, &str)) -> String {
    let mut height = 0.0;
    for _ in rows {
        height += ROW;
    }
    let mut frame = Frame::new("held", height + 40.0, title, note);
    let reach = reach(rows);
    // Logarithms are symmetric about one, so one is in the middle. What is not above zero lies at the left end.
    let place = |ratio: f64| {
        let share = f64::midpoint(1.0, (ratio.max(0.0).ln() / reach.ln()).clamp(-1.0, 1.0));
        ENDS.0 + share * (ENDS.1 - ENDS.0)
    };
    for (ratio, text) in marks(reach) {
        let class = if text == "1" { "one" } else { "grid" };
        frame.straight(class, (place(ratio), 20.0), (place(ratio), height + 12.0));
        let anchor = if ratio >= reach * 0.999 {
            "end"
        } else if ratio * reach <= 1.001 {
            "start"
        } else {
            "middle"
        };
        frame.text(place(ratio), height + 31.0, &format!("number {anchor}"), &format!("× {text}"));
    }
    let mut top = 0.0;
    for row in rows {
        draw_row(&mut frame, row, top, &place);
        top += ROW;
    }
    frame.finish()
}

fn draw_row(frame: &mut Frame, row: &Row<'_>, top: f64, place: &impl Fn(f64) -> f64) {
    let (words, marks) = (top + 16.0, top + 30.0);
    let class = match row.finding {
        Finding::Confirmed => "good",
        Finding::Refuted => "bad",
        Finding::CannotTell => "unknown",
    };
    frame.text(0.0, words, "label name", &super::shortened(row.quantity, NAME_MAX));
    let outcome = format!("× {} · {}", figure::multiple(row.ratio), row.finding.word());
    frame.text(WIDTH, words, &format!("label end {class}"), &outcome);
    let (low, high) = (place(row.predicted.0), place(row.predicted.1));
    // A point has a band too, thin but visible.
    frame.block("band", (low - 1.0, marks - 7.0), high - low + 2.0, 14.0);
    frame.straight(
        &format!("whisker {class}"),
        (place(row.measured.0), marks),
        (place(row.measured.1), marks),
    );
    let shape = match row.finding {
        Finding::Confirmed => "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
        Finding::Refuted => "m0 -6l6 6l-6 6l-6 -6z",
        Finding::CannotTell => "m-5 -5h10v10h-10z",
    };
    frame.mark(&format!("dot {class}"), (place(row.ratio), marks), shape);
}

/// How many times the prediction the picture reaches in either direction: 2, 5 or 10 times a power of ten.
fn reach(rows: &[Row<'_>]) -> f64 {
    let far = |ratio: f64| if ratio > 0.0 { ratio.max(1.0 / ratio) } else { RATIO_MAX };
    let furthest = rows
        .iter()
        .flat_map(|row| [row.ratio, row.measured.0, row.measured.1, row.predicted.0, row.predicted.1])
        .map(far)
        .fold(RATIO_MIN, f64::max);
    [2.0, 5.0, 10.0, 20.0, 50.0, 100.0].into_iter().find(|reach| furthest <= *reach).unwrap_or(RATIO_MAX)
}

/// The multiples that are marked, with their names.
fn marks(reach: f64) -> Vec<(f64, &'static str)> {
    let all: &[(f64, &str)] = if reach <= 2.0 {
        &[(0.5, "0.5"), (0.8, "0.8"), (1.0, "1"), (1.25, "1.25"), (2.0, "2")]
    } else if reach <= 10.0 {
        &[(0.1, "0.1"), (0.2, "0.2"), (0.5, "0.5"), (1.0, "1"), (2.0, "2"), (5.0, "5"), (10.0, "10")]
    } else {
        &[
            (0.001, "0.001"),
            (0.01, "0.01"),
            (0.1, "0.1"),
            (1.0, "1"),
            (10.0, "10"),
            (100.0, "100"),
            (1e3, "1000"),
        ]
    };
    all.iter().copied().filter(|(ratio, _)| ratio.max(1.0 / ratio) <= reach * 1.000_001).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenarios::estimate::{Kind, Spread, UnitName};

    fn prediction(predicted: f64, measured: Option<f64>, finding: Finding) -> Prediction {
        Prediction {
            quantity: "CPU per request".to_owned(),
            predicted: Spread::point(predicted),
            kind: Kind::Default,
            unit: UnitName::Seconds,
            measured: measured.map(Spread::point),
            finding,
            claimed: false,
            note: String::new(),
        }
    }

    #[test]
    fn the_title_names_what_is_furthest_off() {
        let cases = [
            (
                vec![prediction(2.0, Some(2.0), Finding::Confirmed)],
                "The estimate held: 1 of 1 measured numbers confirmed",
            ),
            (
                // 0.2 / 1 = 0.2; the other is only 1.5 times off.
                vec![
                    prediction(1.0, Some(0.2), Finding::Refuted),
                    prediction(2.0, Some(3.0), Finding::Refuted),
                ],
                "2 of 2 measured numbers refute the estimate; CPU per request is furthest off, 0.2 times the prediction",
            ),
            (
                vec![prediction(2.0, Some(2.1), Finding::CannotTell)],
                "Nothing refuted the estimate: 0 of 1 measured numbers confirmed",
            ),
        ];
        for (predictions, expected) in cases {
            assert_eq!(held(&predictions).unwrap().title, expected);
        }
    }

    #[test]
    fn what_has_no_ratio_is_not_drawn() {
        for (predicted, measured) in [
            (0.0, Some(1.0)),
            (1.0, None),
            (1.0, Some(0.0)),
            (f64::NAN, Some(1.0)),
            (1.0, Some(f64::INFINITY)),
            (-1.0, Some(1.0)),
        ] {
            assert_eq!(
                held(&[prediction(predicted, measured, Finding::CannotTell)]),
                None,
                "{predicted} {measured:?}"
            );
        }
    }

    #[test]
    fn the_picture_reaches_as_far_as_it_must() {
        for (measured, expected) in [(1.1, 2.0), (0.21, 5.0), (9.0, 10.0), (0.03, 50.0), (1e9, RATIO_MAX)] {
            let predictions = [prediction(1.0, Some(measured), Finding::Refuted)];
            let rows: Vec<_> = predictions.iter().filter_map(row).collect();
            assert_eq!(reach(&rows), expected, "{measured}");
            assert!(marks(expected).iter().any(|(ratio, _)| *ratio == 1.0));
        }
    }
}
