//! What a search came to.

use scenarios::capacity::{CapacityRate, Outcome};
use scenarios::show;
use scenarios::verdict::Attained;

use super::search::Search;
use super::steady::{Unsteady, unsteady};
use super::trial::Tried;

/// The share of intervals that cover the truth.
pub const CONFIDENCE: f64 = 0.95;

/// Half of the narrowest interval, as a share: near its limit a queue needs longer than a level lasts to become what the rate makes
/// of it. Without this, one in three simulated searches on M/M/1 at 2,000/s did not cover the truth (the example `coverage`).
const NARROWEST: f64 = 0.025;

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What it came to.
    pub outcome: Outcome,
    /// The capacity.
    pub rate: Option<CapacityRate>,
    /// The promise that breaks first, where one does.
    pub promise: Option<usize>,
    /// Why it is not more than that, in sentences.
    pub why: Vec<String>,
    /// What speaks against one server for all levels.
    pub unsteady: Option<Unsteady>,
}

/// What a search came to that is over.
#[must_use]
pub fn answer(search: &Search) -> Answer {
    let (held, failed) = (search.highest_held(), search.lowest_failed());
    let nothing =
        |outcome, why: String| Answer { outcome, rate: None, promise: None, why: vec![why], unsteady: None };
    if search.ceiling().is_none() {
        return nothing(Outcome::Never, "nothing was answered well, not even on one connection".to_owned());
    }
    match (held, failed) {
        (None, None) => nothing(
            Outcome::CannotTell,
            limited_words(search).unwrap_or_else(|| "the budget ended before a rate was tried".to_owned()),
        ),
        (None, Some(failed)) => Answer {
            promise: broken_at(search, failed),
            ..nothing(
                Outcome::Never,
                format!("the promise failed at {}/s, the lowest rate that was tried", show::digits(failed)),
            )
        },
        (Some(held), None) => at_least(search, held),
        (Some(_), Some(_)) => between(search),
    }
}

fn at_least(search: &Search, held: f64) -> Answer {
    let digits = show::digits;
    let why = limited_words(search).unwrap_or_else(|| {
        if held * 1.01 >= search.rules().most_per_s {
            format!("{}/s are as much as can be offered", digits(search.rules().most_per_s))
        } else {
            format!("the budget of {} s of load ended before a rate failed", digits(search.rules().budget_s))
        }
    });
    Answer {
        outcome: Outcome::AtLeast,
        rate: Some(CapacityRate { per_s: held, interval: None, confidence: CONFIDENCE }),
        promise: None,
        why: vec![why],
        unsteady: None,
    }
}

fn between(search: &Search) -> Answer {
    let goals = &search.rules().goals;
    let Some((promise, boundary)) = search.first_to_break() else {
        let why = vec!["too few levels say anything".to_owned()];
        return Answer { outcome: Outcome::CannotTell, rate: None, promise: None, why, unsteady: None };
    };
    let found = search.boundaries();
    // What clearly held is below the capacity, whatever the curve says: where misses begin at once, it is not that smooth.
    // A level above one that failed says nothing of the boundary, and takes nothing from those below it.
    let failed = search.lowest_failed().unwrap_or(f64::INFINITY);
    let held = rated(search).filter(|level| level.verdict(goals) == Attained::Met);
    let held = held.filter_map(|level| level.order.pace.rate()).filter(|rate| *rate < failed);
    let held = held.fold(0.0, f64::max);
    // Each promise may be the first to break: the capacity is below all that breaks for certain.
    let interval = found.iter().flatten().fold(boundary.interval, |(low, high), other| {
        (low.min(other.interval.0), high.min(other.interval.1.max(boundary.per_s)))
    });
    // Then the boundary is anywhere between what held and what failed.
    let interval = (interval.0, if held > interval.1 { failed } else { interval.1 });
    let (low, high) = with_contradictions(search, interval);
    // Where a promise breaks at once, how long it has held was weighed already.
    let per_s = if boundary.is_cliff { boundary.per_s } else { boundary.per_s.max(held) };
    let interval = (low.min(per_s * (1.0 - NARROWEST)), high.max(per_s * (1.0 + NARROWEST)));
    let rate = CapacityRate { per_s, interval: Some(interval), confidence: CONFIDENCE };
    if let Some(unsteady) = unsteady(search.levels(), promise, &goals[promise], &boundary) {
        let why = vec![unsteady.words()];
        return Answer {
            outcome: Outcome::CannotTell,
            rate: None,
            promise: Some(promise),
            why,
            unsteady: Some(unsteady),
        };
    }
    let (low, high) = interval;
    let half_width = (high - low) / 2.0 / boundary.per_s;
    let verdicts: Vec<Attained> = rated(search).map(|level| level.verdict(goals)).collect();
    let both = verdicts.contains(&Attained::Met) && verdicts.contains(&Attained::Missed);
    let mut why = Vec::new();
    if !both {
        why.push("one side of the boundary was not seen for certain".to_owned());
    }
    if half_width > search.rules().precision {
        why.push(format!(
            "{} s of load leave ±{}; ±{} was asked for",
            show::digits(search.load_s().round()),
            show::share(half_width),
            show::share(search.rules().precision)
        ));
    }
    let outcome = if why.is_empty() { Outcome::Found } else { Outcome::Coarse };
    why.extend(limited_words(search));
    Answer { outcome, rate: Some(rate), promise: Some(promise), why, unsteady: None }
}

/// The interval, and beyond it what surely held above it or surely failed below it: no curve is believed against what was seen.
fn with_contradictions(search: &Search, (low, high): (f64, f64)) -> (f64, f64) {
    let goals = &search.rules().goals;
    rated(search).fold((low, high), |(low, high), level| {
        match (level.order.pace.rate(), level.verdict(goals)) {
            (Some(rate), Attained::Met) => (low, high.max(rate)),
            (Some(rate), Attained::Missed) => (low.min(rate), high),
            _ => (low, high),
        }
    })
}

fn rated(search: &Search) -> impl Iterator<Item = &Tried> {
    let sound = search.levels().iter().filter(|level| level.is_sound());
    sound.filter(|level| level.order.pace.rate().is_some())
}

fn broken_at(search: &Search, rate: f64) -> Option<usize> {
    let level = rated(search).find(|level| level.order.pace.rate() == Some(rate))?;
    let goals = search.rules().goals.iter().enumerate();
    goals
        .map(|(promise, goal)| (promise, level.kept(promise, goal).share - goal.share))
        .min_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(promise, _)| promise)
}

fn limited_words(search: &Search) -> Option<String> {
    let mut limited = search.levels().iter().filter_map(|level| Some((level.order.pace, level.limited()?)));
    let (pace, why) = limited.next_back()?;
    let at = match pace {
        super::trial::Pace::Rate(rate) => format!("{}/s", show::digits(rate)),
        super::trial::Pace::Connections(connections) => format!("{connections} connections"),
    };
    Some(format!("at {at} the generator was the limit: {why}"))
}
