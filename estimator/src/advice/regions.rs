//! More than one region, for far users or for a promise that one region cannot keep.
//!
//! Evidence: round trips of 60 ms across North America, 80 ms to Europe, 160 ms from Europe to Singapore (napkin-math); a
//! request that takes more than half of its time on the way has too little left. A region with two zones is promised
//! for 99.99 % of a month (AWS Compute SLA, 2022).

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{Threshold, cannot_say, held, outcome, say};

const MOST_OF_ONE_REGION: Threshold = Threshold(0.9999, "AWS SLA, 2022");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    if findings.traffic.is_none() {
        // Of what is only stored nobody is far.
        return Vec::new();
    }
    let promised =
        findings.promised().map(|share| held("availability", share, MOST_OF_ONE_REGION, UnitName::Share));
    let far = findings.far();
    if promised.is_none() && far.is_none() {
        let why = "no promise of availability, and where users are is not said (`users: { far: 160 ms }`)";
        return vec![cannot_say("regions", why)];
    }
    let by_promise = promised.as_ref().is_some_and(|held| held.margin > 1.0);
    let by_way = far.as_ref().is_some_and(|held| held.margin > 1.0);
    let what = match (by_promise, by_way, far.is_some()) {
        (_, true, _) => "regions: a second one near the far users",
        (true, ..) => "regions: two",
        (.., true) => "no second region needed",
        (.., false) => "no second region needed for the promise; how far users are is not said",
    };
    let mut advice = say("regions", outcome(by_promise || by_way), what);
    let texts = [far.as_ref(), promised.as_ref()].into_iter().flatten().map(|held| findings.compare(held));
    advice.because = texts.collect::<Vec<_>>().join("; ");
    match (&promised, &far) {
        (Some(promised), _) if !by_way => {
            findings.flips_with_downtime(&mut advice, promised.value, promised.threshold);
        }
        (_, Some(far)) => {
            let limit = findings.write(far.threshold, UnitName::Seconds);
            advice.flips = format!("flips {} {limit}", if by_way { "below" } else { "above" });
        }
        _ => {}
    }
    advice.figures = [far, promised].into_iter().flatten().collect();
    vec![advice]
}
