//! A place in the log of a database: how far a copy of the database must have read to hold a certain write.

use std::fmt;

use super::Rejection;

/// A position in the log, written as PostgreSQL writes it: `16/B374D848`, two halves of 32 bits in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

impl Position {
    /// Before everything.
    pub const START: Self = Self(0);
    /// After everything: no copy has read so far.
    pub const END: Self = Self(u64::MAX);

    /// The position after so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Bytes of the log before it.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// Takes what a client sends.
    ///
    /// # Errors
    /// When it is anything but two halves of one to eight hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let halves = text.split_once('/').and_then(|(high, low)| Some((half(high)?, half(low)?)));
        let (high, low) = halves.ok_or_else(|| {
            let says = "expected a position as it was given, like 16/B374D848";
            Rejection::new("x-log-position", "position_invalid", says)
        })?;
        Ok(Self(u64::from(high) << 32 | u64::from(low)))
    }
}

fn half(text: &str) -> Option<u32> {
    let is_half = (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_half { u32::from_str_radix(text, 16).ok() } else { None }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:X}/{:X}", self.0 >> 32, self.0 & 0xffff_ffff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_is_written_and_nothing_else_is_one() {
        for (text, expected) in [
            ("0/0", Some(0)),
            // 0x16 is 22, and 0xB374D848 is 3010779208: 22 x 2^32 + 3010779208.
            ("16/B374D848", Some(97_500_059_720)),
            ("16/b374d848", Some(97_500_059_720)),
            ("FFFFFFFF/FFFFFFFF", Some(u64::MAX)),
            ("", None),
            ("0", None),
            ("/", None),
            ("0/", None),
            ("/0", None),
            ("0/0/0", None),
            ("+1/0", None),
            ("-1/0", None),
            (" 0/0", None),
            ("0/0 ", None),
            ("000000001/0", None),
            ("0/1FFFFFFFF", None),
            ("0x1/0", None),
            ("é/0", None),
        ] {
            let position = Position::parse(text).ok();
            assert_eq!(position.map(Position::bytes), expected, "{text:?}");
            if let Some(position) = position {
                assert_eq!(Position::parse(&position.to_string()), Ok(position), "{text:?}");
            }
        }
    }
}
