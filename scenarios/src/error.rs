//! Why a scenario file was refused: where, what was found, what was expected, and what usually fixes it.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A stretch of the file's text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Place {
    pub(crate) fn at(start: usize, length: usize) -> Place {
        Place { start, end: start + length }
    }

    /// The line it begins on, counted from 1; [`SETTING`] when it lies behind the text.
    #[must_use]
    pub fn line(self, text: &str) -> usize {
        if self.start > text.len() {
            return SETTING;
        }
        text[..self.start.min(text.len())].matches('\n').count() + 1
    }
}

/// The line of a value that no file has, because it was set on the command line (`--set`).
pub const SETTING: usize = 0;

/// A refused file. [`ScenarioError::render`] prints it with the line and a caret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ScenarioError {
    message: String,
    place: Option<Place>,
    label: String,
    hint: Option<String>,
    /// The setting of the command line in which the place is, when it is not in the file.
    setting: Option<String>,
}

impl ScenarioError {
    pub(crate) fn new(place: Place, message: impl Into<String>, label: impl Into<String>) -> ScenarioError {
        ScenarioError {
            message: message.into(),
            place: Some(place),
            label: label.into(),
            hint: None,
            setting: None,
        }
    }

    /// At a place of the file, found wrong by a program that computes with it.
    #[must_use]
    pub fn at(place: Place, message: impl Into<String>, hint: impl Into<String>) -> ScenarioError {
        ScenarioError::new(place, message, "").hint(hint)
    }

    /// About the file as a whole.
    pub(crate) fn whole(message: impl Into<String>) -> ScenarioError {
        ScenarioError {
            message: message.into(),
            place: None,
            label: String::new(),
            hint: None,
            setting: None,
        }
    }

    pub(crate) fn syntax(place: Option<Place>, problem: &str) -> ScenarioError {
        ScenarioError {
            message: format!("not a valid YAML file: {problem}"),
            place,
            label: "here".into(),
            hint: None,
            setting: None,
        }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> ScenarioError {
        self.hint = Some(hint.into());
        self
    }

    /// About a part of a text, as an error about the whole text.
    #[must_use]
    pub(crate) fn shifted(mut self, by: usize) -> ScenarioError {
        self.place = self.place.map(|place| Place { start: place.start + by, end: place.end + by });
        self
    }

    /// A place behind the end of the file belongs to a setting: they stand there one below the other.
    #[must_use]
    pub fn in_settings(mut self, length: usize, settings: &[String]) -> ScenarioError {
        let Some(place) = self.place.filter(|place| place.start > length) else { return self };
        let mut start = length + 1;
        for setting in settings {
            let end = start + setting.len();
            if place.start <= end {
                let within = |offset: usize| (offset - start).min(setting.len());
                self.place =
                    Some(Place { start: within(place.start), end: within(place.end.max(place.start)) });
                self.setting = Some(setting.clone());
                return self;
            }
            start = end + 1;
        }
        self
    }

    /// Where the file is wrong; `None` when all of it is, or when a setting of the command line is.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.place.filter(|_| self.setting.is_none())
    }

    /// What usually fixes it.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The message with file, line, column, the line itself with a caret, and the hint; plain text.
    #[must_use]
    pub fn render(&self, path: &str, text: &str) -> String {
        let title = Level::ERROR.primary_title(&self.message);
        let (path, text) = self.setting.as_ref().map_or((path, text), |setting| ("--set", setting.as_str()));
        let mut out = match self.place {
            Some(Place { start, end }) => {
                // Drawing a place that splits a character, or lies behind the text, would panic.
                let start = text.floor_char_boundary(start.min(text.len()));
                let end = text.ceil_char_boundary(end.clamp(start, text.len()));
                let snippet = Snippet::source(text)
                    .path(path)
                    .annotation(AnnotationKind::Primary.span(start..end).label(&self.label));
                Renderer::plain().render(&[title.element(snippet)])
            }
            None => format!("error: {path}: {}", self.message),
        };
        if let Some(hint) = &self.hint {
            out.push_str("\n  hint: ");
            out.push_str(hint);
        }
        out
    }
}

/// The candidate closest to `found` by edit distance, when it is close enough to be what was meant.
#[must_use]
pub fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (found.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(&found.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment).
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_does_not_fit_the_text_is_shown_as_well_as_it_can_be() {
        for (start, end) in [(3, 4), (1, 2), (2, 1), (4, 9), (99, 100)] {
            let shown = ScenarioError::at(Place { start, end }, "wrong", "right").render("a.yaml", "x−−y");
            assert!(shown.contains("wrong") && shown.contains('^') && shown.contains("x−−y"), "{shown}");
        }
    }

    #[test]
    fn the_nearest_key_is_what_was_meant() {
        for (found, expected) in [
            ("user", Some("users")),
            ("uesrs", Some("users")),
            ("Actions", Some("actions")),
            ("zzz", None),
            ("slos", Some("slo")),
        ] {
            assert_eq!(nearest(found, ["users", "actions", "slo"]), expected, "{found}");
        }
    }
}
