//! Push or pull: whether a write is delivered to all who follow when it is made, or looked up when they read.
//!
//! To push costs a delivery for each follower, to pull a lookup for each whom one follows. There are as many of the one
//! as of the other, so they cancel: to push pays while there are more reads than writes (a delivery is taken to cost as
//! much as a lookup). The few with very many followers are pulled all the same: their one write would keep everything
//! else waiting. Source: the System Design Primer's timeline, where ten deliveries follow each write.

use scenarios::estimate::{Advice, UnitName};

use crate::deliveries::{AT_PEAK, IN_TIME, LOOKUPS, READS};

use super::Findings;
use super::say::{Threshold, cannot_say, flip, held, outcome, say};

const LEAST_READS: Threshold = Threshold(1.0, "assumed: a delivery costs a lookup");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(delivered) = findings.at(AT_PEAK) else { return Vec::new() };
    let (Some(reads), Some(lookups)) = (findings.at(READS), findings.at(LOOKUPS)) else {
        return vec![cannot_say("fan-out", "which action reads what is delivered")];
    };
    let reads = held("reads per delivered write", reads, LEAST_READS, UnitName::One);
    let fires = reads.margin > 1.0;
    let rate = |value| findings.write(value, UnitName::PerSecond);
    let most = findings.at(IN_TIME).map(|most| findings.write(most, UnitName::One));
    let what = match (fires, most) {
        (true, Some(most)) => {
            format!("fan-out: push when it is written, but pull from who has more than {most} followers")
        }
        (true, None) => "fan-out: push to all followers when it is written".to_owned(),
        (false, _) => "no fan-out at the write needed: look it up when it is read".to_owned(),
    };
    let mut advice = say("fan-out", outcome(fires), what);
    advice.because = format!(
        "{}; {} deliveries at peak against {} lookups",
        findings.compare(&reads),
        rate(delivered),
        rate(lookups)
    );
    advice.flips = format!("flips at {} times the writes", findings.write(reads.margin, UnitName::One));
    advice.flip = flip("writes", reads.margin);
    advice.figures = vec![reads];
    vec![advice]
}
