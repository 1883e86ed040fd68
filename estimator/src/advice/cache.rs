//! A cache in front of the database, when reads dominate, hit, and load the machine or take longer than is promised.
//!
//! Evidence: Discourse reads 100 times for each write, the `OpenOffice` forum 200 times, Stack Overflow made 28 cache
//! operations for each request. A cache that is asked for evenly spread objects does not help, nor does one before an idle
//! database. A cache that is chosen is judged at the size that was chosen (`caching`).

use scenarios::estimate::{Advice, Held, UnitName};
use scenarios::scenario::Action;

use crate::caching::{GENERIC_EXPONENT, GENERIC_HITS, HITS, PAYS, SHARE, exponent, most_read};

use crate::read_latency::{ReadLatency, read_latency};

use super::Findings;
use super::say::{Threshold, flip, held, outcome, say};

const LEAST_READS_PER_WRITE: Threshold = Threshold(PAYS.reads_per_write, "forums have 100 to 200");
const LEAST_HITS: Threshold = Threshold(PAYS.hits, "assumed");
const LEAST_BUSY: Threshold = Threshold(PAYS.busy, "assumed");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(seen) = seen(findings) else { return Vec::new() };
    let fires = seen.fires();
    let mut advice = say("cache", outcome(fires), seen.what(findings));
    advice.because = seen.because(findings);
    advice.flips = match seen.enough() {
        (true, true, true) => "flips below 10 reads per write".to_owned(),
        (false, ..) => "flips at 10 reads per write".to_owned(),
        (_, false, _) if seen.hits.is_none() => {
            "flips when the file says how many objects there are".to_owned()
        }
        (_, false, _) => format!("flips at {} hits", findings.write(LEAST_HITS.0, UnitName::Share)),
        (_, _, false) => String::new(),
    };
    let is_slow = seen.slow.is_some();
    if matches!(seen.enough(), (true, true, _)) {
        // With the other two given, load or latency decides.
        match seen.slow {
            None => findings.flips_with_load(&mut advice, 1.0 / seen.busy.margin),
            Some(slow) => {
                let mean = findings.write(slow.mean, UnitName::Seconds);
                advice.flips = format!("flips with a promise above {mean}");
                if seen.is_busy() {
                    let load = findings.write(1.0 / seen.busy.margin, UnitName::One);
                    advice.flips = format!("{} at less than {load} times the load", advice.flips);
                } else {
                    advice.flip = flip("promised latency", slow.mean / slow.promised);
                }
            }
        }
    } else if let (Some(ratio), (false, true, true), false) = (&seen.ratio, seen.enough(), is_slow) {
        // Fewer writes are less load: it stays enough when the reads alone are.
        let left = seen.busy.margin * ratio.value / (1.0 + ratio.value);
        if left > 1.0 && !findings.is_chosen() {
            advice.flip = flip("writes", ratio.margin);
        }
    }
    let slow = seen.slow.map(|slow| {
        let promised = Threshold(slow.promised, "promised");
        held("mean latency", slow.mean, promised, UnitName::Seconds)
    });
    advice.figures = [seen.ratio, seen.hits, Some(seen.busy), slow].into_iter().flatten().collect();
    vec![advice]
}

/// What the rule looks at.
struct Seen<'a> {
    action: &'a Action,
    /// `None` where nothing is written.
    ratio: Option<Held>,
    /// `None` where nobody knows how many objects there are.
    hits: Option<Held>,
    /// Hits at the popularity of generic web objects.
    generic: Option<f64>,
    exponent: f64,
    busy: Held,
    /// Reads take longer than is promised, and a cache would take off some of it.
    slow: Option<ReadLatency>,
}

fn seen(findings: Findings<'_>) -> Option<Seen<'_>> {
    let (traffic, servers) = (findings.traffic?, findings.servers?);
    let most = most_read(findings.scenario, findings.ledger, traffic, findings.storage)?;
    let ratio = findings.reads_per_write();
    let (exponent, _) = exponent(findings.scenario, most);
    let busy = findings.ledger.middle(servers.one_node_busy);
    let action = &findings.scenario.actions[most.index];
    let latency = read_latency(findings.scenario, findings.ledger, &action.name);
    Some(Seen {
        action,
        slow: latency.filter(|latency| latency.is_the_gap()),
        ratio: ratio.map(|ratio| held("reads per write", ratio, LEAST_READS_PER_WRITE, UnitName::One)),
        hits: findings.at(HITS).map(|hits| held("hits", hits, LEAST_HITS, UnitName::Share)),
        generic: findings.at(GENERIC_HITS).filter(|_| exponent > GENERIC_EXPONENT),
        exponent,
        busy: held("CPU of one node", busy, LEAST_BUSY, UnitName::Share),
    })
}

impl Findings<'_> {
    /// Whether the file has decided for a cache.
    fn is_chosen(self) -> bool {
        self.scenario.cache.is_some_and(|cache| cache.is_used)
    }

    /// Whether no load makes the cache rule speak otherwise.
    pub(super) fn is_decided_on_cache(self) -> bool {
        let by_load =
            seen(self).is_some_and(|seen| seen.slow.is_none() && matches!(seen.enough(), (true, true, _)));
        self.scenario.cache.is_some() || !by_load
    }

    /// The share of the reads that a cache keeps from the database: none without one.
    pub(super) fn cached_share(self) -> f64 {
        let Some(seen) = seen(self) else { return 0.0 };
        let is_used = self.scenario.cache.map_or_else(|| seen.fires(), |cache| cache.is_used);
        if is_used { seen.hits.map_or(0.0, |hits| hits.value) } else { 0.0 }
    }
}

impl Seen<'_> {
    fn enough(&self) -> (bool, bool, bool) {
        let is_enough = |held: &Held| held.margin >= 1.0;
        (
            self.ratio.as_ref().is_none_or(is_enough),
            self.hits.as_ref().is_some_and(is_enough),
            self.is_busy() || self.slow.is_some(),
        )
    }

    fn is_busy(&self) -> bool {
        self.busy.margin >= 1.0
    }

    fn fires(&self) -> bool {
        self.enough() == (true, true, true)
    }

    fn what(&self, findings: Findings<'_>) -> String {
        let fires = self.fires();
        match findings.choice("cache").zip(findings.scenario.cache) {
            Some((words, cache)) if cache.is_used => {
                let verdict = match self.enough() {
                    (true, true, true) => "rightly",
                    (_, false, true) if self.hits.is_some() => "but it hits too seldom",
                    _ => "but none is needed",
                };
                format!("cache: you chose {words}, {verdict}")
            }
            Some(_) if fires => "cache: you chose none, but it would help".to_owned(),
            Some(_) => "cache: you chose none, rightly".to_owned(),
            None if fires => format!("cache: keep what `{}` reads in memory", self.action.name),
            None if self.hits.is_none() => "no cache advised while its hit ratio is unknown".to_owned(),
            None => "no cache needed".to_owned(),
        }
    }

    fn because(&self, findings: Findings<'_>) -> String {
        let share = |value| findings.write(value, UnitName::Share);
        let ratio = self.ratio.as_ref().map_or("no writes".to_owned(), |ratio| {
            let number = findings.write(ratio.value, UnitName::One);
            let sign = if ratio.margin >= 1.0 { "≥" } else { "<" };
            format!("{number} reads per write {sign} {}", ratio.threshold)
        });
        let hits = self.hits.as_ref().map_or("hit ratio unknown".to_owned(), |hits| {
            let sign = if hits.margin >= 1.0 { "≥" } else { "<" };
            let cached = findings.at(SHARE).map_or(String::new(), share);
            let memory = findings
                .at("cache memory")
                .map_or(String::new(), |memory| format!(" in {}", findings.write(memory, UnitName::Bytes)));
            let generic = self
                .generic
                .map_or(String::new(), |generic| format!(", {} at zipf {GENERIC_EXPONENT}", share(generic)));
            format!(
                "{} hits {sign} {} with {cached} of the objects{memory} (zipf {}{generic})",
                share(hits.value),
                share(hits.threshold),
                self.exponent
            )
        });
        let slow = self.slow.map_or(String::new(), |slow| {
            let seconds = |value| findings.write(value, UnitName::Seconds);
            let left = slow.mean - self.hits.as_ref().map_or(0.0, |hits| hits.value) * slow.database;
            let (mean, promised) = (seconds(slow.mean), seconds(slow.promised));
            let found = if left < slow.promised { "" } else { ", still too long" };
            format!("; mean latency {mean} ≥ {promised} promised, {} with a cache{found}", seconds(left))
        });
        format!("{ratio}; {hits}; {}{slow}", findings.compare(&self.busy))
    }
}
