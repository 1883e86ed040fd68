//! On which day what there is today runs out.

use scenarios::Scenario;
use scenarios::calendar::Day;
use scenarios::plan::RunsOut;

use crate::estimate::Computed;
use crate::ledger::Ledger;

/// What takes longer does not run out.
const LONGEST_YEARS: f64 = 100.0;

/// The day so many years after the first.
pub(super) fn day(from: Day, years: f64) -> Option<String> {
    from.after_years(years).map(|day| day.to_string())
}

/// A resource: the line with its time, what it is called, and the lines that say how much there is.
struct Resource {
    line: &'static str,
    name: &'static str,
    has: &'static [&'static str],
}

/// Of today's servers: the estimate whose horizon is today knows them.
const OF_TODAY: &[Resource] = &[
    Resource {
        line: "capacity runs out in",
        name: "capacity of today's servers",
        has: &["servers for the load", "requests one node holds"],
    },
    Resource {
        line: "network runs out in",
        name: "network of today's servers",
        has: &["servers", "network per node", "network limit"],
    },
];
/// Of one machine.
const OF_ONE: &[Resource] = &[
    Resource {
        line: "disk of one node runs out in",
        name: "disk of one node",
        has: &["disk per node", "disk limit"],
    },
    Resource {
        line: "SQLite writer runs out in",
        name: "SQLite's one writer",
        has: &["rows one SQLite writer commits"],
    },
];

/// Each resource that runs out within a hundred years, the earliest first.
pub(super) fn runs_out(scenario: &Scenario, first: &Computed, last: &Computed, from: Day) -> Vec<RunsOut> {
    let end = scenario.horizon.map_or(0.0, |horizon| horizon.value.as_secs_f64());
    let of = |resources: &'static [Resource], computed: &Computed| -> Vec<RunsOut> {
        resources.iter().filter_map(|resource| one(resource, &computed.ledger, from, end)).collect()
    };
    let mut all = [of(OF_TODAY, first), of(OF_ONE, last)].concat();
    all.sort_by(|one, other| one.after_s.p50.total_cmp(&other.after_s.p50));
    all
}

fn one(resource: &Resource, ledger: &Ledger, from: Day, end: f64) -> Option<RunsOut> {
    let spread = ledger.line(ledger.find(resource.line)?).spread;
    let years = |seconds: f64| seconds / ledger.conventions.year_seconds;
    let day = |seconds: f64| day(from, years(seconds)).filter(|_| years(seconds) < LONGEST_YEARS * 0.999);
    let shown = |name: &&str| ledger.find(name).map(|id| &ledger.line(id).shown);
    let has: Vec<String> = resource.has.iter().filter_map(shown).cloned().collect();
    Some(RunsOut {
        resource: resource.name.to_owned(),
        has: has.join(" × "),
        after_s: spread,
        days: [day(spread.p10), day(spread.p50), day(spread.p90)],
        is_within: spread.p10 <= end,
    })
}
