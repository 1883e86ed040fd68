//! When each request of a run is due.
//!
//! A schedule is a pure function of process, rate curve and seed, so that a run can be repeated exactly and tested
//! without a clock. Arrivals are first drawn at unit rate and then stretched by the curve (inversion):
//!
//! ```text
//! S_n        n for a constant process; the sum of n + 1 exponential gaps of mean 1 for a Poisson process
//! R(t)       the integral of the rate from 0 to t: how many arrivals are expected until then
//! due_n      the t at which R(t) = S_n; there is none, and the schedule has ended, when S_n >= R(end)
//!
//! in a segment from rate a to rate b over a length L, with u = S_n - R(start of the segment):
//! t - start  2u / (a + sqrt(a^2 + 2u (b - a) / L)), which is u / a when the rate is constant
//! ```
//!
//! Due times are absolute: being late once does not move the rest. Carrying the schedule out is the business of the
//! engine; what is asked for at each time is the business of the journeys.

use std::{fmt, time::Duration};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::Exp1;

/// Events per second; finite and never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct PerSecond(f64);

impl PerSecond {
    /// `None` when `rate` is negative, infinite or not a number.
    #[must_use]
    pub fn new(rate: f64) -> Option<PerSecond> {
        (rate.is_finite() && rate >= 0.0).then_some(PerSecond(rate))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A stretch of time in which the rate moves evenly from one value to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// How long it lasts.
    pub length: Duration,
    /// The rate at its start.
    pub from: PerSecond,
    /// The rate at its end.
    pub to: PerSecond,
}

impl Segment {
    /// The same rate all the time.
    #[must_use]
    pub fn constant(length: Duration, rate: PerSecond) -> Segment {
        Segment { length, from: rate, to: rate }
    }

    /// Whether the rate stays the same.
    #[must_use]
    pub fn is_level(&self) -> bool {
        self.from == self.to
    }

    /// How many arrivals are expected in it.
    #[must_use]
    pub fn expected(&self) -> f64 {
        f64::midpoint(self.from.0, self.to.0) * self.length.as_secs_f64()
    }

    /// Seconds from the start of the segment until `arrivals` are expected.
    fn seconds_until(&self, arrivals: f64) -> f64 {
        if arrivals <= 0.0 {
            return 0.0;
        }
        let slope = (self.to.0 - self.from.0) / self.length.as_secs_f64();
        let rate_then = (self.from.0 * self.from.0 + 2.0 * arrivals * slope).max(0.0).sqrt();
        2.0 * arrivals / (self.from.0 + rate_then)
    }
}

/// How arrivals are spread around the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// Visitors who do not know of each other: exponential gaps.
    Poisson,
    /// Evenly spaced.
    Constant,
}

/// A share of one arrival that rounding may move over the border of a segment.
const BORDER_TOLERANCE: f64 = 1e-9;

/// The due times of a run, in order, counted from its start.
#[derive(Debug)]
pub struct Arrivals {
    process: Process,
    segments: Vec<Segment>,
    random: ChaCha8Rng,
    /// Arrivals at unit rate so far: `S_n`.
    unit: f64,
    number: u64,
    /// The segment of the last arrival, when it starts, and how many arrivals are expected before it.
    current: usize,
    start: Duration,
    before: f64,
}

impl Arrivals {
    /// A schedule that goes through the segments one after the other.
    #[must_use]
    pub fn new(process: Process, segments: Vec<Segment>, seed: u64) -> Arrivals {
        Arrivals {
            process,
            segments,
            random: ChaCha8Rng::seed_from_u64(seed),
            unit: 0.0,
            number: 0,
            current: 0,
            start: Duration::ZERO,
            before: 0.0,
        }
    }

    /// When the last segment ends.
    #[must_use]
    pub fn length(&self) -> Duration {
        self.segments.iter().map(|segment| segment.length).sum()
    }

    /// How many arrivals are expected in all.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.segments.iter().map(Segment::expected).sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 arrivals")]
    fn next_unit(&mut self) -> f64 {
        self.unit = match self.process {
            Process::Poisson => self.unit + self.random.sample::<f64, _>(Exp1),
            Process::Constant => self.number as f64,
        };
        self.number += 1;
        self.unit
    }
}

impl Iterator for Arrivals {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        if self.current == self.segments.len() {
            return None; // draws nothing, so that the generator is where the last arrival left it
        }
        let unit = self.next_unit();
        while let Some(segment) = self.segments.get(self.current) {
            let expected = segment.expected();
            let inside = unit - self.before;
            if inside < expected - BORDER_TOLERANCE {
                let offset = Duration::from_secs_f64(segment.seconds_until(inside));
                return Some(self.start + offset.min(segment.length));
            }
            self.before += expected;
            self.start += segment.length;
            self.current += 1;
        }
        None
    }
}

/// A running hash over due times and payloads, to tell whether two runs offered the same (FNV-1a, 64 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(u64);

impl Fingerprint {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    /// The hash of nothing.
    #[must_use]
    pub fn new() -> Fingerprint {
        Fingerprint(Fingerprint::BASIS)
    }

    /// Adds a due time, as whole nanoseconds.
    pub fn due(&mut self, due: Duration) {
        self.bytes(&due.as_nanos().to_le_bytes());
    }

    /// Adds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(Fingerprint::PRIME);
        }
    }

    /// The hash so far.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl Default for Fingerprint {
    fn default() -> Fingerprint {
        Fingerprint::new()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(rate: f64) -> PerSecond {
        PerSecond::new(rate).unwrap()
    }

    fn segment(seconds: f64, from: f64, to: f64) -> Segment {
        Segment { length: Duration::from_secs_f64(seconds), from: rate(from), to: rate(to) }
    }

    fn seconds(process: Process, segments: &[Segment], seed: u64) -> Vec<f64> {
        Arrivals::new(process, segments.to_vec(), seed).map(|due| due.as_secs_f64()).collect()
    }

    #[test]
    fn a_rate_is_finite_and_not_negative() {
        for (number, accepted) in
            [(0.0, true), (1e9, true), (-1.0, false), (f64::NAN, false), (f64::INFINITY, false)]
        {
            assert_eq!(PerSecond::new(number).is_some(), accepted, "{number}");
        }
    }

    #[test]
    fn a_constant_schedule_is_evenly_spaced_and_ends() {
        let ms = Duration::from_millis;
        for (segments, expected) in [
            (vec![segment(0.5, 10.0, 10.0)], vec![ms(0), ms(100), ms(200), ms(300), ms(400)]),
            (
                vec![segment(0.2, 10.0, 10.0), segment(0.2, 20.0, 20.0)],
                [0, 100, 200, 250, 300, 350].map(ms).into(),
            ),
            // A pause of a second, then the next arrival at once: it was expected when the pause began.
            (
                vec![segment(0.1, 10.0, 10.0), segment(1.0, 0.0, 0.0), segment(0.1, 10.0, 10.0)],
                vec![ms(0), ms(1100)],
            ),
            (vec![segment(1.0, 0.0, 0.0)], vec![]),
            (vec![segment(0.0, 10.0, 10.0)], vec![]),
            (vec![], vec![]),
        ] {
            let mut arrivals = Arrivals::new(Process::Constant, segments.clone(), 1);
            assert_eq!(arrivals.by_ref().collect::<Vec<_>>(), expected, "{segments:?}");
            assert_eq!(arrivals.next(), None, "it stays ended");
        }
    }

    #[test]
    fn a_ramp_follows_its_integral() {
        // 0 to 100/s in 10 s: R(t) = 5 t^2, so arrival n is due at sqrt(n / 5), and 500 are expected.
        let up = seconds(Process::Constant, &[segment(10.0, 0.0, 100.0)], 1);
        assert_eq!(up.len(), 500);
        for (number, expected) in [(0, 0.0), (5, 1.0), (20, 2.0), (125, 5.0), (405, 9.0)] {
            assert!((up[number] - expected).abs() < 1e-8, "{number}: {}", up[number]);
        }
        // 100/s to 0 in 10 s: R(t) = 100 t - 5 t^2, so 95 arrivals are due before 1 s and 500 in all.
        let down = seconds(Process::Constant, &[segment(10.0, 100.0, 0.0)], 1);
        assert_eq!(down.len(), 500);
        for (number, expected) in [(0, 0.0), (95, 1.0), (375, 5.0), (495, 9.0)] {
            assert!((down[number] - expected).abs() < 1e-8, "{number}: {}", down[number]);
        }
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    fn poisson_counts_have_their_mean_and_their_variance() {
        // 200 runs of mean 100: the mean of the counts is within 4 standard errors (4 * 10 / sqrt 200 = 2.8), the
        // variance, whose own standard error is 100 * sqrt(2 / 199) = 10, within 40.
        let counts: Vec<f64> = (0..200)
            .map(|seed| seconds(Process::Poisson, &[segment(1.0, 50.0, 150.0)], seed).len() as f64)
            .collect();
        let mean = counts.iter().sum::<f64>() / 200.0;
        let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / 199.0;
        assert!((mean - 100.0).abs() < 2.8, "{mean}");
        assert!((variance - 100.0).abs() < 40.0, "{variance}");
    }

    /// The largest distance between the distribution of the gaps and the exponential one, times the square root of
    /// their number (Kolmogorov and Smirnov): above 1.95 in one of a thousand cases.
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    fn distance_from_exponential(dues: &[f64], rate: f64) -> f64 {
        let mut gaps: Vec<f64> = dues.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_by(f64::total_cmp);
        let count = gaps.len() as f64;
        let distance = gaps.iter().enumerate().map(|(number, gap)| {
            let law = 1.0 - (-rate * gap).exp();
            (law - number as f64 / count).abs().max(((number + 1) as f64 / count - law).abs())
        });
        distance.fold(0.0, f64::max) * count.sqrt()
    }

    #[test]
    fn poisson_gaps_are_exponential_and_those_of_two_schedules_together_too() {
        let one = seconds(Process::Poisson, &[segment(100.0, 100.0, 100.0)], 3);
        assert!(distance_from_exponential(&one, 100.0) < 1.95);
        let constant = seconds(Process::Constant, &[segment(100.0, 100.0, 100.0)], 3);
        assert!(distance_from_exponential(&constant, 100.0) > 1.95, "the test can tell");
        // Superposition: two Poisson processes make one whose rate is the sum.
        let mut both = seconds(Process::Poisson, &[segment(100.0, 40.0, 40.0)], 4);
        both.extend(seconds(Process::Poisson, &[segment(100.0, 60.0, 60.0)], 5));
        both.sort_by(f64::total_cmp);
        assert!(distance_from_exponential(&both, 100.0) < 1.95);
    }

    #[test]
    fn the_seed_alone_decides() {
        let print = |seed| {
            let mut fingerprint = Fingerprint::new();
            let arrivals = Arrivals::new(Process::Poisson, vec![segment(10.0, 10.0, 100.0)], seed);
            arrivals.for_each(|due| fingerprint.due(due));
            fingerprint
        };
        assert_eq!(print(7), print(7));
        assert_ne!(print(7), print(8));
    }

    #[test]
    fn the_fingerprint_is_the_published_function() {
        // Test vectors of the FNV authors: "" and "foobar".
        let mut fingerprint = Fingerprint::new();
        assert_eq!(fingerprint.to_string(), "cbf29ce484222325");
        fingerprint.bytes(b"foobar");
        assert_eq!(fingerprint.get(), 0x8594_4171_f739_67e8);
    }

    fn segments() -> impl Strategy<Value = Vec<Segment>> {
        let one = (0.0..3.0_f64, 0.0..200.0_f64, 0.0..200.0_f64);
        prop::collection::vec(one.prop_map(|(length, from, to)| segment(length, from, to)), 0..5)
    }

    proptest! {
        #[test]
        fn due_times_never_decrease_and_stay_within_the_run(segments in segments(), seed: u64, poisson: bool) {
            let process = if poisson { Process::Poisson } else { Process::Constant };
            let arrivals = Arrivals::new(process, segments, seed);
            let (length, expected) = (arrivals.length(), arrivals.expected());
            let dues: Vec<Duration> = arrivals.collect();
            prop_assert!(dues.is_sorted());
            prop_assert!(dues.last().is_none_or(|last| *last <= length));
            if !poisson {
                #[expect(clippy::cast_precision_loss, reason = "small counts")]
                let count = dues.len() as f64;
                prop_assert!((count - expected).abs() <= 1.0, "{} of {}", count, expected);
            }
        }
    }
}
