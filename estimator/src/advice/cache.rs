//! A cache in front of the database, when reads dominate, hit, and load the machine.
//!
//! Evidence: Discourse reads 100 times for each write, the `OpenOffice` forum 200 times, Stack Overflow made 28 cache
//! operations for each request. A cache that is asked for evenly spread objects does not help, nor does one before an idle database.

use scenarios::estimate::{Advice, UnitName};
use scenarios::scenario::Action;

use crate::caching::{CACHED_SHARE, GENERIC_EXPONENT, GENERIC_HITS, HITS, exponent, most_read};

use super::Findings;
use super::say::{held, outcome, say};

/// Reads per write from which caching is worth its staleness.
const LEAST_READS_PER_WRITE: f64 = 10.0;
/// The hit ratio below which a cache mostly costs.
const LEAST_HITS: f64 = 0.5;
/// The machine is loaded enough to care.
const LEAST_BUSY: f64 = 0.5;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(seen) = seen(findings) else { return Vec::new() };
    let Seen { action, ratio, hits, generic, exponent, busy } = &seen;
    let (ratio, hits, generic, exponent, busy) = (*ratio, *hits, *generic, *exponent, *busy);
    let enough = seen.enough();
    let because = because(findings, &seen);
    let generic = generic.filter(|_| exponent > GENERIC_EXPONENT);
    let because = match generic {
        Some(generic) => {
            format!("{because}; {} at zipf {GENERIC_EXPONENT}", findings.write(generic, UnitName::Share))
        }
        None => because,
    };
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
    let what = if let Some(chosen) = findings.choice("cache") {
        match (is_chosen(chosen), fires) {
            (true, true) => format!("cache: you chose {chosen}, rightly"),
            (true, false) => format!("cache: you chose {chosen}, but none is needed"),
            (false, true) => "cache: you chose none, but it would help".to_owned(),
            (false, false) => "cache: you chose none, rightly".to_owned(),
        }
    } else if fires {
        format!("cache: keep what `{}` reads in memory", action.name)
    } else if hits.is_none() {
        "no cache advised while its hit ratio is unknown".to_owned()
    } else {
        "no cache needed".to_owned()
    };
    let mut advice = say("cache", outcome(fires), what);
    (advice.because, advice.flips) = (because, flips);
    let ratio = ratio.map(|ratio| held("reads per write", ratio, LEAST_READS_PER_WRITE, UnitName::One));
    let hits = hits.map(|hits| held("hits", hits, LEAST_HITS, UnitName::Share));
    let busy = held("CPU of one node", busy, LEAST_BUSY, UnitName::Share);
    // With the other two given, the load alone decides.
    if matches!(enough, (true, true, _)) {
        findings.flips_with_load(&mut advice, 1.0 / busy.margin);
    }
    advice.figures = [ratio, hits, Some(busy)].into_iter().flatten().collect();
    vec![advice]
}

/// What the rule looks at.
struct Seen<'a> {
    action: &'a Action,
    /// `None` where nothing is written.
    ratio: Option<f64>,
    hits: Option<f64>,
    /// Hits at the popularity of generic web objects.
    generic: Option<f64>,
    exponent: f64,
    busy: f64,
}

fn seen(findings: Findings<'_>) -> Option<Seen<'_>> {
    let (traffic, servers) = (findings.traffic?, findings.servers?);
    let most = most_read(findings.scenario, findings.ledger, traffic, findings.storage)?;
    let action = &findings.scenario.actions[most.index];
    let ratio = findings.reads_per_write();
    let (exponent, _) = exponent(findings.scenario, most);
    let at = |name| findings.ledger.find(name).map(|line| findings.ledger.middle(line));
    let (hits, generic) = (at(HITS), at(GENERIC_HITS));
    let busy = findings.ledger.middle(servers.one_node_busy);
    Some(Seen { action, ratio, hits, generic, exponent, busy })
}

impl Findings<'_> {
    /// Whether no load makes the cache rule speak otherwise.
    pub(super) fn is_decided_on_cache(self) -> bool {
        let by_load = seen(self).is_some_and(|seen| matches!(seen.enough(), (true, true, _)));
        self.choice("cache").is_some() || !by_load
    }

    /// The share of the reads that a cache keeps from the database: none without one.
    pub(super) fn cached_share(self) -> f64 {
        let chosen = self.choice("cache").map(is_chosen);
        let Some(seen) = seen(self) else { return 0.0 };
        if chosen.unwrap_or_else(|| seen.fires()) { seen.hits.unwrap_or(0.0) } else { 0.0 }
    }
}

/// `cache: 0` and `cache: none` are decisions against one.
fn is_chosen(value: &str) -> bool {
    !matches!(value.trim(), "0" | "no" | "none")
}

impl Seen<'_> {
    fn enough(&self) -> (bool, bool, bool) {
        (
            self.ratio.is_none_or(|ratio| ratio >= LEAST_READS_PER_WRITE),
            self.hits.is_some_and(|hits| hits >= LEAST_HITS),
            self.busy >= LEAST_BUSY,
        )
    }

    fn fires(&self) -> bool {
        self.enough() == (true, true, true)
    }
}

fn because(findings: Findings<'_>, seen: &Seen<'_>) -> String {
    let Seen { ratio, hits, exponent, busy, .. } = *seen;
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
