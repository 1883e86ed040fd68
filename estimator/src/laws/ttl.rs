//! The share of requests that a cache answers whose entries live for a time only.
//!
//! An entry that is loaded at a miss and lives for the time L answers λ L requests on average, so that of 1 + λ L one is
//! a miss: h = λ L / (1 + λ L). By the law of PASTA that is also the share of time in which it is there. Writes at the
//! rate ω that invalidate it end its life early: L = (1 − e^(−ω t)) / ω for a time to live t.
//!
//! With room for C objects only, an entry also leaves when it was not asked for during Che's time T. Without an end of
//! life it stays X = (e^(λ T) − 1) / λ; with one it is taken to stay X (1 − e^(−L/X)), which is right at both ends, and T
//! follows from Σ h = C. Sources: the first formula in J. Jung, A. Berger, H. Balakrishnan, "Modeling TTL-based Internet
//! Caches", INFOCOM 2003; the last is ours, and a test holds it against a simulation.

use super::LawError;
use super::error::{check, not_negative, positive};
use super::popularity::{Group, Zipf};

/// Halvings of the search for T.
const HALVINGS: u32 = 60;

/// The mean life of an entry that expires after `time_to_live` and is invalidated by `writes` per unit of time:
/// (1 − e^(−ω t)) / ω. `None` when neither ends it.
///
/// # Errors
/// When the time to live or the rate is negative or not finite.
pub fn mean_life(time_to_live: Option<f64>, writes: f64) -> Result<Option<f64>, LawError> {
    let writes = not_negative("writes", writes)?;
    let time = time_to_live.map(|time| not_negative("time to live", time)).transpose()?;
    Ok(match time {
        None if writes == 0.0 => None,
        None => Some(1.0 / writes),
        // Too few writes to matter; the quotient of two tiny numbers would lose its digits.
        Some(time) if writes * time < 1e-12 => Some(time),
        Some(time) => Some(-(-writes * time).exp_m1() / writes),
    })
}

/// The hit ratio of one object that is asked for `reads` times per unit of time and lives for `life`: λ L / (1 + λ L).
///
/// # Errors
/// When an argument is negative or not finite.
pub fn hit_ratio_of_one(reads: f64, life: f64) -> Result<f64, LawError> {
    Ok(present(not_negative("reads", reads)? * not_negative("life", life)?))
}

/// h = n / (1 + n) for n answers to each load; 1 when they have no end.
fn present(answers: f64) -> f64 {
    if answers.is_finite() { answers / (1.0 + answers) } else { 1.0 }
}

/// The hit ratio over all objects of a cache with room for each of them, asked `reads` times per unit of time in all.
///
/// # Errors
/// When an argument is negative or not finite.
pub fn hit_ratio(popularity: &Zipf, reads: f64, life: f64) -> Result<f64, LawError> {
    let answers = not_negative("reads", reads)? * not_negative("life", life)?;
    Ok(sum(popularity, |group| group.objects * group.share * present(group.share * answers)).min(1.0))
}

/// The mean number of objects that such a cache holds.
///
/// # Errors
/// When an argument is negative or not finite.
pub fn objects_held(popularity: &Zipf, reads: f64, life: f64) -> Result<f64, LawError> {
    let answers = not_negative("reads", reads)? * not_negative("life", life)?;
    Ok(sum(popularity, |group| group.objects * present(group.share * answers)).min(popularity.objects()))
}

/// The hit ratio of an LRU cache with room for `cached` objects whose entries live for `life` and no longer.
///
/// # Errors
/// When an argument is negative or not finite, or there are no reads.
pub fn hit_ratio_within(popularity: &Zipf, cached: f64, reads: f64, life: f64) -> Result<f64, LawError> {
    check(cached >= 0.0, "number of cached objects", cached, "at least 0")?;
    // Both times are counted in requests from here on.
    let life = positive("reads", reads)? * not_negative("life", life)?;
    Ok(bounded(popularity, cached, |_| life))
}

/// What ends the life of entries: all rates are of all objects together, and fall on each by its popularity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aging {
    /// Reads per unit of time.
    pub reads: f64,
    /// Writes per unit of time, each of which invalidates the entry of its object.
    pub writes: f64,
    /// The time after which an entry expires.
    pub time_to_live: Option<f64>,
}

/// The hit ratio of an LRU cache with room for `cached` objects whose entries expire and are invalidated by writes, which
/// fall on objects as reads do. With room for all and no end of life but writes it is reads ÷ (reads + writes).
///
/// # Errors
/// When an argument is negative or not finite, or there are no reads.
pub fn hit_ratio_aging(popularity: &Zipf, cached: f64, aging: Aging) -> Result<f64, LawError> {
    check(cached >= 0.0, "number of cached objects", cached, "at least 0")?;
    let Aging { reads, writes, time_to_live } = aging;
    let (reads, writes) = (positive("reads", reads)?, not_negative("writes", writes)?);
    mean_life(time_to_live, writes)?;
    let life = |share: f64| match mean_life(time_to_live, writes * share) {
        Ok(Some(life)) => life * reads,
        // Nothing ends it but the want of room.
        _ => f64::INFINITY,
    };
    Ok(bounded(popularity, cached, life))
}

/// Likewise, with the life of an object by its share of the requests, counted in requests.
fn bounded(popularity: &Zipf, cached: f64, life: impl Fn(f64) -> f64) -> f64 {
    let without_limit = |group: &Group| present(group.share * life(group.share));
    if sum(popularity, |group| group.objects * without_limit(group)) <= cached {
        return sum(popularity, |group| group.objects * group.share * without_limit(group)).min(1.0);
    }
    let present = |group: &Group, time| present(answers(group, time, life(group.share)));
    let held = |time| sum(popularity, |group| group.objects * present(group, time));
    let (mut low, mut high) = (0.0, 1.0_f64);
    while held(high) < cached && high.is_finite() {
        low = high;
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if held(middle) < cached {
            low = middle;
        } else {
            high = middle;
        }
    }
    sum(popularity, |group| group.objects * group.share * present(group, high)).min(1.0)
}

/// Answers of one object to each load: λ X (1 − e^(−L/X)).
fn answers(group: &Group, time: f64, life: f64) -> f64 {
    let (without_end, most) = ((group.share * time).exp_m1(), group.share * life);
    if without_end == 0.0 {
        0.0
    } else if without_end.is_finite() {
        -without_end * (-most / without_end).exp_m1()
    } else {
        most
    }
}

fn sum(popularity: &Zipf, of: impl Fn(&Group) -> f64) -> f64 {
    popularity.groups().iter().map(of).sum()
}

#[cfg(test)]
mod tests;
