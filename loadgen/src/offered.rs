//! What a run offers: the scenario's peak, or what the command line asks for instead, and how much data it meets.

use scenarios::Scenario;
use scenarios::estimate::Estimate;
use scenarios::scenario::{CountOf, Shape};

use crate::course::Base;

/// Questions that are seeded at most, unless `--scale` says otherwise: filled in two seconds, and more than fit the
/// processor's caches.
pub const DEFAULT_QUESTIONS: u64 = 10_000;
/// Questions that can be seeded at most; beyond, the estimator is the tool.
pub const MOST_QUESTIONS: u64 = 5_000_000;

/// Where a rate came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Actions per second.
    pub actions_per_s: f64,
    /// Why so many.
    pub rule: String,
    /// Whether this is the peak that the estimate speaks of.
    pub is_peak: bool,
}

/// The number of this name in an estimate.
#[must_use]
pub fn number(estimate: &Estimate, name: &str) -> Option<f64> {
    estimate.quantities.iter().find(|quantity| quantity.name == name).map(|quantity| quantity.value.p50)
}

/// Mean rate of each action of the scenario, in actions per second.
#[must_use]
pub fn mean_rates(scenario: &Scenario, estimate: &Estimate) -> Vec<f64> {
    scenario.actions.iter().map(|action| number(estimate, &action.name).unwrap_or(0.0)).collect()
}

/// The rate of a run: the command line's, the file's, or the peak of the action table.
///
/// # Errors
/// The scenario gives no rate, with a hint.
pub fn rate(scenario: &Scenario, estimate: &Estimate, asked: Option<f64>) -> Result<Rate, String> {
    if let Some(actions_per_s) = asked {
        return Ok(Rate { actions_per_s, rule: "--rate".to_owned(), is_peak: false });
    }
    if let Some(rate) = scenario.load.rate {
        let actions_per_s = rate.in_one_second();
        return Ok(Rate { actions_per_s, rule: "`load: rate` of the scenario".to_owned(), is_peak: false });
    }
    match number(estimate, "peak actions").filter(|rate| *rate > 0.0) {
        Some(actions_per_s) => {
            let rule = "the peak of the scenario's action table (actions per second; `--rate` overrides)";
            Ok(Rate { actions_per_s, rule: rule.to_owned(), is_peak: true })
        }
        None => Err("the scenario's actions add up to no rate\n  hint: say how often each is done (`read question: 20` by each daily user and day) and how many users there are, or give `--rate 100`".to_owned()),
    }
}

/// What relative levels of a shape are multiples of, and the wave of the scenario's day: the peak is `peak factor` times
/// the mean of the day.
#[must_use]
pub fn base(scenario: &Scenario, estimate: &Estimate, level: f64) -> Base {
    /// From 25,000 to 60,000 requests a second and back within a day (Wikipedia), where the file says nothing of it.
    const SWING: f64 = 0.4;
    /// The busiest hour over the mean one, where the file says nothing of it.
    const PEAK_FACTOR: f64 = 2.0;
    let has_wave = matches!(scenario.traffic.shape, Shape::Daily | Shape::Spike { .. });
    let swing = number(estimate, "daily swing").unwrap_or(SWING);
    Base {
        level,
        day_mean: 1.0 / number(estimate, "peak factor").unwrap_or(PEAK_FACTOR).max(1.0),
        day_swing: if has_wave { swing.min(1.0) } else { 0.0 },
    }
}

/// How much data a run of the reference forum meets.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Questions to seed.
    pub questions: u64,
    /// Questions that the scenario describes.
    pub scenario_questions: f64,
    /// By which rule.
    pub rule: String,
}

/// What `--scale` asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleAsked {
    /// The default: at most [`DEFAULT_QUESTIONS`].
    Small,
    /// As many as the scenario has.
    Full,
    /// So many.
    Questions(u64),
}

/// How many questions to seed.
#[must_use]
pub fn scale(scenario: &Scenario, asked: ScaleAsked) -> Scale {
    let described = scenario.entity("question").and_then(|question| question.count.as_ref()).and_then(
        |count| match &count.value {
            CountOf::Number(range) => Some(range.middle()),
            _ => None,
        },
    );
    let whole = |number: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded by the most that can be seeded"
        )]
        let whole = number.clamp(1.0, MOST_QUESTIONS as f64) as u64;
        whole
    };
    let (questions, rule) = match (asked, described) {
        (ScaleAsked::Questions(questions), _) => (questions, "--scale".to_owned()),
        (ScaleAsked::Full, Some(described)) if described > MOST_QUESTIONS as f64 => {
            (MOST_QUESTIONS, "--scale full, up to the most that can be seeded".to_owned())
        }
        (ScaleAsked::Full, Some(described)) => (whole(described), "--scale full".to_owned()),
        (ScaleAsked::Small, Some(described)) if described <= DEFAULT_QUESTIONS as f64 => {
            (whole(described), "all that the scenario has at the start".to_owned())
        }
        (ScaleAsked::Small, Some(_)) => (
            DEFAULT_QUESTIONS,
            "the scenario's questions at the start, at most 10,000 (`--scale full` for all)".to_owned(),
        ),
        (_, None) => (
            DEFAULT_QUESTIONS,
            "10,000, since the scenario does not say how many there are at the start".to_owned(),
        ),
    };
    Scale { questions, scenario_questions: described.unwrap_or(questions as f64), rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_scaled_by_one_rule() {
        let scenario = |start: &str| {
            Scenario::from_yaml(&format!(
                "name: f\nusers: 1k daily\ndata:\n  question: {{ size: 1 KB, start: {start} }}\nactions: {{ read question: 1 }}\n"
            ))
            .unwrap()
        };
        for (start, asked, questions) in [
            ("2M", ScaleAsked::Small, 10_000),
            ("2M", ScaleAsked::Full, 2_000_000),
            ("2M", ScaleAsked::Questions(50), 50),
            ("500", ScaleAsked::Small, 500),
            ("1B", ScaleAsked::Full, MOST_QUESTIONS),
        ] {
            let scale = scale(&scenario(start), asked);
            assert_eq!(scale.questions, questions, "{start} {asked:?}: {}", scale.rule);
        }
    }
}
