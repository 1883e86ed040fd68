//! One object that so many ask for that it alone fills a good part of the machine that has it.
//!
//! More machines do not help it: its key lives on one of them. Copies of it do, in the memory of whoever asks.

use scenarios::estimate::{Advice, UnitName};

use crate::hot_object::{MOST_OF_ONE_NODE, OF_ONE_NODE};

use super::Findings;
use super::say::{Threshold, held, outcome, say};

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(used) = findings.at(OF_ONE_NODE) else { return Vec::new() };
    let used = held(OF_ONE_NODE, used, Threshold(MOST_OF_ONE_NODE, "assumed"), UnitName::Share);
    let fires = used.margin >= 1.0;
    let what = if fires {
        "hot key: keep the hottest objects in the memory of every application server"
    } else {
        "no hot key to care for"
    };
    let mut advice = say("hot key", outcome(fires), what);
    advice.because = findings.compare(&used);
    findings.flips_with_load(&mut advice, 1.0 / used.margin);
    // Until the horizon a larger load also writes more objects, over which the reads spread.
    advice.flip = advice.flip.filter(|_| findings.horizon.is_none());
    advice.figures = vec![used];
    vec![advice]
}
