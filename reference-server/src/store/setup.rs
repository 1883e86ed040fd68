//! How a database is used where there is a choice. The default is the good practice; the rest shows what it costs.

use std::fmt;
use std::str::FromStr;

use super::derived::{DERIVED_BACKLOG, DerivedWork};
use super::{Counters, Layout};

/// The choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// What an acknowledged write survives.
    pub durability: Durability,
    /// Whether SQLite's writer commits all waiting writes together; PostgreSQL groups by itself.
    pub group_commit: bool,
    /// Whether there are the secondary indexes, those that hold no rule.
    pub indexes: bool,
    /// When the work that follows from a write is done.
    pub derived: DerivedWork,
    /// How much of it may wait.
    pub derived_backlog: u64,
    /// Where scores and numbers of answers and comments come from.
    pub counters: Counters,
    /// How a question lies in the database.
    pub layout: Layout,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            group_commit: true,
            indexes: true,
            derived: DerivedWork::default(),
            derived_backlog: DERIVED_BACKLOG,
            counters: Counters::default(),
            layout: Layout::default(),
        }
    }
}

/// What an acknowledged write survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A loss of power: SQLite `synchronous=full`, PostgreSQL `synchronous_commit=on`.
    #[default]
    Full,
    /// The end of this program, but not a loss of power, which can take the last writes: SQLite `synchronous=normal`,
    /// PostgreSQL `synchronous_commit=off`. The database stays whole.
    Normal,
    /// The end of this program; a loss of power can leave a SQLite file that is broken: `synchronous=off`. PostgreSQL has
    /// nothing below `normal` that can be chosen for a session.
    Off,
}

impl Durability {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Full, Self::Normal, Self::Off];

    /// As typed, and as SQLite calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for Durability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Durability {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|durability| durability.name() == text)
            .ok_or_else(|| format!("expected full, normal or off, found `{text}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_is_shown() {
        for durability in Durability::ALL {
            assert_eq!(durability.to_string().parse(), Ok(durability));
        }
        assert_eq!(
            "FULL".parse::<Durability>(),
            Err("expected full, normal or off, found `FULL`".to_owned())
        );
    }
}
