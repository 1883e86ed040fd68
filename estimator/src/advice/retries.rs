//! A budget for tries again, so that an outage is not made worse by those who notice it.
//!
//! Without one, each request that fails becomes as many as there are tries, just when there is least to spare. Evidence:
//! "Site Reliability Engineering", 2016, chapter 21: a client may retry a tenth of its requests.

use scenarios::estimate::{Advice, UnitName};

use crate::laws::retry::USUAL_BUDGET;

use super::Findings;
use super::say::{Threshold, flip, held, outcome, say};

const MOST_TRIES: Threshold = Threshold(1.0 + USUAL_BUDGET, "SRE book, 2016");
/// What is no more than rounding above it.
const ROUNDING: f64 = 1e-9;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(tries) = findings.at("tries per request in an outage") else { return Vec::new() };
    let tries = held("tries per request in an outage", tries, MOST_TRIES, UnitName::One);
    let fires = tries.margin > 1.0 + ROUNDING;
    let what = if fires {
        "retries: give clients a budget, or an outage feeds on them"
    } else {
        "no smaller retry budget needed"
    };
    let mut advice = say("retries", outcome(fires), what);
    advice.because = findings.compare(&tries);
    let budget = findings.write(USUAL_BUDGET, UnitName::Share);
    let at_most = if fires { "a budget of at most" } else { "a budget above" };
    // Tries again for each request, of which a budget would leave so much.
    let again = tries.value - 1.0;
    let times = findings.write(USUAL_BUDGET / again, UnitName::One);
    advice.flips = format!("flips with {at_most} {budget}");
    if again > 0.0 {
        advice.flips = format!(
            "{}, {times} times the {} tries again now",
            advice.flips,
            findings.write(again, UnitName::One)
        );
    }
    // A number of tries is whole; a budget, where it is what limits them, is what it takes.
    let budget = findings.at("retry budget").filter(|budget| (budget - again).abs() < ROUNDING);
    if budget.is_some() {
        advice.flip = flip("retry budget", USUAL_BUDGET / again);
    }
    advice.figures = vec![tries];
    vec![advice]
}
