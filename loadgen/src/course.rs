//! The course of a load: what a shape asks for at each moment, as parts whose level moves along straight lines.
//!
//! ```text
//! constant, a step       the same level
//! ramp                   from one level evenly to the other
//! spike                  factor x base, then the base level for as long again: the way back is a part of its own
//! daily                  mean x (1 - swing x cos(2 pi t / length)), in quarter hours; mean and swing are the
//!                        estimate's: the busiest hour of the day's wave is its middle
//! x %, y x               so many times the base level: what a run without a shape would offer
//! ```
//!
//! Straight lines are what the schedule inverts exactly. The quarter hours of the wave add up to the day exactly, since
//! the trapezoids over a whole wave do; in between they are off by at most (2 pi / 96)^2 / 8 = 0.05 % of the swing.
//!
//! Pure: no clock, no chance.

use std::f64::consts::PI;
use std::time::Duration;

use scenarios::report::PhaseKind;
use scenarios::shape::{Course as Shape, Level, LoadShape, Phase};

use crate::schedule::{PerSecond, Segment};

/// Straight lines of a day.
const QUARTER_HOURS: u32 = 96;

/// What relative levels are multiples of, and the wave of a day beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Base {
    /// What a run without a shape offers.
    pub level: f64,
    /// The mean of a day, as a multiple of that.
    pub day_mean: f64,
    /// By how much of the mean the day's wave goes up and down.
    pub day_swing: f64,
}

/// What is offered over time: at least one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// In order.
    pub parts: Vec<Part>,
}

/// A stretch of the course that is reported by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// As written, or what step it is.
    pub name: String,
    /// What it does.
    pub kind: PhaseKind,
    /// How long it lasts.
    pub length: Duration,
    /// Its levels at evenly spaced moments, both ends among them; at least two.
    pub levels: Vec<f64>,
}

impl Course {
    /// What a shape means for a run.
    #[must_use]
    pub fn new(shape: &LoadShape, base: Base) -> Course {
        Course { parts: shape.phases().iter().flat_map(|phase| parts(phase, base)).collect() }
    }

    /// The same all the time.
    #[must_use]
    pub fn constant(level: f64, length: Duration) -> Course {
        let name = String::new();
        Course { parts: vec![Part { name, kind: PhaseKind::Constant, length, levels: vec![level; 2] }] }
    }

    /// In another unit.
    #[must_use]
    pub fn scaled(mut self, by: f64) -> Course {
        self.parts.iter_mut().flat_map(|part| &mut part.levels).for_each(|level| *level *= by);
        self
    }

    /// How long it takes.
    #[must_use]
    pub fn length(&self) -> Duration {
        self.parts.iter().map(|part| part.length).sum()
    }

    /// The level at its beginning: what it is warmed up with.
    #[must_use]
    pub fn first_level(&self) -> f64 {
        self.parts.first().and_then(|part| part.levels.first()).copied().unwrap_or_default()
    }

    /// The highest level.
    #[must_use]
    pub fn highest(&self) -> f64 {
        self.parts.iter().flat_map(|part| &part.levels).copied().fold(0.0, f64::max)
    }

    /// The mean level over the whole time.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let of = |part: &Part| part.mean() * part.length.as_secs_f64();
        self.parts.iter().map(of).sum::<f64>() / self.length().as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The level at a moment; the last one after its end.
    #[must_use]
    pub fn at(&self, moment: Duration) -> f64 {
        let mut from = Duration::ZERO;
        for part in &self.parts {
            if moment < from + part.length {
                return part.at(moment.saturating_sub(from));
            }
            from += part.length;
        }
        self.parts.last().and_then(|part| part.levels.last()).copied().unwrap_or_default()
    }

    /// The rate curve of an open run that warms up for some time at the level the course begins with. Neighbours at the
    /// same level are one, so that a constant course gives the due times that no course at all gives.
    #[must_use]
    pub fn segments(&self, warmup: Duration) -> Vec<Segment> {
        let rate = |level: f64| PerSecond::new(level).unwrap_or_default();
        let mut segments: Vec<Segment> = Vec::new();
        let lead = Segment::constant(warmup, rate(self.first_level()));
        for segment in std::iter::once(lead).chain(self.parts.iter().flat_map(Part::segments)) {
            match segments.last_mut() {
                Some(last) if last.is_level() && segment.is_level() && last.from == segment.from => {
                    last.length += segment.length;
                }
                _ => segments.push(segment),
            }
        }
        segments
    }
}

impl Part {
    fn segments(&self) -> impl Iterator<Item = Segment> {
        let lines = u32::try_from(self.levels.len().saturating_sub(1)).unwrap_or(u32::MAX).max(1);
        let border = move |number: u32| self.length.saturating_mul(number) / lines;
        (0u32..).zip(self.levels.windows(2)).map(move |(number, ends)| Segment {
            length: border(number + 1).saturating_sub(border(number)),
            from: PerSecond::new(ends[0]).unwrap_or_default(),
            to: PerSecond::new(ends[1]).unwrap_or_default(),
        })
    }

    fn mean(&self) -> f64 {
        let lines: Vec<f64> = self.levels.windows(2).map(|ends| f64::midpoint(ends[0], ends[1])).collect();
        lines.iter().sum::<f64>() / (lines.len() as f64).max(1.0)
    }

    fn at(&self, moment: Duration) -> f64 {
        let lines = self.levels.len().saturating_sub(1) as f64;
        let place = moment.as_secs_f64() / self.length.as_secs_f64().max(f64::MIN_POSITIVE) * lines;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index, bounded below"
        )]
        let index = (place as usize).min(self.levels.len().saturating_sub(2));
        let ends = self.levels.get(index).zip(self.levels.get(index + 1));
        ends.map_or(0.0, |(from, to)| from + (to - from) * (place - index as f64).min(1.0))
    }
}

fn parts(phase: &Phase, base: Base) -> Vec<Part> {
    let level = |level: Level| match level {
        Level::Times(factor) => factor.times() * base.level,
        level => level.number(),
    };
    let part = |kind, length, levels| Part { name: phase.text.clone(), kind, length, levels };
    match phase.course {
        Shape::Constant { level: at, length } => {
            vec![part(PhaseKind::Constant, length, vec![level(at); 2])]
        }
        Shape::Ramp { from, to, length } => vec![part(PhaseKind::Ramp, length, vec![level(from), level(to)])],
        Shape::Pause { length } => vec![part(PhaseKind::Pause, length, vec![0.0; 2])],
        Shape::Daily { length } => vec![part(PhaseKind::Daily, length, day(base))],
        Shape::Spike { factor, length } => vec![
            part(PhaseKind::Spike, length, vec![factor.times() * base.level; 2]),
            Part {
                name: format!("after the {}", phase.text),
                ..part(PhaseKind::AfterSpike, length, vec![base.level; 2])
            },
        ],
        Shape::Steps { from, to, by, each, count } => {
            let (first, last, by) = (level(from), level(to), level(by));
            let by = if last < first { -by } else { by };
            let step = |number: u32| Part {
                name: format!("step {} of {count} of {}", number + 1, phase.text),
                ..part(PhaseKind::Step, each, vec![(first + by * f64::from(number)).max(0.0); 2])
            };
            (0..count).map(step).collect()
        }
    }
}

/// The levels of a day from its quietest hour on.
fn day(base: Base) -> Vec<f64> {
    let angle = |quarter: u32| 2.0 * PI * f64::from(quarter) / f64::from(QUARTER_HOURS);
    let mean = base.level * base.day_mean;
    (0..=QUARTER_HOURS).map(|quarter| mean * (1.0 - base.day_swing * angle(quarter).cos()).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use scenarios::parse_shape;

    use super::*;
    use crate::schedule::{Arrivals, Process};

    const BASE: Base = Base { level: 100.0, day_mean: 0.5, day_swing: 0.4 };

    fn course(text: &str) -> Course {
        Course::new(&parse_shape(text).unwrap(), BASE)
    }

    fn dues(segments: Vec<Segment>, process: Process, seed: u64) -> Vec<Duration> {
        Arrivals::new(process, segments, seed).collect()
    }

    #[test]
    fn each_phase_means_what_it_says() {
        let seconds = Duration::from_secs;
        let shape = "ramp 0..200/s for 10 s, 50% for 2 s, spike 5x for 3 s, pause 1 s, steps 1x..2x by 50% for 2 s each";
        let course = course(shape);
        let levels: Vec<(PhaseKind, u64, f64, f64)> = course
            .parts
            .iter()
            .map(|part| (part.kind, part.length.as_secs(), part.levels[0], part.levels[1]))
            .collect();
        assert_eq!(
            levels,
            [
                (PhaseKind::Ramp, 10, 0.0, 200.0),
                (PhaseKind::Constant, 2, 50.0, 50.0),
                (PhaseKind::Spike, 3, 500.0, 500.0),
                (PhaseKind::AfterSpike, 3, 100.0, 100.0),
                (PhaseKind::Pause, 1, 0.0, 0.0),
                (PhaseKind::Step, 2, 100.0, 100.0),
                (PhaseKind::Step, 2, 150.0, 150.0),
                (PhaseKind::Step, 2, 200.0, 200.0),
            ]
        );
        assert_eq!(course.parts[6].name, "step 2 of 3 of steps 1x..2x by 50% for 2 s each");
        assert_eq!((course.length(), course.highest()), (seconds(25), 500.0));
        // 10 x 100 + 2 x 50 + 3 x 500 + 3 x 100 + 2 x (100 + 150 + 200), over 25 s.
        assert!((course.mean() - 3_800.0 / 25.0).abs() < 1e-9);
        for (moment, level) in [(0, 0.0), (5, 100.0), (10, 50.0), (12, 500.0), (18, 0.0), (40, 200.0)] {
            assert!((course.at(seconds(moment)) - level).abs() < 1e-9, "{moment}");
        }
    }

    #[test]
    fn a_day_goes_from_its_quietest_hour_over_its_busiest_and_adds_up() {
        // Mean 50/s and swing 0.4: 30/s at both ends, 70/s in the middle; 24 s of it are 1,200 requests.
        let day = course("daily in 24 s");
        for (second, rate) in [(0, 30.0), (6, 50.0), (12, 70.0), (18, 50.0), (24, 30.0)] {
            assert!((day.at(Duration::from_secs(second)) - rate).abs() < 1e-9, "{second}");
        }
        assert!((day.mean() - 50.0).abs() < 1e-9);
        let count = dues(day.segments(Duration::ZERO), Process::Constant, 1).len();
        assert!((1_199..=1_201).contains(&count), "{count}");
    }

    #[test]
    fn one_constant_phase_is_no_shape() {
        // With the warm-up before it: the due times are those of one segment, to the nanosecond.
        for process in [Process::Poisson, Process::Constant] {
            let shaped = dues(course("70/s for 9 s").segments(Duration::from_secs(3)), process, 5);
            let rate = PerSecond::new(70.0).unwrap();
            let plain = dues(vec![Segment::constant(Duration::from_secs(12), rate)], process, 5);
            assert_eq!(shaped, plain);
            // A run without a shape may go on; until then it is the same.
            let longer = dues(vec![Segment::constant(Duration::from_secs(21), rate)], process, 5);
            assert_eq!(longer[..plain.len()], plain);
        }
        assert_eq!(Course::constant(70.0, Duration::from_secs(9)).segments(Duration::ZERO).len(), 1);
    }

    fn phase() -> impl Strategy<Value = String> {
        prop_oneof![
            (0..400u32, 1..40u32).prop_map(|(rate, tenths)| format!("{rate}/s for {tenths}00 ms")),
            (0..400u32, 0..400u32, 1..4u32)
                .prop_map(|(from, to, length)| format!("ramp {from}/s..{to}/s for {length} s")),
            (1..5u32, 1..3u32).prop_map(|(factor, length)| format!("spike {factor}x for {length} s")),
            (1..3u32).prop_map(|length| format!("pause {length} s")),
            (1..9u32).prop_map(|length| format!("daily in {length} s")),
            (0..100u32, 1..50u32, 1..3u32)
                .prop_map(|(from, by, each)| format!("steps {from}/s..150/s by {by}0/s for {each} s each")),
        ]
    }

    proptest! {
        #[test]
        fn as_many_arrive_as_the_rate_adds_up_to(phases in prop::collection::vec(phase(), 1..6), seed: u64) {
            let text = phases.join(", ") + ", 10/s for 1 s";
            let course = course(&text);
            let expected = course.mean() * course.length().as_secs_f64();
            let even = dues(course.segments(Duration::ZERO), Process::Constant, seed);
            prop_assert!((even.len() as f64 - expected).abs() <= 1.0 + 1e-6 * expected, "{} of {expected}", even.len());
            // Within each part too: the count is what the curve adds up to there, give or take the one at each border.
            let mut from = Duration::ZERO;
            for part in &course.parts {
                let inside = even.iter().filter(|due| **due >= from && **due < from + part.length).count();
                let expected = part.mean() * part.length.as_secs_f64();
                prop_assert!((inside as f64 - expected).abs() <= 1.01, "{}: {inside} of {expected}", part.name);
                from += part.length;
            }
            // By chance: within six standard deviations.
            let random = dues(course.segments(Duration::ZERO), Process::Poisson, seed);
            prop_assert!((random.len() as f64 - expected).abs() <= 6.0 * expected.sqrt() + 6.0);
            prop_assert_eq!(random, dues(course.segments(Duration::ZERO), Process::Poisson, seed));
        }
    }
}
