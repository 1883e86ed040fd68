//! The borders of phases in a picture over time, each with the phase's number in the table.

use scenarios::report::PhaseReport;

use super::axis::Axis;
use super::frame::{BOTTOM, Frame, TOP};

/// Numbers closer than this would run into each other, enlarged letters included.
const NUMBER_GAP: f64 = 20.0;

/// Marks where each phase begins.
pub(super) fn borders(frame: &mut Frame, time: &Axis, phases: &[PhaseReport]) {
    let mut free = f64::NEG_INFINITY;
    for (number, phase) in (1..).zip(phases) {
        let Some(x) = time.place(phase.from_s) else { continue };
        frame.straight("grid", (x, TOP), (x, BOTTOM));
        let middle = time.place(phase.until_s).map_or(x, |end| f64::midpoint(x, end));
        if middle >= free {
            frame.text(middle, TOP - 2.0, "number middle", &number.to_string());
            free = middle + NUMBER_GAP;
        }
    }
}

/// What the marks are.
pub(super) fn note(phases: &[PhaseReport]) -> String {
    /// More would be longer than the picture is high; the table has them all.
    const NAMED: usize = 8;
    if phases.is_empty() {
        return String::new();
    }
    let names: Vec<String> = (1..)
        .zip(phases)
        .take(NAMED)
        .map(|(number, phase): (u32, _)| format!("{number}: {}", phase.name))
        .collect();
    let rest = if phases.len() > NAMED { ", and so on" } else { "" };
    format!(" Upright lines part the phases, numbered above: {}{rest}.", names.join("; "))
}
