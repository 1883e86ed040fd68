//! An estimate over the range of an input: the numbers at each step, and where a count steps or an advice turns.
//!
//! Between two steps that differ, the place is found by halving the interval, with the same samples on both sides, so that
//! it is a property of the scenario and not of the draw. What the input is and how its steps are spaced is in `vary`.

mod vary;

use scenarios::conventions::Conventions;
use scenarios::estimate::{Estimate, ShownIn, Spread, UnitName};
use serde::Serialize;

use crate::claims::number_named;

pub use vary::{Scale, Vary};

/// The version of the JSON form of [`Sweep`]; grows when a reader of the old form would be misled.
pub const SWEEP_SCHEMA: u32 = 1;

/// Halvings of an interval between two steps: a four-thousandth of it is left.
const HALVINGS: u32 = 12;
/// Turning points that are located; each takes as many estimates as there are halvings.
const MOST_LOCATED: usize = 12;

/// What is asked for when nothing is named: as many of these as there are.
const USUAL: &[&str] = &["peak requests", "servers", "total, kept", "total cost"];

/// An estimate over the range of an input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sweep {
    /// [`SWEEP_SCHEMA`] of the writer.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// What is varied.
    pub vary: Vary,
    /// The numbers asked for.
    pub quantities: Vec<Swept>,
    /// One for each step, in order.
    pub points: Vec<Point>,
    /// Where something changes its kind, in order; the first dozen are located between the steps.
    pub turns: Vec<Turn>,
    /// How numbers are shown.
    #[serde(skip)]
    pub conventions: Conventions,
}

/// A number that is followed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Swept {
    /// As in the estimate.
    pub name: String,
    /// Of its values.
    pub unit: UnitName,
    /// The unit in which the file wants to see it.
    #[serde(skip)]
    pub shown: Option<ShownIn>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The input, in its base unit.
    pub input: f64,
    /// As it is set in the file.
    pub written: String,
    /// One for each quantity; `None` where the estimate has no such number here.
    pub values: Vec<Option<Spread>>,
}

/// Where something changes its kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Turn {
    /// The step (an index into [`Sweep::points`]) at which it has happened.
    pub step: usize,
    /// The input from which on it is so; the step's own where it was not looked for between the steps.
    pub input: f64,
    /// Whether it was located between the steps.
    pub located: bool,
    /// What it is about: a quantity, or a rule of advice.
    pub about: String,
    /// Before: `2`, `○ no cache needed`.
    pub before: String,
    /// After.
    pub after: String,
}

/// Why there is no sweep, beside the errors of the estimates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SweepError {
    /// A number is asked for that no step has.
    #[error("there is no quantity `{asked}`\n  hint: {hint}")]
    NoQuantity {
        /// As asked.
        asked: String,
        /// The nearest name.
        hint: String,
    },
}

/// Follows the numbers `of` (the usual ones if none) over the steps of `vary`; `estimate` computes one step.
///
/// # Errors
/// Those of `estimate`, and when no step has a number that is asked for.
pub fn sweep<E: From<SweepError>>(
    vary: &Vary,
    of: &[String],
    mut estimate: impl FnMut(&str) -> Result<Estimate, E>,
) -> Result<Sweep, E> {
    let steps = vary.steps();
    let estimates =
        steps.iter().map(|input| estimate(&vary.setting(*input))).collect::<Result<Vec<_>, E>>()?;
    let quantities = quantities(&estimates, of)?;
    let points = steps.iter().zip(&estimates).map(|(input, at)| Point {
        input: *input,
        written: vary.written(*input),
        values: quantities.iter().map(|of| number_named(at, &of.name).map(|found| found.value)).collect(),
    });
    let points = points.collect();
    let mut turns = turns(&estimates, &steps, &quantities);
    for turn in turns.iter_mut().take(MOST_LOCATED) {
        locate(turn, vary, &steps, &mut estimate)?;
    }
    turns.sort_by(|left, right| left.input.total_cmp(&right.input));
    let first = estimates.first();
    Ok(Sweep {
        schema: SWEEP_SCHEMA,
        scenario: first.map(|first| first.scenario.clone()).unwrap_or_default(),
        vary: vary.clone(),
        quantities,
        points,
        turns,
        conventions: first.map(|first| first.conventions).unwrap_or_default(),
    })
}

fn quantities(estimates: &[Estimate], of: &[String]) -> Result<Vec<Swept>, SweepError> {
    let find = |asked: &str| estimates.iter().find_map(|estimate| number_named(estimate, asked));
    let swept = |found: &scenarios::estimate::Quantity| Swept {
        name: found.name.clone(),
        unit: found.unit,
        shown: found.shown.clone(),
    };
    if of.is_empty() {
        let mut usual: Vec<Swept> = USUAL.iter().filter_map(|name| find(name)).map(swept).collect();
        // Storage at the end of the plan says more than storage now.
        let end = estimates.iter().flat_map(|estimate| &estimate.quantities);
        if let Some(end) = end.into_iter().find(|quantity| quantity.name.starts_with("total in ")) {
            usual.retain(|swept| swept.name != "total, kept");
            usual.insert(usual.len().saturating_sub(1), swept(end));
        }
        return Ok(usual);
    }
    of.iter()
        .map(|asked| {
            find(asked).map(swept).ok_or_else(|| {
                let names = estimates.iter().flat_map(|estimate| &estimate.quantities);
                let near = scenarios::error::nearest(asked, names.map(|quantity| quantity.name.as_str()));
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`estimator estimate` shows what there is".to_owned(),
                };
                SweepError::NoQuantity { asked: asked.clone(), hint }
            })
        })
        .collect()
}

/// What a rule recommends, without its figures: `● cache`.
fn said(estimate: &Estimate, rule: &str) -> Vec<(bool, String)> {
    let of_rule = estimate.advice.iter().filter(|advice| advice.rule == rule);
    of_rule.map(|advice| (advice.fires, advice.what.clone())).collect()
}

fn fires(said: &[(bool, String)]) -> Vec<bool> {
    said.iter().map(|(fires, _)| *fires).collect()
}

fn sentence(said: &[(bool, String)]) -> String {
    let one = |(fires, what): &(bool, String)| format!("{} {what}", if *fires { "●" } else { "○" });
    if said.is_empty() { "–".to_owned() } else { said.iter().map(one).collect::<Vec<_>>().join("; ") }
}

/// A count: a whole number without a unit at every step; the median of an even number of samples may lie half-way.
fn is_count(estimates: &[Estimate], of: &Swept) -> bool {
    of.unit == UnitName::One
        && estimates
            .iter()
            .filter_map(|estimate| number_named(estimate, &of.name))
            .all(|found| (found.value.p50 * 2.0).fract() == 0.0)
}

fn count(estimate: &Estimate, name: &str) -> Option<f64> {
    // The median of an even number of samples may lie between two whole numbers.
    number_named(estimate, name).map(|found| found.value.p50.ceil())
}

fn turns(estimates: &[Estimate], steps: &[f64], quantities: &[Swept]) -> Vec<Turn> {
    let mut rules: Vec<&str> = Vec::new();
    for advice in estimates.iter().flat_map(|estimate| &estimate.advice) {
        if !rules.contains(&advice.rule.as_str()) {
            rules.push(&advice.rule);
        }
    }
    let counts: Vec<&str> =
        quantities.iter().filter(|of| is_count(estimates, of)).map(|of| of.name.as_str()).collect();
    let mut turns = Vec::new();
    for (step, (pair, input)) in estimates.windows(2).zip(steps.iter().skip(1)).enumerate() {
        let [left, right] = pair else { continue };
        let mut turn = |about: &str, before: String, after: String| {
            let about = about.to_owned();
            turns.push(Turn { step: step + 1, input: *input, located: false, about, before, after });
        };
        let shown = |value: Option<f64>| value.map_or("–".to_owned(), scenarios::show::count);
        for name in &counts {
            let (before, after) = (count(left, name), count(right, name));
            if before != after {
                turn(name, shown(before), shown(after));
            }
        }
        for rule in &rules {
            let (before, after) = (said(left, rule), said(right, rule));
            if fires(&before) != fires(&after) {
                turn(rule, sentence(&before), sentence(&after));
            }
        }
    }
    turns
}

/// Halves the interval before the step until the place at which the state before it ends is known.
fn locate<E>(
    turn: &mut Turn,
    vary: &Vary,
    steps: &[f64],
    estimate: &mut impl FnMut(&str) -> Result<Estimate, E>,
) -> Result<(), E> {
    let (Some(mut low), Some(mut high)) = (
        turn.step.checked_sub(1).and_then(|before| steps.get(before)).copied(),
        steps.get(turn.step).copied(),
    ) else {
        return Ok(());
    };
    let about = turn.about.clone();
    let is_advice = turn.after.starts_with(['●', '○']) || turn.before.starts_with(['●', '○']);
    let state = |at: &Estimate| {
        if is_advice {
            sentence(&said(at, &about))
        } else {
            count(at, &about).map_or("–".to_owned(), scenarios::show::count)
        }
    };
    // Advice is compared without its figures: what it names may change within a state.
    let kind = |state: &str| match state.chars().next() {
        Some('●' | '○') => state.chars().filter(|c| matches!(c, '●' | '○')).collect(),
        _ => state.to_owned(),
    };
    for _ in 0..HALVINGS {
        let Some(middle) = vary.between(low, high) else { break };
        let found = state(&estimate(&vary.setting(middle))?);
        if kind(&found) == kind(&turn.before) {
            low = middle;
        } else {
            high = middle;
            turn.after = found;
        }
    }
    turn.input = high;
    turn.located = true;
    Ok(())
}

#[cfg(test)]
mod tests;
