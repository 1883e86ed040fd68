//! Resources: how each action is asked over HTTP, as the file says or as what it touches suggests.

use scenarios::answers::Test;
use scenarios::estimate::{Estimate, UnitName};
use scenarios::requests::{Method, Piece, RequestTemplate, Text};
use scenarios::scenario::{Action, ActionRate, Scenario, Touch};
use scenarios::show::digits;
use serde::Serialize;

use super::median;

/// One request that clients make.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resource {
    /// `GET`, `POST`, ...
    pub method: String,
    /// With holes: `/questions/{id}`.
    pub path: String,
    /// The status of a good answer, where the file checks it.
    pub status: Option<u16>,
    /// Which action asks it.
    pub action: String,
    /// Actions per second in the busiest hour: the action's mean, times peak actions over mean actions.
    pub peak_per_second: Option<f64>,
    /// What the action reads: `question`, `1.5 answer`.
    pub reads: Vec<String>,
    /// What it writes.
    pub writes: Vec<String>,
    /// Whether method and path are a guess from the name of the action and what it touches.
    pub guessed: bool,
}

/// In the order of the actions, of those that happen.
pub(super) fn resources(scenario: &Scenario, estimate: &Estimate) -> Vec<Resource> {
    let happens = |action: &&Action| {
        let (ActionRate::PerUser(range) | ActionRate::Total(range)) = action.rate.value;
        range.high().in_one_second() > 0.0
    };
    scenario.actions.iter().filter(happens).flat_map(|action| of_action(scenario, estimate, action)).collect()
}

fn of_action(scenario: &Scenario, estimate: &Estimate, action: &Action) -> Vec<Resource> {
    let requests = scenario.requests.iter().find(|(name, _)| *name == action.name);
    let asked: Vec<(Method, String, Option<u16>, bool)> = match requests {
        Some((_, requests)) if !requests.is_empty() => requests
            .iter()
            .map(|request| (request.method, path(&request.path), status(request), false))
            .collect(),
        _ => {
            let (method, path) = guess(scenario, estimate, action);
            vec![(method, path, None, true)]
        }
    };
    let touched = |touches: &[Touch]| touches.iter().filter_map(|touch| shown(scenario, touch)).collect();
    asked
        .into_iter()
        .map(|(method, path, status, guessed)| Resource {
            method: method.name().to_owned(),
            path,
            status,
            action: action.name.clone(),
            peak_per_second: peak(estimate, action),
            reads: touched(&action.reads),
            writes: touched(&action.writes),
            guessed,
        })
        .collect()
}

/// The load varies alike for all actions, so each has the whole's ratio of peak to mean.
fn peak(estimate: &Estimate, action: &Action) -> Option<f64> {
    // An entity may have the action's name: its line is in bytes.
    let mean = estimate
        .quantities
        .iter()
        .find(|line| line.name == action.name && line.unit == UnitName::PerSecond)?
        .value
        .p50;
    let (peak, all) = (median(estimate, "peak actions")?, median(estimate, "mean actions")?);
    (all > 0.0).then(|| mean * peak / all)
}

fn status(request: &RequestTemplate) -> Option<u16> {
    request.checks.iter().find_map(|check| match &check.test {
        Test::Status(statuses) => Some(statuses.first()),
        _ => None,
    })
}

/// A path as the file writes it, in short.
fn path(text: &Text) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Variable(name) => format!("{{{name}}}"),
        Piece::Words { .. } => "{words}".to_owned(),
        Piece::Prose(_) => "{text}".to_owned(),
        Piece::Number => "{n}".to_owned(),
        Piece::Uuid => "{uuid}".to_owned(),
        Piece::Random(low, high) => format!("{{{low}..{high}}}"),
    };
    text.pieces.iter().map(piece).collect()
}

fn shown(scenario: &Scenario, touch: &Touch) -> Option<String> {
    let name = &scenario.data.get(touch.entity)?.name;
    let (low, high) = (touch.count.low().times(), touch.count.high().times());
    let (low, high) = (digits(low), digits(high));
    Some(match (low == high, low.as_str()) {
        (true, "1") => name.clone(),
        (true, _) => format!("{low} {name}"),
        (false, _) => format!("{low}..{high} {name}"),
    })
}

/// Writes go to the collection, or to one of it where they only change what is there; reads of several ask the
/// collection, of one the item (RFC 9110, section 9.3, for the methods).
fn guess(scenario: &Scenario, estimate: &Estimate, action: &Action) -> (Method, String) {
    let of = |touch: &Touch| scenario.data.get(touch.entity).map(|entity| entity.name.as_str());
    let verb = action.name.split([' ', '_', '-']).next().unwrap_or_default();
    if let Some(name) = action.writes.first().and_then(of) {
        // The estimate has this line where writes add to what there is.
        let adds = median(estimate, &format!("{name} written")).is_some();
        return match verb {
            "delete" | "remove" => (Method::Delete, item(name)),
            "edit" | "update" | "change" => (Method::Patch, item(name)),
            _ if !adds => (Method::Patch, item(name)),
            _ => (Method::Post, collection(name)),
        };
    }
    match action.reads.first() {
        Some(touch) => {
            let name = of(touch).unwrap_or(&action.name);
            let several = touch.count.high().times() > 1.0;
            (Method::Get, if several { collection(name) } else { item(name) })
        }
        None => (Method::Get, format!("/{}", action.name.replace(' ', "-"))),
    }
}

fn item(entity: &str) -> String {
    format!("{}/{{id}}", collection(entity))
}

/// The plural, as English forms it most of the time.
fn collection(entity: &str) -> String {
    let name = entity.replace(' ', "-");
    let vowel = |stem: &str| stem.ends_with(['a', 'e', 'i', 'o', 'u']);
    match name.strip_suffix('y') {
        Some(stem) if !vowel(stem) => format!("/{stem}ies"),
        _ if name.ends_with('s') => format!("/{name}"),
        _ if ["x", "ch", "sh"].iter().any(|ending| name.ends_with(ending)) => format!("/{name}es"),
        _ => format!("/{name}s"),
    }
}
