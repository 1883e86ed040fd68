//! The plan: what a system takes until when, by a capacity that was measured.
//!
//! The scenario is estimated again for each day of the plan, with the measured numbers in the place of defaults and the
//! horizon at that day; the same seed draws the same values, so a path of growth that is steep on one day is steep on all.
//! What each day takes is in `later`; here the days are put side by side, and held against what the file claims.

mod dates;
mod error;
mod moment;
mod notes;
mod replaced;

use std::time::Duration;

use scenarios::Scenario;
use scenarios::calendar::Day;
use scenarios::calibration::Calibration;
use scenarios::capacity::{Capacity, CapacityRate};
use scenarios::estimate::Quantity;
use scenarios::plan::{Basis, BillLine, PLAN_SCHEMA, Plan};
use scenarios::scenario::{Origin, Sourced};
use scenarios::verdict::{EXIT_NO, EXIT_UNKNOWN, EXIT_YES, Finding};

use crate::Options;
use crate::calibration::{calibrate, check};
use crate::claims::claims;
use crate::estimate::{Computed, compute};
use crate::ledger::quantity;
use crate::users::about;

pub use error::PlanError;
use moment::{Taken, taken};

/// Where the file does not say how far ahead it plans.
const USUAL_YEARS: f64 = 3.0;
/// Days of a plan after the first: three years by half-years.
const MOST_STEPS: f64 = 8.0;
/// Now, as a horizon.
const NOW_SECONDS: f64 = 1.0;

/// What a plan rests on beside the scenario.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// How much one node holds.
    pub capacity: &'a Capacity,
    /// The first day; that of the measurement where absent.
    pub from: Option<Day>,
    /// The scenario's text, whose fingerprint the capacity carries.
    pub text: &'a str,
}

/// The plan of a scenario; `file` is what sources call it.
///
/// # Errors
/// When the capacity is not usable, the scenario cannot be estimated, or there is nothing to plan: no actions, or no
/// growth.
pub fn plan(scenario: &Scenario, file: &str, options: &Options, asked: Asked<'_>) -> Result<Plan, PlanError> {
    let rate = check(scenario, asked.capacity)?;
    let calibration = calibrate(scenario, asked.capacity)?;
    if scenario.users.growth.is_none() {
        return Err(PlanError::NoGrowth { file: file.to_owned() });
    }
    let scenario = &with_horizon(scenario);
    let measured = Some(&calibration);
    let mut last = compute(scenario, file, *options, measured)?;
    let held = claims(scenario, &last.ledger, &last.own)?;
    let about = about(&last.ledger, last.users, scenario);
    let from = asked.from.unwrap_or_else(|| Day::of_unix(calibration.measured_unix_s));
    let year = scenario.conventions.year_seconds;
    let mut days = Vec::new();
    for seconds in times(scenario) {
        let mut computed = at(scenario, file, *options, &calibration, seconds)?;
        let day = dates::day(from, seconds / year).ok_or(PlanError::TooFar)?;
        let taken = taken(scenario, &mut computed, &day, seconds).ok_or(PlanError::NoActions)?;
        days.push((computed, taken));
    }
    let end = scenario.horizon.map_or(0.0, |horizon| horizon.value.as_secs_f64());
    let until = dates::day(from, end / year).ok_or(PlanError::TooFar)?;
    let end = taken(scenario, &mut last, &until, end).ok_or(PlanError::NoActions)?;
    let Some((first, start)) = days.first() else { return Err(PlanError::NoActions) };
    let replaced = replaced::replaced(&compute(scenario, file, *options, None)?, &last);
    let notes = notes::notes(notes::Looked { scenario, asked, first, last: &last, end: &end.moment });
    Ok(Plan {
        schema: PLAN_SCHEMA,
        scenario: scenario.name.clone(),
        conventions: scenario.conventions,
        about,
        from: from.to_string(),
        until,
        basis: basis(asked.capacity, rate, &last),
        runs_out: dates::runs_out(scenario, first, &last, from),
        bill: bill(start, &end),
        replaced,
        claims: held,
        working: working(&last),
        notes,
        seed: options.seed,
        samples: options.samples,
        moments: days.into_iter().map(|(_, taken)| taken.moment).chain([end.moment]).collect(),
    })
}

/// The answer as an exit code: no where the measured numbers refute a claim, unknown where they leave one open.
#[must_use]
pub fn answer(plan: &Plan) -> u8 {
    let any = |finding| plan.claims.iter().any(|claim| claim.verdict == finding);
    if any(Finding::Refuted) {
        EXIT_NO
    } else if any(Finding::CannotTell) {
        EXIT_UNKNOWN
    } else {
        EXIT_YES
    }
}

fn with_horizon(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    let usual = Duration::from_secs_f64(USUAL_YEARS * scenario.conventions.year_seconds);
    scenario
        .horizon
        .get_or_insert(Sourced { value: usual, origin: Origin::Default("a plan's usual horizon") });
    scenario
}

/// Seconds from the first day to each day of the plan but the last.
fn times(scenario: &Scenario) -> Vec<f64> {
    let end = scenario.horizon.map_or(0.0, |horizon| horizon.value.as_secs_f64());
    let (month, year) = (scenario.conventions.month_seconds, scenario.conventions.year_seconds);
    let steps = [month, year / 4.0, year / 2.0, year, 2.0 * year, 5.0 * year];
    let step =
        steps.into_iter().find(|step| end / step <= MOST_STEPS * (1.0 + 1e-9)).unwrap_or(end / MOST_STEPS);
    let later = (1..).map(|k| f64::from(k) * step).take_while(|at| *at < end * (1.0 - 1e-9));
    [0.0].into_iter().chain(later).collect()
}

/// The estimate with its horizon at this time.
fn at(
    scenario: &Scenario,
    file: &str,
    options: Options,
    calibration: &Calibration,
    seconds: f64,
) -> Result<Computed, PlanError> {
    let mut scenario = scenario.clone();
    // They are computed last and may name the horizon.
    scenario.quantities.clear();
    scenario.expect.clear();
    if let Some(horizon) = &mut scenario.horizon {
        horizon.value = Duration::from_secs_f64(seconds.max(NOW_SECONDS));
    }
    Ok(compute(&scenario, file, options, Some(calibration))?)
}

fn basis(capacity: &Capacity, rate: CapacityRate, computed: &Computed) -> Basis {
    let holds = computed.servers.map(|servers| computed.ledger.line(servers.holds));
    let Capacity { promises, outcome, target, provenance, levels, limit, law, predicted, .. } = capacity;
    Basis {
        measured_unix_s: provenance.started_unix_s,
        day: Day::of_unix(provenance.started_unix_s).to_string(),
        machine: provenance.machine.clone(),
        target: target.what.clone(),
        promises: promises.clone(),
        outcome: *outcome,
        capacity: rate,
        planned: holds.map_or(scenarios::estimate::Spread::point(0.0), |line| line.spread),
        formula: holds.map_or(String::new(), |line| line.formula.clone()),
        working: holds.map_or(String::new(), |line| line.working.clone()),
        limit: limit.clone(),
        law: *law,
        levels: levels.clone(),
        predicted: predicted.clone(),
    }
}

/// Both days' bills, line by line; a line that is nothing on both is left out.
fn bill(start: &Taken, end: &Taken) -> Vec<BillLine> {
    let line = |((name, now), (_, then)): (&(String, _), &(String, _))| BillLine {
        name: name.clone(),
        now: *now,
        then: *then,
    };
    let lines = start.bill.iter().zip(&end.bill).map(line);
    lines.filter(|line| line.now.p90 > 0.0 || line.then.p90 > 0.0).collect()
}

/// The lines that a reader follows from the capacity to the bill of the last day.
fn working(last: &Computed) -> Vec<Quantity> {
    let Some(horizon) = &last.horizon else { return Vec::new() };
    let label = &horizon.label;
    let names = [
        crate::measured::CAPACITY.to_owned(),
        "capacity limit".to_owned(),
        "requests one node holds".to_owned(),
        format!("peak requests in {label}"),
        format!("servers for the load in {label}"),
        format!("servers beside the database in {label}"),
        format!("database machines in {label}"),
        format!("total cost in {label}"),
    ];
    names.iter().filter_map(|name| last.ledger.find(name)).map(|id| quantity(last.ledger.line(id))).collect()
}
