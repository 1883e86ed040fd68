//! REST or GraphQL, by round trips for each screen; what services of one's own speak is for `internal_calls`.
//!
//! From three round trips on a screen is better asked for at once: by GraphQL, or by one endpoint that puts it
//! together.

use scenarios::estimate::{Advice, UnitName};

use super::Findings;
use super::say::{Threshold, flip, held, outcome, say};

const LEAST_ROUND_TRIPS: Threshold = Threshold(3.0, "assumed");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(traffic) = findings.traffic else { return Vec::new() };
    let trips = traffic.actions.iter().map(|action| findings.ledger.middle(action.requests));
    let trips = held("requests per action", trips.fold(0.0, f64::max), LEAST_ROUND_TRIPS, UnitName::One);
    let fires = trips.margin >= 1.0;
    let what =
        if fires { "interface: GraphQL, or one endpoint for each screen" } else { "no GraphQL needed: REST" };
    let mut advice = say("interface", outcome(fires), what);
    advice.because = findings.compare(&trips);
    advice.flips =
        format!("flips {} {} requests per action", if fires { "below" } else { "at" }, LEAST_ROUND_TRIPS.0);
    advice.flip = flip("requests per action", 1.0 / trips.margin);
    advice.figures = vec![trips];
    vec![advice]
}
