//! The share of requests that a cache of recently used objects answers (LRU, by Che's approximation).
//!
//! Requests fall on object i with probability q(i), independently. A cache of C objects keeps each for about the same
//! time T since it was last asked for, found from Σ (1 − e^(−q(i) T)) = C, with T counted in requests. The hit ratio is
//! then Σ q(i) (1 − e^(−q(i) T)). It is within a per cent of a simulation for any popularity, also for small caches.
//! Source: H. Che, Y. Tung, Z. Wang, IEEE JSAC 20(7), 2002; why it is so exact in C. Fricker, P. Robert, J. Roberts, "A
//! versatile and accurate approximation for LRU cache performance", arXiv 1202.3974.

use super::LawError;
use super::error::{check, share};
use super::popularity::{Group, Zipf};

/// Steps of the search for T; it takes four to fifteen.
const MOST_STEPS: u32 = 100;
/// The search ends when T changes by no more than this share.
const EXACT_ENOUGH: f64 = 1e-12;

/// The hit ratio of an LRU cache with room for `cached` objects.
///
/// # Errors
/// When `cached` is negative or not a number.
pub fn hit_ratio(popularity: &Zipf, cached: f64) -> Result<f64, LawError> {
    check(cached >= 0.0, "number of cached objects", cached, "at least 0")?;
    if cached >= popularity.objects() {
        return Ok(1.0);
    }
    let time = time_when(popularity.groups(), |group| group.objects, cached / popularity.objects());
    Ok(level(popularity.groups(), |group| group.objects * group.share, time).value.clamp(0.0, 1.0))
}

/// The number of objects that an LRU cache must have room for to answer the share `wanted` of requests; not rounded.
///
/// # Errors
/// When `wanted` is not a share.
pub fn objects_for(popularity: &Zipf, wanted: f64) -> Result<f64, LawError> {
    if share("hit ratio", wanted)? >= 1.0 {
        return Ok(popularity.objects());
    }
    let time = time_when(popularity.groups(), |group| group.objects * group.share, wanted);
    let cached = level(popularity.groups(), |group| group.objects, time).value;
    Ok(cached.clamp(0.0, popularity.objects()))
}

/// Σ amount (1 − e^(−share T)) and its derivative by T.
struct Level {
    value: f64,
    slope: f64,
}

fn level(groups: &[Group], amount: impl Fn(&Group) -> f64, time: f64) -> Level {
    groups.iter().fold(Level { value: 0.0, slope: 0.0 }, |sum, group| {
        let (amount, absent) = (amount(group), (-group.share * time).exp());
        Level {
            value: sum.value - amount * (-group.share * time).exp_m1(),
            slope: sum.slope + amount * group.share * absent,
        }
    })
}

/// The time T at which the amounts of what is present are this `part` of all amounts.
///
/// Newton's method on the logarithms of T and of the level, where the curve is nearly straight, within a bracket that
/// shrinks at each step. 1 − e^(−x) bends downwards, so the mean share gives a lower bound, the least share an upper one.
fn time_when(groups: &[Group], amount: impl Fn(&Group) -> f64, part: f64) -> f64 {
    let total: f64 = groups.iter().map(&amount).sum();
    let wanted = part * total;
    let mean = groups.iter().map(|group| amount(group) * group.share).sum::<f64>() / total;
    let least = groups.last().map_or(mean, |group| group.share);
    let all_alike = -(-part).ln_1p();
    if all_alike <= 0.0 {
        return 0.0;
    }
    let (mut low, mut high) = (all_alike / mean, all_alike / least);
    let mut time = low;
    for _ in 0..MOST_STEPS {
        let Level { value, slope } = level(groups, &amount, time);
        if value < wanted {
            low = time;
        } else {
            high = time;
        }
        let newton = time * ((wanted / value).ln() * value / (time * slope)).exp();
        let next = if newton > low && newton < high { newton } else { (low * high).sqrt() };
        let change = (next / time - 1.0).abs();
        time = next;
        if change <= EXACT_ENOUGH {
            break;
        }
    }
    time
}

#[cfg(test)]
mod tests;
