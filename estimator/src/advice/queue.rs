//! A queue before the database, when writes come in waves that are higher than it can take but not longer.
//!
//! A queue evens out a peak; it cannot help when the mean is already too much. Evidence: the System Design Primer's
//! Mint reads accounts ten times more often than it shows them, through a queue.

use scenarios::estimate::{Advice, UnitName};

use super::{Findings, NODE_FILL, NODE_WRITES_PER_SECOND};

/// How long the busiest hour lasts.
const PEAK_SECONDS: f64 = 3_600.0;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some((mean, peak)) = findings.writes() else { return Vec::new() };
    let ratio = findings.reads_per_write().unwrap_or(0.0);
    let limit = NODE_WRITES_PER_SECOND * NODE_FILL;
    let rate = |value| findings.write(value, UnitName::PerSecond);
    let reads = format!("{} reads per write", findings.write(ratio, UnitName::One));
    let too_much = mean > NODE_WRITES_PER_SECOND;
    let (fires, what, because, flips) = if too_much {
        (
            false,
            "no queue: it would only grow, so shard first",
            format!("{} writes on average > {} of one node", rate(mean), rate(NODE_WRITES_PER_SECOND)),
            format!("flips below {} on average", rate(NODE_WRITES_PER_SECOND)),
        )
    } else if peak > limit {
        let depth = ((peak - NODE_WRITES_PER_SECOND) * PEAK_SECONDS).max(0.0);
        let drain = depth / (NODE_WRITES_PER_SECOND - mean).max(f64::MIN_POSITIVE);
        let backlog = if depth > 0.0 {
            format!(
                "; an hour of it leaves {} waiting for {}",
                findings.write(depth, UnitName::One),
                findings.write(drain, UnitName::Seconds)
            )
        } else {
            String::new()
        };
        (
            true,
            "queue: take writes at once and store them behind a queue",
            format!(
                "{} writes at peak > {}, {} on average is below it{backlog}",
                rate(peak),
                rate(limit),
                rate(mean)
            ),
            format!("flips below {} at peak", rate(limit)),
        )
    } else if ratio <= 1.0 {
        (
            true,
            "queue: take writes at once where the answer does not need the result",
            format!("{reads} ≤ 1"),
            "flips above 1 read per write".to_owned(),
        )
    } else {
        (
            false,
            "no queue needed",
            format!("{} writes at peak < {}; {reads} > 1", rate(peak), rate(limit)),
            format!("flips at {} times the writes", findings.write(limit / peak, UnitName::One)),
        )
    };
    vec![Advice { rule: "queue".to_owned(), fires, what: what.to_owned(), because, flips }]
}
