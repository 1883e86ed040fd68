//! Whether the time of reads is more than is promised, and what a cache could take off it.
//!
//! ```text
//! with a cache = latency, mean - hits x time in the database
//! ```
//!
//! Half of all requests or so take longer than the mean, so that where the mean is above the limit of a promise about
//! nearly all of them, it is missed. What a hit does not pass is the database: tiers of that name, and those to which
//! a request holds a connection (`hold:`).

use scenarios::scenario::Scenario;
use scenarios::slo::Goal;
use scenarios::tiers::Tier;

use crate::ledger::Ledger;

/// What databases are called in `tiers:`.
const DATABASES: &[&str] = &["database", "db", "sql", "postgres", "mongo", "store", "storage", "disk"];

/// The time of reads against what is promised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadLatency {
    /// Seconds that a request takes on average.
    pub(crate) mean: f64,
    /// Seconds of the strictest promise.
    pub(crate) promised: f64,
    /// Seconds of the mean in the database.
    pub(crate) database: f64,
}

impl ReadLatency {
    /// The promise is missed, and a cache helps.
    pub(crate) fn is_the_gap(self) -> bool {
        self.mean >= self.promised && self.database > 0.0
    }
}

/// What is known of the time of an action's reads; `None` without tiers or without a promise about it.
pub(crate) fn read_latency(scenario: &Scenario, ledger: &Ledger, action: &str) -> Option<ReadLatency> {
    let at = |name: &str| ledger.find(name).map(|line| ledger.middle(line));
    let limits = scenario.slo.iter().filter_map(|objective| match objective.goal {
        Goal::Within { limit, .. } if objective.action.as_deref().is_none_or(|name| name == action) => {
            Some(limit.as_secs_f64())
        }
        _ => None,
    });
    let promised = limits.reduce(f64::min)?;
    let databases = scenario.tiers.iter().filter(|tier| is_database(tier));
    let database = databases.filter_map(|tier| at(&format!("{}, time", tier.name))).sum();
    Some(ReadLatency { mean: at("latency, mean")?, promised, database })
}

fn is_database(tier: &Tier) -> bool {
    let name = tier.name.to_lowercase();
    tier.payload.is_none() && (tier.hold.is_some() || DATABASES.iter().any(|word| name.contains(word)))
}
