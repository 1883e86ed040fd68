//! What to predict: the state at a concurrency, at a throughput or at a latency, told apart by the unit.

use super::cell::{Cell, cell, shortened};
use super::header::seconds;

/// What to predict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    /// `64`: at this N.
    Concurrency(f64),
    /// `11k/s`: where this throughput, per second, is reached.
    Throughput(f64),
    /// `30 ms`: where the mean latency is as long, in seconds.
    Latency(f64),
}

impl Asked {
    /// Reads `64`, `11k/s` or `30 ms`.
    ///
    /// # Errors
    /// The message with its hint.
    pub fn parse(text: &str) -> Result<Asked, String> {
        let refused = || {
            format!(
                "`{}` is neither an N (64) nor a throughput (11k/s) nor a latency (30 ms)\n  \
                 hint: write a number above 0, with /s or ms where it is not an N",
                shortened(text)
            )
        };
        let (number, per) = match text.rsplit_once('/') {
            Some((number, unit)) => (number, Some(seconds(unit.trim()).ok_or_else(refused)?)),
            None => (text, None),
        };
        let Cell { value, seconds } = cell(number, "it").map_err(|_| refused())?;
        match (per, seconds) {
            (None, None) => Ok(Asked::Concurrency(value)),
            (None, Some(unit)) => Ok(Asked::Latency(value * unit)),
            (Some(per), None) => Ok(Asked::Throughput(value / per)),
            (Some(_), Some(_)) => Err(refused()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_says_what_is_asked() {
        for (text, expected) in [
            ("64", Some(Asked::Concurrency(64.0))),
            ("1.5k", Some(Asked::Concurrency(1_500.0))),
            ("11k/s", Some(Asked::Throughput(11_000.0))),
            ("1800/h", Some(Asked::Throughput(0.5))),
            ("30ms", Some(Asked::Latency(0.03))),
            ("2 s", Some(Asked::Latency(2.0))),
            ("30 ms/s", None),
            ("11/box", None),
            ("-4", None),
            ("many", None),
            ("", None),
        ] {
            assert_eq!(Asked::parse(text).ok(), expected, "{text}");
        }
    }
}
