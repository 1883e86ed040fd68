//! From a measured capacity, or from a run, to a calibration: what later estimates of the same scenario may use, and when they
//! may not.
//!
//! A measurement that found no capacity, or whose generator was the limit, changes no estimate: a number that is wrong is
//! worse than a default that says so. Reading and writing the file is for `cli`.

mod refusal;
mod run;
mod usable;

use scenarios::calibration::{CALIBRATION_SCHEMA, Calibration, mix};
use scenarios::capacity::Capacity;
use scenarios::scenario::Scenario;

pub use refusal::{CapacityRefusal, Untold};
pub use run::{RunRefusal, calibrate_by_run};
pub use usable::check;

/// What a capacity that was measured of this scenario tells its later estimates.
///
/// # Errors
/// When the capacity is of another scenario or schema, makes no sense, or is none.
pub fn calibrate(scenario: &Scenario, capacity: &Capacity) -> Result<Calibration, CapacityRefusal> {
    let rate = check(scenario, capacity)?;
    Ok(Calibration {
        schema: CALIBRATION_SCHEMA,
        scenario: scenario.name.clone(),
        mix: mix(scenario),
        measured_unix_s: capacity.provenance.started_unix_s,
        machine: capacity.provenance.machine.clone(),
        target: capacity.target.what.clone(),
        promises: capacity.promises.clone(),
        capacity: Some(rate),
        cores: capacity.node.cores,
        limit: capacity.limit.as_ref().map(|limit| limit.resource),
        quantities: capacity
            .measured
            .iter()
            .filter(|measured| crate::measured::is_carried(&measured.quantity))
            .cloned()
            .collect(),
    })
}

/// Why a calibration does not belong to a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Written in another form.
    #[error("has schema {found}, expected {CALIBRATION_SCHEMA}")]
    Schema {
        /// As written.
        found: u32,
    },
    /// It is of another scenario.
    #[error("is of the scenario `{found}`, not of `{expected}`")]
    Scenario {
        /// As written.
        found: String,
        /// The one that is estimated.
        expected: String,
    },
    /// The scenario has changed since.
    #[error("is of another mix of actions, or of other promises, than `{0}` has now")]
    Mix(String),
    /// A number in it makes no sense.
    #[error("{0}")]
    Number(String),
}

/// Whether a calibration is of this scenario as it is.
///
/// # Errors
/// When it is of another scenario, mix or schema, or a number of it makes no sense.
pub fn fits(scenario: &Scenario, calibration: &Calibration) -> Result<(), Misfit> {
    let Calibration { schema, scenario: name, mix: measured, capacity, cores, quantities, .. } = calibration;
    if *schema != CALIBRATION_SCHEMA {
        return Err(Misfit::Schema { found: *schema });
    }
    if *name != scenario.name {
        return Err(Misfit::Scenario { found: name.clone(), expected: scenario.name.clone() });
    }
    if *measured != mix(scenario) {
        return Err(Misfit::Mix(scenario.name.clone()));
    }
    let wrong = |wrong: CapacityRefusal| Misfit::Number(wrong.to_string());
    capacity.map_or(Ok(()), usable::rate).map_err(wrong)?;
    usable::numbers(*cores, quantities).map_err(wrong)
}
