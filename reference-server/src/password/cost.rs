//! What a hash of a password costs: memory and passes over it.

use std::fmt;
use std::str::FromStr;

use argon2::{Algorithm, Argon2, Params, Version};

use super::PasswordError;

/// Memory of one hash in KiB: 19 MiB (OWASP Password Storage Cheat Sheet, argon2id, first choice for t = 2).
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// The most memory of one hash: 1 GiB; one is made on each core.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
/// The least: 8 KiB for each lane (RFC 9106).
const LEAST_MEMORY_KIB: u32 = 8 * LANES;
/// The most passes; more than some seconds nobody waits for a log-in.
const MOST_PASSES: u32 = 64;

/// What a hash costs. A password that was hashed at another cost still fits: the hash says its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: MEMORY_KIB, passes: PASSES }
    }
}

impl Cost {
    /// What hashes at this cost.
    pub(super) fn hasher(self) -> Result<Argon2<'static>, PasswordError> {
        let params = Params::new(self.memory_kib, self.passes, LANES, None)
            .map_err(|error| PasswordError::Hash(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// What an unknown name is checked against. Of the right form and at this cost; that no password fits it is a matter of
    /// luck, and [`super::Passwords::verify`] does not rely on it.
    pub(super) fn nobody(self) -> String {
        let Self { memory_kib, passes } = self;
        format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p={LANES}$bm9ib2R5bm9ib2R5bm9ib2R5$V2hvZXZlciByZWFkcyB0aGlzIGhhcyB0aW1lIHRvIGI"
        )
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { memory_kib, passes } = self;
        if memory_kib.is_multiple_of(1024) {
            write!(formatter, "{}MiB x {passes}", memory_kib / 1024)
        } else {
            write!(formatter, "{memory_kib}KiB x {passes}")
        }
    }
}

impl FromStr for Cost {
    type Err = String;

    /// `19MiB x 2`, `64KiB x 1`: memory and passes.
    fn from_str(text: &str) -> Result<Self, String> {
        let cannot = || {
            format!(
                "expected memory and passes like `19MiB x 2`, from {LEAST_MEMORY_KIB}KiB to 1024MiB and 1 to {MOST_PASSES}, found `{text}`"
            )
        };
        let (memory, passes) = text.split_once('x').ok_or_else(cannot)?;
        let memory = memory.trim();
        let (number, unit) = memory.split_at(memory.find(|c: char| !c.is_ascii_digit()).ok_or_else(cannot)?);
        let number: u32 = number.parse().map_err(|_| cannot())?;
        let memory_kib = match unit.trim() {
            "KiB" => Some(number),
            "MiB" => number.checked_mul(1024),
            _ => None,
        };
        let memory_kib = memory_kib.ok_or_else(cannot)?;
        let passes: u32 = passes.trim().parse().map_err(|_| cannot())?;
        if (LEAST_MEMORY_KIB..=MOST_MEMORY_KIB).contains(&memory_kib) && (1..=MOST_PASSES).contains(&passes) {
            Ok(Self { memory_kib, passes })
        } else {
            Err(cannot())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_read_as_it_is_shown_and_nonsense_is_refused() {
        for text in ["19MiB x 2", "64KiB x 1", "1024MiB x 64", "8KiB x 1"] {
            assert_eq!(text.parse::<Cost>().map(|cost| cost.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Cost::default().to_string(), "19MiB x 2");
        for bad in [
            "",
            "19MiB",
            "19 x 2",
            "7KiB x 1",
            "1025MiB x 1",
            "19MiB x 0",
            "19MiB x 65",
            "5000000MiB x 1",
            "19MB x 2",
        ] {
            assert!(bad.parse::<Cost>().is_err(), "{bad}");
        }
    }
}
