//! What a content delivery network takes off the servers: `origin = egress × (1 − cacheable × hits)`.
//!
//! What can be cached are media: answers of actions that read blobs. Where a file decides for a CDN though nothing it
//! reads is a blob, it is what actions read that write nothing; or the share that the file gives. Media that are read
//! without such a decision get the numbers too, so that it can be taken.

use scenarios::estimate::UnitName;
use scenarios::scenario::Scenario;

use crate::bandwidth::Bandwidth;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;

/// A CDN could reduce the traffic of a video site's servers by 90 %, say notes on the design of `YouTube`.
pub(crate) const HITS: f64 = 0.9;
const HITS_SOURCE: &str = "notes on YouTube's design";

/// The traffic of a CDN, as lines of the ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offload {
    /// Bytes by second that go through the CDN, on average.
    pub(crate) through: LineId,
    /// The share of all bytes out that the servers still send.
    pub(crate) left: LineId,
    /// The file decided for it.
    pub(crate) is_chosen: bool,
}

/// Enters what a CDN would leave to the servers; `None` where there is none, or nothing to cache.
pub(crate) fn cdn(scenario: &Scenario, ledger: &mut Ledger, bandwidth: Bandwidth) -> Option<Offload> {
    let choice = scenario.cdn;
    if choice.is_some_and(|choice| !choice.is_used) {
        return None;
    }
    let through = match (choice.and_then(|choice| choice.cacheable), bandwidth.media, choice) {
        (Some(given), ..) => {
            let share = ledger.input(Input::read("cacheable share", UnitName::Share, given));
            let term = ledger.term(bandwidth.egress_mean) * ledger.term(share);
            ledger.derive(Section::Background, "cacheable egress, mean", UnitName::BytesPerSecond, term)
        }
        (None, Some(media), _) => media,
        (None, None, Some(_)) => bandwidth.only_read?,
        (None, None, None) => return None,
    };
    let hits = match choice.and_then(|choice| choice.hits) {
        Some(hits) => ledger.input(Input::read("CDN hits", UnitName::Share, hits)),
        None => ledger.input(Input::default("CDN hits", UnitName::Share, (HITS, HITS), HITS_SOURCE)),
    };
    let cacheable = ledger.term(through) / ledger.term(bandwidth.egress_mean);
    let cacheable = ledger.derive(Section::Background, "share through the CDN", UnitName::Share, cacheable);
    let term = Term::number(1.0) - ledger.term(cacheable) * ledger.term(hits);
    let left = ledger.derive(Section::Background, "share left to the origin", UnitName::Share, term);
    let is_chosen = choice.is_some();
    let peak = ledger.term(bandwidth.egress_peak) * ledger.term(left);
    let name = if is_chosen { "origin egress at peak" } else { "origin egress with a CDN" };
    ledger.derive(Section::Bandwidth, name, UnitName::BytesPerSecond, peak);
    Some(Offload { through, left, is_chosen })
}
