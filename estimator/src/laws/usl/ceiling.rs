//! Measurements that stop growing at once: all hardware threads busy, a full link, a licence, a pool of connections.
//!
//! No such curve does that: it bends before it is level. Fitted through a ceiling it is wrong on both sides, so the
//! ceiling is found first and the law fitted below. It is one when
//!
//! 1. at least three concurrencies that span a factor of two have the same throughput within 5 %,
//! 2. nothing before or after them is higher, and
//! 3. the law through all that was measured up to their first, continued to twice that, is at least 20 % above them.
//!
//! The limits are ours: they leave the published curves with a broad peak (Cisco, SPEC SDM91) alone and find the ceiling
//! of the published measurements of `MySQL`.

use super::law::slowdown;
use super::least_squares;
use super::measurement::Measurement;

/// How much the throughputs under a ceiling differ at most, over their mean.
const MOST_SPREAD: f64 = 0.05;
/// The factor of concurrency that a ceiling spans at least.
const LEAST_SPAN: f64 = 2.0;
/// How many concurrencies are at a ceiling at least.
const LEAST_POINTS: usize = 3;
/// How far the law below a ceiling, continued, is above it at least.
const LEAST_EXCESS: f64 = 1.2;
/// Concurrencies that a law below a ceiling needs, the first of the ceiling included.
const LEAST_BELOW: usize = 3;

/// A throughput that is reached and kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ceiling {
    /// The smallest concurrency that has it.
    pub from: f64,
    /// The largest concurrency that has it.
    pub to: f64,
    /// The mean throughput from the one to the other.
    pub throughput: f64,
}

/// The ceiling of these measurements, if there is one.
#[must_use]
pub fn ceiling(points: &[Measurement]) -> Option<Ceiling> {
    let means = means(points);
    let highest = means.iter().map(|point| point.throughput).fold(0.0, f64::max);
    for first in LEAST_BELOW - 1..means.len() {
        let Some((level, last)) = level(&means[first..]) else { continue };
        let is_highest = highest <= level * (1.0 + MOST_SPREAD);
        let from = means[first].concurrency;
        if !is_highest || last.concurrency < LEAST_SPAN * from {
            continue;
        }
        let below: Vec<Measurement> =
            points.iter().filter(|point| point.concurrency <= from).copied().collect();
        let [lambda, sigma, kappa] = least_squares::coefficients(&below, None)?;
        let n = LEAST_SPAN * from;
        if lambda * n / slowdown(n, sigma, kappa) >= LEAST_EXCESS * level {
            return Some(Ceiling { from, to: last.concurrency, throughput: level });
        }
    }
    None
}

/// The mean of as many as are alike, from the first on, and the last of them.
fn level(means: &[Measurement]) -> Option<(f64, Measurement)> {
    let mean =
        |part: &[Measurement]| part.iter().map(|point| point.throughput).sum::<f64>() / part.len() as f64;
    let is_level = |part: &[Measurement]| {
        let (low, high) = part.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), point| {
            (low.min(point.throughput), high.max(point.throughput))
        });
        high - low <= MOST_SPREAD * mean(part)
    };
    let longest = (LEAST_POINTS..=means.len()).rev().find(|length| is_level(&means[..*length]))?;
    Some((mean(&means[..longest]), *means[..longest].last()?))
}

/// Repeated measurements of a concurrency as one, in the order of the concurrency.
fn means(points: &[Measurement]) -> Vec<Measurement> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.concurrency.total_cmp(&b.concurrency));
    let alike = sorted.chunk_by(|a, b| a.concurrency.total_cmp(&b.concurrency).is_eq());
    alike
        .filter_map(|group| {
            let weight: f64 = group.iter().map(|point| point.weight).sum();
            let throughput = group.iter().map(|point| point.weight * point.throughput).sum::<f64>() / weight;
            Some(Measurement { throughput, weight, ..*group.first()? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::published::{MYSQL, RAY_TRACER, SPEC, cisco, measurements};
    use super::*;

    #[test]
    fn mysql_hits_its_ceiling_at_eight_clients() {
        let found = ceiling(&measurements(&MYSQL)).unwrap();
        assert_eq!((found.from, found.to), (8.0, 128.0));
        // Mean of 112,442, 112,502, 112,925, 110,663 and 108,568.
        assert!((found.throughput - 111_420.0).abs() < 1.0, "{found:?}");
    }

    #[test]
    fn broad_peaks_and_slow_bends_are_no_ceiling() {
        let amdahl: Vec<(f64, f64)> = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0]
            .iter()
            .map(|n| (*n, 10.0 * n / (1.0 + 0.2 * (n - 1.0))))
            .collect();
        let retrograde: Vec<(f64, f64)> =
            (1..40).map(f64::from).map(|n| (n, 10.0 * n / slowdown(n, 0.05, 0.003))).collect();
        for points in [
            cisco(),
            measurements(&SPEC),
            measurements(&RAY_TRACER),
            measurements(&amdahl),
            measurements(&retrograde),
        ] {
            assert_eq!(ceiling(&points), None);
        }
    }

    #[test]
    fn repeated_measurements_of_a_concurrency_are_one() {
        let mut points = measurements(&MYSQL);
        points.reverse();
        points.extend(measurements(&[(16.0, 112_400.0), (16.0, 112_600.0)]));
        assert_eq!(ceiling(&points).map(|found| (found.from, found.to)), Some((8.0, 128.0)));
        // Level from the first: one at a time, which the law says with σ = 1.
        assert_eq!(ceiling(&measurements(&[(1.0, 10.0), (2.0, 10.0), (4.0, 10.0), (8.0, 10.0)])), None);
        assert_eq!(ceiling(&[]), None);
    }
}
