//! A queue before the database, when writes come in waves that are higher than it can take but not longer, and no answer
//! needs their result.
//!
//! A queue evens out a peak; it cannot help when the mean is already too much. What waits, and how long, is in `backlog`.
//! Evidence: the System Design Primer's Mint reads accounts ten times more often than it shows them, through a queue. A
//! booking is no candidate: its answer says whether it was made.

use scenarios::estimate::{Advice, UnitName};

use crate::backlog::{DEPTH, DRAIN};

use super::say::{Threshold, flip, held, outcome, say};
use super::{Findings, NODE_FILL};

/// At least as many writes as reads.
const MOST_READS: Threshold = Threshold(1.0, "");

/// What the figures say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    /// The mean is more than is committed.
    TooMuch,
    /// Every answer says what came of its write.
    ResultDue,
    Peak,
    Writes,
    Neither,
}

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some((mean, peak)) = findings.writes() else { return Vec::new() };
    let ratio = findings.reads_per_write().unwrap_or(0.0);
    let most = findings.write_capacity();
    let limit = held("writes at peak", peak, Threshold(most * NODE_FILL, ""), UnitName::PerSecond);
    let reads = held("reads per write", ratio, MOST_READS, UnitName::One);
    let found = if mean > most {
        Found::TooMuch
    } else if findings.needs_results() {
        Found::ResultDue
    } else if limit.margin > 1.0 {
        Found::Peak
    } else if ratio <= 1.0 {
        Found::Writes
    } else {
        Found::Neither
    };
    let fires = matches!(found, Found::Peak | Found::Writes);
    let rate = |value| findings.write(value, UnitName::PerSecond);
    let what = decided(findings, fires, found).unwrap_or(match found {
        Found::TooMuch => "no queue: it would only grow, so shard first",
        Found::ResultDue => "no queue: every answer needs the result of its write",
        Found::Peak => "queue: take writes at once and store them behind a queue",
        Found::Writes => "queue: take writes at once where the answer does not need the result",
        Found::Neither => "no queue needed",
    });
    let mut advice = say("queue", outcome(fires), what);
    let peak_text = findings.compare(&limit);
    let reads_text = findings.compare(&reads);
    advice.because = match found {
        Found::TooMuch => format!("{} writes on average > {} of one node", rate(mean), rate(most)),
        Found::Peak => {
            format!("{peak_text}, {} on average is below it{}", rate(mean), findings.waiting())
        }
        Found::Writes => format!("{reads_text}{}", findings.waiting()),
        Found::ResultDue | Found::Neither => format!("{peak_text}; {reads_text}"),
    };
    // With more writes there are fewer reads for each; either makes it fire.
    let by_ratio = if ratio > 0.0 { ratio } else { f64::INFINITY };
    let times = if found == Found::TooMuch { most / mean } else { (1.0 / limit.margin).min(by_ratio) };
    advice.flips = match found {
        Found::TooMuch => format!("flips below {} on average", rate(most)),
        Found::ResultDue => "flips where an answer does not need the result".to_owned(),
        Found::Peak => format!("flips below {} at peak", rate(limit.threshold)),
        Found::Writes => "flips above 1 read per write".to_owned(),
        Found::Neither => format!("flips at {} times the writes", findings.write(times, UnitName::One)),
    };
    if found != Found::ResultDue && (found == Found::TooMuch || ratio > 0.0) {
        advice.flip = flip("writes", times);
    }
    advice.figures = vec![limit, reads];
    vec![advice]
}

impl Findings<'_> {
    /// What the busiest hour leaves behind.
    fn waiting(self) -> String {
        let (Some(depth), Some(drain)) = (self.at(DEPTH), self.at(DRAIN)) else { return String::new() };
        if depth <= 0.0 {
            return String::new();
        }
        let (depth, drain) = (self.write(depth, UnitName::One), self.write(drain, UnitName::Seconds));
        format!("; the peak leaves {depth} waiting for {drain}")
    }

    /// Whether everything that is written is money, inventory or a booking.
    fn needs_results(self) -> bool {
        let Some(traffic) = self.traffic else { return false };
        let actions = traffic.actions.iter().map(|action| &self.scenario.actions[action.index]);
        let mut written = actions.flat_map(|action| &action.writes).peekable();
        written.peek().is_some()
            && written.all(|touch| {
                self.scenario.data[touch.entity]
                    .kind
                    .is_some_and(scenarios::scenario::EntityKind::is_transaction)
            })
    }
}

/// What to say of a decision already taken; nothing where none was, or it is what is advised anyway.
fn decided(findings: Findings<'_>, fires: bool, found: Found) -> Option<&'static str> {
    match (findings.choice("writes")?, fires) {
        ("async", true) => Some("queue: you chose asynchronous writes, rightly"),
        ("async", false) if found == Found::ResultDue => {
            Some("queue: you chose asynchronous writes, but every answer needs the result of its write")
        }
        ("async", false) if found == Found::Neither => {
            Some("queue: you chose asynchronous writes, but none is needed")
        }
        ("sync", true) => Some("queue: you chose synchronous writes, but it would help"),
        _ => None,
    }
}
