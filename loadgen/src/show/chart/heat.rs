//! How requests spread over time and response time: a map in which a stronger colour is more requests.
//!
//! Upwards the scale is logarithmic, as are the levels of colour: one request among thousands is seen, and so is where
//! the thousands are. A second group of slow requests, which a quantile can pass over, is a second band.

use scenarios::report::{HeatMap, Report};

use super::axis::{Axis, Measure};
use super::frame::{BOTTOM, Frame, HEIGHT, RIGHT, TOP, UPWARDS};
use super::response::{marks, over_time};
use super::{Chart, figure, float};

/// Levels of colour.
const LEVELS: usize = 8;
/// Steps above the 95th percentile from which on the longest requests are worth a word: four times as long.
const FAR_STEPS: usize = 8;

/// One level of colour: the places of its cells.
type Cells = Vec<(f64, f64, f64, f64)>;

/// Draws the map; `None` in a report without one.
pub(crate) fn heat(report: &Report) -> Option<Chart> {
    let heat = &report.over_time.heat;
    if heat.is_empty() {
        return None;
    }
    let title = finding(heat);
    let every = if heat.column_s == 1 { "second".to_owned() } else { format!("{} s", heat.column_s) };
    let note = format!(
        "How many of the requests that were due in each {every} took how long. The stronger the colour, the more; both \
         scales are logarithmic."
    );
    let svg = draw(report, heat, (&title, &note));
    Some(Chart { title, note, svg: Some(svg) })
}

/// What the picture shows to be the case.
fn finding(heat: &HeatMap) -> String {
    let mut steps: Vec<u64> = Vec::new();
    for column in &heat.columns {
        for (index, count) in column.counts.iter().enumerate() {
            let step = column.first + index;
            steps.resize(steps.len().max(step + 1), 0);
            steps[step] += count;
        }
    }
    let total: u64 = steps.iter().sum();
    let reached = |share: f64| {
        let mut sum = 0;
        steps.iter().position(|count| {
            sum += count;
            float(sum) >= share * float(total)
        })
    };
    let (low, high) = (reached(0.05).unwrap_or(0), reached(0.95).unwrap_or(0));
    let time = |step: usize| figure::time(HeatMap::begins_s(step));
    let mut text = format!("Nine in ten requests took {} to {}", time(low), time(high + 1));
    let top = |column: &scenarios::report::HeatColumn| (column.first + column.counts.len()).saturating_sub(1);
    let longest = heat
        .columns
        .iter()
        .enumerate()
        .max_by(|one, other| top(one.1).cmp(&top(other.1)).then(other.0.cmp(&one.0)));
    if let Some((index, column)) = longest.filter(|(_, column)| top(column) >= high + FAR_STEPS) {
        let at = figure::time(f64::from(heat.column_s) * float(index as u64));
        text = format!("{text}; some at {at} took {} or longer", time(top(column)));
    }
    text
}

fn draw(report: &Report, heat: &HeatMap, (title, note): (&str, &str)) -> String {
    let mut frame = Frame::new("heat", HEIGHT, title, note);
    let full = heat.columns.iter().filter(|column| !column.counts.is_empty());
    let low = full.clone().map(|column| column.first).min().unwrap_or(0);
    let high = full.map(|column| column.first + column.counts.len()).max().unwrap_or(1);
    let axis = Axis::logarithmic(HeatMap::begins_s(low), HeatMap::begins_s(high), Measure::Time, UPWARDS);
    frame.levels(&axis, "response time", figure::time);
    let time = over_time(report);
    let most = heat.columns.iter().flat_map(|column| &column.counts).copied().max().unwrap_or(1);
    let mut levels: [Cells; LEVELS] = Default::default();
    for (index, column) in heat.columns.iter().enumerate() {
        let from = f64::from(heat.column_s) * float(index as u64);
        let Some((left, right)) = time.place(from).zip(time.place(from + f64::from(heat.column_s))) else {
            continue;
        };
        if right <= left {
            continue;
        }
        for (above, count) in column.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let step = column.first + above;
            let ends = axis.place(HeatMap::begins_s(step)).zip(axis.place(HeatMap::begins_s(step + 1)));
            let Some((bottom, top)) = ends else { continue };
            levels[level(*count, most)].push((left, top, right - left, bottom - top));
        }
    }
    for (level, cells) in levels.iter().enumerate() {
        frame.cells(&format!("heat l{level}"), cells);
    }
    frame.foot(&marks(&time), "time since measuring began");
    legend(&mut frame, most);
    frame.finish()
}

/// The level of colour, on a logarithmic scale up to the most.
pub(super) fn level(count: u64, most: u64) -> usize {
    if most <= 1 {
        return LEVELS - 1;
    }
    let share = float(count.max(1)).ln() / float(most).ln();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the levels")]
    let level = (share * float(LEVELS as u64 - 1)).round().clamp(0.0, float(LEVELS as u64 - 1)) as usize;
    level
}

/// What the colours stand for, at the right.
fn legend(frame: &mut Frame, most: u64) {
    const ROOM: f64 = 34.0;
    frame.text(RIGHT + 10.0, TOP - 16.0, "axis", "requests");
    let levels: &[usize] = if most > 1 { &[7, 5, 3, 0] } else { &[7] };
    for (row, level) in levels.iter().enumerate() {
        let y = TOP + 6.0 + ROOM * float(row as u64);
        if y + ROOM > BOTTOM {
            break;
        }
        frame.cells(&format!("heat l{level}"), &[(RIGHT + 10.0, y, 18.0, 18.0)]);
        let share = float(*level as u64) / float(LEVELS as u64 - 1);
        let count = if most > 1 { float(most).powf(share).round() } else { 1.0 };
        frame.text(RIGHT + 34.0, y + 14.0, "number", &figure::count(count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenarios::report::HeatColumn;

    fn map(columns: &[(usize, &[u64])]) -> HeatMap {
        let columns =
            columns.iter().map(|(first, counts)| HeatColumn { first: *first, counts: counts.to_vec() });
        HeatMap { column_s: 1, columns: columns.collect() }
    }

    #[test]
    fn the_title_says_where_most_are_and_where_the_longest() {
        // Step 40 begins at 2^10 µs, 41 at 2^10.25, 44 at 2^11; step 80 at 2^20 µs.
        assert_eq!(
            finding(&map(&[(40, &[50, 50]), (40, &[50, 50])])),
            "Nine in ten requests took 1.02 ms to 1.45 ms"
        );
        assert_eq!(
            finding(&map(&[(40, &[1_000]), (80, &[1]), (40, &[1_000])])),
            "Nine in ten requests took 1.02 ms to 1.22 ms; some at 1 s took 1.05 s or longer"
        );
    }

    #[test]
    fn one_among_thousands_is_seen() {
        assert_eq!((level(1, 10_000), level(100, 10_000), level(10_000, 10_000)), (0, 4, 7));
        assert_eq!((level(1, 1), level(0, 5)), (7, 0));
    }
}
