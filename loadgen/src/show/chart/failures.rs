//! What failed when: a strip over time for each kind of failure, in which a stronger colour is more of them.

use scenarios::report::{Failures, Report};

use super::frame::{Frame, LEFT, RIGHT};
use super::heat::level;
use super::response::{marks, over_time};
use super::{Chart, figure, float};

/// Letters of a kind; the table has it in full.
const NAME_MAX: usize = 40;
/// Height of a row: the kind over its strip.
const ROW: f64 = 46.0;
/// Below the rows: the marks of time and their name.
const FOOT: f64 = 58.0;

/// Draws failures by kind; `None` when there were none.
pub(crate) fn failures(report: &Report) -> Option<Chart> {
    let kinds = &report.over_time.failures;
    let title = finding(kinds, report.all.scheduled)?;
    let note = "Failures of each kind, by when the request was due. The stronger the colour, the more, on a logarithmic scale."
        .to_owned();
    let svg = draw(report, kinds, (&title, &note));
    Some(Chart { title, note, svg: Some(svg) })
}

fn total(failures: &Failures) -> u64 {
    failures.counts.iter().map(|(_, count)| count).sum()
}

/// What the picture shows to be the case.
fn finding(kinds: &[Failures], scheduled: u64) -> Option<String> {
    let first = kinds.first()?;
    let failed: u64 = kinds.iter().map(total).sum();
    let (worst, most) =
        first.counts.iter().max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0)))?;
    let at = figure::time(f64::from(*worst) * f64::from(first.interval_s));
    let share = figure::share(float(failed) / float(scheduled.max(failed)));
    let of_kind = match kinds.len() {
        1 => format!("all {}", first.kind),
        _ => format!("{} of them {}", figure::count(float(total(first))), first.kind),
    };
    Some(format!(
        "{share} of requests failed, {of_kind}; most of these at {at} ({})",
        figure::count(float(*most))
    ))
}

fn draw(report: &Report, kinds: &[Failures], (title, note): (&str, &str)) -> String {
    let mut height = 0.0;
    for _ in kinds {
        height += ROW;
    }
    let mut frame = Frame::new("failures", height + FOOT, title, note);
    let time = over_time(report);
    let most = kinds.iter().flat_map(|kind| &kind.counts).map(|(_, count)| *count).max().unwrap_or(1);
    let mut top = 0.0;
    for kind in kinds {
        frame.text(LEFT, top + 16.0, "label name", &super::shortened(&kind.kind, NAME_MAX));
        frame.text(LEFT - 8.0, top + 36.0, "number end", &figure::count(float(total(kind))));
        frame.straight("grid", (LEFT, top + 40.0), (RIGHT, top + 40.0));
        for (interval, count) in &kind.counts {
            let from = f64::from(*interval) * f64::from(kind.interval_s);
            let Some((left, right)) = time.place(from).zip(time.place(from + f64::from(kind.interval_s)))
            else {
                continue;
            };
            // Wide enough to be seen in the longest run.
            frame.cells(
                &format!("failed l{}", level(*count, most)),
                &[(left, top + 24.0, (right - left).max(2.0), 16.0)],
            );
        }
        top += ROW;
    }
    frame.straight("foot", (LEFT, top), (RIGHT, top));
    for (x, number) in marks(&time) {
        frame.straight("foot", (x, top), (x, top + 5.0));
        frame.text(x, top + 22.0, "number middle", &number);
    }
    frame.text(f64::midpoint(LEFT, RIGHT), top + 48.0, "axis middle", "time since measuring began");
    frame.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_how_much_failed_and_when() {
        let kind = |name: &str, counts: &[(u32, u64)]| Failures {
            kind: name.to_owned(),
            interval_s: 2,
            counts: counts.to_vec(),
        };
        let refused = kind("status 503", &[(3, 40), (7, 50)]);
        assert_eq!(
            finding(std::slice::from_ref(&refused), 900).unwrap(),
            "10 % of requests failed, all status 503; most of these at 14 s (50)"
        );
        assert_eq!(
            finding(&[refused, kind("timed out", &[(1, 10)])], 1_000).unwrap(),
            "10 % of requests failed, 90 of them status 503; most of these at 14 s (50)"
        );
        assert_eq!(finding(&[], 1_000), None);
    }
}
