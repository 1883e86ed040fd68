//! Whether a capacity can be planned with: of this scenario and its promises, sensible, and found.

use scenarios::capacity::{
    CAPACITY_SCHEMA, Capacity, CapacityRate, Level, MeasuredQuantity, Outcome, Resource,
};
use scenarios::report::Honesty;
use scenarios::scenario::Scenario;
use scenarios::show::count;
use scenarios::slo::Objective;
use scenarios::verdict::Attained;

use super::refusal::{CapacityRefusal, Untold};

/// The rate to plan with.
///
/// # Errors
/// When the capacity is of another scenario or schema, makes no sense, or is none.
pub fn check(scenario: &Scenario, capacity: &Capacity) -> Result<CapacityRate, CapacityRefusal> {
    if capacity.schema != CAPACITY_SCHEMA {
        return Err(CapacityRefusal::Schema { found: capacity.schema });
    }
    if capacity.scenario != scenario.name {
        return Err(CapacityRefusal::Scenario {
            found: capacity.scenario.clone(),
            expected: scenario.name.clone(),
        });
    }
    levels(&capacity.levels)?;
    told(capacity)?;
    same_promises(scenario, capacity)?;
    let rate = capacity.rate.ok_or(CapacityRefusal::NoRate)?;
    self::rate(rate)?;
    numbers(capacity.node.cores, &capacity.measured)?;
    positive("requests_per_action", capacity.requests_per_action)?;
    Ok(rate)
}

/// Whether the search found the edge of the server.
fn told(capacity: &Capacity) -> Result<(), CapacityRefusal> {
    let per_s = |rate: f64| format!("{}/s", count(rate));
    let offered = |level: &Level| level.offered_per_s.unwrap_or(level.done_per_s);
    match capacity.outcome {
        Outcome::AtLeast => {
            let rate = capacity.rate.map_or_else(|| "that rate".to_owned(), |rate| per_s(rate.per_s));
            return Err(Untold::AtLeast(rate).into());
        }
        Outcome::Never => {
            let lowest = capacity.levels.iter().map(offered).reduce(f64::min);
            let promise = capacity
                .promises
                .first()
                .map_or_else(|| "the promise".to_owned(), |text| format!("`{text}`"));
            let lowest = lowest.map_or_else(|| "not recorded".to_owned(), per_s);
            return Err(Untold::Never { promise, lowest }.into());
        }
        Outcome::CannotTell => return Err(Untold::Contradicting(contradiction(&capacity.levels)).into()),
        Outcome::Found | Outcome::Coarse => {}
    }
    if let Some(limit) = capacity.limit.as_ref().filter(|limit| limit.resource == Resource::Generator) {
        let evidence = limit.evidence.first().map_or(String::new(), |first| format!(" ({first})"));
        return Err(Untold::Generator(evidence).into());
    }
    // Where every level that failed is the generator's doing, so is the edge.
    let failed = || {
        let levels = capacity.levels.iter().filter(|level| level.verdict == Attained::Missed);
        levels.filter(|level| level.offered_per_s.is_some())
    };
    let is_limited = |level: &Level| level.honesty == Honesty::GeneratorLimited;
    match failed().map(offered).reduce(f64::min).filter(|_| failed().all(is_limited)) {
        Some(lowest) => Err(Untold::Generator(format!(" (from {} on)", per_s(lowest))).into()),
        None => Ok(()),
    }
}

/// The lowest level that failed and the highest that held, where the one is below the other.
fn contradiction(levels: &[Level]) -> String {
    let rates = |verdict| {
        let levels = levels.iter().filter(move |level| level.verdict == verdict);
        levels.filter_map(|level| level.offered_per_s)
    };
    match (rates(Attained::Missed).reduce(f64::min), rates(Attained::Met).reduce(f64::max)) {
        (Some(failed), Some(held)) if failed < held => {
            format!(" ({}/s failed and {}/s held)", count(failed), count(held))
        }
        _ => String::new(),
    }
}

/// What is promised now has to be what was measured.
fn same_promises(scenario: &Scenario, capacity: &Capacity) -> Result<(), CapacityRefusal> {
    let mut made = scenario.slo.iter().filter(|objective| objective.is_measurable());
    // With what it is about, or as the file has it.
    let is_measured = |objective: &Objective| {
        let promise = objective.promise();
        capacity.promises.iter().any(|measured| *measured == promise || *measured == objective.text)
    };
    made.find(|objective| !is_measured(objective)).map_or(Ok(()), |objective| {
        let measured = capacity.promises.join(", ");
        Err(CapacityRefusal::Promises { measured, promised: objective.promise() })
    })
}

fn levels(levels: &[Level]) -> Result<(), CapacityRefusal> {
    for (index, level) in levels.iter().enumerate() {
        let Level { offered_per_s, measured_s, done_per_s, mean_s, p50_s, p99_s, concurrency, .. } = level;
        let rates = [
            ("offered_per_s", offered_per_s.unwrap_or(0.0)),
            ("measured_s", *measured_s),
            ("done_per_s", *done_per_s),
            ("mean_s", *mean_s),
            ("p50_s", *p50_s),
            ("p99_s", *p99_s),
            ("concurrency", *concurrency),
        ];
        for (name, value) in rates {
            if !(value.is_finite() && value >= 0.0) {
                let field = format!("levels[{index}].{name}");
                return Err(wrong(field, value.to_string(), "a number of 0 or more"));
            }
        }
    }
    Ok(())
}

/// Whether a capacity can be.
pub(super) fn rate(rate: CapacityRate) -> Result<(), CapacityRefusal> {
    positive("rate.per_s", rate.per_s)?;
    if let Some((low, high)) = rate.interval {
        positive("rate.interval", low)?;
        positive("rate.interval", high)?;
        if !(low <= rate.per_s && rate.per_s <= high) {
            let found = format!("{low} to {high}");
            return Err(wrong("rate.interval".to_owned(), found, "an interval around `rate.per_s`"));
        }
    }
    Ok(())
}

/// Whether the other numbers that go into an estimate can be.
pub(super) fn numbers(cores: Option<f64>, measured: &[MeasuredQuantity]) -> Result<(), CapacityRefusal> {
    if let Some(cores) = cores {
        positive("node.cores", cores)?;
    }
    for MeasuredQuantity { quantity, value, .. } in measured {
        let field = format!("measured.{quantity}");
        for end in [value.p10, value.p50, value.p90] {
            if !(end.is_finite() && end >= 0.0) {
                return Err(wrong(field, end.to_string(), "a number of 0 or more"));
            }
        }
        if !(value.p10 <= value.p50 && value.p50 <= value.p90) {
            let found = format!("{}, {}, {}", value.p10, value.p50, value.p90);
            return Err(wrong(field, found, "p10, p50 and p90, rising"));
        }
    }
    Ok(())
}

fn positive(field: &str, value: f64) -> Result<(), CapacityRefusal> {
    if value.is_finite() && value > 0.0 {
        Ok(())
    } else {
        Err(wrong(field.to_owned(), value.to_string(), "a number above 0"))
    }
}

fn wrong(field: String, found: String, expected: &'static str) -> CapacityRefusal {
    CapacityRefusal::Number { field, found, expected }
}
