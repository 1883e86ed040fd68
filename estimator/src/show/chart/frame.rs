//! The drawing of a chart: one string of SVG, grown from the back to the front.
//!
//! Sizes are in the picture's own units; the page scales it to the width there is, and enlarges the letters where the
//! picture is small. The margins have room for that.

use std::fmt::Write;

use minijinja::HtmlEscape;
use scenarios::show;

pub(super) const WIDTH: f64 = 640.0;
/// Height of a picture with two axes.
pub(super) const HEIGHT: f64 = 280.0;
/// The plot; beside and below it stand the numbers of the axes.
pub(super) const LEFT: f64 = 96.0;
pub(super) const RIGHT: f64 = 610.0;
pub(super) const TOP: f64 = 24.0;
pub(super) const BOTTOM: f64 = 232.0;
/// A bar that lies, with its name above it.
pub(super) const ROW: f64 = 52.0;

/// Between two texts.
const GAP: f64 = 8.0;
/// A letter on a phone, where letters are largest: its size in `page.css`, of which a digit takes 0.56.
const LETTER: f64 = 19.0 * 0.56;

/// How wide a text is at most.
fn extent(text: &str) -> f64 {
    LETTER * text.chars().count() as f64
}

/// From values to places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Axis {
    pub(super) fn place(self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        if share.is_finite() { self.from + (self.to - self.from) * share.clamp(0.0, 1.0) } else { self.from }
    }

    /// Up to six round numbers, rising.
    pub(super) fn ticks(self) -> Vec<f64> {
        let rough = (self.high - self.low) / 4.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|of| of * power).find(|step| *step >= rough);
        let Some(step) = step.filter(|step| step.is_finite() && *step > 0.0) else { return Vec::new() };
        let first = (self.low / step).ceil();
        let steps = (0..7).map(|k| (first + f64::from(k)) * step);
        steps.take_while(|tick| *tick <= self.high * (1.0 + 1e-9)).collect()
    }
}

/// A picture in the making.
#[derive(Debug)]
pub(super) struct Frame {
    svg: String,
}

impl Frame {
    /// An empty picture; `title` is read aloud in its place.
    pub(super) fn new(height: f64, title: &str) -> Frame {
        let title = HtmlEscape(title);
        Frame {
            svg: format!("<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{title}\">"),
        }
    }

    pub(super) fn text(&mut self, (x, y): (f64, f64), class: &str, text: &str) {
        let _ =
            write!(self.svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{}</text>", HtmlEscape(text));
    }

    pub(super) fn straight(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.path(class, &[from, to]);
    }

    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let _ = write!(self.svg, "<path class=\"{class}\" d=\"{}\"/>", drawn(points));
    }

    /// What lies between two lines over the same places.
    pub(super) fn area(&mut self, class: &str, upper: &[(f64, f64)], lower: &[(f64, f64)]) {
        let around: Vec<(f64, f64)> = upper.iter().chain(lower.iter().rev()).copied().collect();
        // As an attribute, since the style sheet leaves other paths unfilled.
        let _ = write!(
            self.svg,
            "<polygon class=\"{class}\" points=\"{}\"/>",
            drawn(&around).replace(['M', 'L'], " ")
        );
    }

    pub(super) fn bar(&mut self, class: &str, (left, top): (f64, f64), (right, bottom): (f64, f64)) {
        let (width, height) = ((right - left).max(1.0), (bottom - top).max(0.0));
        let _ = write!(
            self.svg,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        );
    }

    pub(super) fn dot(&mut self, tone: &str, (x, y): (f64, f64)) {
        let _ = write!(self.svg, "<circle class=\"dot {tone}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>");
    }

    /// Level lines with their numbers. A long unit stands once, above them.
    pub(super) fn levels(&mut self, axis: Axis, number: impl Fn(f64) -> String) {
        let texts: Vec<(f64, String)> =
            axis.ticks().into_iter().map(|tick| (axis.place(tick), number(tick))).collect();
        let unit = texts.first().map_or("", |(_, text)| show::parted(text).1).to_owned();
        let is_shared = texts.iter().all(|(_, text)| text.ends_with(&unit));
        let is_long = texts.iter().any(|(_, text)| extent(text) > LEFT - GAP);
        if is_shared && is_long {
            self.text((0.0, TOP - 8.0), "", unit.trim_start());
        }
        for (y, text) in &texts {
            let text = if is_shared && is_long { text.trim_end_matches(&unit) } else { text };
            self.straight("grid", (LEFT, *y), (RIGHT, *y));
            self.text((LEFT - 8.0, y + 4.0), "end", text);
        }
    }

    /// The foot of the plot with its marks, the most important first; a number that would run into one of them is left
    /// out. The last is written inwards.
    pub(super) fn foot(&mut self, marks: &[(f64, String)]) {
        self.straight("foot", (LEFT, BOTTOM), (RIGHT, BOTTOM));
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for (x, text) in marks {
            let (class, share) = if *x > RIGHT - 30.0 { ("end", 1.0) } else { ("middle", 0.5) };
            let from = x - share * extent(text);
            let to = from + extent(text);
            if taken.iter().any(|(start, end)| from < end + GAP && to > start - GAP) {
                continue;
            }
            taken.push((from, to));
            self.straight("foot", (*x, BOTTOM), (*x, BOTTOM + 5.0));
            self.text((*x, BOTTOM + 24.0), class, text);
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

fn drawn(points: &[(f64, f64)]) -> String {
    points.iter().enumerate().fold(String::new(), |mut path, (index, (x, y))| {
        let _ = write!(path, "{}{x:.1},{y:.1}", if index == 0 { 'M' } else { 'L' });
        path
    })
}
