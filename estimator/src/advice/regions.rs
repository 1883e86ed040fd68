//! More than one region, for far users or for a promise that one region cannot keep.
//!
//! Evidence: round trips of 60 ms across North America, 80 ms to Europe, 160 ms from Europe to Singapore (napkin-math). A
//! region of a large provider is promised for 99.99 % of a month.

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{cannot_say, held, outcome, say};

const MOST_OF_ONE_REGION: f64 = 0.9999;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let promised =
        findings.promised().map(|share| held("availability", share, MOST_OF_ONE_REGION, UnitName::Share));
    let Some(promised) = promised else {
        // Of what is only stored nobody is far.
        let unknown = cannot_say("regions", "no promise of availability, and where users are is not said");
        return findings.traffic.map(|_| unknown).into_iter().collect();
    };
    let fires = promised.value > promised.threshold;
    let what =
        if fires { "regions: two" } else { "no second region needed for the promise; far users unknown" };
    let mut advice = say("regions", outcome(fires), what);
    advice.because = findings.compare(&promised);
    advice.flips = format!("flips above {}", findings.write(MOST_OF_ONE_REGION, UnitName::Share));
    advice.figures = vec![promised];
    vec![advice]
}
