//! Misses over the rate, level by level, with the promise as a line and the capacity as a band; and the response time over the rate.

use scenarios::capacity::{Capacity, CapacityRate, Level};
use scenarios::report::Honesty;
use scenarios::verdict::Attained;

use super::axis::{Axis, Measure};
use super::frame::{ACROSS, BOTTOM, Frame, HEIGHT, LEFT, RIGHT, TOP, UPWARDS};
use super::{Chart, figure};
use crate::show::capacity::rate as shown;

/// Half of a dot and of the foot of a whisker.
const DOT: f64 = 3.5;
const FOOT: f64 = 4.0;
/// Of what may miss, the least share that has a place of its own.
const LEAST: f64 = 0.02;

/// Both pictures.
pub(crate) fn charts(capacity: &Capacity) -> Vec<Chart> {
    vec![misses(capacity), responses(capacity)]
}

/// Levels at a rate in which the generator was not the limit.
fn rated(capacity: &Capacity) -> Vec<(f64, &Level)> {
    let sound = capacity.levels.iter().filter(|level| level.honesty != Honesty::GeneratorLimited);
    sound.filter_map(|level| Some((level.offered_per_s?, level))).collect()
}

fn misses(capacity: &Capacity) -> Chart {
    let levels = rated(capacity);
    let title = match capacity.rate {
        Some(CapacityRate { per_s, interval: Some((low, high)), .. }) => {
            format!("The promise breaks at {}/s, between {} and {}", shown(per_s), shown(low), shown(high))
        }
        Some(CapacityRate { per_s, .. }) => format!("Every promise held up to {}/s", shown(per_s)),
        None => "No rate was found at which the promise breaks".to_owned(),
    };
    let note = "The share of requests that did not keep the promise nearest to breaking, by the rate of the level, with 95 % intervals. \
                The dashed line is what may miss; the band is the capacity."
        .to_owned();
    let shares: Vec<(f64, f64, (f64, f64), Attained)> = (levels.iter())
        .filter_map(|(rate, level)| {
            let attained = level.attained.as_ref()?;
            let (low, high) = attained.interval;
            Some((*rate, 1.0 - attained.share, (1.0 - high, 1.0 - low), level.verdict))
        })
        .collect();
    let may_miss = levels.iter().find_map(|(_, level)| level.attained.as_ref()).map(|one| 1.0 - one.promised);
    let Some(may_miss) = may_miss.filter(|share| *share > 0.0) else {
        return Chart { title, note, svg: None };
    };
    let least = may_miss * LEAST;
    let mut frame = Frame::new("misses", HEIGHT, &title, &note);
    let upright = Axis::logarithmic(least, 1.0, Measure::Number, UPWARDS);
    let along = foot(capacity, &levels);
    frame.levels(&upright, "missed", figure::share);
    band(&mut frame, capacity, &along);
    line_of(&mut frame, &upright, may_miss, "may miss");
    marks(&mut frame, &along);
    for (rate, share, (low, high), verdict) in shares {
        let class = match verdict {
            Attained::Met => "good",
            Attained::Missed => "bad",
            Attained::CannotTell => "unknown",
        };
        let place = |share: f64| upright.place(share.max(least));
        let (Some(x), Some(y), Some(top), Some(bottom)) =
            (along.place(rate), place(share), place(high), place(low))
        else {
            continue;
        };
        frame.straight(&format!("whisker {class}"), (x, top), (x, bottom));
        frame.straight(&format!("whisker {class}"), (x - FOOT, top), (x + FOOT, top));
        frame.straight(&format!("whisker {class}"), (x - FOOT, bottom), (x + FOOT, bottom));
        dot(&mut frame, class, (x, y));
    }
    Chart { title, note, svg: Some(frame.finish()) }
}

fn responses(capacity: &Capacity) -> Chart {
    let mut levels = rated(capacity);
    levels.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let title = match (levels.first(), levels.last()) {
        (Some((low, first)), Some((high, last))) if high > low => format!(
            "p99 goes from {} at {}/s to {} at {}/s",
            figure::time(first.p99_s),
            shown(*low),
            figure::time(last.p99_s),
            shown(*high)
        ),
        _ => "Too few rates were tried for a curve".to_owned(),
    };
    let note =
        "p99 and median of the response time, counted from when a request was due, by the rate of the level."
            .to_owned();
    if levels.is_empty() {
        return Chart { title, note, svg: None };
    }
    let mut frame = Frame::new("responses", HEIGHT, &title, &note);
    let values = levels.iter().flat_map(|(_, level)| [level.p50_s, level.p99_s]);
    let upright = Axis::holding(values, Measure::Time, UPWARDS);
    let along = foot(capacity, &levels);
    frame.levels(&upright, "response", figure::time);
    band(&mut frame, capacity, &along);
    marks(&mut frame, &along);
    let points = |of: fn(&Level) -> f64| -> Vec<Option<(f64, f64)>> {
        levels.iter().map(|(rate, level)| along.place(*rate).zip(upright.place(of(level)))).collect()
    };
    let end = |points: &[Option<(f64, f64)>]| points.iter().flatten().last().map_or(BOTTOM, |(_, y)| *y);
    let (p50, p99) = (points(|level| level.p50_s), points(|level| level.p99_s));
    let labels = vec![
        super::frame::Label { y: end(&p99), text: "p99", class: "main" },
        super::frame::Label { y: end(&p50), text: "median", class: "second" },
    ];
    frame.line("second", p50);
    frame.line("main", p99);
    frame.labels(labels);
    Chart { title, note, svg: Some(frame.finish()) }
}

/// Rates from nothing to a little beyond the highest.
fn foot(capacity: &Capacity, levels: &[(f64, &Level)]) -> Axis {
    let highest = levels.iter().map(|(rate, _)| *rate).fold(0.0, f64::max);
    let end = capacity.rate.and_then(|rate| rate.interval).map_or(0.0, |(_, high)| high);
    Axis::between(0.0, highest.max(end) * 1.03, Measure::Number, ACROSS)
}

fn marks(frame: &mut Frame, along: &Axis) {
    let marks: Vec<(f64, String)> = (along.ticks.iter())
        .filter_map(|tick| along.place(*tick).map(|x| (x, figure::count(*tick))))
        .collect();
    frame.foot(&marks, "requests per second offered");
}

/// Where the capacity lies.
fn band(frame: &mut Frame, capacity: &Capacity, along: &Axis) {
    let Some((low, high)) = capacity.rate.and_then(|rate| rate.interval) else { return };
    if let Some((from, to)) = along.place(low).zip(along.place(high)) {
        frame.block("band", (from, TOP), (to - from).max(1.0), BOTTOM - TOP);
    }
}

fn line_of(frame: &mut Frame, upright: &Axis, share: f64, name: &str) {
    let Some(y) = upright.place(share) else { return };
    frame.straight("limit", (LEFT, y), (RIGHT, y));
    frame.text(LEFT + 6.0, y - 6.0, "limit-name", &format!("{} {name}", figure::share(share)));
}

/// A rhomb, which can be told from others without colour by being filled or not.
fn dot(frame: &mut Frame, class: &str, (x, y): (f64, f64)) {
    let path = format!("l{DOT} {DOT}l-{DOT} {DOT}l-{DOT} -{DOT}z");
    frame.mark(&format!("dot {class}"), (x, y - DOT), &path);
}
