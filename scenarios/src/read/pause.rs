//! How long people pause: `5 s`, `8..20 s`, `exponential 7 s`, `lognormal 8 s sigma 0.5`; the same wherever a pause is
//! written.

use std::time::Duration;

use crate::conventions::Conventions;
use crate::pause::{MAX_PAUSE, Pause};
use crate::quantity::{self, Complaint};
use crate::range::Range;
use crate::units::Unit;

/// The spread of a log-normal pause, unless said.
const SIGMA: f64 = 1.0;
/// The largest spread: one in six pauses is then beyond 150 medians.
const MAX_SIGMA: f64 = 5.0;

/// A pause as it is typed, for command lines: `exponential 7 s`.
///
/// # Errors
/// Says what was expected.
pub fn parse_pause(text: &str) -> Result<Pause, String> {
    pause(text.trim(), &Conventions::default())
        .map_err(|complaint| format!("{}\n  hint: {}", complaint.message, complaint.hint))
}

/// Reads one.
pub(super) fn pause(text: &str, conventions: &Conventions) -> Result<Pause, Complaint> {
    let times = |text: &str| {
        let read = quantity::parse(text, Some(Duration::DIMENSION), conventions)?;
        let end = |value| {
            Duration::from_base(value)
                .ok_or_else(|| complaint(format!("`{text}` {}", Duration::ALLOWED), Duration::ALLOWED))
        };
        Range::new(end(read.low)?, end(read.high)?)
            .ok_or_else(|| complaint("the range is upside down", "write the smaller end first"))
    };
    let time = |text: &str| {
        let range = times(text)?;
        if range.is_point() {
            return Ok(range.low());
        }
        Err(complaint("a range is not allowed here", "one time, like `exponential 7 s`"))
    };
    let pause = match text.split_once(' ') {
        Some(("exponential", mean)) => Pause::Exponential(time(mean)?),
        Some(("lognormal", rest)) => {
            let (median, sigma) = match rest.split_once(" sigma ") {
                Some((median, sigma)) => (median, sigma.trim().parse().ok()),
                None => (rest, Some(SIGMA)),
            };
            let Some(sigma) = sigma.filter(|sigma| (0.0..=MAX_SIGMA).contains(sigma)) else {
                return Err(complaint(
                    format!("sigma is a number from 0 to {MAX_SIGMA}"),
                    "the standard deviation of the logarithm: `lognormal 8 s sigma 0.5`",
                ));
            };
            Pause::LogNormal { median: time(median)?, sigma }
        }
        _ if text.starts_with(|first: char| first.is_ascii_alphabetic()) => {
            return Err(complaint(
                format!("`{text}` is no pause"),
                "like `5 s`, `8..20 s`, `exponential 7 s`, `lognormal 8 s sigma 0.5`",
            ));
        }
        _ => Pause::Even(times(text)?),
    };
    let longest = match pause {
        Pause::Even(range) => range.high(),
        other => other.mean(),
    };
    if longest > MAX_PAUSE {
        let most = MAX_PAUSE.as_secs() / 60;
        return Err(complaint(
            format!("a pause has at most {most} minutes"),
            "who is away for longer comes as a new visitor",
        ));
    }
    Ok(pause)
}

fn complaint(message: impl Into<String>, hint: impl Into<String>) -> Complaint {
    Complaint { message: message.into(), hint: hint.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_read_in_each_of_its_forms_and_written_back() {
        for text in ["5 s", "8..20 s", "250 ms", "exponential 7 s", "lognormal 8 s sigma 0.5"] {
            let pause = parse_pause(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(parse_pause(&pause.to_string()), Ok(pause), "{text}: {pause}");
        }
        assert_eq!(parse_pause("lognormal 8 s").unwrap().to_string(), "lognormal 8 s sigma 1");
        assert_eq!(parse_pause("8..20 s").unwrap().to_string(), "8 s..20 s");
    }

    #[test]
    fn a_pause_that_cannot_be_is_refused_with_what_to_write() {
        for (text, said) in [
            ("20..8 s", "upside down"),
            ("exponential 1..2 s", "like `exponential 7 s`"),
            ("lognormal 8 s sigma 7", "from 0 to 5"),
            ("2 h", "at most 60 minutes"),
            ("5", "unit"),
            ("poisson 5 s", "`exponential 7 s`"),
        ] {
            let refused = parse_pause(text).expect_err(text);
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }
}
