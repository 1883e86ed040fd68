//! The loop: each predicted number against the one that the run found.
//!
//! A prediction is an interval (the estimate's tenth to ninetieth percentile; a tenth to either side of a number that
//! the arithmetic gives exactly, since an estimate claims no more), and so is a measurement. Inside is CONFIRMED, apart
//! is REFUTED, anything else CANNOT TELL. A refuted default is news, not a failure: only what the file claims under
//! `expect:` makes the answer no.

use scenarios::estimate::{Estimate, Kind, Quantity, Spread};
use scenarios::report::{Prediction, StoredEntity};
use scenarios::scenario::Claim;
use scenarios::verdict::Finding;

/// What an exact prediction is worth.
const POINT_TOLERANCE: f64 = 0.1;

/// What a run found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Whether the run offered the peak of the action table, and measured it in full.
    pub(crate) at_peak: bool,
    /// Actions per second that were done, and the requests that they made.
    pub(crate) actions_per_s: Option<Spread>,
    pub(crate) requests_per_s: Option<Spread>,
    pub(crate) bytes_per_response: Option<Spread>,
    pub(crate) egress: Option<Spread>,
    pub(crate) cpu_per_request: Option<Spread>,
    pub(crate) cores: Option<Spread>,
    pub(crate) stored: Vec<StoredEntity>,
    /// Requests per second that one node holds, where it was looked for.
    pub(crate) holds: Option<Spread>,
}

/// The numbers of an estimate that a run can find, in the order of the report.
const MEASURED: [&str; 6] = [
    "peak actions",
    "peak requests",
    "bytes per response",
    "egress at peak",
    "server CPU per request",
    "cores at peak",
];

impl Found {
    /// What was found of the estimate's number of this name.
    fn of(&self, name: &str) -> Option<Spread> {
        let at_peak = |spread: Option<Spread>| spread.filter(|_| self.at_peak);
        match name {
            "peak actions" => at_peak(self.actions_per_s),
            "peak requests" => at_peak(self.requests_per_s),
            "bytes per response" => self.bytes_per_response,
            "egress at peak" => at_peak(self.egress),
            "server CPU per request" => self.cpu_per_request,
            "cores at peak" => at_peak(self.cores),
            "requests one node holds" => self.holds,
            _ => {
                let entity =
                    self.stored.iter().find(|entity| name.strip_suffix(", each") == Some(&entity.entity))?;
                (entity.rows > 0).then(|| Spread::point(entity.bytes as f64 / entity.rows as f64))
            }
        }
    }
}

/// Holds the estimate against what was found.
pub(crate) fn hold(estimate: &Estimate, expected: &[Claim], found: &Found) -> Vec<Prediction> {
    let mut predictions: Vec<Prediction> = MEASURED
        .iter()
        .filter_map(|name| Some(prediction(quantity(estimate, name)?, found.of(name)?)))
        .collect();
    for entity in &found.stored {
        let name = format!("{}, each", entity.entity);
        predictions.extend(
            quantity(estimate, &name).zip(found.of(&name)).map(|(quantity, each)| prediction(quantity, each)),
        );
    }
    // Of a server that cannot be seen into, a run at one rate says nothing about the limit.
    let holds = quantity(estimate, "requests one node holds");
    match (holds, found.holds) {
        (Some(holds), Some(measured)) => predictions.push(prediction(holds, measured)),
        (Some(holds), None) if found.cpu_per_request.is_some() => predictions.push(Prediction {
            measured: None,
            finding: Finding::CannotTell,
            note: "a run at the peak does not look for the limit".to_owned(),
            ..prediction(holds, holds.value)
        }),
        _ => {}
    }
    predictions.extend(claims(estimate, expected, found));
    predictions
}

fn quantity<'a>(estimate: &'a Estimate, name: &str) -> Option<&'a Quantity> {
    estimate.quantities.iter().find(|quantity| quantity.name == name)
}

fn prediction(quantity: &Quantity, measured: Spread) -> Prediction {
    let predicted = quantity.value;
    let interval = if predicted.is_point() {
        (predicted.p50 * (1.0 - POINT_TOLERANCE), predicted.p50 * (1.0 + POINT_TOLERANCE))
    } else {
        (predicted.p10, predicted.p90)
    };
    let finding = Finding::hold(interval, (measured.p10, measured.p90));
    Prediction {
        quantity: quantity.name.clone(),
        predicted,
        kind: quantity.kind,
        unit: quantity.unit,
        measured: Some(measured),
        finding,
        claimed: false,
        note: if finding == Finding::Refuted { times_off(quantity, measured) } else { String::new() },
    }
}

/// `the default is 4.7 times too high here`.
fn times_off(quantity: &Quantity, measured: Spread) -> String {
    let what = match quantity.kind {
        Kind::Default => "the default",
        Kind::Given => "the file's figure",
        Kind::Derived | Kind::Measured => "the estimate",
    };
    let (predicted, measured) = (quantity.value.p50, measured.p50);
    if measured <= 0.0 || predicted <= 0.0 {
        return String::new();
    }
    let (ratio, word) =
        if predicted > measured { (predicted / measured, "high") } else { (measured / predicted, "low") };
    let ratio = scenarios::show::digits((ratio * 100.0).round() / 100.0);
    format!("{what} is {ratio} times too {word} here")
}

/// The file's claims: against the measurement where the run has one, else as the estimate found them.
fn claims(estimate: &Estimate, expected: &[Claim], found: &Found) -> Vec<Prediction> {
    estimate
        .claims
        .iter()
        .map(|claim| {
            let measured = found.of(&claim.resolved);
            let predicted = claim.estimated.unwrap_or(Spread::point(0.0));
            let bounds = expected
                .iter()
                .find(|known| known.quantity == claim.quantity)
                .map(|known| (known.low, known.high));
            let (finding, note) = match (measured, bounds) {
                (Some(measured), Some(bounds)) => (
                    Finding::hold(bounds, (measured.p10, measured.p90)),
                    "expected by the file, against the run",
                ),
                _ => (claim.verdict, "expected by the file, against the estimate"),
            };
            // A claim that the estimate refutes stays refuted, whatever a run at this scale shows.
            let finding = if claim.verdict == Finding::Refuted { Finding::Refuted } else { finding };
            Prediction {
                quantity: format!("{}: {}", claim.quantity, claim.claimed),
                predicted,
                kind: Kind::Given,
                unit: claim.unit,
                measured,
                finding,
                claimed: true,
                note: note.to_owned(),
            }
        })
        .collect()
}

/// A count of events over a time, as a rate with its 95 % interval: give or take two standard deviations of a Poisson
/// count.
pub(crate) fn rate_of(count: u64, seconds: f64) -> Option<Spread> {
    if count == 0 || seconds <= 0.0 {
        return None;
    }
    let count = count as f64;
    let spread = crate::statistics::Z_95 * count.sqrt();
    Some(Spread { p10: (count - spread) / seconds, p50: count / seconds, p90: (count + spread) / seconds })
}
