//! From the scenario's templates to a plan that can be carried out without a further check.

use scenarios::Scenario;
use scenarios::requests::{Body, Json, Piece, RequestTemplate, Text};
use scenarios::scenario::JourneyStep;

use crate::codec::{self, Path, Template};

use super::{
    Action, BodyPart, Failures, Material, Operand, Part, Plan, Popular, Request, Step, Table, Test, Value,
    Visit,
};

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
        rows: Table::default(),
        failures: Failures::default(),
    };
    let (visits, used) = visits(scenario, rates)?;
    let names: Vec<&str> = used.iter().map(|index| scenario.actions[*index].name.as_str()).collect();
    compiler.variables(&names)?;
    for request in scenario.requests.iter().flat_map(|(_, requests)| requests) {
        for keep in &request.keep {
            if !compiler.kept.contains(&keep.name) {
                compiler.kept.push(keep.name.clone());
            }
        }
    }
    let actions = used.iter().map(|index| compiler.action(*index)).collect::<Result<Vec<_>, _>>()?;
    let cumulative = visits
        .iter()
        .scan(0.0, |sum, visit| {
            *sum += visit.weight;
            Some(*sum)
        })
        .collect();
    let Compiler { popular, rows, kept, failures, .. } = compiler;
    let plan = Plan { actions, visits, cumulative, popular, rows, kept, failures };
    needs_are_met(&plan)?;
    Ok(plan)
}

/// A request that needs what an earlier answer gave must come after that answer, in every visit.
fn needs_are_met(plan: &Plan) -> Result<(), PlanError> {
    for visit in &plan.visits {
        let mut known = vec![false; plan.kept.len()];
        for action in visit.acts().map(|index| &plan.actions[index]) {
            for request in &action.requests {
                if let Some(missing) = request.needs.iter().find(|slot| !known[**slot]) {
                    return Err(PlanError::Unknown {
                        visit: visit.name.clone(),
                        action: action.name.clone(),
                        name: plan.kept[*missing].clone(),
                    });
                }
                request.keep.iter().for_each(|keep| known[keep.slot] = true);
            }
        }
    }
    Ok(())
}

/// The kinds of visits with their weights, and the scenario's actions that they use, in the scenario's order.
fn visits(scenario: &Scenario, rates: &[f64]) -> Result<(Vec<Visit>, Vec<usize>), PlanError> {
    let mut used: Vec<usize> = if scenario.journeys.is_empty() {
        (0..scenario.actions.len()).filter(|index| rates[*index] > 0.0).collect()
    } else {
        scenario
            .journeys
            .iter()
            .flat_map(|journey| &journey.steps)
            .filter_map(|step| match step {
                JourneyStep::Act(action) => Some(*action),
                JourneyStep::Think(_) => None,
            })
            .collect()
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
            JourneyStep::Think(range) => Step::Think(range.low(), range.high()),
        });
        Visit {
            name: journey.name.clone(),
            steps: steps.collect(),
            weight: journey_weight(&journey.steps, rates),
        }
    });
    Ok((visits.collect(), used))
}

/// How often a journey can happen, given how often its actions do: its rarest action decides. Actions without a rate
/// of their own (logging in) do not.
fn journey_weight(steps: &[JourneyStep], rates: &[f64]) -> f64 {
    let acts: Vec<usize> = steps
        .iter()
        .filter_map(|step| match step {
            JourneyStep::Act(action) => Some(*action),
            JourneyStep::Think(_) => None,
        })
        .collect();
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
    host: &'a str,
    pub(super) names: Vec<(&'a str, Value)>,
    pub(super) popular: Vec<Popular>,
    kept: Vec<String>,
    pub(super) rows: Table,
    pub(super) failures: Failures,
}

impl Compiler<'_> {
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

    fn request(&mut self, action: &str, asked: &RequestTemplate) -> Result<Request, String> {
        let refused = |refused: codec::Refused| refused.to_string();
        let mut fixed = vec![
            codec::Header::new("user-agent", concat!("loadgen/", env!("CARGO_PKG_VERSION")))
                .map_err(refused)?,
        ];
        let is_own = |wanted: &str| asked.headers.iter().any(|(name, _)| name == wanted);
        if !is_own("accept") {
            fixed.push(codec::Header::new("accept", "*/*").map_err(refused)?);
        }
        if matches!(asked.body, Body::Json(_)) && !is_own("content-type") {
            fixed.push(codec::Header::new("content-type", "application/json").map_err(refused)?);
        }
        let mut headers = Vec::new();
        for (name, value) in &asked.headers {
            let parts = self.parts(value)?;
            match &parts[..] {
                // A header without holes is written once; so is a secret from the environment.
                [] => fixed.push(codec::Header::new(name, "").map_err(refused)?),
                parts if parts.iter().all(is_constant) => {
                    fixed.push(codec::Header::new(name, &constant(parts)).map_err(refused)?);
                }
                _ => headers.push((name.clone(), parts)),
            }
        }
        let mut body = Vec::new();
        match &asked.body {
            Body::None => {}
            Body::Text(text) => body.push(BodyPart::Plain(self.parts(text)?)),
            Body::Json(json) => self.json(json, &mut body)?,
        }
        let checks = self.checks(action, &asked.checks)?;
        let keep = self.keep(action, &asked.keep)?;
        let wanted = checks.iter().map(|check| check.test.wanted());
        let wanted = wanted.chain(keep.iter().map(|keep| keep.source.wanted())).max().unwrap_or_default();
        let template = Template::new(asked.method, self.host, &fixed).map_err(refused)?;
        let path = self.path(&asked.path)?;
        let mut request = Request { template, path, headers, body, checks, keep, wanted, needs: Vec::new() };
        request.needs = needs(&request);
        Ok(request)
    }

    pub(super) fn kept_slot(&self, name: &str) -> usize {
        self.kept.iter().position(|kept| kept == name).unwrap_or(0)
    }

    fn path(&self, text: &Text) -> Result<Vec<Part>, String> {
        text.pieces
            .iter()
            .enumerate()
            .map(|(index, piece)| match piece {
                Piece::Literal(literal) => {
                    let path = if index == 0 { Path::root(literal) } else { Path::piece(literal) };
                    path.map(Part::Path).map_err(|refused| refused.to_string())
                }
                other => self.part(other),
            })
            .collect()
    }

    fn parts(&self, text: &Text) -> Result<Vec<Part>, String> {
        text.pieces.iter().map(|piece| self.part(piece)).collect()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the scenario bounds them by a megabyte"
    )]
    fn part(&self, piece: &Piece) -> Result<Part, String> {
        Ok(match piece {
            Piece::Literal(text) => Part::Literal(text.clone()),
            Piece::Words { low, high } => Part::Words(*low, (*high).max(*low)),
            Piece::Prose(range) => Part::Prose(range.low().bytes() as usize, range.high().bytes() as usize),
            Piece::Number => Part::Number,
            Piece::Variable(name) => Part::Value(self.variable(name)?),
        })
    }

    /// What fills the hole of this name.
    pub(super) fn variable(&self, name: &str) -> Result<Value, String> {
        let declared = self.names.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        if self.kept.iter().any(|kept| kept == name) {
            return Ok(Value::Kept(self.kept_slot(name), declared.map(Box::new)));
        }
        declared.ok_or(format!("`{{{name}}}` comes from nowhere\n  hint: name it under `visitors`"))
    }

    /// JSON with its strings left open.
    fn json(&self, json: &Json, out: &mut Vec<BodyPart>) -> Result<(), String> {
        match json {
            Json::Plain(text) => raw(out, text),
            Json::Text(text) => out.push(BodyPart::Quoted(self.parts(text)?)),
            Json::List(items) => {
                raw(out, "[");
                for (index, item) in items.iter().enumerate() {
                    raw(out, if index > 0 { "," } else { "" });
                    self.json(item, out)?;
                }
                raw(out, "]");
            }
            Json::Object(entries) => {
                raw(out, "{");
                for (index, (key, value)) in entries.iter().enumerate() {
                    raw(out, if index > 0 { "," } else { "" });
                    raw(out, &serde_json::Value::from(key.as_str()).to_string());
                    raw(out, ":");
                    self.json(value, out)?;
                }
                raw(out, "}");
            }
        }
        Ok(())
    }
}

fn raw(out: &mut Vec<BodyPart>, text: &str) {
    match out.last_mut() {
        Some(BodyPart::Raw(before)) => before.push_str(text),
        _ => out.push(BodyPart::Raw(text.to_owned())),
    }
}

/// Kept variables without which a request cannot be sent, or its answer not be judged.
fn needs(request: &Request) -> Vec<usize> {
    let filled = request.parts().filter_map(|part| match part {
        Part::Value(value) => Some(value),
        _ => None,
    });
    let compared = request.checks.iter().filter_map(|check| match &check.test {
        Test::Compare(_, _, Operand::Value(value)) => Some(value),
        _ => None,
    });
    let needed = filled.chain(compared).filter_map(|value| match value {
        Value::Kept(slot, None) => Some(*slot),
        _ => None,
    });
    let mut needs: Vec<usize> = needed.collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}

fn is_constant(part: &Part) -> bool {
    matches!(part, Part::Literal(_) | Part::Value(Value::Fixed(_)))
}

fn constant(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) | Part::Value(Value::Fixed(text)) => text.as_str(),
            _ => "",
        })
        .collect()
}
