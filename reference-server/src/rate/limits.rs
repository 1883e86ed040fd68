//! Rates as they are typed: `10/min`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::Class;

/// So many requests in such a time; as many may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub requests: u32,
    /// In which time.
    pub window: Duration,
}

/// The most requests of a rate: more is no limit, and every sum of it stays far from overflowing.
const MOST_REQUESTS: u32 = 1_000_000;

const UNITS: &[(&str, u64)] = &[("s", 1), ("min", 60), ("h", 3_600), ("day", 86_400)];

impl Rate {
    const fn new(requests: u32, seconds: u64) -> Self {
        Self { requests, window: Duration::from_secs(seconds) }
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let cannot = || format!("expected a number and s, min, h or day, like `10/min`, found `{text}`");
        let (number, unit) = text.split_once('/').ok_or_else(cannot)?;
        let requests = number.trim().parse().map_err(|_| cannot())?;
        let unit = UNITS.iter().find(|(name, _)| *name == unit.trim()).ok_or_else(cannot)?;
        if (1..=MOST_REQUESTS).contains(&requests) {
            Ok(Self::new(requests, unit.1))
        } else {
            Err(format!("expected 1 to {MOST_REQUESTS} requests, found {requests}"))
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.window.as_secs();
        let unit = UNITS.iter().find(|(_, length)| *length == seconds).map_or("?", |(name, _)| name);
        write!(formatter, "{}/{unit}", self.requests)
    }
}

/// A rate for each class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Opening accounts.
    pub sign_up: Rate,
    /// Logging in.
    pub log_in: Rate,
    /// Asking, answering, changing.
    pub write: Rate,
    /// Votes and comments.
    pub vote: Rate,
    /// Reading.
    pub read: Rate,
}

impl Limits {
    /// The rate of a class.
    pub(crate) fn of(&self, class: Class) -> Rate {
        match class {
            Class::SignUp => self.sign_up,
            Class::LogIn => self.log_in,
            Class::Write => self.write,
            Class::Vote => self.vote,
            Class::Read => self.read,
        }
    }
}

impl Default for Limits {
    /// In the order of size of other forums (Lemmy: 3 accounts an hour, 6 posts in ten minutes, 180 votes a minute),
    /// with room for a school behind one address.
    fn default() -> Self {
        Self {
            sign_up: Rate::new(20, 3_600),
            log_in: Rate::new(10, 60),
            write: Rate::new(30, 60),
            vote: Rate::new(180, 60),
            read: Rate::new(1_200, 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_and_a_unit_and_is_shown_as_it_is_typed() {
        for text in ["10/min", "1/s", "1000000/day", "3/h"] {
            assert_eq!(text.parse::<Rate>().map(|rate| rate.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "10", "0/min", "-1/s", "1.5/s", "10/minute", "/min", "1000001/s", "99999999999/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text:?}");
        }
    }
}
