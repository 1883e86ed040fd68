//! Asked and done over time: whether the server kept up with what was offered.
//!
//! Where a long run is drawn with fewer points, rates are averaged: the highest of some seconds would show more
//! requests than there were. In the closed model nobody asks for a rate, and what was done stands alone.

use scenarios::report::{Report, Second};

use super::axis::{Axis, Measure};
use super::frame::{Frame, HEIGHT, Label, UPWARDS};
use super::response::{ended_s, marks, middle, over_time, points};
use super::{Chart, figure, float, phases, seconds_per_point, thinned};

/// A last second of which less was measured is left out: a rate from so little is noise.
const SECOND_SHARE_MIN: f64 = 0.2;

/// What a moment of a run asked for and got, per second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment {
    at_s: f64,
    asked: f64,
    done: f64,
}

/// Draws what was asked and what was done over time.
pub(crate) fn rates(report: &Report) -> Chart {
    let asks = report.offered.askers().is_none();
    let per_point = seconds_per_point(&report.seconds);
    let moments = moments(&report.seconds, per_point, ended_s(report));
    let title = finding(report, &moments);
    let mut note = if asks {
        "Requests that were due in each second, and those of them that were answered well.".to_owned()
    } else {
        "Requests that were answered well, by the second in which they were due. Each waits for the answer before it, \
         so nobody asked for a rate."
            .to_owned()
    };
    note.push_str(&thinned(per_point, "the mean"));
    note.push_str(&phases::note(&report.phases));
    if moments.is_empty() {
        return Chart { title, note, svg: None };
    }
    let svg = draw(report, &moments, (&title, &note));
    Chart { title, note, svg: Some(svg) }
}

fn moments(seconds: &[Second], per_point: usize, measured_s: f64) -> Vec<Moment> {
    points(seconds, per_point)
        .flatten()
        .filter_map(|chunk| {
            let length: f64 = chunk.iter().map(|second| part(second, measured_s)).sum();
            let sum = |of: fn(&Second) -> u64| chunk.iter().map(|second| float(of(second))).sum::<f64>();
            (length >= SECOND_SHARE_MIN).then(|| Moment {
                at_s: middle(chunk),
                asked: sum(|second| second.scheduled) / length,
                done: sum(|second| second.good) / length,
            })
        })
        .collect()
}

/// How much of a second was measured: all of it, but for the last of a run that ended within it.
fn part(second: &Second, measured_s: f64) -> f64 {
    let left = measured_s - f64::from(second.at_s);
    if left > 0.0 && left < 1.0 { left } else { 1.0 }
}

/// What the picture shows to be the case.
fn finding(report: &Report, moments: &[Moment]) -> String {
    let all = &report.all;
    if all.scheduled == 0 {
        return "Nothing was asked in the measured time".to_owned();
    }
    let rate = |value: f64| format!("{}/s", figure::count(value));
    if let Some((count, askers)) = report.offered.askers() {
        let lowest = moments.iter().map(|moment| moment.done).fold(f64::INFINITY, f64::min);
        let highest = moments.iter().map(|moment| moment.done).fold(0.0, f64::max);
        let count = figure::count(f64::from(count));
        let range = if moments.len() > 1 {
            format!(", between {} and {}", rate(lowest), rate(highest))
        } else {
            String::new()
        };
        return format!("{count} {askers} were served {} requests/s{range}", figure::count(all.done_per_s));
    }
    if all.good == all.scheduled {
        return format!("All {} requests/s that were asked were done", figure::count(all.asked_per_s));
    }
    format!(
        "{} of {} requests/s asked were done: {}",
        figure::count(all.done_per_s),
        figure::count(all.asked_per_s),
        figure::share(float(all.good) / float(all.scheduled))
    )
}

fn draw(report: &Report, moments: &[Moment], (title, note): (&str, &str)) -> String {
    let asks = report.offered.askers().is_none();
    let mut frame = Frame::new("rates", HEIGHT, title, note);
    let values = moments.iter().flat_map(|moment| [moment.asked, moment.done]);
    // Rates are compared by height, so their axis begins at zero whatever they span.
    let highest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let axis = Axis::holding([highest], Measure::Number, UPWARDS);
    frame.levels(&axis, "requests per second", figure::count);
    let time = over_time(report);
    frame.foot(&marks(&time), "time since measuring began");
    phases::borders(&mut frame, &time, &report.phases);
    let apart = float(seconds_per_point(&report.seconds) as u64);
    let places = |of: fn(&Moment) -> f64| -> Vec<Option<(f64, f64)>> {
        let place = |moment: &Moment| Some((time.place(moment.at_s)?, axis.place(of(moment))?));
        // Seconds that are missing are a gap, not a line between their neighbours.
        let follows = |one: &Moment, other: &Moment| other.at_s - one.at_s <= apart;
        moments.chunk_by(follows).flat_map(|run| run.iter().map(place).chain([None])).collect()
    };
    let mut lines = vec![("done", "main", places(|moment| moment.done))];
    if asks {
        lines.insert(0, ("asked", "wide", places(|moment| moment.asked)));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_of_a_second_that_a_run_ended_in_is_scaled_or_left_out() {
        let second =
            |at_s, count| Second { at_s, scheduled: count, good: count, p50_s: 0.0, p99_s: 0.0, max_s: 0.0 };
        // Half of the last second was measured: 50 in it are 100 per second.
        let found = moments(&[second(0, 100), second(1, 50)], 1, 1.5);
        assert_eq!(found.iter().map(|moment| moment.done).collect::<Vec<_>>(), [100.0, 100.0]);
        assert_eq!(moments(&[second(0, 100), second(1, 10)], 1, 1.1).len(), 1);
        // Two seconds a point: 100 and 50 are 75 per second.
        assert_eq!(moments(&[second(0, 100), second(1, 50)], 2, 2.0)[0].done, 75.0);
    }
}
