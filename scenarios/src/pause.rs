//! How long people pause between two steps.

use std::fmt;
use std::time::Duration;

use crate::range::Range;
use crate::show;

/// The longest pause that a visitor makes: who has been away for longer comes as a new visitor.
pub const MAX_PAUSE: Duration = Duration::from_hours(1);

/// How long a pause is; each is drawn anew and is at most [`MAX_PAUSE`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pause {
    /// Drawn evenly from a range, or always the same: `8..20 s`, `5 s`.
    Even(Range<Duration>),
    /// Exponential with this mean, as the users of TPC-W pause: `exponential 7 s`.
    Exponential(Duration),
    /// Log-normal: half of the pauses are shorter than the median; the logarithm of the rest varies by sigma:
    /// `lognormal 8 s`, `lognormal 8 s sigma 0.5`.
    LogNormal {
        /// Its middle.
        median: Duration,
        /// Standard deviation of the natural logarithm; 1 unless said: one in six pauses is longer than 2.7 medians.
        sigma: f64,
    },
}

impl Pause {
    /// Its mean, the longest pause left out of account.
    #[must_use]
    pub fn mean(&self) -> Duration {
        match self {
            Pause::Even(range) => (range.low() + range.high()) / 2,
            Pause::Exponential(mean) => *mean,
            Pause::LogNormal { median, sigma } => median.mul_f64((sigma * sigma / 2.0).exp()),
        }
    }
}

/// As it is written in a scenario.
impl fmt::Display for Pause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: &Duration| show::seconds(time.as_secs_f64());
        match self {
            Pause::Even(range) if range.is_point() => out.write_str(&time(&range.low())),
            Pause::Even(range) => write!(out, "{}..{}", time(&range.low()), time(&range.high())),
            Pause::Exponential(mean) => write!(out, "exponential {}", time(mean)),
            Pause::LogNormal { median, sigma } => write!(out, "lognormal {} sigma {sigma}", time(median)),
        }
    }
}
