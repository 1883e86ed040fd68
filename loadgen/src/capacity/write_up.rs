//! Putting a capacity together from what the search and the server's own figures say.

use std::time::Duration;

use scenarios::Scenario;
use scenarios::capacity::{
    AttainedShare, CAPACITY_SCHEMA, Capacity, CapacityRate, Level, MeasuredQuantity, NodeFacts, Outcome,
};
use scenarios::estimate::{Estimate, Spread, UnitName};
use scenarios::report::{Honesty, Prediction, Provenance, TargetFacts};
use scenarios::slo::Objective;
use scenarios::verdict::{Attained, Finding};

use super::afresh::Afresh;
use super::answer::{Answer, answer};
use super::foresee;
use super::growth::{self, Size};
use super::limit::{Figures, limit};
use super::measure::Measured;
use super::resources::resources;
use super::search::Search;
use super::trial::{Goal, Pace, Tried};
use crate::hold::{self, Found};
use crate::journey::Plan;
use crate::process;
use crate::record::Times;
use crate::summarise;

/// Answered well, of due, below which a server did not keep up.
const KEPT_UP: f64 = 0.95;
/// Levels up to so many times the capacity tell of its costs; beyond, much is refused or given up.
const COSTS_UP_TO: f64 = 1.05;
/// Levels around the boundary that tell what the limit is.
const NEAR: std::ops::Range<f64> = 0.9..1.35;

/// All that is known of a search that is over.
pub(super) struct Done<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) estimate: &'a Estimate,
    pub(super) objectives: &'a [Objective],
    pub(super) plan: &'a Plan,
    pub(super) search: &'a Search,
    pub(super) measured: &'a [Measured],
    pub(super) afresh: &'a Afresh,
    pub(super) sees_server: bool,
    pub(super) is_here: bool,
    pub(super) is_interrupted: bool,
    pub(super) target: TargetFacts,
    pub(super) provenance: Provenance,
    pub(super) notes: Vec<String>,
}

/// The capacity.
pub(super) fn capacity(done: &Done<'_>) -> Capacity {
    let answer = answer(done.search);
    let levels: Vec<Level> = done
        .search
        .levels()
        .iter()
        .zip(done.measured)
        .map(|(tried, measured)| level(done, tried, measured))
        .collect();
    let seen = if done.is_here { resources(done.search, done.measured) } else { Vec::new() };
    let foresight = foresee::foresee(done.search, answer.rate.as_ref(), &seen);
    let found = found(done, &answer);
    let mut notes = answer.why.clone();
    if done.is_interrupted {
        notes.insert(0, "interrupted: what had been tried by then".to_owned());
    }
    notes.extend(foresight.note.clone());
    notes.extend(done.afresh.words());
    notes.extend(growth::words(&sizes(done), answer.unsteady.as_ref(), done.afresh));
    notes.extend(set_aside(done));
    notes.extend(left_over(done));
    notes.extend(done.notes.iter().cloned());
    let figures = figures(done, &answer);
    Capacity {
        schema: CAPACITY_SCHEMA,
        scenario: done.scenario.name.clone(),
        promises: promises(done, answer.promise),
        outcome: if done.is_interrupted && answer.outcome == Outcome::Found {
            Outcome::Coarse
        } else {
            answer.outcome
        },
        rate: answer.rate,
        requests_per_action: done.plan.requests_per_visit() / done.plan.actions_per_visit(),
        target: done.target.clone(),
        node: node(done),
        provenance: done.provenance.clone(),
        load_s: done.search.load_s(),
        levels,
        limit: limit(&figures),
        law: foresight.law,
        predicted: foresight.predicted,
        measured: quantities(&found),
        predictions: predictions(done, &found, answer.outcome),
        notes,
    }
}

/// The promises in words, the one that breaks first in front.
fn promises(done: &Done<'_>, first: Option<usize>) -> Vec<String> {
    let mut words: Vec<String> = done.objectives.iter().map(summarise::promise_in_words).collect();
    if let Some(first) = first.filter(|first| *first < words.len()) {
        words[..=first].rotate_right(1);
    }
    words
}

fn node(done: &Done<'_>) -> NodeFacts {
    let is_seen = done.sees_server && done.is_here;
    let seen = done.measured.iter().flat_map(|level| &level.readings).find_map(|reading| reading.busy);
    let cores = seen.map(|busy| busy.processors);
    NodeFacts {
        cores: cores.map(f64::from).filter(|_| is_seen),
        memory_bytes: process::memory_of_machine().filter(|_| is_seen),
        shared_with_generator: done.is_here,
    }
}

fn level(done: &Done<'_>, tried: &Tried, measured: &Measured) -> Level {
    let goals = &done.search.rules().goals;
    let is_rate = tried.order.pace.rate().is_some();
    let failed = measured.totals.failed as f64 / measured.totals.due.max(1) as f64;
    let quantile = |q| quantile(&measured.totals.response, q);
    let (done_per_s, mean_s) = (tried.done_per_s(), tried.mean_s());
    Level {
        purpose: tried.order.purpose,
        offered_per_s: tried.order.pace.rate(),
        connections: match tried.order.pace {
            Pace::Connections(connections) => Some(connections),
            Pace::Rate(_) => None,
        },
        measured_s: tried.measured_s(),
        scheduled: tried.due(),
        done_per_s,
        verdict: if is_rate { tried.verdict(goals) } else { Attained::CannotTell },
        attained: is_rate.then(|| nearest(done, tried, goals)).flatten(),
        mean_s,
        p50_s: quantile(0.5),
        p99_s: quantile(0.99),
        concurrency: tried.due() as f64 / tried.measured_s().max(f64::MIN_POSITIVE) * mean_s,
        server_cores: server_cores(measured),
        generator_share: Some(measured.engine_share),
        honesty: honesty(tried),
        failed_share: failed,
    }
}

fn honesty(tried: &Tried) -> Honesty {
    let offered = tried.due() as f64 / tried.measured_s().max(f64::MIN_POSITIVE);
    if tried.limited().is_some() {
        Honesty::GeneratorLimited
    } else if tried.order.pace.rate().is_some() && tried.done_per_s() < KEPT_UP * offered {
        Honesty::ServerLimited
    } else {
        Honesty::Valid
    }
}

fn quantile(times: &Times, q: f64) -> f64 {
    if times.is_empty() { 0.0 } else { Duration::from_nanos(times.value_at_quantile(q)).as_secs_f64() }
}

/// The promise that was nearest to breaking, or the farthest broken.
fn nearest(done: &Done<'_>, tried: &Tried, goals: &[Goal]) -> Option<AttainedShare> {
    let kept = goals.iter().enumerate().map(|(at, goal)| (at, goal, tried.kept(at, goal)));
    // Misses in units of what may miss.
    let used = |goal: &Goal, share: f64| (1.0 - share) / (1.0 - goal.share).max(f64::MIN_POSITIVE);
    let (at, goal, kept) = kept.max_by(|(_, goal, kept), (_, other, others)| {
        used(goal, kept.share).total_cmp(&used(other, others.share))
    })?;
    Some(AttainedShare {
        promise: summarise::promise_in_words(&done.objectives[at]),
        promised: goal.share,
        share: kept.share,
        interval: kept.interval,
    })
}

/// What something that only grows grew by in each second, from the first reading to the last.
fn per_second(measured: &Measured, of: impl Fn(&super::beside::Reading) -> Option<f64>) -> Option<f64> {
    let (first, last) = (measured.readings.first()?, measured.readings.last()?);
    let seconds = last.at.saturating_sub(first.at).as_secs_f64();
    (seconds > 0.0).then(|| Some((of(last)? - of(first)?) / seconds)).flatten()
}

/// The mean of something that goes up and down.
fn mean(measured: &Measured, of: impl Fn(&super::beside::Reading) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = measured.readings.iter().filter_map(of).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn server_cores(measured: &Measured) -> Option<f64> {
    per_second(measured, |reading| reading.server_cpu.map(|cpu| cpu.as_secs_f64()))
}

/// The mean over several levels, weighed by nothing: they are about equally long.
fn over(levels: &[&Measured], of: impl Fn(&Measured) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = levels.iter().filter_map(|level| of(level)).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// What is known of the server where its promise breaks.
fn figures(done: &Done<'_>, answer: &Answer) -> Figures {
    let pairs = || done.search.levels().iter().zip(done.measured);
    let Some(boundary) = answer.rate.map(|rate| rate.per_s).or_else(|| done.search.lowest_failed()) else {
        return Figures {
            generator: answer.why.first().cloned().filter(|why| why.contains("generator")),
            ..Figures::default()
        };
    };
    let rate = |tried: &Tried| tried.order.pace.rate();
    let near: Vec<(&Tried, &Measured)> = pairs()
        .filter(|(tried, _)| rate(tried).is_some_and(|rate| NEAR.contains(&(rate / boundary))))
        .collect();
    let levels: Vec<&Measured> = near.iter().map(|(_, measured)| *measured).collect();
    let lowest = pairs()
        .filter(|(tried, _)| rate(tried).is_some())
        .min_by(|(one, _), (other, _)| rate(one).unwrap_or(0.0).total_cmp(&rate(other).unwrap_or(0.0)));
    let with_status = |measured: &Measured, status: u16| {
        let counted = measured.totals.statuses.iter().filter(|(known, _)| *known == status);
        Some(counted.map(|(_, count)| *count).sum::<u64>() as f64 / measured.totals.due.max(1) as f64)
    };
    let used = |measured: &Measured| {
        let generator = per_second(measured, |reading| reading.generator_cpu.map(|cpu| cpu.as_secs_f64()));
        server_cores(measured).map(|cores| cores + generator.filter(|_| done.is_here).unwrap_or(0.0))
    };
    let on_connections = pairs().filter(|(tried, _)| rate(tried).is_none());
    let ceiling_cores = on_connections.filter_map(|(_, measured)| used(measured)).max_by(f64::total_cmp);
    let counter = |of: fn(&crate::scrape::Counters) -> Option<f64>| {
        move |reading: &super::beside::Reading| reading.counters.as_ref().and_then(of)
    };
    let growth = |of: fn(&crate::scrape::Counters) -> Option<f64>| {
        over(&levels, |level| per_second(level, counter(of)))
    };
    let group = growth(|c| c.committed).zip(growth(|c| c.commits)).filter(|(_, commits)| *commits > 0.0);
    let means: Vec<f64> = near.iter().map(|(tried, _)| tried.mean_s()).collect();
    let at_boundary = means.iter().copied().fold(0.0, f64::max);
    let is_at_least = answer.outcome == Outcome::AtLeast;
    Figures {
        generator: answer
            .why
            .iter()
            .find(|why| is_at_least && why.contains("the generator was the limit"))
            .cloned(),
        cores: node(done).cores,
        server_cores: over(&levels, server_cores),
        generator_cores: over(&levels, |level| {
            per_second(level, |reading| reading.generator_cpu.map(|cpu| cpu.as_secs_f64()))
        })
        .filter(|_| done.is_here),
        waited: over(&levels, |level| {
            per_second(level, |reading| reading.scheduled.map(|(waited, _)| waited.as_secs_f64()))
        }),
        put_off_per_s: over(&levels, |level| {
            per_second(level, |reading| reading.scheduled.map(|(_, put_off)| put_off as f64))
        }),
        ceiling_cores,
        refused_share: over(&levels, |level| with_status(level, 429)).unwrap_or(0.0),
        shed_share: over(&levels, |level| with_status(level, 503)).unwrap_or(0.0),
        rate_limited_per_s: growth(|c| c.rate_limited),
        write_queue: over(&levels, |level| mean(level, counter(|c| c.write_queue))),
        group: group.map(|(writes, commits)| (writes / commits, commits)),
        password_queue: over(&levels, |level| mean(level, counter(|c| c.password_queue))),
        connections: done.search.on_connections().collect(),
        mean_s: lowest.filter(|_| !near.is_empty()).map(|(tried, _)| (tried.mean_s(), at_boundary)),
    }
}

/// Levels that do not count, and why.
fn set_aside(done: &Done<'_>) -> Option<String> {
    let mut aside = done.search.levels().iter().filter_map(|level| level.set_aside.as_ref());
    let (first, more) = (aside.next()?, aside.count());
    Some(match more {
        0 => format!("1 level does not count and was tried again: {first}"),
        more => {
            format!("{} levels do not count and were tried again: {first}, at the first of them", more + 1)
        }
    })
}

/// Levels after which the server was not done.
fn left_over(done: &Done<'_>) -> Option<String> {
    let count = done.measured.iter().filter(|level| level.left_over.is_some_and(|left| left > 0.0)).count();
    (count > 0).then(|| {
        format!(
            "after {count} of {} levels the server still had requests under way by its own count",
            done.measured.len()
        )
    })
}

/// The levels at a rate, as far as they tell of growth.
fn sizes(done: &Done<'_>) -> Vec<Size> {
    let pairs = done.search.levels().iter().zip(done.measured);
    let size = |(tried, measured): (&Tried, &Measured)| {
        let per_s = tried.due() as f64 / tried.measured_s().max(f64::MIN_POSITIVE);
        Some(Size {
            rate: tried.order.pace.rate()?,
            answers: measured.totals.answers,
            bytes: measured.totals.bytes,
            cost_s: server_cores(measured).filter(|_| per_s > 0.0).map(|cores| cores / per_s),
        })
    };
    pairs.filter_map(size).collect()
}

/// What the levels found of the estimate's numbers.
fn found(done: &Done<'_>, answer: &Answer) -> Found {
    let most = answer.rate.map_or(f64::INFINITY, |rate| rate.per_s * COSTS_UP_TO);
    let sound: Vec<&Measured> = (done.search.levels().iter().zip(done.measured))
        .filter(|(tried, _)| tried.is_sound() && tried.order.pace.rate().is_some_and(|rate| rate <= most))
        .map(|(_, measured)| measured)
        .collect();
    let (bytes, answers) =
        sound.iter().fold((0, 0), |sum, level| (sum.0 + level.totals.bytes, sum.1 + level.totals.answers));
    let costs: Vec<f64> = (done.search.levels().iter().zip(done.measured))
        .filter(|(tried, _)| tried.is_sound() && tried.order.pace.rate().is_some_and(|rate| rate <= most))
        .filter_map(|(tried, measured)| {
            let per_s = tried.due() as f64 / tried.measured_s().max(f64::MIN_POSITIVE);
            server_cores(measured).filter(|_| per_s > 0.0).map(|cores| cores / per_s)
        })
        .collect();
    Found {
        bytes_per_response: (answers > 0).then(|| Spread::point(bytes as f64 / answers as f64)),
        cpu_per_request: range(&costs),
        stored: done.target.seeded.as_ref().map(|seeded| seeded.storage.clone()).unwrap_or_default(),
        holds: answer.rate.and_then(spread_of),
        ..Found::default()
    }
}

/// The median, between the least and the most.
fn range(values: &[f64]) -> Option<Spread> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (!values.is_empty()).then(|| Spread { p10: low, p50: crate::statistics::median(values), p90: high })
}

fn spread_of(rate: CapacityRate) -> Option<Spread> {
    rate.interval.map(|(low, high)| Spread { p10: low, p50: rate.per_s, p90: high })
}

fn quantities(found: &Found) -> Vec<MeasuredQuantity> {
    let each = found.stored.iter().filter(|entity| entity.rows > 0).map(|entity| {
        let each = Spread::point(entity.bytes as f64 / entity.rows as f64);
        (
            format!("{}, each", entity.entity),
            Some(each),
            UnitName::Bytes,
            "bytes of the filled database over its rows",
        )
    });
    let named = |name: &str| name.to_owned();
    let first = [
        (
            named("requests one node holds"),
            found.holds,
            UnitName::PerSecond,
            "the capacity with its 95 % interval",
        ),
        (
            named("server CPU per request"),
            found.cpu_per_request,
            UnitName::Seconds,
            "processor time of the server over requests, levels up to the capacity",
        ),
        (
            named("bytes per response"),
            found.bytes_per_response,
            UnitName::Bytes,
            "bytes received over answers, levels up to the capacity",
        ),
    ];
    let all = first.into_iter().chain(each);
    all.filter_map(|(quantity, value, unit, how)| {
        Some(MeasuredQuantity { quantity, value: value?, unit, how: how.to_owned() })
    })
    .collect()
}

fn predictions(done: &Done<'_>, found: &Found, outcome: Outcome) -> Vec<Prediction> {
    let mut predictions = hold::hold(done.estimate, &done.scenario.expect, found);
    if found.holds.is_none() {
        for prediction in predictions.iter_mut().filter(|one| one.quantity == "requests one node holds") {
            prediction.finding = Finding::CannotTell;
            prediction.note = match outcome {
                Outcome::AtLeast => "only a bound from below was found".to_owned(),
                _ => "no capacity was found".to_owned(),
            };
        }
    }
    predictions
}
