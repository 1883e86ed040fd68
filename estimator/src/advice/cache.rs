//! A cache in front of the database, when reads dominate, hit, and load the machine.
//!
//! Evidence: Discourse reads 100 times for each write, the `OpenOffice` forum 200 times, Stack Overflow made 28 cache
//! operations for each request. A cache that is asked for evenly spread objects does not help, nor does one before an idle database.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::Popularity;

use crate::laws::che;
use crate::laws::popularity::Zipf;

use super::Findings;

/// Reads per write from which caching is worth its staleness.
const LEAST_READS_PER_WRITE: f64 = 10.0;
/// The hit ratio below which a cache mostly costs.
const LEAST_HITS: f64 = 0.5;
/// The machine is loaded enough to care.
const LEAST_BUSY: f64 = 0.5;
/// The share of the objects that is cached for the prediction; 20 % is the textbook's.
const CACHED_SHARE: f64 = 0.2;
/// Popularity of a forum's pages where the file says nothing; generic web objects have 0.8.
const EXPONENT: f64 = 1.0;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let (Some(traffic), Some(servers)) = (findings.traffic, findings.servers) else { return Vec::new() };
    let reading = traffic.actions.iter().filter(|action| {
        let action = &findings.scenario.actions[action.index];
        action.writes.is_empty() && !action.reads.is_empty()
    });
    // The objects that are asked for most decide.
    let most =
        reading.max_by(|a, b| findings.ledger.middle(a.rate).total_cmp(&findings.ledger.middle(b.rate)));
    let Some(most) = most else { return Vec::new() };
    let action = &findings.scenario.actions[most.index];
    let ratio = findings.reads_per_write();
    let exponent = match action.popularity.map(|popularity| popularity.value) {
        Some(Popularity::Uniform) => 0.0,
        Some(Popularity::Zipf(exponent)) => exponent,
        None => EXPONENT,
    };
    let hits = objects(findings, action.reads.first().map(|touch| touch.entity))
        .and_then(|objects| che::hit_ratio(&Zipf::new(objects, exponent).ok()?, CACHED_SHARE * objects).ok());
    let busy = findings.ledger.middle(servers.one_node_busy);
    let enough = (
        ratio.is_none_or(|ratio| ratio >= LEAST_READS_PER_WRITE),
        hits.is_some_and(|hits| hits >= LEAST_HITS),
        busy >= LEAST_BUSY,
    );
    let because = because(findings, ratio, hits, exponent, busy);
    let fires = enough == (true, true, true);
    let flips = match enough {
        (true, true, true) => format!("flips below {LEAST_READS_PER_WRITE} reads per write"),
        (false, ..) => format!("flips at {LEAST_READS_PER_WRITE} reads per write"),
        (_, false, _) if hits.is_none() => "flips when the file says how many objects there are".to_owned(),
        (_, false, _) => format!("flips at {} hits", findings.write(LEAST_HITS, UnitName::Share)),
        (_, _, false) => {
            let factor = LEAST_BUSY / busy;
            format!("flips at {} times the load", findings.write(factor, UnitName::One))
        }
    };
    let what = if fires {
        format!("cache: keep what `{}` reads in memory", action.name)
    } else if hits.is_none() {
        "no cache advised while its hit ratio is unknown".to_owned()
    } else {
        "no cache needed".to_owned()
    };
    vec![Advice { rule: "cache".to_owned(), fires, what, because, flips }]
}

fn because(
    findings: Findings<'_>,
    ratio: Option<f64>,
    hits: Option<f64>,
    exponent: f64,
    busy: f64,
) -> String {
    let sign = |value: f64, limit: f64| if value >= limit { "≥" } else { "<" };
    let ratio = ratio.map_or("no writes".to_owned(), |ratio| {
        let number = findings.write(ratio, UnitName::One);
        format!("{number} reads per write {} {LEAST_READS_PER_WRITE}", sign(ratio, LEAST_READS_PER_WRITE))
    });
    let hits = hits.map_or("hit ratio unknown".to_owned(), |hits| {
        let share = |value| findings.write(value, UnitName::Share);
        let limit = share(LEAST_HITS);
        format!(
            "{} hits {} {limit} with {} cached (zipf {exponent})",
            share(hits),
            sign(hits, LEAST_HITS),
            share(CACHED_SHARE)
        )
    });
    let share = |value| findings.write(value, UnitName::Share);
    format!(
        "{ratio}; {hits}; CPU of one node {} {} {}",
        share(busy),
        sign(busy, LEAST_BUSY),
        share(LEAST_BUSY)
    )
}

/// How many there are to choose from, at the end of the plan where it is known.
fn objects(findings: Findings<'_>, entity: Option<usize>) -> Option<f64> {
    let stored = findings.storage.entities.iter().find(|stored| Some(stored.index) == entity)?;
    let count = stored.counts.end.or(stored.counts.now)?;
    Some(findings.ledger.middle(count))
}
