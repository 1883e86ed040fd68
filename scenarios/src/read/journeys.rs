//! `journeys:`, `setup:` and `teardown:`: what visitors do in a row, and what is done once before and after them.

use crate::error::{ScenarioError, nearest};
use crate::raw::{Node, Value};
use crate::scenario::{Action, Journey, JourneyStep};
use crate::units::Factor;

use super::fields::{Fields, File, Read, entries, one_or_many, refused, scalar};

pub(super) fn read(file: File<'_>, node: &Node, actions: &[Action]) -> Read<Vec<Journey>> {
    let journeys = entries(node, "journeys")?
        .iter()
        .map(|(key, node)| {
            let (weight, list) = parts(node)?;
            let steps = list.map_or(Ok(Vec::new()), |list| steps(file, list, actions))?;
            if !steps.iter().any(|step| matches!(step, JourneyStep::Act(_))) {
                return Err(refused(
                    node,
                    "a journey without a step does nothing",
                    "list at least one action: `[ read question ]`",
                ));
            }
            let weight = weight.map(|node| read_weight(file, node)).transpose()?;
            Ok((Journey { name: key.name.clone(), weight, steps }, key.place))
        })
        .collect::<Read<Vec<_>>>()?;
    let weighed = journeys.iter().filter(|(journey, _)| journey.weight.is_some()).count();
    if let Some((journey, place)) = journeys.iter().find(|(journey, _)| journey.weight.is_none())
        && weighed > 0
    {
        let message = format!("`{}` has no weight, and others have", journey.name);
        return Err(ScenarioError::new(*place, message, "")
            .hint("give every journey a weight, or none: then the rates of the actions decide"));
    }
    Ok(journeys.into_iter().map(|(journey, _)| journey).collect())
}

/// The weight and the steps, as written in the short or in the long form.
fn parts(node: &Node) -> Read<(Option<&Node>, Option<&Node>)> {
    match &node.value {
        Value::Map(_) => {
            let fields = Fields::of(node, "a journey", &["weight", "steps"])?;
            Ok((fields.get("weight"), fields.get("steps")))
        }
        _ => Ok((None, Some(node))),
    }
}

fn read_weight(file: File<'_>, node: &Node) -> Read<f64> {
    let weight = file.point::<Factor>(node)?.times();
    if weight > 0.0 {
        return Ok(weight);
    }
    Err(refused(
        node,
        "with this weight the journey never happens",
        "write a weight above 0, like 3, or leave the journey out",
    ))
}

/// What is done one after the other.
pub(super) fn steps(file: File<'_>, node: &Node, actions: &[Action]) -> Read<Vec<JourneyStep>> {
    one_or_many(node).into_iter().map(|node| step(file, node, actions)).collect()
}

/// All that is named as a step anywhere.
pub(super) fn names<'a>(fields: &Fields<'a>) -> Read<Vec<&'a str>> {
    let mut lists: Vec<&Node> = ["setup", "teardown"].iter().filter_map(|key| fields.get(key)).collect();
    if let Some(node) = fields.get("journeys") {
        for (_, journey) in entries(node, "journeys")? {
            lists.extend(parts(journey)?.1);
        }
    }
    let steps = lists.into_iter().flat_map(one_or_many);
    Ok(steps.filter_map(|step| scalar(step).ok().map(str::trim)).collect())
}

fn step(file: File<'_>, node: &Node, actions: &[Action]) -> Read<JourneyStep> {
    let text = scalar(node)?.trim();
    if let Some(time) = text.strip_prefix("think ") {
        return Ok(JourneyStep::Think(file.pause(node, time.trim())?));
    }
    let names = || actions.iter().map(|action| action.name.as_str());
    if let Some(index) = names().position(|name| name == text) {
        return Ok(JourneyStep::Act(index));
    }
    let label = nearest(text, names()).map_or(String::new(), |near| format!("did you mean `{near}`?"));
    Err(ScenarioError::new(node.place, format!("there is no action `{text}`"), label)
        .hint("a step is the name of an action or of a request, or a pause like `think 8..20 s`"))
}
