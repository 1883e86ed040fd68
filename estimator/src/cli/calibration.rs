//! The calibration file of a scenario: where it lies, and how it is read and written.
//!
//! It lies beside the scenario's file (`forum.yaml`, `forum.calibration.json`); that of a shipped scenario, used by name, in
//! the current folder. `calibrate` and `plan --calibrate` write it, every estimate of the scenario uses it and says so, and
//! `--no-calibration` leaves it out.

use std::io::ErrorKind;
use std::path::Path;

use scenarios::Scenario;
use scenarios::calendar::Day;
use scenarios::calibration::{CALIBRATION_SCHEMA, Calibration};

use super::Failure;
use super::source::{Changes, Source, plain, schema};
use crate::calibration::{Misfit, fits};
use crate::show::json;

/// What to do about a file that does not fit.
const HINT: &str = "measure again (loadgen run or capacity, then calibrate), delete the file, or leave it out: --no-calibration";

/// The calibration of a scenario; `None` where there is none, or it is to be left out.
pub(super) fn of(source: &Source, changes: &Changes) -> Result<Option<Calibration>, Failure> {
    let Some(path) = source.calibration.as_ref().filter(|_| !changes.no_calibration) else { return Ok(None) };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(_) | Ok(_) => {}
    }
    let shown = path.display().to_string();
    let Source { text, .. } = plain(&shown, HINT)?;
    let refused = |what: &str| Failure::Message(format!("error: {shown}: {what}\n  hint: {HINT}"));
    let schema = schema(&text).map_err(|what| refused(&format!("{what}, expected a calibration")))?;
    if schema != CALIBRATION_SCHEMA {
        return Err(refused(&Misfit::Schema { found: schema }.to_string()));
    }
    let calibration: Calibration =
        serde_json::from_str(&text).map_err(|error| refused(&format!("is no calibration: {error}")))?;
    // It is of the file; what a `--set` changes about it is for whoever sets it to judge.
    let scenario = match Scenario::from_yaml(&source.text) {
        Ok(scenario) => scenario,
        Err(_) => source.scenario(changes)?,
    };
    fits(&scenario, &calibration)
        .map_err(|misfit| refused(misfit.to_string().lines().next().unwrap_or_default()))?;
    Ok(Some(calibration))
}

/// The line by which a command says that it uses a calibration; nothing where there is none.
pub(super) fn said(source: &Source, changes: &Changes) -> Result<Option<String>, Failure> {
    let path = source.calibration.as_ref().map_or(String::new(), |path| path.display().to_string());
    Ok(of(source, changes)?.map(|calibration| {
        let day = Day::of_unix(calibration.measured_unix_s);
        format!(
            "calibrated by {path}: measured {day} on {}; --no-calibration leaves it out",
            calibration.machine
        )
    }))
}

/// Writes the calibration beside the scenario, and says where.
pub(super) fn write(path: &Path, calibration: &Calibration) -> Result<String, Failure> {
    let text = json::value(calibration).map_err(|error| super::not_json(&error))?;
    let shown = path.display();
    std::fs::write(path, text).map_err(|error| {
        Failure::Message(format!(
            "error: {shown}: cannot be written: {error}\n  hint: check its folder and its permissions"
        ))
    })?;
    Ok(format!("{shown} written: later estimates of {} use it and say so", calibration.scenario))
}
