//! The drawing of a chart: one string of SVG, grown from the back to the front.
//!
//! Sizes are in the picture's own units; the page scales it to the width there is, and enlarges the letters where
//! the picture is small. The margins have room for that.

use std::fmt::Write;

use minijinja::HtmlEscape;

use super::axis::Axis;

/// Width of every picture.
pub(super) const WIDTH: f64 = 640.0;
/// Height of a picture over time.
pub(super) const HEIGHT: f64 = 290.0;
/// Left end of the plot; before it stand the numbers of the upright axis.
pub(super) const LEFT: f64 = 80.0;
/// Right end of the plot; after it stand the names of the lines.
pub(super) const RIGHT: f64 = 536.0;
/// Upper end of the plot; above it stands what the upright axis is.
pub(super) const TOP: f64 = 32.0;
/// Lower end of the plot; below it stand the numbers and the name of the other axis.
pub(super) const BOTTOM: f64 = 232.0;
/// From the end of a line to its name: little, so that the longest name ends before the picture with enlarged letters.
const LABEL_AFTER: f64 = 4.0;
/// Names closer than this would run into each other, enlarged letters included.
const LABEL_GAP: f64 = 21.0;

/// Where the plot begins and ends, from left to right.
pub(super) const ACROSS: (f64, f64) = (LEFT, RIGHT);
/// Where the plot begins and ends, upwards.
pub(super) const UPWARDS: (f64, f64) = (BOTTOM, TOP);

/// A text that names a line at its end.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) y: f64,
    pub(super) text: &'static str,
    pub(super) class: &'static str,
}

/// A picture in the making.
#[derive(Debug)]
pub(super) struct Frame {
    svg: String,
}

impl Frame {
    /// An empty picture; `name` is unique within the page, `title` and `description` are read aloud in its place.
    pub(super) fn new(name: &str, height: f64, title: &str, description: &str) -> Frame {
        let svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{name}-title {name}-desc\">\
             <title id=\"{name}-title\">{}</title><desc id=\"{name}-desc\">{}</desc>",
            HtmlEscape(title),
            HtmlEscape(description)
        );
        Frame { svg }
    }

    /// Level lines at the marks of the upright axis, with its numbers; `name` says what they are.
    pub(super) fn levels(&mut self, axis: &Axis, name: &str, number: impl Fn(f64) -> String) {
        self.text(0.0, TOP - 16.0, "axis", name);
        for tick in &axis.ticks {
            let Some(y) = axis.place(*tick) else { continue };
            self.straight("grid", (LEFT, y), (RIGHT, y));
            self.text(LEFT - 8.0, y + 4.0, "number end", &number(*tick));
        }
    }

    /// The marks along the foot of the plot, and what they are.
    pub(super) fn foot(&mut self, marks: &[(f64, String)], name: &str) {
        self.straight("foot", (LEFT, BOTTOM), (RIGHT, BOTTOM));
        for (x, number) in marks {
            self.straight("foot", (*x, BOTTOM), (*x, BOTTOM + 5.0));
            self.text(*x, BOTTOM + 22.0, "number middle", number);
        }
        self.text(f64::midpoint(LEFT, RIGHT), BOTTOM + 48.0, "axis middle", name);
    }

    /// A line through points; where a point is missing the line is broken, and a lonely point is a dot.
    pub(super) fn line(&mut self, class: &str, points: impl IntoIterator<Item = Option<(f64, f64)>>) {
        let mut path = String::new();
        let mut run = Vec::new();
        for point in points.into_iter().chain([None]) {
            if let Some(point) = point {
                run.push(point);
                continue;
            }
            for (index, (x, y)) in run.iter().enumerate() {
                let command = if index == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{command}{} {}", short(*x), short(*y));
            }
            if run.len() == 1 {
                // A line of no length with round ends.
                path.push_str("h0");
            }
            run.clear();
        }
        if !path.is_empty() {
            let _ = write!(self.svg, "<path class=\"line {class}\" d=\"{path}\"/>");
        }
    }

    /// A straight line between two points.
    pub(super) fn straight(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(short);
        let _ = write!(self.svg, "<path class=\"{class}\" d=\"M{x1} {y1}L{x2} {y2}\"/>");
    }

    /// A box from its upper left corner.
    pub(super) fn block(&mut self, class: &str, corner: (f64, f64), width: f64, height: f64) {
        let [x, y, width, height] = [corner.0, corner.1, width, height].map(short);
        let _ = write!(
            self.svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        );
    }

    /// Many boxes of one look, each with its upper left corner, width and height.
    pub(super) fn cells(&mut self, class: &str, cells: &[(f64, f64, f64, f64)]) {
        if cells.is_empty() {
            return;
        }
        let _ = write!(self.svg, "<path class=\"{class}\" d=\"");
        for (x, y, width, height) in cells {
            let [x, y, width, height] = [*x, *y, *width, *height].map(short);
            let _ = write!(self.svg, "M{x} {y}h{width}v{height}h-{width}z");
        }
        self.svg.push_str("\"/>");
    }

    /// A shape around a point: `path` is drawn from there.
    pub(super) fn mark(&mut self, class: &str, (x, y): (f64, f64), path: &str) {
        let _ = write!(self.svg, "<path class=\"{class}\" d=\"M{} {}{path}\"/>", short(x), short(y));
    }

    /// A line of text that begins at a point, or ends or has its middle there when `class` says so.
    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let [x, y] = [x, y].map(short);
        let _ = write!(self.svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", HtmlEscape(text));
    }

    /// Names beside the ends of their lines, moved apart where they would run into each other.
    pub(super) fn labels(&mut self, mut labels: Vec<Label>) {
        labels.sort_by(|one, other| one.y.total_cmp(&other.y));
        // Down from the top, then up again from the foot, so that the lowest stays on the picture.
        let mut free = f64::NEG_INFINITY;
        for label in &mut labels {
            label.y = label.y.max(free);
            free = label.y + LABEL_GAP;
        }
        let mut free = BOTTOM;
        for label in labels.iter_mut().rev() {
            label.y = label.y.min(free);
            free = label.y - LABEL_GAP;
        }
        for Label { y, text, class } in labels {
            self.text(RIGHT + LABEL_AFTER, y + 4.0, &format!("label {class}"), text);
        }
    }

    /// The finished picture.
    pub(super) fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

/// A coordinate with a tenth of a unit: finer than any screen shows.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_where_a_point_is_missing() {
        let mut frame = Frame::new("x", HEIGHT, "title", "description");
        frame.line("main", [Some((1.0, 2.0)), Some((3.25, 4.0)), None, Some((5.0, 6.0))]);
        assert!(frame.finish().contains("d=\"M1 2L3.2 4M5 6h0\""));
        let mut empty = Frame::new("x", HEIGHT, "title", "description");
        empty.line("main", [None]);
        assert!(!empty.finish().contains("path"));
    }

    #[test]
    fn names_are_moved_apart_and_stay_on_the_picture() {
        let mut frame = Frame::new("x", HEIGHT, "title", "description");
        let label = |y, text| Label { y, text, class: "main" };
        frame.labels(vec![label(BOTTOM, "low"), label(BOTTOM - 1.0, "high"), label(50.0, "top")]);
        let svg = frame.finish();
        // The texts stand 4 below the middle of their line; 21 apart.
        for (y, text) in [("54", "top"), ("215", "high"), ("236", "low")] {
            assert!(svg.contains(&format!("y=\"{y}\">{text}<")), "{svg}");
        }
    }

    #[test]
    fn what_is_written_is_escaped() {
        let mut frame = Frame::new("x", HEIGHT, "<b>", "a & b");
        frame.text(0.0, 0.0, "label", "</svg><script>");
        let svg = frame.finish();
        assert!(svg.contains("&lt;b&gt;") && svg.contains("a &amp; b") && !svg.contains("<script>"), "{svg}");
    }
}
