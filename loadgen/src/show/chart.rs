//! Charts as inline SVG, made by hand: each is a pure function from a report to a finding and its picture.
//!
//! A chart's title states what it shows to be the case, not what it is about. Nothing here knows colours: shapes
//! carry class names, and the page's style sheet gives these a look in light, in dark and on paper. Meaning never
//! depends on colour; lines are labelled where they end. Numbers that are not finite are gaps, never coordinates.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `axis` | from values to places, and which round numbers are marked |
//! | `figure` | numbers as they are written |
//! | `frame` | the drawing: grid, lines, labels |
//! | `response`, `heat`, `rates`, `failures`, `time_parts`, `spectrum`, `processes`, `held` | the charts of a run |
//! | `capacity` | misses and response over the rate of a level |
//! | `phases` | where the phases of a shape begin |

mod axis;
pub(crate) mod capacity;
mod failures;
pub(crate) mod figure;
mod frame;
mod heat;
mod held;
mod phases;
mod processes;
mod rates;
mod response;
mod spectrum;
mod time_parts;

use std::borrow::Cow;

use scenarios::report::{Report, Second};

pub(crate) use self::held::held;
pub(crate) use self::rates::rates;
pub(crate) use self::response::response;
pub(crate) use self::spectrum::spectrum;

/// Points of a line: as many as a screen can show, and few enough for a small file.
const POINTS_MAX: usize = 600;

/// A finding and its picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chart {
    /// The finding, in a sentence. Plain text.
    pub(crate) title: String,
    /// How to read the picture. Plain text.
    pub(crate) note: String,
    /// `<svg>` with everything in it escaped; `None` when there is nothing to draw.
    pub(crate) svg: Option<String>,
}

/// Every chart of a report that has something to say, in reading order.
pub(crate) fn charts(report: &Report) -> Vec<Chart> {
    let charts = [
        Some(response(report)),
        heat::heat(report),
        Some(rates(report)),
        failures::failures(report),
        time_parts::time_parts(report),
        Some(spectrum(report)),
        processes::cores(report),
        processes::memory(report),
        held(&report.predictions),
    ];
    charts.into_iter().flatten().collect()
}

/// A name that fits its line.
pub(crate) fn shortened(name: &str, letters: usize) -> Cow<'_, str> {
    if name.chars().count() <= letters {
        return Cow::Borrowed(name);
    }
    let kept: String = name.chars().take(letters - 1).collect();
    Cow::Owned(format!("{}…", kept.trim_end()))
}

/// Neighbouring seconds that share one point, so that no line has more than [`POINTS_MAX`].
fn seconds_per_point(seconds: &[Second]) -> usize {
    seconds.len().div_ceil(POINTS_MAX).max(1)
}

/// How a long run was drawn with fewer points; nothing when every second has its own.
fn thinned(per_point: usize, how: &str) -> Cow<'static, str> {
    if per_point == 1 {
        Cow::Borrowed("")
    } else {
        Cow::Owned(format!(" Each point is {how} of {per_point} s."))
    }
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "for a picture: 53 bits are plenty")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
