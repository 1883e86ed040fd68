//! How much is kept, and what for: `--cache` and `--stale-reads` as they are typed.

use std::str::FromStr;
use std::time::Duration;

use crate::link::Address;
use crate::span;

/// The least that is worth keeping, and the most that fits into a machine.
const SIZES: std::ops::RangeInclusive<f64> = 1e5..=1e12;
/// How long a copy is good for when nothing is said.
const FRESH: Duration = Duration::from_mins(1);
/// The longest that can be said.
const FRESH_MAX: Duration = Duration::from_hours(24);

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(u64);

impl Size {
    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Size {
    type Err = String;

    /// `16MB`, `64 MiB`.
    fn from_str(text: &str) -> Result<Self, String> {
        let cannot = || format!("expected a size from 100kB to 1TB, like `64MB`, found `{text}`");
        let trimmed = text.trim();
        let unit_at = trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.')).ok_or_else(cannot)?;
        let (number, unit) = trimmed.split_at(unit_at);
        let number: f64 = number.parse().map_err(|_| cannot())?;
        let factor = match unit.trim() {
            "kB" | "KB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "KiB" => 1024.0,
            "MiB" => 1024.0 * 1024.0,
            "GiB" => 1024.0 * 1024.0 * 1024.0,
            _ => return Err(cannot()),
        };
        let bytes = number * factor;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range above")]
        if SIZES.contains(&bytes) { Ok(Self(bytes as u64)) } else { Err(cannot()) }
    }
}

/// Whether copies answer while the database is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// They do not.
    Off,
    /// They do.
    On {
        /// How much is kept.
        size: Size,
        /// For how long a copy is good.
        fresh: Duration,
    },
}

impl FromStr for Cache {
    type Err = String;

    /// `off`, `64MB`, `64MB 10s`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "off" {
            return Ok(Self::Off);
        }
        let (size, fresh) = match text.split_once(char::is_whitespace) {
            Some((size, fresh)) => (size.parse()?, span::parse(fresh, FRESH_MAX)?),
            None => (text.parse()?, FRESH),
        };
        Ok(Self::On { size, fresh })
    }
}

/// How much is kept for the time in which the database is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nothing.
    Nothing,
    /// As much as this.
    UpTo(Size),
}

impl FromStr for Keep {
    type Err = String;

    /// `off`, `16MB`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "off" { Ok(Self::Nothing) } else { text.parse().map(Self::UpTo) }
    }
}

/// Whether copies are shared with other forums.
#[derive(Clone, Debug)]
pub enum Sharing {
    /// They are not.
    Off,
    /// They are, in this Redis, and each is good for so long.
    In(Address, Duration),
}

impl FromStr for Sharing {
    type Err = String;

    /// `off`, `redis://127.0.0.1:6379`, `redis://127.0.0.1:6379 10s`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "off" {
            return Ok(Self::Off);
        }
        Ok(match text.split_once(char::is_whitespace) {
            Some((address, fresh)) => Self::In(address.parse()?, span::parse(fresh, FRESH_MAX)?),
            None => Self::In(text.parse()?, FRESH),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_is_off_or_a_size_with_or_without_a_time() {
        let on = |bytes, seconds| Ok(Cache::On { size: Size(bytes), fresh: Duration::from_secs(seconds) });
        assert_eq!("off".parse(), Ok(Cache::Off));
        assert_eq!("64MB".parse(), on(64_000_000, 60));
        assert_eq!("64MB 10s".parse(), on(64_000_000, 10));
        assert_eq!("1MiB 5min".parse(), on(1_048_576, 300));
        assert_eq!("2.5MB 0s".parse(), on(2_500_000, 0));
        for bad in ["", "on", "64", "64Mb", "1kB", "-1MB", "64MB 10", "64MB 10s 5s", "2000GB"] {
            assert!(bad.parse::<Cache>().unwrap_err().starts_with("expected a "), "{bad}");
        }
        assert_eq!("off".parse(), Ok(Keep::Nothing));
        assert_eq!("100kB".parse(), Ok(Keep::UpTo(Size(100_000))));
    }
    #[test]
    fn copies_are_shared_by_an_address_with_or_without_a_time() {
        let time = |text: &str| match text.parse::<Sharing>() {
            Ok(Sharing::In(_, time)) => Ok(Some(time.as_secs())),
            Ok(Sharing::Off) => Ok(None),
            Err(problem) => Err(problem),
        };
        assert_eq!(time("off"), Ok(None));
        assert_eq!(time("redis://127.0.0.1:6379"), Ok(Some(60)));
        assert_eq!(time(" redis://ada:canary@cache.example/1  10s "), Ok(Some(10)));
        for bad in [
            "",
            "on",
            "redis",
            "redis://ada:canary@host 10",
            "redis://:canary@h:port 10s",
            "10s redis://host",
        ] {
            let problem = time(bad).expect_err(bad);
            assert!(problem.starts_with("expected a") && !problem.contains("canary"), "{problem}");
        }
    }
}
