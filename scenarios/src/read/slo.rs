//! `slo:`: promises, as one line (`p99 < 250 ms, 99.9% ok`) or by action.

use std::time::Duration;

use crate::error::{ScenarioError, nearest};
use crate::raw::{Node, Value};
use crate::slo::{Goal, Objective};
use crate::units::Ratio;

use super::fields::{File, Read, one_or_many, refused, scalar};

pub(super) fn read(file: File<'_>, node: &Node, actions: &[&str]) -> Read<Vec<Objective>> {
    let Value::Map(promises) = &node.value else {
        return goals(file, node, None);
    };
    let mut objectives = Vec::new();
    for (key, node) in promises {
        match key.name.as_str() {
            "all" => objectives.extend(goals(file, node, None)?),
            "availability" => objectives.push(availability(file, node)?),
            name if actions.contains(&name) => objectives.extend(goals(file, node, Some(name))?),
            name => {
                let known = actions.iter().copied().chain(["all", "availability"]);
                let label =
                    nearest(name, known).map_or(String::new(), |near| format!("did you mean `{near}`?"));
                return Err(ScenarioError::new(key.place, format!("there is no action `{name}`"), label)
                    .hint("promises are made for an action, for `all`, or for `availability`"));
            }
        }
    }
    Ok(objectives)
}

fn goals(file: File<'_>, node: &Node, action: Option<&str>) -> Read<Vec<Objective>> {
    let mut objectives = Vec::new();
    for item in one_or_many(node) {
        for clause in scalar(item)?.split(',') {
            objectives.push(Objective {
                action: action.map(str::to_owned),
                goal: goal(file, item, clause.trim())?,
                text: clause.trim().to_owned(),
                line: file.line(item.place),
            });
        }
    }
    Ok(objectives)
}

fn goal(file: File<'_>, node: &Node, clause: &str) -> Read<Goal> {
    if let Some(share) = clause.strip_suffix("ok") {
        let ok = file.range_in::<Ratio>(node, share)?.low().share();
        return Ok(Goal::Errors { share: ratio(1.0 - ok) });
    }
    let Some((left, right)) = clause.split_once('<') else {
        return Err(unknown(node, clause));
    };
    let (left, right) = (left.trim(), right.trim_start_matches('=').trim());
    if left == "errors" {
        return Ok(Goal::Errors { share: file.range_in::<Ratio>(node, right)?.low() });
    }
    let Some(percent) = left.strip_prefix('p').and_then(|digits| digits.parse::<f64>().ok()) else {
        return Err(unknown(node, clause));
    };
    if !(percent > 0.0 && percent < 100.0) {
        return Err(refused(
            node,
            format!("there is no percentile `{left}`"),
            "p50, p90, p99 and p99.9 are usual",
        ));
    }
    let limit = file.range_in::<Duration>(node, right)?.low();
    if limit.is_zero() {
        return Err(refused(
            node,
            "no answer takes less than no time",
            "write a limit above 0, like `p99 < 250 ms`",
        ));
    }
    Ok(Goal::Within { share: ratio(percent / 100.0), limit })
}

fn unknown(node: &Node, clause: &str) -> ScenarioError {
    refused(
        node,
        format!("`{clause}` is not a promise"),
        "write `p99 < 250 ms`, `errors < 0.1%` or `99.9% ok`",
    )
}

fn ratio(share: f64) -> Ratio {
    // Ten digits: 1 - 0.999 must be 0.001 for people and for comparisons.
    Ratio::new(((share * 1e10).round() / 1e10).clamp(0.0, 1.0)).unwrap_or_default()
}

fn availability(file: File<'_>, node: &Node) -> Read<Objective> {
    let text = scalar(node)?.trim();
    let share = text.split_once(" per ").map_or(text, |(share, _)| share);
    Ok(Objective {
        action: None,
        goal: Goal::Available { share: file.range_in::<Ratio>(node, share)?.low() },
        text: text.to_owned(),
        line: file.line(node.place),
    })
}
