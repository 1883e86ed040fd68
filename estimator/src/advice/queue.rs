//! A queue before the database, when writes come in waves that are higher than it can take but not longer.
//!
//! A queue evens out a peak; it cannot help when the mean is already too much. Evidence: the System Design Primer's
//! Mint reads accounts ten times more often than it shows them, through a queue.

use scenarios::estimate::{Advice, UnitName};

use super::say::{flip, held, outcome, say};
use super::{Findings, NODE_FILL};

/// How long the busiest hour lasts.
const PEAK_SECONDS: f64 = 3_600.0;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some((mean, peak)) = findings.writes() else { return Vec::new() };
    let ratio = findings.reads_per_write().unwrap_or(0.0);
    let most = findings.node_writes();
    let limit = most * NODE_FILL;
    let rate = |value| findings.write(value, UnitName::PerSecond);
    let reads = format!("{} reads per write", findings.write(ratio, UnitName::One));
    let too_much = mean > most;
    let (fires, what, because, flips) = if too_much {
        (
            false,
            "no queue: it would only grow, so shard first",
            format!("{} writes on average > {} of one node", rate(mean), rate(most)),
            format!("flips below {} on average", rate(most)),
        )
    } else if peak > limit {
        let depth = ((peak - most) * PEAK_SECONDS).max(0.0);
        let drain = depth / (most - mean).max(f64::MIN_POSITIVE);
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
            String::new(),
        )
    };
    let what = decided(findings, fires, too_much).unwrap_or(what);
    let mut advice = say("queue", outcome(fires), what);
    (advice.because, advice.flips) = (because, flips);
    advice.figures = vec![
        held("writes at peak", peak, limit, UnitName::PerSecond),
        held("reads per write", ratio, 1.0, UnitName::One),
    ];
    // With more writes there are fewer reads for each; either makes it fire.
    let by_ratio = if ratio > 0.0 { ratio } else { f64::INFINITY };
    let times = if too_much { most / mean } else { (limit / peak).min(by_ratio) };
    if too_much || ratio > 0.0 {
        advice.flip = flip("writes", times);
    }
    if !fires && !too_much {
        advice.flips = format!("flips at {} times the writes", findings.write(times, UnitName::One));
    }
    vec![advice]
}

/// What to say of a decision already taken; nothing where none was, or it is what is advised anyway.
fn decided(findings: Findings<'_>, fires: bool, too_much: bool) -> Option<&'static str> {
    match (findings.choice("writes")?, fires) {
        ("async", true) => Some("queue: you chose asynchronous writes, rightly"),
        ("async", false) if !too_much => Some("queue: you chose asynchronous writes, but none is needed"),
        ("sync", true) => Some("queue: you chose synchronous writes, but it would help"),
        _ => None,
    }
}
