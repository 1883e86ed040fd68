//! The input that is varied: `users.daily=10k..10M`, and its steps on an even or a logarithmic scale.
//!
//! A step is written back in the unit of the range (`8 MB` between `1..10 MB`), so that the file reads it as it would
//! read what a person writes.

use scenarios::conventions::Conventions;
use scenarios::estimate::UnitName;
use scenarios::units::Dimension;
use serde::Serialize;

/// Ranges at least this wide are stepped through in equal ratios when nothing is said.
const WIDE: f64 = 50.0;

/// How steps are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// By equal differences.
    Linear,
    /// By equal ratios.
    Log,
}

/// An input and its range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Vary {
    /// Of the file: `users.daily`.
    pub path: String,
    /// The lower end in its base unit.
    pub low: f64,
    /// The upper end in its base unit.
    pub high: f64,
    /// How steps are spaced.
    pub scale: Scale,
    #[serde(skip)]
    number: usize,
    #[serde(skip)]
    unit: Unit,
}

/// How a step is written back.
#[derive(Clone, Debug, PartialEq)]
enum Unit {
    /// In the unit that both ends share: so many base units, and what follows the number.
    Shared(f64, String),
    /// In the base unit of what it measures.
    Base(Dimension),
}

impl Vary {
    /// The fewest and the most steps.
    pub const STEPS: (usize, usize) = (2, 200);

    /// Reads `path=low..high`; without a scale, wide ranges are logarithmic.
    ///
    /// # Errors
    /// Says what was expected, with a hint.
    pub fn parse(text: &str, number: usize, scale: Option<Scale>) -> Result<Vary, String> {
        let shape = "write a path and a range, like `users.daily=10k..10M`";
        let (path, range) =
            text.split_once('=').ok_or_else(|| format!("`{text}` has no range\n  hint: {shape}"))?;
        let range = range.trim();
        let (from, to) =
            range.split_once("..").ok_or_else(|| format!("`{range}` is not a range\n  hint: {shape}"))?;
        let (fewest, most) = Vary::STEPS;
        if !(fewest..=most).contains(&number) {
            return Err(format!("{number} steps: expected between {fewest} and {most}\n  hint: 10 is usual"));
        }
        let (low, high, dimension) =
            scenarios::parse_range(range).map_err(|error| format!("`{range}`: {error}"))?;
        if low >= high {
            return Err(format!("`{range}` has the same number at both ends\n  hint: {shape}"));
        }
        let scale = scale.unwrap_or(if low > 0.0 && high / low >= WIDE { Scale::Log } else { Scale::Linear });
        if scale == Scale::Log && low <= 0.0 {
            return Err(format!(
                "a logarithmic scale cannot begin at {from}\n  hint: begin above zero, or take `--linear`"
            ));
        }
        let unit = unit(from, to, high, dimension).ok_or_else(|| {
            format!("the ends of `{range}` have different units\n  hint: write both in the same")
        })?;
        Ok(Vary { path: path.trim().to_owned(), low, high, scale, number, unit })
    }

    /// Whether only whole numbers are meant: `1..16`.
    fn is_whole(&self) -> bool {
        let is_plain = matches!(&self.unit, Unit::Shared(_, suffix) if suffix.is_empty());
        is_plain && self.low.fract() == 0.0 && self.high.fract() == 0.0 && self.scale == Scale::Linear
    }

    /// The inputs, in order.
    #[must_use]
    pub fn steps(&self) -> Vec<f64> {
        let last = self.number.saturating_sub(1).max(1);
        let at = |step: usize| {
            let share = step as f64 / last as f64;
            let value = match self.scale {
                Scale::Linear => self.low + (self.high - self.low) * share,
                Scale::Log => self.low * (self.high / self.low).powf(share),
            };
            if self.is_whole() { value.round() } else { value }
        };
        let mut steps: Vec<f64> = (0..=last).map(at).collect();
        // The ends are those that were asked for, to the last digit.
        if let (Some(first), Some(end)) = (steps.first().copied(), steps.len().checked_sub(1)) {
            debug_assert!((first - self.low).abs() <= 1e-9 * self.high);
            steps[end] = self.high;
        }
        steps.dedup();
        steps
    }

    /// Half-way on the scale; `None` when there is nothing between.
    pub(super) fn between(&self, low: f64, high: f64) -> Option<f64> {
        let middle = match self.scale {
            Scale::Linear => f64::midpoint(low, high),
            Scale::Log => (low * high).sqrt(),
        };
        let middle = if self.is_whole() { middle.round() } else { middle };
        (middle > low && middle < high).then_some(middle)
    }

    /// As the file would say it.
    #[must_use]
    pub fn written(&self, input: f64) -> String {
        match &self.unit {
            Unit::Shared(one, suffix) => format!("{}{suffix}", input / one),
            Unit::Base(Dimension::BYTES) => format!("{input} B"),
            Unit::Base(Dimension::RATE) => format!("{input}/s"),
            Unit::Base(Dimension::TIME) => format!("{input} s"),
            Unit::Base(_) => format!("{input}"),
        }
    }

    /// As it is set: `users.daily=21544.3`.
    #[must_use]
    pub fn setting(&self, input: f64) -> String {
        format!("{}={}", self.path, self.written(input))
    }

    /// For people: three digits and the unit of the range.
    #[must_use]
    pub fn shown(&self, input: f64, conventions: &Conventions) -> String {
        match &self.unit {
            Unit::Shared(one, suffix) if !suffix.is_empty() => {
                format!("{}{suffix}", scenarios::show::digits(input / one))
            }
            Unit::Shared(..) => scenarios::show::count(input),
            Unit::Base(dimension) => scenarios::show::value(input, UnitName::of(*dimension), conventions),
        }
    }
}

/// The number at the beginning of a text, and what follows.
fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.replace('_', "").parse().ok()?, unit))
}

fn unit(from: &str, to: &str, high: f64, dimension: Dimension) -> Option<Unit> {
    let shared = || {
        let ((_, left), (number, right)) = (number_and_unit(from)?, number_and_unit(to)?);
        let same = left.trim().is_empty() || left.trim() == right.trim();
        // In `20..30` and in `3..8 MB` the unit of the upper end holds for both.
        (same && number > 0.0).then(|| Unit::Shared(high / number, right.to_owned()))
    };
    let base = || {
        let has_name =
            [Dimension::NONE, Dimension::BYTES, Dimension::RATE, Dimension::TIME].contains(&dimension);
        has_name.then_some(Unit::Base(dimension))
    };
    shared().or_else(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vary(text: &str, number: usize) -> Vary {
        Vary::parse(text, number, None).unwrap()
    }

    #[test]
    fn steps_are_written_in_the_unit_of_the_range() {
        for (text, number, expected) in [
            ("users.daily=10k..10M", 4, &["10000", "100000", "1000000", "10000000"][..]),
            ("data.song.size=1..9 MB", 3, &["1 MB", "5 MB", "9 MB"]),
            ("data.song.size=100 KB..10 MB", 3, &["100000 B", "1000000 B", "10000000 B"]),
            ("users=1B..3B", 3, &["1B", "2B", "3B"]),
            ("traffic.peak=1x..3x", 3, &["1x", "2x", "3x"]),
            ("limits.cpu=50%..70%", 3, &["50%", "60%", "70%"]),
            ("a.per user=10..30/day", 3, &["10/day", "20/day", "30/day"]),
            ("node.cores=1..4", 10, &["1", "2", "3", "4"]),
            ("node.cores=1..16", 4, &["1", "6", "11", "16"]),
        ] {
            let vary = vary(text, number);
            let digits = |text: String| {
                let (number, unit) = number_and_unit(&text).unwrap();
                format!("{}{unit}", (number * 1e6).round() / 1e6)
            };
            let found: Vec<String> =
                vary.steps().into_iter().map(|step| digits(vary.written(step))).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn wide_ranges_are_logarithmic_unless_told_otherwise() {
        assert_eq!(vary("a=1k..10M", 3).scale, Scale::Log);
        assert_eq!(vary("a=1..16", 3).scale, Scale::Linear);
        assert_eq!(vary("a=0..1000", 3).scale, Scale::Linear);
        assert_eq!(
            Vary::parse("a=1k..10M", 3, Some(Scale::Linear)).unwrap().steps(),
            [1e3, 5_000_500.0, 1e7]
        );
    }

    #[test]
    fn what_is_no_range_is_refused_with_a_hint() {
        for (text, number, expected) in [
            ("users.daily", 10, "`users.daily` has no range"),
            ("users.daily=5", 10, "`5` is not a range"),
            ("users.daily=5..5", 10, "the same number at both ends"),
            ("users.daily=9..5", 10, "upside down"),
            ("users.daily=5..x", 10, "`x`"),
            ("users.daily=5..6 MB/USD", 1, "1 steps: expected between 2 and 200"),
        ] {
            let error = Vary::parse(text, number, None).unwrap_err();
            assert!(error.contains(expected) && error.contains("\n  hint: "), "{text}: {error}");
        }
        let error = Vary::parse("a=0..5", 10, Some(Scale::Log)).unwrap_err();
        assert!(error.contains("cannot begin at 0"), "{error}");
    }
}
