//! What a month costs, by line.

use scenarios::estimate::{Estimate, Quantity, UnitName};
use scenarios::show;

use super::Chart;
use super::frame::{Axis, Frame, ROW, WIDTH};
use crate::section::Section;

/// The lines of the bill, dearest first; nothing for a bill of one line.
pub(super) fn by_line(estimate: &Estimate) -> Option<Chart> {
    let is_line = |quantity: &&Quantity| {
        quantity.section == Section::Cost.name()
            && quantity.unit == UnitName::DollarsPerMonth
            && quantity.name.ends_with(" cost")
            && !quantity.name.starts_with("total")
            && quantity.value.p50 > 0.0
    };
    let mut lines: Vec<&Quantity> = estimate.quantities.iter().filter(is_line).collect();
    lines.sort_by(|a, b| b.value.p50.total_cmp(&a.value.p50));
    let [dearest, _, ..] = lines.as_slice() else { return None };
    let total: f64 = lines.iter().map(|line| line.value.p50).sum();
    let share =
        |line: &Quantity| format!("{}\u{a0}%", show::digits((100.0 * line.value.p50 / total).round()));
    let title = format!("{} is {} of what a month costs", dearest.name, share(dearest));
    let across = Axis { low: 0.0, high: dearest.value.p50, from: 0.0, to: WIDTH };
    let mut frame = Frame::new(ROW * lines.len() as f64, &title);
    for (index, line) in lines.iter().enumerate() {
        let top = ROW * index as f64;
        let value = show::value(line.value.p50, line.unit, &estimate.conventions);
        frame.text((0.0, top + 18.0), "name", &line.name);
        frame.text((WIDTH, top + 18.0), "end", &value);
        frame.bar("bar", (0.0, top + 26.0), (across.place(line.value.p50), top + 44.0));
    }
    Some(Chart { title, note: "Medians.".to_owned(), svg: frame.finish() })
}
