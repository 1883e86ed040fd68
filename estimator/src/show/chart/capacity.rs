//! The measurement behind a plan: where the promise breaks, how much was done, the law, and what had been said before.

use scenarios::capacity::{Foreseen, Level};
use scenarios::estimate::UnitName;
use scenarios::plan::Plan;
use scenarios::show;
use scenarios::verdict::Attained;

use super::Chart;
use super::frame::{Axis, BOTTOM, Frame, HEIGHT, LEFT, RIGHT, ROW, TOP, WIDTH};
use crate::laws::usl::{Limit, Usl};

/// Misses over those that are allowed, at the ends of the axis: what is less or more is drawn there.
const LEAST_MISSES: f64 = 0.01;
const MOST_MISSES: f64 = 100.0;
/// Points of a curve.
const CURVE_POINTS: u32 = 60;

fn per_s(plan: &Plan, rate: f64) -> String {
    show::value(rate, UnitName::PerSecond, &plan.conventions).replace(' ', "\u{a0}")
}

/// Levels that requests came to by a schedule, by rising rate.
fn rated(plan: &Plan) -> Vec<(f64, &Level)> {
    let levels = plan.basis.levels.iter();
    let mut rated: Vec<_> = levels.filter_map(|level| Some((level.offered_per_s?, level))).collect();
    rated.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    rated
}

fn tone(verdict: Attained) -> &'static str {
    match verdict {
        Attained::Met => "good",
        Attained::Missed => "bad",
        Attained::CannotTell => "unknown",
    }
}

/// Requests outside the promise at each level, over as many as are allowed.
pub(super) fn attainment(plan: &Plan) -> Option<Chart> {
    let levels = rated(plan);
    let drawn: Vec<_> =
        levels.iter().filter_map(|(rate, level)| Some((*rate, *level, level.attained.as_ref()?))).collect();
    let (last, ..) = drawn.last()?;
    let held = drawn.iter().filter(|(_, level, _)| level.verdict == Attained::Met).map(|(rate, ..)| *rate);
    let broke =
        drawn.iter().filter(|(_, level, _)| level.verdict == Attained::Missed).map(|(rate, ..)| *rate);
    let title = match (held.reduce(f64::max), broke.reduce(f64::min)) {
        (Some(held), Some(broke)) => {
            format!("The promise holds at {} and is broken at {}", per_s(plan, held), per_s(plan, broke))
        }
        (Some(held), None) => format!("The promise holds at {}", per_s(plan, held)),
        (None, _) => return None,
    };
    let across = Axis { low: 0.0, high: last * 1.05, from: LEFT, to: RIGHT };
    let up = |misses: f64| {
        let axis = Axis { low: LEAST_MISSES.log10(), high: MOST_MISSES.log10(), from: BOTTOM, to: TOP };
        axis.place(misses.clamp(LEAST_MISSES, MOST_MISSES).log10())
    };
    let mut frame = Frame::new(HEIGHT, &title);
    if let Some((low, high)) = plan.basis.capacity.interval {
        frame.bar("band", (across.place(low), TOP), (across.place(high), BOTTOM));
    }
    for misses in [0.01, 0.1, 1.0, 10.0, 100.0] {
        frame.straight("grid", (LEFT, up(misses)), (RIGHT, up(misses)));
        frame.text((LEFT - 8.0, up(misses) + 4.0), "end", &format!("{} ×", show::digits(misses)));
    }
    frame.straight("limit", (LEFT, up(1.0)), (RIGHT, up(1.0)));
    frame.text((LEFT + 6.0, up(1.0) - 7.0), "label limit-name", "promised");
    let planned = across.place(plan.basis.planned.p50);
    frame.straight("mark", (planned, TOP), (planned, BOTTOM));
    frame.text((planned - 6.0, TOP + 10.0), "label end", "planned");
    for (rate, level, attained) in &drawn {
        let allowed = (1.0 - attained.promised).max(1e-9);
        let misses = |share: f64| up((1.0 - share) / allowed);
        let (x, tone) = (across.place(*rate), tone(level.verdict));
        frame.straight(
            &format!("whisker {tone}"),
            (x, misses(attained.interval.0)),
            (x, misses(attained.interval.1)),
        );
        frame.dot(tone, (x, misses(attained.share)));
    }
    frame.foot(&rates(plan, across));
    let note = "Requests outside the promise that is nearest to breaking, as a multiple of those it allows, by the rate \
                that was offered; with 95\u{a0}% intervals. The band is the capacity with its interval.";
    Some(Chart { title, note: note.to_owned(), svg: frame.finish() })
}

/// Marks of an axis of rates.
fn rates(plan: &Plan, across: Axis) -> Vec<(f64, String)> {
    across.ticks().into_iter().map(|rate| (across.place(rate), per_s(plan, rate))).collect()
}

/// What was done of what was asked.
pub(super) fn throughput(plan: &Plan) -> Option<Chart> {
    /// Done, of what was asked, within the noise of a short level.
    const DONE: f64 = 0.98;
    let levels = rated(plan);
    let (most, _) = levels.last().filter(|_| levels.len() > 1)?;
    let short = levels.iter().find(|(rate, level)| level.done_per_s < DONE * rate);
    let title = match short {
        Some((rate, level)) => {
            format!("At {} asked only {} were done", per_s(plan, *rate), per_s(plan, level.done_per_s))
        }
        None => format!("All that was asked was done, up to {}", per_s(plan, *most)),
    };
    let across = Axis { low: 0.0, high: most * 1.05, from: LEFT, to: RIGHT };
    let upwards = Axis { low: 0.0, high: most * 1.05, from: BOTTOM, to: TOP };
    let mut frame = Frame::new(HEIGHT, &title);
    frame.levels(upwards, |rate| per_s(plan, rate));
    frame.straight(
        "one",
        (across.place(0.0), upwards.place(0.0)),
        (across.place(*most), upwards.place(*most)),
    );
    let points: Vec<(f64, f64)> =
        levels.iter().map(|(rate, level)| (across.place(*rate), upwards.place(level.done_per_s))).collect();
    frame.path("line main", &points);
    for ((_, level), point) in levels.iter().zip(points) {
        frame.dot(tone(level.verdict), point);
    }
    frame.foot(&rates(plan, across));
    let note = "Requests answered well per second, over those that were offered; on the thin line all are."
        .to_owned();
    Some(Chart { title, note, svg: frame.finish() })
}

/// Throughput over what is under way at once, with the law through it.
pub(super) fn law(plan: &Plan) -> Option<Chart> {
    let fitted = plan.basis.law?;
    let law = Usl::new(fitted.lambda.value, fitted.sigma.value, fitted.kappa.value).ok()?;
    let reach = 2.0 * fitted.largest_n;
    if !(reach.is_finite() && reach > 0.0) {
        return None;
    }
    let title = match law.limit() {
        Limit::Peak(peak) if peak.exact.concurrency <= reach => format!(
            "More than {} requests at once make one node slower: N* at {}",
            show::digits(peak.exact.concurrency),
            per_s(plan, peak.exact.throughput)
        ),
        Limit::Peak(_) | Limit::Asymptote { .. } | Limit::None => {
            format!(
                "No peak up to {} requests at once, which is as far as the law reaches",
                show::digits(reach)
            )
        }
    };
    let at = |n: f64| law.throughput(n).ok();
    let curve: Vec<(f64, f64)> = (1..=CURVE_POINTS)
        .filter_map(|step| {
            // Denser where the curve bends.
            let n = reach * (f64::from(step) / f64::from(CURVE_POINTS)).powi(2);
            Some((n, at(n)?))
        })
        .collect();
    let levels = plan.basis.levels.iter().filter(|level| level.concurrency > 0.0);
    let points: Vec<(f64, f64, Attained)> =
        levels.map(|level| (level.concurrency, level.done_per_s, level.verdict)).collect();
    let highest = curve.iter().map(|(_, x)| *x).chain(points.iter().map(|(_, x, _)| *x)).fold(0.0, f64::max);
    let across = Axis { low: 0.0, high: reach, from: LEFT, to: RIGHT };
    let upwards = Axis { low: 0.0, high: highest * 1.05, from: BOTTOM, to: TOP };
    let mut frame = Frame::new(HEIGHT, &title);
    frame.levels(upwards, |rate| per_s(plan, rate));
    let line: Vec<(f64, f64)> = curve.iter().map(|(n, x)| (across.place(*n), upwards.place(*x))).collect();
    frame.path("line main", &line);
    for (n, x, verdict) in points {
        frame.dot(tone(verdict), (across.place(n), upwards.place(x)));
    }
    let marks: Vec<(f64, String)> =
        across.ticks().into_iter().map(|n| (across.place(n), show::digits(n))).collect();
    frame.foot(&marks);
    let note = "Requests per second over requests under way at once; the line is the Universal Scalability Law through \
                the levels, drawn no further than twice the largest that was measured."
        .to_owned();
    Some(Chart { title, note, svg: frame.finish() })
}

/// What had been said before it was tried, beside what came.
pub(super) fn foreseen(plan: &Plan) -> Option<Chart> {
    let tried: Vec<_> = plan.basis.predicted.iter().filter_map(|said| Some((said, said.measured?))).collect();
    let (first, measured) = tried.first()?;
    let off = 100.0 * (first.predicted.p50 / measured.p50 - 1.0);
    let word = if off < 0.0 { "below" } else { "above" };
    let title = format!(
        "{} was predicted {}\u{a0}% {word} what came",
        first.what,
        show::digits(off.abs().round().max(0.0))
    );
    let mut frame = Frame::new(ROW * tried.len() as f64, &title);
    for (index, (Foreseen { what, unit, predicted, .. }, measured)) in tried.iter().enumerate() {
        let top = ROW * index as f64;
        let write = |value| show::value(value, *unit, &plan.conventions).replace(' ', "\u{a0}");
        let across = Axis { low: 0.0, high: predicted.p90.max(measured.p90), from: 0.0, to: WIDTH };
        frame.text((0.0, top + 18.0), "name", what);
        let figures = format!("{} predicted, {} measured", write(predicted.p50), write(measured.p50));
        frame.text((WIDTH, top + 18.0), "end", &figures);
        let ends = (across.place(predicted.p10), across.place(predicted.p90));
        frame.bar("bar low", (ends.0, top + 26.0), (ends.1, top + 44.0));
        let tone = if (predicted.p10..=predicted.p90).contains(&measured.p50) { "good" } else { "bad" };
        let y = top + 35.0;
        frame.straight(
            &format!("whisker {tone}"),
            (across.place(measured.p10), y),
            (across.place(measured.p90), y),
        );
        frame.dot(tone, (across.place(measured.p50), y));
    }
    let note = "The bar is what was said before it was tried, from zero at the left; the dot is what was measured, with \
                its interval."
        .to_owned();
    Some(Chart { title, note, svg: frame.finish() })
}
