//! What a day, a month, a year and a kilobyte are: sources differ, so the file may say, and every report repeats it.

use std::fmt;

/// The lengths of calendar units in seconds, and how bytes are printed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Conventions {
    /// Seconds in a day. Default 86,400; some books use 100,000.
    pub day_seconds: f64,
    /// Seconds in a month. Default 30.44 days; others use 30 days or 2.5 million seconds.
    pub month_seconds: f64,
    /// Seconds in a year. Default 365 days; others use 12 of their months.
    pub year_seconds: f64,
    /// How sizes are printed; both families are always accepted.
    pub units: ByteUnits,
}

/// Which family of byte units a report prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ByteUnits {
    /// KB = 1000 B.
    Decimal,
    /// KiB = 1024 B.
    Binary,
}

const DAY: f64 = 86_400.0;

impl Default for Conventions {
    fn default() -> Conventions {
        Conventions {
            day_seconds: DAY,
            month_seconds: 30.44 * DAY,
            year_seconds: 365.0 * DAY,
            units: ByteUnits::Decimal,
        }
    }
}

impl Conventions {
    /// With a day of so many seconds; a month and a year still have as many days as before, so that `100/day x 1 year` is
    /// 36,500 whatever a day is.
    #[must_use]
    pub fn with_day(self, seconds: f64) -> Conventions {
        let stretched = seconds / self.day_seconds;
        Conventions {
            day_seconds: seconds,
            month_seconds: self.month_seconds * stretched,
            year_seconds: self.year_seconds * stretched,
            ..self
        }
    }
}

impl fmt::Display for Conventions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = match self.units {
            ByteUnits::Decimal => "KB = 1000 B",
            ByteUnits::Binary => "KiB = 1024 B",
        };
        write!(out, "{units}, day = {} s, month = ", grouped(self.day_seconds))?;
        days(out, self.month_seconds, self.day_seconds)?;
        out.write_str(", year = ")?;
        days(out, self.year_seconds, self.day_seconds)
    }
}

/// In days where that is a short number, in seconds otherwise.
fn days(out: &mut fmt::Formatter<'_>, seconds: f64, day: f64) -> fmt::Result {
    let in_days = seconds / day;
    let hundredths = in_days * 100.0;
    if (hundredths - hundredths.round()).abs() < 1e-6 {
        write!(out, "{} d", (hundredths.round()) / 100.0)
    } else {
        write!(out, "{} s", grouped(seconds))
    }
}

/// A whole number with commas every three digits.
#[must_use]
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::from(if value < 0.0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conventions_are_said_in_a_line() {
        assert_eq!(
            Conventions::default().to_string(),
            "KB = 1000 B, day = 86,400 s, month = 30.44 d, year = 365 d"
        );
        let book = Conventions {
            day_seconds: 1e5,
            month_seconds: 2.5e6,
            year_seconds: 3e7,
            ..Conventions::default()
        };
        assert_eq!(book.to_string(), "KB = 1000 B, day = 100,000 s, month = 25 d, year = 300 d");
    }
}
