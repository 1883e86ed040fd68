//! Response time over time: the median and the 99th percentile of each second, the limits that were promised, and
//! the seconds in which something failed.

use std::fmt::Write;

use scenarios::report::{Report, Second};

use super::axis::{Axis, Measure};
use super::frame::{ACROSS, BOTTOM, Frame, HEIGHT, LEFT, Label, RIGHT, TOP, UPWARDS};
use super::{Chart, figure, seconds_per_point, thinned};

/// A limit so many times the longest response is left out: it would press everything else onto the foot.
const LIMIT_FAR: f64 = 1_000.0;
/// Limits that are drawn; more lines would hide what they are compared with.
const LIMITS_MAX: usize = 3;
/// Highest over lowest p99 up to which a run is called steady.
const STEADY: f64 = 1.5;

/// A limit on the response time and the promise it is from.
#[derive(Clone, Debug, PartialEq)]
struct Limit {
    value_s: f64,
    promise: String,
}

impl Limit {
    fn is_of_p99(&self) -> bool {
        self.promise
            .rsplit_once('<')
            .is_some_and(|(before, _)| before.split_whitespace().next_back() == Some("p99"))
    }
}

/// Draws response time over time.
pub(crate) fn response(report: &Report) -> Chart {
    let seconds: Vec<Second> = report
        .seconds
        .iter()
        .copied()
        .filter(|second| second.scheduled > 0 && second.p99_s.is_finite())
        .collect();
    let Some(longest) = seconds.iter().map(|second| second.p99_s).reduce(f64::max) else {
        return Chart {
            title: "No response times were measured".to_owned(),
            note: "No request was due in the measured time.".to_owned(),
            svg: None,
        };
    };
    let mut limits = limits(report);
    limits.retain(|limit| limit.value_s <= longest * LIMIT_FAR);
    limits.truncate(LIMITS_MAX);
    // What was promised of another quantile is no limit of this one.
    let title = finding(&seconds, limits.iter().find(|limit| limit.is_of_p99()));
    let per_point = seconds_per_point(&report.seconds);
    let values = seconds.iter().flat_map(|second| [second.p50_s, second.p99_s]);
    let axis = Axis::holding(values.chain(limits.iter().map(|limit| limit.value_s)), Measure::Time, UPWARDS);
    let note = note(&limits, &axis, per_point);
    let svg = draw(report, &limits, &axis, (&title, &note));
    Chart { title, note, svg: Some(svg) }
}

/// The limits of the promises, shortest first, one line for each length.
fn limits(report: &Report) -> Vec<Limit> {
    let mut limits: Vec<Limit> = report.slo.iter().filter_map(|outcome| limit(&outcome.promise)).collect();
    limits.sort_by(|one, other| one.value_s.total_cmp(&other.value_s));
    limits.dedup_by(|later, first| {
        let same = (later.value_s - first.value_s).abs() <= first.value_s * 1e-9;
        if same {
            first.promise = format!("{}, {}", first.promise, later.promise);
        }
        same
    });
    limits
}

/// The limit in `read question p99 < 200 ms`; `None` for a promise about something else than time.
fn limit(promise: &str) -> Option<Limit> {
    let (_, limit) = promise.rsplit_once('<')?;
    let value_s = scenarios::parse_duration(limit.trim_start_matches('=').trim()).ok()?.as_secs_f64();
    (value_s > 0.0).then(|| Limit { value_s, promise: promise.to_owned() })
}

/// What the picture shows to be the case.
fn finding(seconds: &[Second], limit: Option<&Limit>) -> String {
    let ended = |second: &&Second| second.p99_s.is_finite();
    let lowest = seconds.iter().filter(ended).map(|second| second.p99_s).fold(f64::INFINITY, f64::min);
    let highest = seconds.iter().filter(ended).map(|second| second.p99_s).fold(0.0, f64::max);
    let worst =
        seconds.iter().reduce(|worst, second| if second.p99_s > worst.p99_s { second } else { worst });
    let shown = figure::time;
    let total = seconds.len();
    let mut text = match (limit, worst) {
        _ if total == 1 => format!("p99 was {} in the one second measured", shown(highest)),
        (Some(limit), _) => {
            let above = seconds.iter().filter(|second| second.p99_s > limit.value_s).count();
            let limit = shown(limit.value_s);
            if above == 0 {
                format!("p99 stayed under the limit of {limit}: {} at most", shown(highest))
            } else {
                format!("p99 of all actions was over {limit} in {above} of {total} seconds")
            }
        }
        _ if highest <= lowest * STEADY => {
            format!("p99 was steady: {} to {}", shown(lowest), shown(highest))
        }
        (None, Some(worst)) => {
            let at = figure::time(f64::from(worst.at_s));
            format!("p99 ran from {} to {}, highest at {at}", shown(lowest), shown(highest))
        }
        (None, None) => "no response times were measured".to_owned(),
    };
    let failing = seconds.iter().filter(|second| second.good < second.scheduled).count();
    if failing > 0 {
        let _ = write!(text, "; requests failed in {failing} of {total}");
    }
    text
}

fn note(limits: &[Limit], axis: &Axis, per_point: usize) -> String {
    let mut note =
        "Median and 99th percentile of all actions, second by second, counted from when each request was due."
            .to_owned();
    if !limits.is_empty() {
        let promises: Vec<&str> = limits.iter().map(|limit| limit.promise.as_str()).collect();
        let _ = write!(note, " Dashed: the limit of {}.", promises.join("; "));
    }
    if axis.is_log() {
        note.push_str(" Logarithmic scale.");
    }
    note.push_str(&thinned(per_point, "the highest"));
    note
}

fn draw(report: &Report, limits: &[Limit], axis: &Axis, (title, note): (&str, &str)) -> String {
    let seconds = report.seconds.as_slice();
    let mut frame = Frame::new("response", HEIGHT, title, note);
    frame.levels(axis, "response time", figure::time);
    let time = over_time(report);
    frame.foot(&marks(&time), "time since measuring began");
    let failing = failures(&mut frame, seconds, &time);
    let per_point = seconds_per_point(seconds);
    let places = |of: fn(&Second) -> f64| -> Vec<Option<(f64, f64)>> {
        points(seconds, per_point)
            .map(|chunk| {
                let chunk = chunk?;
                let highest = chunk.iter().filter(|second| second.scheduled > 0).map(of).reduce(f64::max)?;
                Some((time.place(middle(chunk))?, axis.place(highest)?))
            })
            .collect()
    };
    let lines =
        [("p50", "second", places(|second| second.p50_s)), ("p99", "main", places(|second| second.p99_s))];
    let mut labels = Vec::new();
    for (text, class, points) in lines {
        if let Some((_, y)) = points.iter().rev().flatten().next() {
            labels.push(Label { y: *y, text, class });
        }
        frame.line(class, points);
    }
    if failing {
        labels.push(Label { y: BOTTOM - 4.0, text: "failed", class: "bad" });
    }
    draw_limits(&mut frame, limits, axis);
    frame.labels(labels);
    frame.finish()
}

fn draw_limits(frame: &mut Frame, limits: &[Limit], axis: &Axis) {
    for (index, limit) in limits.iter().enumerate() {
        let Some(y) = axis.place(limit.value_s) else { continue };
        frame.straight("limit", (LEFT, y), (RIGHT, y));
        // Neighbours are written at different ends, so that close limits can be read.
        let (x, class) = if index.is_multiple_of(2) {
            (LEFT + 6.0, "label limit-name")
        } else {
            (RIGHT - 6.0, "label limit-name end")
        };
        let above = if y < TOP + 20.0 { y + 20.0 } else { y - 6.0 };
        frame.text(x, above, class, &format!("limit {}", figure::time(limit.value_s)));
    }
}

/// Marks the seconds in which something failed, along the foot; whether there were any.
fn failures(frame: &mut Frame, seconds: &[Second], time: &Axis) -> bool {
    const HIGH: f64 = 8.0;
    let mut any = false;
    for run in seconds.chunk_by(|one, other| failed(one) == failed(other)) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        if !failed(first) {
            continue;
        }
        let ends = time.place(f64::from(first.at_s)).zip(time.place(f64::from(last.at_s) + 1.0));
        if let Some((from, to)) = ends {
            any = true;
            // Wide enough to be seen in the longest run.
            frame.block("failed", (from, BOTTOM - HIGH), (to - from).max(2.0), HIGH);
        }
    }
    any
}

fn failed(second: &Second) -> bool {
    second.good < second.scheduled
}

/// The axis of a run: from its first measured second to the end of its last, or to where measuring ended within it.
pub(super) fn over_time(report: &Report) -> Axis {
    let (seconds, measured_s) = (&report.seconds, ended_s(report));
    let first = seconds.iter().map(|second| f64::from(second.at_s)).reduce(f64::min).unwrap_or(0.0);
    let last = seconds.iter().map(|second| f64::from(second.at_s) + 1.0).reduce(f64::max).unwrap_or(0.0);
    let last = if measured_s > last - 1.0 { last.min(measured_s) } else { last };
    Axis::between(first, last, Measure::Time, ACROSS)
}

/// When measuring ended, from its beginning: what was set aside is part of the time.
pub(super) fn ended_s(report: &Report) -> f64 {
    report.offered.measured_s + report.set_aside.as_ref().map_or(0.0, |set_aside| set_aside.seconds)
}

/// Neighbouring seconds that share a point, with a gap where seconds are missing.
pub(super) fn points(seconds: &[Second], per_point: usize) -> impl Iterator<Item = Option<&[Second]>> {
    let follows = |one: &Second, other: &Second| one.at_s.checked_add(1) == Some(other.at_s);
    let runs = seconds.chunk_by(follows);
    runs.flat_map(move |run| run.chunks(per_point).map(Some).chain([None]))
}

/// The marks of a run, written as times.
pub(super) fn marks(time: &Axis) -> Vec<(f64, String)> {
    time.ticks.iter().filter_map(|tick| Some((time.place(*tick)?, figure::time(*tick)))).collect()
}

/// The middle of some neighbouring seconds.
pub(super) fn middle(chunk: &[Second]) -> f64 {
    let ends = chunk.first().zip(chunk.last());
    ends.map_or(0.0, |(first, last)| f64::midpoint(f64::from(first.at_s), f64::from(last.at_s) + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_read_from_a_promise_about_time() {
        for (promise, expected) in [
            ("read question p99 < 200 ms", Some(0.2)),
            ("all p99.9 < 1.5 s", Some(1.5)),
            ("all errors < 0.1%", None),
            ("availability 99.9% per month", None),
            ("a < b p50 < 10 ms", Some(0.01)),
            ("ask p99 < 0 ms", None),
            ("<", None),
        ] {
            let found = limit(promise).map(|limit| limit.value_s);
            assert_eq!(found, expected, "{promise}");
        }
    }

    #[test]
    fn the_title_says_what_happened() {
        let second =
            |at_s, p99_s, good| Second { at_s, scheduled: 10, good, p50_s: p99_s / 2.0, p99_s, max_s: p99_s };
        let limit = Limit { value_s: 0.2, promise: String::new() };
        let cases: [(&[Second], Option<&Limit>, &str); 6] = [
            (&[second(0, 0.008, 10)], None, "p99 was 8 ms in the one second measured"),
            (&[second(0, 0.008, 10), second(1, 0.009, 10)], None, "p99 was steady: 8 ms to 9 ms"),
            (
                &[second(0, 0.003, 10), second(1, 0.012, 10)],
                None,
                "p99 ran from 3 ms to 12 ms, highest at 1 s",
            ),
            (
                &[second(0, 0.003, 10), second(1, 0.012, 10)],
                Some(&limit),
                "p99 stayed under the limit of 200 ms: 12 ms at most",
            ),
            (
                &[second(0, 0.003, 10), second(1, 0.3, 10)],
                Some(&limit),
                "p99 of all actions was over 200 ms in 1 of 2 seconds",
            ),
            (
                &[second(0, 0.008, 10), second(1, 0.009, 7)],
                None,
                "p99 was steady: 8 ms to 9 ms; requests failed in 1 of 2",
            ),
        ];
        for (seconds, limit, expected) in cases {
            assert_eq!(finding(seconds, limit), expected);
        }
    }
}
