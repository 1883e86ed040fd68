//! What waits behind a queue of writes in the busiest hour, and how long it takes until it is gone.
//!
//! ```text
//! depth = (peak - capacity) x length of the peak       drain = depth / (capacity - mean)
//! ```
//!
//! A capacity that is not above the mean never drains: then there is nothing to enter, and the advice says so. On the
//! page where the file writes behind a queue or the peak is more than the database takes.

use scenarios::estimate::UnitName;
use scenarios::scenario::{Origin, Scenario, Shape};

use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;
use crate::traffic::Traffic;

/// What one database machine commits, where the file does not say: the sheets of the field have 1,000 (Alex Xu's
/// wallet) to 10,000.
pub(crate) const NODE_WRITES_PER_SECOND: f64 = 5_000.0;
pub(crate) const NODE_WRITES_SOURCE: &str = "assumed; measure it";
/// How long the busiest hour lasts.
const PEAK_SECONDS: f64 = 3_600.0;

/// The names of the lines that advice reads.
pub(crate) const DEPTH: &str = "queue depth after the peak";
pub(crate) const DRAIN: &str = "queue drained in";

/// Enters the backlog; nothing without writes.
pub(crate) fn backlog(scenario: &Scenario, ledger: &mut Ledger, traffic: &Traffic) {
    let Some(writes) = traffic.writes else { return };
    let capacity = capacity(scenario, ledger);
    let spare = ledger.term(capacity) - ledger.term(writes.mean);
    if !spare.value.is_all(|spare| spare > 0.0) {
        return;
    }
    let is_behind = scenario.choices.iter().any(|choice| choice.name == "writes" && choice.value == "async");
    let is_over = ledger.middle(writes.peak) > ledger.middle(capacity);
    let section = if is_behind || is_over { Section::Database } else { Section::Background };
    let length = length(scenario, ledger);
    let over = (ledger.term(writes.peak) - ledger.term(capacity)).apply("at least 0: ", |over| over.max(0.0));
    let depth = ledger.derive(section, DEPTH, UnitName::One, over * ledger.term(length));
    let drain = ledger.term(depth) / spare;
    ledger.derive(section, DRAIN, UnitName::Seconds, drain);
}

/// How long the peak lasts: the spike, or the busiest hour.
fn length(scenario: &Scenario, ledger: &mut Ledger) -> LineId {
    const NAME: &str = "length of the peak";
    let traffic = scenario.traffic;
    ledger.shared(if let Shape::Spike { length, .. } = traffic.shape {
        let ends = (length.as_secs_f64(), length.as_secs_f64());
        let origin = traffic.shape_origin.unwrap_or(Origin::Default("traffic shape: spike"));
        Input::between(NAME, UnitName::Seconds, ends, origin)
    } else {
        Input::default(NAME, UnitName::Seconds, (PEAK_SECONDS, PEAK_SECONDS), "the busiest hour")
    })
}

/// Writes that the database commits: what one machine does, times the shards that the file has decided on.
pub(crate) fn capacity(scenario: &Scenario, ledger: &mut Ledger) -> LineId {
    let one = node_writes(scenario, ledger);
    let shards = scenario.choices.iter().find(|choice| choice.name == "shards");
    let Some(shards) = shards.and_then(|choice| choice.value.parse::<f64>().ok()) else { return one };
    let term = ledger.term(one) * Term::number(shards);
    ledger.derive(Section::Background, "writes all shards commit", UnitName::PerSecond, term)
}

/// Writes that the database on one machine commits.
pub(crate) fn node_writes(scenario: &Scenario, ledger: &mut Ledger) -> LineId {
    const ONE: &str = "writes one node commits";
    ledger.shared(if let Some(writes) = scenario.node.and_then(|node| node.writes) {
        Input::read(ONE, UnitName::PerSecond, writes)
    } else {
        let ends = (NODE_WRITES_PER_SECOND, NODE_WRITES_PER_SECOND);
        Input::default(ONE, UnitName::PerSecond, ends, NODE_WRITES_SOURCE)
    })
}
