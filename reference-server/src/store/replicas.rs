//! Copies of a database that follow it, from which is read what need not be the newest: how they are used, and what is
//! counted of them.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Database;
use crate::telemetry::Reading;

/// Most replicas: each has connections and a question every quarter of a second.
pub const REPLICAS_MAX: usize = 16;

/// Which reads may come from a replica.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplicaReads {
    /// Those for whom it has read far enough: everybody sees at once what he wrote himself.
    #[default]
    Token,
    /// All: what was just written may not be there yet. To show what that does.
    Any,
    /// None.
    Off,
}

impl ReplicaReads {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Token, Self::Any, Self::Off];

    /// As typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Any => "any",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for ReplicaReads {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for ReplicaReads {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|reads| reads.name() == text);
        found.ok_or_else(|| format!("expected token, any or off, found `{text}`"))
    }
}

/// The replicas of a database.
#[derive(Clone, Debug, Default)]
pub struct ReplicaSet {
    /// Where they are.
    pub databases: Vec<Database>,
    /// What may be read from them.
    pub reads: ReplicaReads,
}

/// Why a read was answered from where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A replica: it has read as far as is asked for.
    Reached,
    /// A replica: nothing is asked for.
    Anything,
    /// The primary: the request may write, and decides by what it reads.
    Writes,
    /// The primary: no replica has read as far as is asked for.
    Behind,
    /// The primary: every replica lags too far behind for anybody.
    Late,
    /// The primary: there is no replica.
    Away,
    /// The primary: a replica was asked and did not answer.
    Failed,
    /// The primary: it is not known how far the log was after a write.
    Unknown,
    /// The primary: nothing is read from replicas.
    Off,
}

impl Why {
    /// All of them, those of replicas first.
    pub const ALL: [Self; 9] = [
        Self::Reached,
        Self::Anything,
        Self::Writes,
        Self::Behind,
        Self::Late,
        Self::Away,
        Self::Failed,
        Self::Unknown,
        Self::Off,
    ];

    /// The name in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Anything => "anything",
            Self::Writes => "writes",
            Self::Behind => "behind",
            Self::Late => "late",
            Self::Away => "away",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Off => "off",
        }
    }

    /// Whether it is a reason to read from a replica.
    #[must_use]
    pub fn is_of_replica(self) -> bool {
        matches!(self, Self::Reached | Self::Anything)
    }
}

/// Reads by the reason for where they were answered.
#[derive(Debug, Default)]
pub(crate) struct Counted([AtomicU64; Why::ALL.len()]);

impl Counted {
    pub(super) fn count(&self, why: Why) {
        self.0[why as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self, why: Why) -> u64 {
        self.0[why as usize].load(Ordering::Relaxed)
    }
}

/// One replica as metrics show it.
#[derive(Clone, Debug)]
pub struct ReplicaFigures {
    /// Its number on the command line, from 1 on.
    pub(crate) number: usize,
    /// Whether it answers.
    pub(crate) is_up: bool,
    /// Bytes of the primary's log that it has not carried out yet, as far as is known.
    pub(crate) lag_bytes: u64,
    /// For how long the oldest of them have been there.
    pub(crate) lag_seconds: f64,
    /// Reads it answered, by why.
    pub(crate) reads: [(Why, u64); 2],
    /// Time from a write's commit until it was seen there, in microseconds.
    pub(crate) visible: Reading,
}

/// What is counted of a store with replicas.
#[derive(Clone, Debug, Default)]
pub struct ReplicaReport {
    /// Each replica.
    pub(crate) replicas: Vec<ReplicaFigures>,
    /// Reads that the primary answered, by why.
    pub(crate) primary: Vec<(Why, u64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_is_shown() {
        for reads in ReplicaReads::ALL {
            assert_eq!(reads.to_string().parse(), Ok(reads));
        }
        let wrong = "on".parse::<ReplicaReads>();
        assert_eq!(wrong, Err("expected token, any or off, found `on`".to_owned()));
    }
}
