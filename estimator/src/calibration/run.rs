//! From a run's report to a calibration without a capacity: what a request costs, how large an answer and a row are.
//!
//! A run offers one load, so it does not say how much a node holds; but what a request costs it says in ten seconds.

use scenarios::calibration::{CALIBRATION_SCHEMA, Calibration, fingerprint, mix};
use scenarios::capacity::MeasuredQuantity;
use scenarios::estimate::{Spread, UnitName};
use scenarios::report::{Honesty, REPORT_SCHEMA, Report};
use scenarios::scenario::Scenario;

use super::refusal::CapacityRefusal;
use super::usable;
use crate::measured::{QUERIES, is_carried};

/// Fewer answers than this say little of what one costs: the standard error of a mean is 3 % of the spread.
const FEWEST_ANSWERS: u64 = 1_000;

/// Why a run's report changes no estimate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunRefusal {
    /// Written in another form.
    #[error(
        "has schema {found}, expected {REPORT_SCHEMA}\n  hint: run again with the `loadgen` of this version"
    )]
    Schema {
        /// As written.
        found: u32,
    },
    /// It is of another scenario.
    #[error(
        "is the report of the scenario `{found}`, not of `{expected}`\n  \
         hint: name the scenario that was run, or run this one: loadgen run"
    )]
    Scenario {
        /// As written.
        found: String,
        /// The one that is calibrated.
        expected: String,
    },
    /// The file is not the one that was run.
    #[error("is of an earlier text of the scenario `{0}`\n  hint: run it again as it is now: loadgen run")]
    Changed(String),
    /// Nothing in it is of use to an estimate.
    #[error(
        "has nothing that an estimate uses: no cost of a request, no size of an answer or a row\n  \
         hint: run against the reference server, or a server whose process `loadgen` can see"
    )]
    Nothing,
    /// A number that cannot be.
    #[error(transparent)]
    Number(CapacityRefusal),
    /// The generator, not the server, decided what was measured.
    #[error(
        "the generator was the limit{0}: nothing follows for an estimate\n  \
         hint: run the generator on a machine of its own, or offer less"
    )]
    Generator(String),
    /// The server was not the same from the first second to the last, or did not keep up.
    #[error(
        "the server was {0} in that run: what a request costs then is not what it costs in service\n  \
         hint: run again, at a rate that the server keeps up with"
    )]
    Unsteady(&'static str),
    /// Too little was measured.
    #[error(
        "only {0} requests were answered, too few to say what one costs (at least {FEWEST_ANSWERS})\n  \
         hint: run for longer, or at a higher rate"
    )]
    TooFew(u64),
}

impl RunRefusal {
    /// Whether the report makes sense and does not tell, rather than makes no sense.
    #[must_use]
    pub fn is_untold(&self) -> bool {
        matches!(self, Self::Generator(_) | Self::Unsteady(_) | Self::TooFew(_))
    }
}

/// What a run of this scenario, whose text is given, tells its later estimates.
///
/// # Errors
/// When the run is of another scenario or text, makes no sense, or does not tell.
pub fn calibrate_by_run(scenario: &Scenario, text: &str, report: &Report) -> Result<Calibration, RunRefusal> {
    if report.schema != REPORT_SCHEMA {
        return Err(RunRefusal::Schema { found: report.schema });
    }
    if report.scenario != scenario.name {
        return Err(RunRefusal::Scenario { found: report.scenario.clone(), expected: scenario.name.clone() });
    }
    if report.provenance.scenario_hash != fingerprint(text) {
        return Err(RunRefusal::Changed(scenario.name.clone()));
    }
    told(report)?;
    let quantities = quantities(report);
    if quantities.is_empty() {
        return Err(RunRefusal::Nothing);
    }
    usable::numbers(None, &quantities).map_err(RunRefusal::Number)?;
    Ok(Calibration {
        schema: CALIBRATION_SCHEMA,
        scenario: scenario.name.clone(),
        mix: mix(scenario),
        measured_unix_s: report.provenance.started_unix_s,
        machine: report.provenance.machine.clone(),
        target: report.target.what.clone(),
        promises: report.slo.iter().map(|outcome| outcome.promise.clone()).collect(),
        capacity: None,
        cores: None,
        limit: None,
        quantities,
    })
}

/// Whether what the run found of the server can be believed.
fn told(report: &Report) -> Result<(), RunRefusal> {
    match report.generator.verdict {
        Honesty::GeneratorLimited => {
            let evidence = report.generator.evidence.first();
            Err(RunRefusal::Generator(evidence.map_or(String::new(), |first| format!(" ({first})"))))
        }
        verdict @ (Honesty::NotStationary | Honesty::ServerLimited) => {
            Err(RunRefusal::Unsteady(verdict.word()))
        }
        // Too few for a quantile can be enough for a mean.
        Honesty::Valid | Honesty::TooFewSamples if report.all.good < FEWEST_ANSWERS => {
            Err(RunRefusal::TooFew(report.all.good))
        }
        Honesty::Valid | Honesty::TooFewSamples => Ok(()),
    }
}

/// What the run found of the estimate's numbers, and how many statements the server counted.
fn quantities(report: &Report) -> Vec<MeasuredQuantity> {
    let how = format!("a run at {:.0} requests per second", report.all.asked_per_s);
    let carried = report.predictions.iter().filter(|prediction| is_carried(&prediction.quantity));
    let found = carried.filter_map(|prediction| {
        let value = prediction.measured.filter(|value| value.p50 > 0.0)?;
        Some(MeasuredQuantity {
            quantity: prediction.quantity.clone(),
            value,
            unit: prediction.unit,
            how: how.clone(),
        })
    });
    let counted = report.server.and_then(|server| server.sql_per_request).filter(|sql| *sql > 0.0);
    let counted = counted.map(|sql| MeasuredQuantity {
        quantity: QUERIES.to_owned(),
        value: Spread::point(sql),
        unit: UnitName::One,
        how: "the server's own counter".to_owned(),
    });
    let mut quantities: Vec<MeasuredQuantity> = found.chain(counted).collect();
    // What the file expects of a number is a second line about it.
    let mut seen = std::collections::HashSet::new();
    quantities.retain(|measured| seen.insert(measured.quantity.clone()));
    quantities
}
