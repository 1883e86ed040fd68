//! The limits of a run.

use std::time::Duration;

use scenarios::target::Policy;

use super::Nanos;

/// Connections at most, unless said otherwise: what a default limit of 1024 descriptors leaves room for.
const DEFAULT_CONNECTIONS: usize = 960;
/// Patience of a visitor, unless said otherwise: the 10 s after which people leave (Nielsen, "Response times", 1993).
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// The limits of a run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Connections open at a time. An arrival that finds all of them in use is shed and counted.
    pub max_connections: usize,
    /// How long a connection is kept.
    pub keep: Policy,
    /// How long an operation may take from its due time, or from the end of its predecessor when that was later. It
    /// is given up then, and its connection closed.
    pub timeout: Duration,
    /// How long answers are waited for after `end`. What is unanswered then is cut short.
    pub grace: Duration,
    /// How long answers are waited for after a stop: whoever stops a run does not want to wait for it.
    pub grace_when_stopped: Duration,
    /// Shortly before a due time the thread does not sleep but looks at the clock again and again: for as long as this,
    /// or for as long as waking up usually takes on this machine, where that is more. Saves some microseconds of lag
    /// in the slower half of the cases, and burns CPU time.
    pub spin: Duration,
    /// What is due at this time or later is not offered. [`Nanos::MAX`]: the run lasts until all visits have ended.
    pub end: Nanos,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            max_connections: DEFAULT_CONNECTIONS,
            keep: Policy::Reuse,
            timeout: DEFAULT_TIMEOUT,
            grace: DEFAULT_TIMEOUT,
            grace_when_stopped: DEFAULT_TIMEOUT,
            spin: Duration::ZERO,
            end: Nanos::MAX,
        }
    }
}
