//! Over time: growth until the plan's horizon, and the hours of a day.

use scenarios::estimate::{Estimate, UnitName};
use scenarios::outlook::{Curve, CurvePoint};
use scenarios::show;

use super::Chart;
use super::frame::{Axis, BOTTOM, Frame, HEIGHT, LEFT, RIGHT, TOP};

/// A curve with the band between its tenth and ninetieth percentile.
pub(super) fn growth(estimate: &Estimate, index: usize) -> Option<Chart> {
    let Curve { name, unit, points } = estimate.outlook.growth.get(index)?;
    let (first, last) = (points.first()?, points.last()?);
    let write = |value: f64| show::value(value, *unit, &estimate.conventions).replace(' ', "\u{a0}");
    let (from, to) = (write(first.value.p50), write(last.value.p50));
    let title = if first.value.p50 > 0.0 {
        let factor = show::count(last.value.p50 / first.value.p50).replace(' ', "\u{a0}");
        format!("{name}: from {from} to {to}, {factor} times as much")
    } else {
        format!("{name}: from nothing to {to}")
    };
    let across = Axis { low: 0.0, high: last.seconds, from: LEFT, to: RIGHT };
    let highest = points.iter().map(|point| point.value.p90).fold(0.0, f64::max);
    let upwards = Axis { low: 0.0, high: highest * 1.05, from: BOTTOM, to: TOP };
    if !(last.seconds > 0.0 && highest > 0.0) {
        return None;
    }
    let line = |of: &dyn Fn(&CurvePoint) -> f64| -> Vec<(f64, f64)> {
        points.iter().map(|point| (across.place(point.seconds), upwards.place(of(point)))).collect()
    };
    let mut frame = Frame::new(HEIGHT, &title);
    frame.levels(upwards, write);
    frame.foot(&times(
        last.seconds,
        estimate.conventions.year_seconds,
        estimate.conventions.month_seconds,
        across,
    ));
    let is_range = points.iter().any(|point| !point.value.is_point());
    if is_range {
        frame.area("band", &line(&|point| point.value.p90), &line(&|point| point.value.p10));
    }
    frame.path("line main", &line(&|point| point.value.p50));
    let band = if is_range { " The band holds eight of ten samples: p10 to p90." } else { "" };
    let note = format!("The line is the median over the plan's horizon.{band}");
    Some(Chart { title, note, svg: frame.finish() })
}

/// Marks in years or in months.
fn times(end: f64, year: f64, month: f64, across: Axis) -> Vec<(f64, String)> {
    let (unit, name) = if end >= 1.99 * year { (year, "y") } else { (month, "mo") };
    let axis = Axis { low: 0.0, high: end / unit, ..across };
    let whole = axis.ticks().into_iter().filter(|tick| tick.fract() == 0.0 && *tick > 0.0);
    let mut marks = vec![(across.place(0.0), "now".to_owned())];
    marks.extend(whole.map(|tick| (axis.place(tick), format!("{} {name}", show::digits(tick)))));
    marks
}

/// Requests by the hour of a day.
pub(super) fn day(estimate: &Estimate) -> Option<Chart> {
    let hours = &estimate.daily_curve;
    let (low, high) =
        (hours.iter().copied().fold(f64::INFINITY, f64::min), hours.iter().copied().fold(0.0, f64::max));
    if hours.len() < 2 || !(low < high && high.is_finite()) {
        return None;
    }
    let write = |value: f64| show::value(value, UnitName::PerSecond, &estimate.conventions);
    let title = if low > 0.0 {
        format!("The busiest hour has {} times the requests of the quietest", show::digits(high / low))
    } else {
        "The quietest hour has no requests".to_owned()
    };
    let across = Axis { low: 0.0, high: hours.len() as f64, from: LEFT, to: RIGHT };
    let upwards = Axis { low: 0.0, high: high * 1.05, from: BOTTOM, to: TOP };
    let mut frame = Frame::new(HEIGHT, &title);
    frame.levels(upwards, write);
    for (index, requests) in hours.iter().enumerate() {
        let hour = index as f64;
        let corner = (across.place(hour) + 1.5, upwards.place(*requests));
        frame.bar("bar", corner, (across.place(hour + 1.0) - 1.5, BOTTOM));
    }
    let marks: Vec<(f64, String)> = [0_u8, 6, 12, 18]
        .iter()
        .map(|hour| (across.place(f64::from(*hour) + 0.5), format!("+{hour} h")))
        .collect();
    frame.foot(&marks);
    let note = format!("Requests per second by hours from the quietest: {} to {}.", write(low), write(high));
    Some(Chart { title, note, svg: frame.finish() })
}
