//! From values to places on a picture, and which round numbers are marked on the way.
//!
//! A linear axis begins at zero, so that heights can be compared. When the values span more than [`LOG_SPAN`], the
//! axis is logarithmic, since a linear one would press the small values onto its foot.

use std::ops::RangeInclusive;

/// Highest over lowest value from which on an axis is logarithmic.
pub(super) const LOG_SPAN: f64 = 20.0;
/// What a picture can tell apart; a value outside is drawn at the end of its axis.
const DRAWABLE: RangeInclusive<f64> = 1e-12..=1e15;
/// Marks on an axis, at most about so many: more cannot be read on a phone.
const TICKS: f64 = 6.0;
/// Decades up to which 2 and 5 are marked between 1 and 10.
const DECADES_WITH_FIVES: f64 = 2.0;
/// Steps of a time axis in seconds: the parts of a minute, an hour and a day that people count in.
const TIME_STEPS: [f64; 16] = [
    1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0,
    43_200.0, 86_400.0,
];
/// Times of a logarithmic axis above ten seconds, where powers of ten are no longer round.
const LONG_TIMES: [f64; 7] = [60.0, 600.0, 3_600.0, 36_000.0, 86_400.0, 864_000.0, 8_640_000.0];

/// What the numbers on an axis are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// Seconds.
    Time,
    /// Anything counted in tens.
    Number,
}

/// A line on which values have their place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    is_log: bool,
    from: f64,
    to: f64,
    /// Where it is marked, in values, rising.
    pub(super) ticks: Vec<f64>,
}

impl Axis {
    /// An axis that holds all of `values` (those that are drawable count), drawn between the places
    /// `from` and `to`.
    pub(super) fn holding(
        values: impl IntoIterator<Item = f64>,
        measure: Measure,
        (from, to): (f64, f64),
    ) -> Axis {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.into_iter().filter(|value| DRAWABLE.contains(value)) {
            (low, high) = (low.min(value), high.max(value));
        }
        if high > 0.0 && high / low > LOG_SPAN {
            let (low, high) = (rounded(low, f64::floor), rounded(high, f64::ceil));
            let ticks = log_ticks(low, high, measure);
            return Axis { low, high, is_log: true, from, to, ticks };
        }
        let high = if high > 0.0 { high } else { empty(measure) };
        let step = step(high / TICKS, measure);
        // A hair less, so that a last bit does not open a step of its own.
        let high = step * (high / step - 1e-9).ceil();
        Axis { low: 0.0, high, is_log: false, from, to, ticks: multiples(step, high) }
    }

    /// A logarithmic axis from `low`, which is above zero, to above `high`.
    pub(super) fn logarithmic(low: f64, high: f64, measure: Measure, (from, to): (f64, f64)) -> Axis {
        let (low, high) = (rounded(low, f64::floor), rounded(high.max(low * 2.0), f64::ceil));
        Axis { low, high, is_log: true, from, to, ticks: log_ticks(low, high, measure) }
    }

    /// An axis from `low` to exactly `high`.
    pub(super) fn between(low: f64, high: f64, measure: Measure, (from, to): (f64, f64)) -> Axis {
        let high = if high > low { high } else { low + empty(measure) };
        Axis {
            low,
            high,
            is_log: false,
            from,
            to,
            ticks: multiples(step((high - low) / TICKS, measure), high),
        }
    }

    /// Whether equal ratios take equal room.
    pub(super) fn is_log(&self) -> bool {
        self.is_log
    }

    /// The place of a value; the end of the axis for what lies beyond. `None` for what has no place.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        if !value.is_finite() || (self.is_log && value <= 0.0) {
            return None;
        }
        let share = if self.is_log {
            (value / self.low).log10() / (self.high / self.low).log10()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        Some(self.from + share.clamp(0.0, 1.0) * (self.to - self.from))
    }
}

/// How far an axis reaches that has nothing to show.
fn empty(measure: Measure) -> f64 {
    match measure {
        Measure::Time => 1e-3,
        Measure::Number => 1.0,
    }
}

/// The smallest round step that is at least `raw`.
fn step(raw: f64, measure: Measure) -> f64 {
    const DAY: f64 = 86_400.0;
    match measure {
        Measure::Time if raw > DAY => DAY * rounded(raw / DAY, f64::ceil),
        Measure::Time if raw > 1.0 => TIME_STEPS.into_iter().find(|step| *step >= raw).unwrap_or(DAY),
        _ => rounded(raw, f64::ceil),
    }
}

/// Every multiple of `step` from zero to `high`.
fn multiples(step: f64, high: f64) -> Vec<f64> {
    // A hair more than the end, so that the last multiple is not lost to rounding.
    let last = high / step + 1e-6;
    (0..=20).map(f64::from).take_while(|index| *index <= last).map(|index| index * step).collect()
}

/// The neighbour of `value` among 1, 2 and 5 times a power of ten: above with `ceil`, below with `floor`.
fn rounded(value: f64, direction: fn(f64) -> f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    // What is round already stays, whatever the last bit says.
    let mantissa = value / power;
    let candidates = [1.0, 2.0, 5.0, 10.0];
    if let Some(same) = candidates.into_iter().find(|candidate| (mantissa / candidate - 1.0).abs() < 1e-9) {
        return same * power;
    }
    let goes_up = direction(0.5) > 0.5;
    let above = candidates.into_iter().find(|candidate| *candidate > mantissa).unwrap_or(10.0);
    let below = candidates.into_iter().rev().find(|candidate| *candidate < mantissa).unwrap_or(1.0);
    power * if goes_up { above } else { below }
}

/// Round numbers between the ends of a logarithmic axis.
fn log_ticks(low: f64, high: f64, measure: Measure) -> Vec<f64> {
    let decades = (high / low).log10();
    let mantissas: &[f64] = if decades <= DECADES_WITH_FIVES { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let every = (decades / TICKS).ceil().max(1.0);
    let is_time = measure == Measure::Time;
    let mut ticks = Vec::new();
    let mut exponent = low.log10().floor();
    while exponent <= high.log10() + 1e-9 {
        ticks.extend(mantissas.iter().map(|mantissa| mantissa * 10f64.powf(exponent)));
        exponent += every;
    }
    if is_time {
        ticks.retain(|tick| *tick <= 30.0);
        ticks.extend(LONG_TIMES);
    }
    // A hair of room at both ends, for the last bit of a power.
    ticks.retain(|tick| *tick >= low * (1.0 - 1e-9) && *tick <= high * (1.0 + 1e-9));
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len()
            && found
                .iter()
                .zip(expected)
                .all(|(found, expected)| (found - expected).abs() <= expected.abs() * 1e-9)
    }

    #[test]
    fn marks_are_round_numbers() {
        use Measure::{Number, Time};
        let cases: [(&[f64], Measure, &[f64]); 12] = [
            // 12 / 6 = 2: every 2 ms.
            (&[0.012], Time, &[0.0, 0.002, 0.004, 0.006, 0.008, 0.010, 0.012]),
            // 412 / 6 = 69: every 100, and the axis ends above the value.
            (&[412.0], Number, &[0.0, 100.0, 200.0, 300.0, 400.0, 500.0]),
            // Just below the span of a logarithm.
            (&[1.0, 20.0], Number, &[0.0, 5.0, 10.0, 15.0, 20.0]),
            (&[1.0, 21.0], Number, &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0]),
            (&[0.0009, 0.019], Time, &[0.0005, 0.001, 0.002, 0.005, 0.01, 0.02]),
            // More than two decades: powers of ten alone.
            (&[0.001, 0.5], Time, &[0.001, 0.01, 0.1]),
            // Above ten seconds a time is counted in minutes.
            (&[0.1, 700.0], Time, &[0.1, 1.0, 10.0, 60.0, 600.0]),
            (&[150.0], Time, &[0.0, 30.0, 60.0, 90.0, 120.0, 150.0]),
            (&[], Time, &[0.0, 0.000_2, 0.000_4, 0.000_6, 0.000_8, 0.001]),
            (&[f64::NAN, f64::INFINITY, -1.0, 0.0], Number, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
            (&[1e-12], Number, &[0.0, 2e-13, 4e-13, 6e-13, 8e-13, 1e-12]),
            (&[1e-9, 1e9], Number, &[1e-9, 1e-6, 1e-3, 1.0, 1e3, 1e6, 1e9]),
        ];
        for (values, measure, expected) in cases {
            let axis = Axis::holding(values.iter().copied(), measure, (0.0, 100.0));
            assert!(near(&axis.ticks, expected), "{values:?}: {:?}", axis.ticks);
        }
    }

    #[test]
    fn a_run_is_marked_in_the_parts_of_an_hour() {
        for (seconds, step) in [
            (6.0, 1.0),
            (30.0, 5.0),
            (59.0, 10.0),
            (100.0, 30.0),
            (600.0, 120.0),
            (3_600.0, 600.0),
            (86_400.0, 21_600.0),
        ] {
            let axis = Axis::between(0.0, seconds, Measure::Time, (0.0, 1.0));
            assert!((axis.ticks[1] - step).abs() < 1e-9, "{seconds}: {:?}", axis.ticks);
            assert!(axis.ticks.len() <= 8 && axis.ticks.iter().all(|tick| *tick <= seconds * 1.000_001));
        }
    }

    #[test]
    fn places_lie_between_the_ends_and_keep_the_order() {
        let linear = Axis::holding([10.0], Measure::Number, (300.0, 100.0));
        assert_eq!(linear.place(0.0), Some(300.0));
        assert_eq!(linear.place(5.0), Some(200.0));
        assert_eq!(linear.place(1e9), Some(100.0));
        let log = Axis::holding([0.001, 0.1], Measure::Time, (0.0, 100.0));
        // A hundredfold is two decades; its middle is tenfold.
        assert!((log.place(0.01).unwrap() - 50.0).abs() < 1e-9);
        assert_eq!((log.place(0.0), log.place(f64::NAN), linear.place(f64::INFINITY)), (None, None, None));
    }
}
