//! The percentile spectrum: how long the slowest tenth, hundredth, thousandth waited.
//!
//! The foot is x = log10(1 / (1 − q)), so that each nine takes the same room. Response counts from the due time,
//! service from when the request left: where the two part, requests waited before the server saw them.

use scenarios::report::{Report, SpectrumPoint};

use super::axis::{Axis, Measure};
use super::frame::{ACROSS, Frame, HEIGHT, Label, UPWARDS};
use super::{Chart, POINTS_MAX, figure, float};

/// Nines at least, so that a short run is not stretched.
const NINES_MIN: f64 = 1.0;
/// Nines at most: 1 − 10⁻¹² is beyond any run.
const NINES_MAX: f64 = 12.0;
/// Nines from which on only every second is marked.
const NINES_CROWDED: f64 = 5.0;

/// Draws the percentile spectrum.
pub(crate) fn spectrum(report: &Report) -> Chart {
    let mut points: Vec<(f64, SpectrumPoint)> =
        report.spectrum.iter().filter_map(|point| Some((nines(point.q)?, *point))).collect();
    points.truncate(POINTS_MAX);
    let title = finding(report);
    if points.is_empty() {
        return Chart { title, note: "No request ended in the measured time.".to_owned(), svg: None };
    }
    let values = points.iter().flat_map(|(_, point)| [point.response_s, point.service_s]);
    let axis = Axis::holding(values, Measure::Time, UPWARDS);
    let mut note =
        "The share of requests that took at most so long. Response counts from when a request was due, \
                    service from when it was sent: what lies between them was spent waiting to be sent."
            .to_owned();
    if axis.is_log() {
        note.push_str(" Logarithmic scale.");
    }
    let svg = draw(&points, &axis, (&title, &note));
    Chart { title, note, svg: Some(svg) }
}

/// How many nines a share has: 1 for 90 %, 2 for 99 %.
fn nines(q: f64) -> Option<f64> {
    ((0.0..1.0).contains(&q)).then(|| -(1.0 - q).log10()).map(|nines| nines.clamp(0.0, NINES_MAX))
}

/// What the picture shows to be the case.
fn finding(report: &Report) -> String {
    let response = &report.all.response;
    let parts: Vec<String> = [(0.99, "1 in 100"), (0.999, "1 in 1,000")]
        .into_iter()
        .filter_map(|(q, share)| {
            let quantile = response.quantile(q)?;
            // Beyond the quantile there must be someone who waited.
            let known = float(response.count) * (1.0 - q) >= 1.0 - 1e-9 && quantile.value_s.is_finite();
            known.then(|| format!("{share} waited {} or longer", figure::time(quantile.value_s)))
        })
        .collect();
    let median = response.quantile(0.5).filter(|median| median.value_s.is_finite());
    match (parts.is_empty(), median) {
        (false, _) => parts.join(", "),
        (true, Some(median)) => {
            format!("Half waited {} or longer; too few samples for the tail", figure::time(median.value_s))
        }
        (true, None) => "No response times were measured".to_owned(),
    }
}

fn draw(points: &[(f64, SpectrumPoint)], axis: &Axis, (title, note): (&str, &str)) -> String {
    let mut frame = Frame::new("spectrum", HEIGHT, title, note);
    frame.levels(axis, "time", figure::time);
    let last = points.iter().map(|(nines, _)| *nines).fold(NINES_MIN, f64::max);
    let across = Axis::between(0.0, last, Measure::Number, ACROSS);
    frame.foot(&shares(&across, last), "share of requests");
    let places = |of: fn(&SpectrumPoint) -> f64| -> Vec<Option<(f64, f64)>> {
        points.iter().map(|(nines, point)| Some((across.place(*nines)?, axis.place(of(point))?))).collect()
    };
    let lines = [
        ("service", "second", places(|point| point.service_s)),
        ("response", "main", places(|point| point.response_s)),
    ];
    let mut labels = Vec::new();
    for (text, class, points) in lines {
        if let Some((_, y)) = points.iter().rev().flatten().next() {
            labels.push(Label { y: *y, text, class });
        }
        frame.line(class, points);
    }
    frame.labels(labels);
    frame.finish()
}

/// The marks of the foot: the median and every nine, or every second one where they crowd.
fn shares(across: &Axis, last: f64) -> Vec<(f64, String)> {
    let every: usize = if last > NINES_CROWDED { 2 } else { 1 };
    let nines = (1..=12u32).step_by(every).take_while(|nines| f64::from(*nines) <= last + 1e-9);
    let marks = std::iter::once((std::f64::consts::LOG10_2, 0.5))
        .chain(nines.map(|nines| (f64::from(nines), 1.0 - 10f64.powf(-f64::from(nines)))));
    marks.filter_map(|(nines, share)| Some((across.place(nines)?, nines_shown(share)))).collect()
}

/// `50 %`, `99.9 %`: with as many nines as there are.
fn nines_shown(share: f64) -> String {
    let percent = format!("{:.10}", share * 100.0);
    format!("{} %", percent.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_nine_takes_the_same_room_and_is_written_out() {
        let across = Axis::between(0.0, 4.0, Measure::Number, (0.0, 400.0));
        let marks = shares(&across, 4.0);
        let texts: Vec<&str> = marks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["50 %", "90 %", "99 %", "99.9 %", "99.99 %"]);
        // log10(2) = 0.30103
        for ((x, _), expected) in marks.iter().zip([30.103, 100.0, 200.0, 300.0, 400.0]) {
            assert!((x - expected).abs() < 0.001, "{x}");
        }
        let crowded = shares(&Axis::between(0.0, 6.0, Measure::Number, (0.0, 1.0)), 6.0);
        assert_eq!(crowded.len(), 4); // the median, 1, 3 and 5 nines
    }

    #[test]
    fn what_is_not_a_share_below_one_has_no_place() {
        for q in [1.0, -0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(nines(q), None, "{q}");
        }
        assert_eq!(nines(0.0), Some(0.0));
    }
}
