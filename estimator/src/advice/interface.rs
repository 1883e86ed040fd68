//! REST, GraphQL or gRPC: by round trips for each screen, and by the share of the processor that JSON takes.
//!
//! From three round trips on a screen is better asked for at once: by GraphQL, or by one endpoint that puts it
//! together. JSON is written at about 100 MiB a second and binary formats at 1 GiB (napkin-math, `sirupsen`), so gRPC pays
//! between services of one's own where JSON takes more than a fifth of the processor.

use scenarios::estimate::{Advice, Outcome, UnitName};

use super::Findings;
use super::say::{Threshold, flip, held, say};

const LEAST_ROUND_TRIPS: Threshold = Threshold(3.0, "assumed");
const LEAST_JSON_SHARE: Threshold = Threshold(0.2, "assumed");
const JSON_BYTES_PER_SECOND: f64 = 100.0 * 1_048_576.0;

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(traffic) = findings.traffic else { return Vec::new() };
    let trips = traffic.actions.iter().map(|action| findings.ledger.middle(action.requests));
    let trips = held("requests per action", trips.fold(0.0, f64::max), LEAST_ROUND_TRIPS, UnitName::One);
    let json = findings
        .json_share()
        .map(|share| held("JSON's share of the CPU", share, LEAST_JSON_SHARE, UnitName::Share));
    let json_fires = json.as_ref().is_some_and(|held| held.margin >= 1.0);
    let (result, what) = if trips.margin >= 1.0 {
        (Outcome::Needed, "interface: GraphQL, or one endpoint for each screen")
    } else if json_fires {
        (Outcome::NotNeeded, "no GraphQL needed: REST, and gRPC between services if there are any")
    } else {
        (Outcome::NotNeeded, "no GraphQL or gRPC needed: REST")
    };
    let mut advice = say("interface", result, what);
    let texts = [Some(&trips), json.as_ref()].into_iter().flatten().map(|held| findings.compare(held));
    advice.because = texts.collect::<Vec<_>>().join("; ");
    advice.flips = format!("flips at {} requests per action", LEAST_ROUND_TRIPS.0);
    advice.flip = flip("requests per action", 1.0 / trips.margin);
    advice.figures = [Some(trips), json].into_iter().flatten().collect();
    vec![advice]
}

impl Findings<'_> {
    /// The share of a request's processor time that goes into writing its answer as JSON, if all of it but media is.
    fn json_share(self) -> Option<f64> {
        let (sent, media) = (self.at("egress, mean")?, self.at("media egress, mean").unwrap_or(0.0));
        let bytes = (sent - media).max(0.0) / self.at("mean requests")?;
        // More than all of it says that the default cost of a request is too low.
        Some((bytes / JSON_BYTES_PER_SECOND / self.at("server CPU per request")?).min(1.0))
    }
}
