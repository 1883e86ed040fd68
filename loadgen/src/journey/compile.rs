//! From the scenario's templates to a plan that can be carried out without a further check.

use scenarios::Scenario;
use scenarios::requests::Cookies;
use scenarios::scenario::JourneyStep;

use super::{Action, CookieRules, Errand, Failures, Feeder, Material, Plan, Popular, Step, Value, Visit};

/// Why a scenario cannot be run, though it can be estimated.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There is nothing to do.
    #[error(
        "the scenario names no actions, so there is nothing to load\n  hint: add `actions:`, such as `read question: 20` (by each daily user and day)"
    )]
    NoActions,
    /// An action that nobody knows how to ask.
    #[error(
        "action `{action}` has no request\n  hint: say under `requests` how it is asked: `{action}: {{ GET: /path }}`; the reference forum knows {known}"
    )]
    NoRequest {
        /// Its name.
        action: String,
        /// The forum's actions.
        known: String,
    },
    /// A request that cannot be sent.
    #[error("a request of `{action}`: {problem}")]
    Request {
        /// The action.
        action: String,
        /// What is wrong with it, with a hint.
        problem: String,
    },
    /// A request that needs what no answer has given yet.
    #[error(
        "`{action}` in `{visit}` needs `{{{name}}}`, which no request before it keeps\n  hint: say under `journeys` what is done before it, or give the variable a value under `visitors`"
    )]
    Unknown {
        /// The journey, or the action that stands alone.
        visit: String,
        /// What cannot be asked.
        action: String,
        /// The variable.
        name: String,
    },
    /// A variable without a value.
    #[error("variable `{name}` (line {line}): {problem}")]
    Variable {
        /// Its name.
        name: String,
        /// Where it was declared.
        line: usize,
        /// What is wrong, with a hint.
        problem: String,
    },
}

/// Compiles the actions, requests and journeys of a scenario. `rates` has the mean rate of each of its actions,
/// `host` is the value of the Host header.
///
/// # Errors
/// Something is missing that a run needs; see [`PlanError`].
pub fn compile(
    scenario: &Scenario,
    rates: &[f64],
    material: &Material,
    host: &str,
) -> Result<Plan, PlanError> {
    let mut compiler = Compiler {
        scenario,
        material,
        host,
        names: Vec::new(),
        popular: Vec::new(),
        kept: Vec::new(),
        feeders: Vec::new(),
        identifiers: 0,
        cookies: scenario.cookies == Cookies::On,
        failures: Failures::default(),
    };
    let (visits, used) = visits(scenario, rates)?;
    let errands = scenario.setup.iter().chain(&scenario.teardown).filter_map(acting);
    let which = used.iter().copied().chain(errands);
    let names: Vec<&str> = which.map(|index| scenario.actions[index].name.as_str()).collect();
    compiler.variables(&names)?;
    for request in scenario.requests.iter().flat_map(|(_, requests)| requests) {
        for keep in &request.keep {
            if !compiler.kept.contains(&keep.name) {
                compiler.kept.push(keep.name.clone());
            }
        }
    }
    let actions = used.iter().map(|index| compiler.action(*index)).collect::<Result<Vec<_>, _>>()?;
    let setup = compiler.errands(&scenario.setup)?;
    let teardown = compiler.errands(&scenario.teardown)?;
    let cumulative = visits
        .iter()
        .scan(0.0, |sum, visit| {
            *sum += visit.weight;
            Some(*sum)
        })
        .collect();
    let Compiler { popular, feeders, identifiers, kept, failures, .. } = compiler;
    let plan = Plan {
        actions,
        visits,
        cumulative,
        popular,
        feeders: feeders.into_iter().map(|(_, feeder)| feeder).collect(),
        identifiers,
        cookies: (scenario.cookies == Cookies::On).then_some(CookieRules {
            secure: material.keeps_secure_cookies,
            now_unix_s: material.now_unix_s,
        }),
        scheme: if material.is_tls { "https://" } else { "http://" },
        host: host.to_owned(),
        known: vec![None; kept.len()],
        setup,
        teardown,
        kept,
        failures,
        rows_ran_out: false.into(),
    };
    needs_are_met(&plan)?;
    Ok(plan)
}

/// A request that needs what an earlier answer gave must come after that answer, in every visit.
fn needs_are_met(plan: &Plan) -> Result<(), PlanError> {
    let mut from_setup = vec![false; plan.kept.len()];
    for action in acts(&plan.setup) {
        meet(plan, "setup", action, &mut from_setup)?;
        refuse_once(plan, "setup", action)?;
    }
    let mut known = from_setup.clone();
    for action in acts(&plan.teardown) {
        meet(plan, "teardown", action, &mut known)?;
        refuse_once(plan, "teardown", action)?;
    }
    for visit in &plan.visits {
        let mut known = from_setup.clone();
        for action in visit.acts().map(|index| &plan.actions[index]) {
            meet(plan, &visit.name, action, &mut known)?;
        }
    }
    Ok(())
}

/// Whether what an action needs is known when it is done as a part of `whole`; afterwards more is known.
fn meet(plan: &Plan, whole: &str, action: &Action, known: &mut [bool]) -> Result<(), PlanError> {
    for request in &action.requests {
        if let Some(missing) = request.needs.iter().find(|slot| !known[**slot]) {
            return Err(PlanError::Unknown {
                visit: whole.to_owned(),
                action: action.name.clone(),
                name: plan.kept[*missing].clone(),
            });
        }
        request.keep.iter().for_each(|keep| known[keep.slot] = true);
    }
    Ok(())
}

/// A row that is used at most once is a visitor's.
fn refuse_once(plan: &Plan, whole: &str, action: &Action) -> Result<(), PlanError> {
    if action.requests.iter().any(|request| plan.uses_rows_up(request)) {
        let problem = format!(
            "rows that are used once are not for `{whole}`\n  hint: take them `in order`, or leave them to journeys"
        );
        return Err(PlanError::Request { action: action.name.clone(), problem });
    }
    Ok(())
}

fn acts(errands: &[Errand]) -> impl Iterator<Item = &Action> {
    errands.iter().filter_map(|errand| match errand {
        Errand::Act(action) => Some(action),
        Errand::Think(_) => None,
    })
}

/// The action of a step.
fn acting(step: &JourneyStep) -> Option<usize> {
    match step {
        JourneyStep::Act(action) => Some(*action),
        JourneyStep::Think(_) => None,
    }
}

/// The kinds of visits with their weights, and the scenario's actions that they use, in the scenario's order.
fn visits(scenario: &Scenario, rates: &[f64]) -> Result<(Vec<Visit>, Vec<usize>), PlanError> {
    let mut used: Vec<usize> = if scenario.journeys.is_empty() {
        (0..scenario.actions.len()).filter(|index| rates[*index] > 0.0).collect()
    } else {
        scenario.journeys.iter().flat_map(|journey| &journey.steps).filter_map(acting).collect()
    };
    used.sort_unstable();
    used.dedup();
    if used.is_empty() {
        return Err(PlanError::NoActions);
    }
    let position = |action: usize| used.iter().position(|known| *known == action).unwrap_or(0);
    if scenario.journeys.is_empty() {
        let alone = |action: &usize| Visit {
            name: scenario.actions[*action].name.clone(),
            steps: vec![Step::Act(position(*action))],
            weight: rates[*action],
        };
        return Ok((used.iter().map(alone).collect(), used.clone()));
    }
    let visits = scenario.journeys.iter().map(|journey| {
        let steps = journey.steps.iter().map(|step| match step {
            JourneyStep::Act(action) => Step::Act(position(*action)),
            JourneyStep::Think(pause) => Step::Think(*pause),
        });
        Visit {
            name: journey.name.clone(),
            steps: steps.collect(),
            weight: journey.weight.unwrap_or_else(|| journey_weight(&journey.steps, rates)),
        }
    });
    Ok((visits.collect(), used))
}

/// How often a journey can happen, given how often its actions do: its rarest action decides. Actions without a rate
/// of their own (logging in) do not.
fn journey_weight(steps: &[JourneyStep], rates: &[f64]) -> f64 {
    let acts: Vec<usize> = steps.iter().filter_map(acting).collect();
    let times = |action: usize| acts.iter().filter(|other| **other == action).count() as f64;
    let rarest = acts
        .iter()
        .filter(|action| rates[**action] > 0.0)
        .map(|action| rates[*action] / times(*action))
        .fold(f64::INFINITY, f64::min);
    if rarest.is_finite() { rarest } else { 1.0 }
}

/// What is known while a plan is compiled.
pub(super) struct Compiler<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) material: &'a Material,
    pub(super) host: &'a str,
    pub(super) names: Vec<(&'a str, Value)>,
    pub(super) popular: Vec<Popular>,
    kept: Vec<String>,
    pub(super) feeders: Vec<(String, Feeder)>,
    pub(super) identifiers: usize,
    pub(super) cookies: bool,
    pub(super) failures: Failures,
}

impl Compiler<'_> {
    fn errands(&mut self, steps: &[JourneyStep]) -> Result<Vec<Errand>, PlanError> {
        steps
            .iter()
            .map(|step| match step {
                JourneyStep::Act(index) => self.action(*index).map(Errand::Act),
                JourneyStep::Think(pause) => Ok(Errand::Think(*pause)),
            })
            .collect()
    }

    fn action(&mut self, index: usize) -> Result<Action, PlanError> {
        let scenario = self.scenario;
        let action = &scenario.actions[index];
        let Some((_, templates)) = scenario.requests.iter().find(|(name, _)| *name == action.name) else {
            let known =
                "read question, list latest, ask, answer, view profile, edit profile, login".to_owned();
            return Err(PlanError::NoRequest { action: action.name.clone(), known });
        };
        let requests = templates
            .iter()
            .map(|template| self.request(&action.name, template))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|problem| PlanError::Request { action: action.name.clone(), problem })?;
        Ok(Action { name: action.name.clone(), requests })
    }

    pub(super) fn kept_slot(&self, name: &str) -> usize {
        self.kept.iter().position(|kept| kept == name).unwrap_or(0)
    }

    /// What fills the hole of this name.
    pub(super) fn variable(&self, name: &str) -> Result<Value, String> {
        let declared = self.names.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        if self.kept.iter().any(|kept| kept == name) {
            return Ok(Value::Kept(self.kept_slot(name), declared.map(Box::new)));
        }
        declared.ok_or(format!("`{{{name}}}` comes from nowhere\n  hint: name it under `visitors`"))
    }
}
