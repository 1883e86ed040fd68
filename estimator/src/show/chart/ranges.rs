//! How sure a key result is: its distribution, and what it varies with.

use scenarios::estimate::{Estimate, Quantity};
use scenarios::outlook::{Driver, Histogram};
use scenarios::show;

use super::frame::{Axis, BOTTOM, Frame, HEIGHT, LEFT, RIGHT, ROW, TOP, WIDTH};
use super::{Chart, quantity};

/// A result whose p10 and p90 are nearer to each other, as a share of p50, needs no picture.
const LEAST_SPREAD: f64 = 0.05;

/// As one word: a number is not parted from its unit.
fn writer<'a>(estimate: &'a Estimate, quantity: &'a Quantity) -> impl Fn(f64) -> String + 'a {
    |value| {
        let text = show::value_in(value, quantity.unit, quantity.shown.as_ref(), &estimate.conventions);
        text.replace(' ', "\u{a0}")
    }
}

fn is_wide(quantity: &Quantity) -> bool {
    quantity.value.p90 - quantity.value.p10 > LEAST_SPREAD * quantity.value.p50
}

/// Bars of a histogram.
pub(super) fn distribution(estimate: &Estimate, index: usize) -> Option<Chart> {
    let result = estimate.outlook.results.get(index)?;
    let found = quantity(estimate, &result.quantity).filter(|found| is_wide(found))?;
    let Histogram { edges, counts, is_logarithmic } = result.histogram.as_ref()?;
    let write = writer(estimate, found);
    let (low, high) = (*edges.first()?, *edges.last()?);
    let most = f64::from(*counts.iter().max()?);
    if !(low < high && most > 0.0) {
        return None;
    }
    let scale = |value: f64| if *is_logarithmic { value.ln() } else { value };
    let across = Axis { low: scale(low), high: scale(high), from: LEFT, to: RIGHT };
    let upwards = Axis { low: 0.0, high: most, from: BOTTOM, to: TOP + 8.0 };
    let value = found.value;
    let title = format!(
        "{}: {}, and eight times in ten between {} and {}",
        found.name,
        write(value.p50),
        write(value.p10),
        write(value.p90)
    );
    let mut frame = Frame::new(HEIGHT, &title);
    for (ends, count) in edges.windows(2).zip(counts) {
        let [left, right] = [0, 1].map(|end| across.place(scale(ends.get(end).copied().unwrap_or(low))));
        let middle = ends.iter().sum::<f64>() / 2.0;
        let class = if (value.p10..=value.p90).contains(&middle) { "bar" } else { "bar low" };
        frame.bar(class, (left + 0.75, upwards.place(f64::from(*count))), (right - 0.75, BOTTOM));
    }
    let middle = across.place(scale(value.p50));
    frame.straight("mark", (middle, TOP), (middle, BOTTOM));
    let marks = [value.p50, value.p10, value.p90, high, low];
    let marks: Vec<(f64, String)> =
        marks.into_iter().map(|mark| (across.place(scale(mark)), write(mark))).collect();
    frame.foot(&marks);
    let axis = if *is_logarithmic { " The scale is logarithmic." } else { "" };
    let note = format!("How often each value came up. In full colour: p10 to p90. Dashed: the median.{axis}");
    Some(Chart { title, note, svg: frame.finish() })
}

/// For each input a bar between the medians with the input in its lowest and highest fifth.
pub(super) fn tornado(estimate: &Estimate, index: usize) -> Option<Chart> {
    let result = estimate.outlook.results.get(index)?;
    let found = quantity(estimate, &result.quantity).filter(|found| is_wide(found))?;
    // One bar alone says no more than the sentence.
    let [first, _, ..] = result.drivers.as_slice() else { return None };
    let write = writer(estimate, found);
    let ends = result.drivers.iter().flat_map(|driver| [driver.at_low, driver.at_high]);
    let (low, high) =
        ends.fold((found.value.p50, found.value.p50), |(low, high), end| (low.min(end), high.max(end)));
    if low >= high {
        return None;
    }
    let percent = |share: f64| format!("{}\u{a0}%", (share * 100.0).round());
    let title = format!("{} varies mostly with {} ({})", found.name, first.input, percent(first.share));
    let across = Axis { low, high, from: 8.0, to: WIDTH - 8.0 };
    let height = ROW * result.drivers.len() as f64 + 40.0;
    let mut frame = Frame::new(height, &title);
    for (index, Driver { input, share, elasticity: _, at_low, at_high }) in result.drivers.iter().enumerate()
    {
        let top = ROW * index as f64;
        frame.text((0.0, top + 18.0), "name", input);
        frame.text((WIDTH, top + 18.0), "end", &percent(*share));
        let middle = across.place(found.value.p50);
        for (class, end) in [("bar low", at_low), ("bar", at_high)] {
            let place = across.place(*end);
            frame.bar(class, (place.min(middle), top + 26.0), (place.max(middle), top + 44.0));
        }
    }
    let foot = ROW * result.drivers.len() as f64;
    frame.straight("mark", (across.place(found.value.p50), 20.0), (across.place(found.value.p50), foot));
    frame.text((0.0, foot + 26.0), "", &write(low));
    frame.text((WIDTH, foot + 26.0), "end", &write(high));
    let note = "Each bar ends at the result's median with that input in its lowest (pale) and highest (full) fifth; the \
                number is the share of the variance that it explains. Dashed: the median of all."
        .to_owned();
    Some(Chart { title, note, svg: frame.finish() })
}
