//! How often each action is done, on average and in the busiest hour.
//!
//! Actions are what users do; requests are what they cost over HTTP. Both are kept, and every name says which it is.
//! With `shape: office 6.5h` all of a day's actions fall into those hours, so the mean is taken over them.

use scenarios::estimate::UnitName;
use scenarios::scenario::{ActionRate, Scenario, Shape, Sourced};
use scenarios::units::Dimension;

use crate::error::EstimateError;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;
use crate::users::Users;

/// Alex Xu, System Design Interview, vol. 1, chapter 2. Measured: 1.4 (Wikipedia) and 1.65 (Stack Exchange 2014).
pub(crate) const PEAK_FACTOR: f64 = 2.0;
pub(crate) const PEAK_FACTOR_SOURCE: &str = "Xu vol. 1 ch. 2";

/// The load, as lines of the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Traffic {
    /// Those that are done at all, in the order of the file.
    pub(crate) actions: Vec<ActionTraffic>,
    pub(crate) mean_requests: LineId,
    pub(crate) peak_requests: LineId,
    /// The busiest hour over the mean one.
    pub(crate) peak_factor: LineId,
    /// Absent without writes.
    pub(crate) writes: Option<Writes>,
}

/// How much of the load changes something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writes {
    pub(crate) mean: LineId,
    pub(crate) peak: LineId,
    /// Absent without reads.
    pub(crate) reads_per_write: Option<LineId>,
}

/// One action.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActionTraffic {
    /// Which (an index into the scenario's actions).
    pub(crate) index: usize,
    /// Mean rate while the system is used.
    pub(crate) rate: LineId,
    /// Mean rate over the whole day: what storage grows by.
    pub(crate) all_day: LineId,
    /// HTTP requests that one makes.
    pub(crate) requests: LineId,
}

/// Enters the load into the ledger; `None` when nobody does anything.
pub(crate) fn traffic(
    scenario: &Scenario,
    ledger: &mut Ledger,
    users: Users,
) -> Result<Option<Traffic>, EstimateError> {
    let mut actions = Vec::new();
    for (index, action) in scenario.actions.iter().enumerate() {
        let (ActionRate::PerUser(range) | ActionRate::Total(range)) = action.rate.value;
        // Actions that only journeys know (`login`) have no rate.
        if range.high().in_one_second() > 0.0 {
            actions.push(action_traffic(scenario, ledger, users, index)?);
        }
    }
    let rates: Vec<Term> = actions.iter().map(|action| ledger.term(action.rate)).collect();
    let Some(sum) = Term::sum(rates) else { return Ok(None) };
    let mean_actions = ledger.derive(Section::Traffic, "mean actions", UnitName::PerSecond, sum);
    let peak_factor = ledger.input(peak_factor(scenario));
    let peak = ledger.term(mean_actions) * ledger.term(peak_factor);
    ledger.derive(Section::Traffic, "peak actions", UnitName::PerSecond, peak);

    let weighted =
        Term::sum(actions.iter().map(|action| ledger.term(action.rate) * ledger.term(action.requests)));
    let Some(weighted) = weighted else { return Ok(None) };
    let requests = ledger.derive(
        Section::Traffic,
        "requests per action",
        UnitName::One,
        weighted / ledger.term(mean_actions),
    );
    let mean = ledger.term(mean_actions) * ledger.term(requests);
    let mean_requests = ledger.derive(Section::Traffic, "mean requests", UnitName::PerSecond, mean);
    let peak = ledger.term(mean_requests) * ledger.term(peak_factor);
    let peak_requests = ledger.derive(Section::Traffic, "peak requests", UnitName::PerSecond, peak);
    let writes = writes(scenario, ledger, &actions, peak_factor);
    Ok(Some(Traffic { actions, mean_requests, peak_requests, peak_factor, writes }))
}

fn action_traffic(
    scenario: &Scenario,
    ledger: &mut Ledger,
    users: Users,
    index: usize,
) -> Result<ActionTraffic, EstimateError> {
    let action = &scenario.actions[index];
    let name = &action.name;
    let office = match scenario.traffic.shape {
        Shape::Office(hours) => Some(hours),
        Shape::Daily | Shape::Flat | Shape::Spike { .. } => None,
    };
    let (section, all_day_name) = match office {
        None => (Section::Traffic, name.clone()),
        Some(_) => (Section::Background, format!("{name}, over the whole day")),
    };
    let all_day = match action.rate.value {
        ActionRate::Total(value) => {
            let rate = Sourced { value, origin: action.rate.origin };
            ledger.input(Input::read(all_day_name, UnitName::PerSecond, rate).section(section))
        }
        ActionRate::PerUser(value) => {
            let rate = Sourced { value, origin: action.rate.origin };
            let input = Input::read(format!("{name}, per user"), UnitName::PerSecond, rate);
            let each = ledger.input(input.by_day(ledger.conventions.day_seconds));
            let daily = users.daily.ok_or_else(|| EstimateError::NoUsers {
                place: ledger.place_of(action.origin),
                action: name.clone(),
            })?;
            let term = ledger.term(daily) * ledger.term(each);
            ledger.derive(section, all_day_name, UnitName::PerSecond, term)
        }
    };
    let rate = match office {
        None => all_day,
        Some(hours) => {
            let day = ledger.conventions.day_seconds;
            let text = |seconds| ledger.write(seconds, UnitName::Seconds);
            let hours = hours.as_secs_f64();
            let day = Term::constant(day, Dimension::TIME, "day", &text(day));
            let hours = Term::constant(hours, Dimension::TIME, "office hours", &text(hours));
            let term = ledger.term(all_day) * day / hours;
            ledger.derive(Section::Traffic, name.clone(), UnitName::PerSecond, term)
        }
    };
    let requests = requests_of(scenario, ledger, index);
    Ok(ActionTraffic { index, rate, all_day, requests })
}

/// What the file says, or as many as there are templates, or one; times the keys that are typed.
fn requests_of(scenario: &Scenario, ledger: &mut Ledger, index: usize) -> LineId {
    let action = &scenario.actions[index];
    let name = format!("{}, requests", action.name);
    let Some(keystrokes) = action.keystrokes else { return requests_once(scenario, ledger, index, name) };
    let once = requests_once(scenario, ledger, index, format!("{}, requests for each key", action.name));
    let keys = ledger.input(Input::read(format!("{}, keystrokes", action.name), UnitName::One, keystrokes));
    let term = ledger.term(once) * ledger.term(keys);
    ledger.derive(Section::Background, name, UnitName::One, term)
}

fn requests_once(scenario: &Scenario, ledger: &mut Ledger, index: usize, name: String) -> LineId {
    let action = &scenario.actions[index];
    if let Some(requests) = action.requests_each {
        return ledger.input(Input::read(name, UnitName::One, requests));
    }
    let templates = scenario.requests.iter().find(|(of, _)| *of == action.name).map(|(_, list)| list.len());
    match templates.filter(|number| *number > 0) {
        Some(number) => {
            let number = f64::from(u32::try_from(number).unwrap_or(u32::MAX));
            let source = "the action's requests";
            ledger.input(Input::default(name, UnitName::One, (number, number), source))
        }
        None => ledger.input(Input::default(name, UnitName::One, (1.0, 1.0), "one request an action")),
    }
}

fn peak_factor(scenario: &Scenario) -> Input {
    let name = "peak factor";
    let given = scenario.traffic.peak;
    let input = match (scenario.traffic.shape, given) {
        (Shape::Spike { factor, .. }, given) => {
            let ends = given.map_or((1.0, 1.0), |peak| (peak.value.low().times(), peak.value.high().times()));
            let ends = (ends.0.max(factor.times()), ends.1.max(factor.times()));
            Input::default(name, UnitName::One, ends, "traffic shape: spike")
        }
        (_, Some(peak)) => Input::read(name, UnitName::One, peak),
        (Shape::Flat, None) => Input::default(name, UnitName::One, (1.0, 1.0), "traffic shape: flat"),
        (Shape::Daily | Shape::Office(_), None) => {
            Input::default(name, UnitName::One, (PEAK_FACTOR, PEAK_FACTOR), PEAK_FACTOR_SOURCE)
        }
    };
    input.at_least(1.0).section(Section::Traffic)
}

fn writes(
    scenario: &Scenario,
    ledger: &mut Ledger,
    actions: &[ActionTraffic],
    peak_factor: LineId,
) -> Option<Writes> {
    let writing = |action: &&ActionTraffic| !scenario.actions[action.index].writes.is_empty();
    let rate = |action: &ActionTraffic| ledger.term(action.rate);
    let written = Term::sum(actions.iter().filter(writing).map(rate))?;
    let read = Term::sum(actions.iter().filter(|action| !writing(action)).map(rate));
    let mean = ledger.derive(Section::Background, "mean writes", UnitName::PerSecond, written);
    let peak = ledger.term(mean) * ledger.term(peak_factor);
    let peak = ledger.derive(Section::Background, "peak writes", UnitName::PerSecond, peak);
    let reads_per_write = read.map(|read| {
        let ratio = read / ledger.term(mean);
        ledger.derive(Section::Traffic, "reads per write", UnitName::One, ratio)
    });
    Some(Writes { mean, peak, reads_per_write })
}
